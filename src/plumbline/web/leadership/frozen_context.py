"""The panel of a scope: the context that was frozen into it and is approved with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from plumbline.clauses import freezing
from plumbline.clauses.context import whole
from plumbline.identity.actors import Actor
from plumbline.records import kinds


@dataclass(frozen=True)
class _Row:
    """A record as it was frozen; ``title`` is empty where it belongs to one unit."""

    reference: str
    revision: int
    title: str
    words: str


def panel(actor: Actor, record: Any) -> dict[str, Any]:
    """What the page of a scope shows of its frozen context, part by part; nothing for a draft."""
    if not record.content:
        return {}
    parts = [
        (kinds.get(slug).names, [_row(slug, row) for row in record.content.get(slug, ())])
        for slug in (*whole.PARTS, "ai-system")
        if kinds.exists(slug)
    ]
    return {"context_parts": parts, "context_sha256": freezing.digest(record.content)}


def _row(slug: str, row: Mapping[str, Any]) -> _Row:
    return _Row(row["reference"], row["revision"], row["title"], ", ".join(_words(slug, row)))


def _words(slug: str, row: Mapping[str, Any]) -> list[str]:
    kind = kinds.get(slug)
    if slug == "ai-system":
        roles: Any = kind.field("roles")
        place = gettext("within the scope") if row["within"] else gettext("left out")
        return [place, *(str(label).partition(":")[0] for label in roles.labels(row["roles"]))]
    return [
        str(dict(kind.field(name).flatchoices).get(row[name], row[name]))
        for name in whole.PARTS[slug]
        if row.get(name)
    ]
