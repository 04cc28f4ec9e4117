"""The map of a register that Plumbline itself has exported: its header says what every column is."""

from __future__ import annotations

from typing import Any

import yaml
from django import forms as django_forms

from plumbline.imports import matching
from plumbline.imports.reading import Sheet
from plumbline.records.csv_export import OWN_COLUMNS, SEPARATOR
from plumbline.records.kinds import Kind


def is_own(kind: Kind, sheet: Sheet) -> bool:
    """Whether ``sheet`` has the header of an export of ``kind``: the key, and every field by its name."""
    return set(sheet.columns) >= {*OWN_COLUMNS, *matching.fields(kind)}


def own_map(kind: Kind, sheet: Sheet) -> str:
    """The map (YAML) by which an export of ``kind`` is read back.

    Records are told by their qualified reference, so that a record that is here is found again and any other
    is new. State and revision are not read: a record that comes in anew begins in its first state.
    """
    found: dict[str, Any] = {}
    for name, field in matching.fields(kind).items():
        # What was exported reads the same when it comes back, or not at all: half a record is another one.
        rule: dict[str, Any] = {"column": name, "unreadable": "fault"}
        if matching.several(kind, name):
            rule["split"] = SEPARATOR.strip()
        elif isinstance(field, (django_forms.DecimalField, django_forms.FloatField)):
            rule["decimal"] = "point"
        elif isinstance(field, django_forms.BooleanField):
            rule["values"] = {"True": "true", "False": "false"}
        found[name] = rule
    return yaml.safe_dump(
        {"kind": kind.slug, "key": {"columns": ["key"]}, "revision": "revision", "fields": found},
        sort_keys=False,
        allow_unicode=True,
    )
