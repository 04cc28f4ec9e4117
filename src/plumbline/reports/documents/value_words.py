"""Values of records in the words of a document: choices by label, records by title, people by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext

from plumbline import catalogs
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.records import kinds, names
from plumbline.records.kinds import Kind


def is_reference(text: str) -> bool:
    """Whether a text is written like the reference of a record."""
    return re.fullmatch(kinds.REFERENCE, text) is not None


def mentioned(values: Mapping[str, Any]) -> set[str]:
    """What the values of one record name: references and handles of people, those of frozen inputs too."""
    texts = [each for value in values.values() for each in (value if isinstance(value, list) else [value])]
    inputs = values.get("inputs") or {}
    listed = [item["ref"] for part in inputs.get("sections", ()) for item in part["items"]]
    return {text for text in (*texts, *listed) if isinstance(text, str)}


class Names:
    """The names that the reader may see of what records refer to."""

    def __init__(self, actor: Actor, texts: Collection[str]) -> None:
        """``texts`` are values of records; those that name nothing are left alone."""
        self.titles = names.titles(actor, {text for text in texts if is_reference(text)})
        self.people = identity.names(text for text in texts if text[:4] == "per_")

    def of(self, reference: str) -> str:
        """Title and reference of a record; the reference alone of one that the reader may not see."""
        title = self.titles.get(reference)
        return f"{title} ({reference})" if title else reference


def label_of(kind: Kind, name: str) -> str:
    """What a field is called, with a capital."""
    label = gettext(str(kind.field(name).verbose_name))
    return label[:1].upper() + label[1:]


def is_markdown(kind: Kind, name: str) -> bool:
    """Whether a field holds Markdown, which its help says to whoever fills it in."""
    return str(kind.field(name).help_text).endswith("Markdown.")


def value_text(kind: Kind, name: str, value: Any, named: Names) -> str:
    """A value in words; several one below the other."""
    if value is None or value == "" or value == []:
        return ""
    field = kind.field(name)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return "\n".join(_one(field, each, named) for each in value)
    return _one(field, value, named)


def _one(field: models.Field[Any, Any], value: Any, named: Names) -> str:
    text = str(value)
    if field.is_relation:
        return named.people.get(text) or named.of(text)
    if catalogs.exists(text):
        found = catalogs.requirement(text)
        return f"{found.number} {found.title}"
    words = dict(getattr(field, "options", ()) or ()) or {
        str(key): str(name) for key, name in field.flatchoices
    }
    return gettext(str(words[text])) if text in words else text
