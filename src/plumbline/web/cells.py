"""Field values as cells of a page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext

from plumbline import catalogs
from plumbline.clauses import checklists, whys
from plumbline.clauses.checklists import ChecklistField
from plumbline.clauses.whys import WhysField
from plumbline.controls import registry
from plumbline.imports.directory.declarations import Directory
from plumbline.kernel import clock
from plumbline.records.kinds import Kind
from plumbline.web.converters import Reference
from plumbline.web.dates import period
from plumbline.web.frame import Cell

EMPTY = Cell("empty")
CHECK_FIELDS = frozenset({"check_name", "effectiveness_check"})
"""Fields that hold the name of a check or of one of its limits."""
PERIOD_FIELDS = frozenset({"window"})
"""Fields that hold the window of a result, as triage writes it."""
REFERENCE = re.compile(Reference.regex)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")


@lru_cache(maxsize=8192)
def record_href(reference: str) -> str:
    """The address of a record's page; addresses stay what they are while a process runs."""
    return reverse("record", args=[reference])


@lru_cache(maxsize=1024)
def requirement_href(requirement_id: str) -> str:
    """The address of the page of a requirement; empty when no loaded catalog has it.

    Catalogs and addresses stay what they are while a process runs, and a page has a hundred of these links.
    """
    if not catalogs.exists(requirement_id):
        return ""
    row = catalogs.requirement(requirement_id)
    if row.kind == "control":
        return reverse("control", args=[row.number])
    return reverse("requirement", args=[requirement_id])


def requirement_label(requirement_id: str) -> str:
    """Number and title of a requirement, or its id where no catalog is loaded."""
    return catalogs.requirement(requirement_id).label if catalogs.exists(requirement_id) else requirement_id


def check_title(name: str) -> str:
    """The title of the check ``name`` belongs to, the rest of the name after it; else the name."""
    slug, _, part = name.partition(".")
    found = registry.by_slug()[slug].title if slug in registry.by_slug() else ""
    return f"{found} ({part})" if found and part else found or name


def cell(value: Any) -> Cell:
    """The cell of one display value."""
    if value is None or value in ("", [], (), {}):
        return EMPTY
    if isinstance(value, dict):
        return Cell("text", f"frozen, {len(value)} parts")
    if isinstance(value, bool):
        return Cell("text", gettext("Yes") if value else gettext("No"))
    if isinstance(value, datetime):
        return Cell("moment", clock.rfc3339(value))
    if isinstance(value, date):
        return Cell("date", value.isoformat())
    if isinstance(value, (list, tuple)):
        return _several(value)
    text = str(value)
    if REFERENCE.fullmatch(text):
        return Cell("links", items=((text, "", record_href(text)),))
    if text.startswith(("iso42001:", "nist-ai-rmf:")) and catalogs.exists(text):
        return Cell("link", requirement_label(text), requirement_href(text))
    if _RFC3339.fullmatch(text) and _is_moment(text):
        return Cell("moment", text)
    return Cell("text", text)


def _is_moment(text: str) -> bool:
    """Whether a text that looks like an instant is one; people may have written it."""
    try:
        clock.parse_rfc3339(text)
    except (ValueError, OverflowError):
        return False
    return True


def _several(values: Any) -> Cell:
    items = []
    for item in values:
        if isinstance(item, (list, tuple)) and len(item) == 2:
            items.append((str(item[0]), str(item[1]), record_href(str(item[0]))))
        else:
            one = cell(item)
            items += one.items or ((one.text, "", one.href),)
    return Cell("links", items=tuple(items))


def snapshot_cell(kind: Kind, name: str, values: Mapping[str, Any]) -> Cell:
    """The cell of a field by the plain values of a revision."""
    field, value = kind.field(name), values.get(name)
    if field.choices:
        value = dict(field.flatchoices).get(value, value)
    return field_cell(kind, name, value)


def field_cell(kind: Kind, name: str, value: Any) -> Cell:
    """The cell of a field: long texts are Markdown, states are badges, the rest by its value."""
    if name == "state":
        return Cell("state", str(value))
    field = kind.field(name)
    if name in CHECK_FIELDS and value:
        return Cell("text", check_title(str(value)))
    if isinstance(value, (list, tuple)):
        words = dict(getattr(field, "options", ()))
        return cell([one if catalogs.exists(str(one)) else words.get(one, one) for one in value])
    if isinstance(value, dict):
        return Cell("json", json.dumps(value, indent=2, ensure_ascii=False)) if value else EMPTY
    if isinstance(field, WhysField) and value:
        rows = tuple((row.question, row.answer, "") for row in whys.parse(str(value)))
        return Cell("whys", str(value), items=rows)
    if isinstance(field, ChecklistField) and value:
        lines = checklists.parse(str(value))
        said = (
            (line.number, line.gist, gettext(checklists.RESULTS[line.result]), line.seen) for line in lines
        )
        return Cell("checklist", str(value), items=tuple((f"{n} {g}", r, seen) for n, g, r, seen in said))
    if isinstance(field, models.TextField) and value:
        return Cell("markdown", str(value))
    if isinstance(field, models.URLField) and value:
        return Cell("url", str(value), str(value))
    return dated_cell(kind, name, value)


def dated_cell(kind: Kind, name: str, value: Any) -> Cell:
    """The cell of a value; a day only where the field holds days, since ``2024-08-06`` may be a version."""
    if name in PERIOD_FIELDS and isinstance(value, str):
        return cell(period(value))
    if isinstance(value, str) and isinstance(kind.field(name), models.DateField) and _DAY.fullmatch(value):
        return Cell("date", value)
    return cell(value)


def related_cell(record: Any, name: str) -> Cell:
    """The cell of a link to one other row: a record by its reference, a person or unit by name.

    The title is left to the names that the reader may see: the row was read without asking whether this
    reader may see the other one.
    """
    other = getattr(record, name)
    if other is None:
        return EMPTY
    if not hasattr(other, "reference"):
        return Cell("text", str(other))
    return Cell("links", items=((other.reference, "", ""),))


def label(kind: Kind | Directory, name: str) -> str:
    """What a field is called, with a capital."""
    words = gettext(str(kind.field(name).verbose_name))
    return words[:1].upper() + words[1:]
