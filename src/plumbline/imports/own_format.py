"""The map of a register that Plumbline itself has exported: its header says what every column is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import yaml
from django import forms as django_forms

from plumbline.imports import matching, reading
from plumbline.imports.directory.declarations import Directory, Target
from plumbline.imports.reading import DELIMITERS, READ_AS_FOUND, ReadOptions, Sheet
from plumbline.kernel.problems import Malformed, TooLarge
from plumbline.records.csv_export import LINKS, OWN_COLUMNS, SEPARATOR

_HEAD = 4096
"""Bytes of a text in which the names of its first columns stand."""


def sheet_of(kind: Target, content: bytes) -> Sheet | None:
    """The rows of an export of ``kind``; nothing for any other file. Raises `Malformed` for a broken one.

    An export names its columns in the first row, whatever its records look like: a list of one record with
    many texts might be read otherwise, and its separator be taken for another.
    """
    found = reading.read(content)
    if is_own(kind, found):
        return found
    if not found.options.header_row:
        return None
    # Of a workbook the first sheet: the second one explains the columns, and may be more of a table.
    sheet_name = found.tables[0].place if found.tables else found.options.sheet
    first = replace(READ_AS_FOUND, header_row=1, header_rows=1, sheet=sheet_name)
    signs = DELIMITERS if found.delimiter else ("",)
    if found.delimiter and not all(name.encode() in content[:_HEAD] for name in matching.fields(kind)):
        return None
    sheets = (_read_otherwise(content, replace(first, delimiter=sign)) for sign in signs)
    return next((sheet for sheet in sheets if sheet is not None and is_own(kind, sheet)), None)


def _read_otherwise(content: bytes, options: ReadOptions) -> Sheet | None:
    """The file read otherwise than it was found; nothing where it cannot be, such as without a first row."""
    try:
        return reading.read(content, options)
    except (Malformed, TooLarge):
        return None


def is_own(kind: Target, sheet: Sheet) -> bool:
    """Whether ``sheet`` has the header of an export of ``kind``: the key, and every field by its name."""
    own = () if isinstance(kind, Directory) else OWN_COLUMNS
    return set(sheet.columns) >= {*own, *matching.fields(kind)}


def own_map(kind: Target, sheet: Sheet) -> str:
    """The map (YAML) by which an export of ``kind`` is read back.

    Records are told by their qualified reference, so that a record that is here is found again and any other
    is new. State and revision are not read: a record that comes in anew begins in its first state.
    """
    found: dict[str, Any] = {}
    between = "," if sheet.format.startswith("JSON") else SEPARATOR.strip()
    for name, field in matching.fields(kind).items():
        # What was exported reads the same when it comes back, or not at all: half a record is another one.
        rule: dict[str, Any] = {"column": name, "unreadable": "fault"}
        if matching.several(kind, name):
            rule["split"] = between
        elif isinstance(field, (django_forms.DecimalField, django_forms.FloatField)):
            rule["decimal"] = "point"
        elif isinstance(field, django_forms.BooleanField):
            rule["values"] = {"True": "true", "False": "false"}
        found[name] = rule
    words: dict[str, Any] = {"kind": kind.slug, "key": {"columns": ["key"]}, "revision": "revision"}
    if isinstance(kind, Directory):
        words = {"kind": kind.slug, "key": {"columns": [kind.key]}}
    elif sheet.place(LINKS) is not None:  # what an earlier version has exported has none
        words["links"] = LINKS
    if sheet.options.sheet:
        words["sheet"] = sheet.options.sheet
    if sheet.options.header_row:
        words |= {"header_row": "1", "header_rows": "1"}
    if sheet.options.delimiter:
        words["delimiter"] = DELIMITERS[sheet.options.delimiter]
    return yaml.safe_dump({**words, "fields": found}, sort_keys=False, allow_unicode=True)
