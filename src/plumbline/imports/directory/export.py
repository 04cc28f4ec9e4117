"""People and units as CSV, XLSX and JSON, with the columns by which they come in again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from plumbline.documents.workbook import Column, Value
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports.directory import queries
from plumbline.imports.directory.declarations import PERSON, Directory
from plumbline.records import csv_export, read_log, typed_export
from plumbline.records.csv_export import SEPARATOR

ENDINGS = {"csv": "text/csv; charset=utf-8", "xlsx": typed_export.XLSX_TYPE, "json": typed_export.JSON_TYPE}
"""Media types by ending."""


def plain_rows(actor: Actor, directory: Directory) -> list[list[Any]]:
    """The values of every person or unit; the copy leaves an entry in the trail.

    Names and addresses of everybody are for those who make accounts, and a token of theirs needs the scope to
    read what is sensitive. Raises `NotAllowed`.
    """
    policy.require(actor, "export", kind=directory.slug, anywhere=True)
    if directory is PERSON:
        policy.require(actor, "read-sensitive", kind=directory.slug, anywhere=True)
        policy.require(replace(actor, scopes=None), "grant", kind=directory.slug, anywhere=True)
    found = [list(values.values()) for _, values in queries.values_of(directory)]
    read_log.of_export(actor, directory.slug, len(found))
    return found


def may_export(actor: Actor, directory: Directory) -> bool:
    """Whether ``actor`` may take the list out."""
    whole = replace(actor, scopes=None)
    return bool(policy.may(actor, "export", kind=directory.slug, anywhere=True)) and (
        directory is not PERSON
        or (
            bool(policy.may(actor, "read-sensitive", kind=directory.slug, anywhere=True))
            and bool(policy.may(whole, "grant", kind=directory.slug, anywhere=True))
        )
    )


def pieces(actor: Actor, directory: Directory, ending: str) -> Iterator[bytes]:
    """The list as a file of this ending, in pieces; what is refused is refused before the first one."""
    rows, names = plain_rows(actor, directory), list(directory.columns)
    if ending == "json":
        entries = [dict(zip(names, row, strict=True)) for row in rows]
        return iter([json.dumps(entries, ensure_ascii=False, indent=1).encode() + b"\n"])
    if ending == "xlsx":
        cells: Iterable[list[Value]] = ([_cell(value) for value in row] for row in rows)
        columns = [
            Column(name, gettext(one.verbose_name), gettext(one.help_text), gettext("text"))
            for name, one in directory.columns.items()
        ]
        return typed_export.book(columns, cells, gettext(directory.names), {})
    lines = ([csv_export.harmless(value) for value in row] for row in rows)
    return (piece.encode() for piece in csv_export.csv_file(lines, names))


def _cell(value: Any) -> str | None:
    return (SEPARATOR.join(value) if isinstance(value, list) else value) or None
