"""What a list says of another list of the same file, told in its preview: it comes with that one. Pure.

A list is planned before those that it refers to are written, so that what it names is not here yet. That is
no fault of the row, and no promise either: it is judged again when its turn comes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from plumbline.imports import own_format, summary
from plumbline.imports.directory import role_texts
from plumbline.imports.directory.declarations import Directory, Target
from plumbline.imports.judging import PlannedRow
from plumbline.imports.notices import RowFault
from plumbline.imports.plan import ImportPlan
from plumbline.imports.reading import fold
from plumbline.imports.together.archive import Listed

_MESSAGE = "comes with another list of this file; looked up when that one is written"
_NAMES = ("key", "email", "slug", "name")
"""Columns of an exported list by whose texts other lists name its rows."""
_BETWEEN = re.compile(r"[;,\n]")


def brought(lists: Iterable[Listed]) -> frozenset[str]:
    """What rows of these lists are called by the others."""
    return frozenset(fold(text) for one in lists for text in _names(one) if text)


def _names(one: Listed) -> Iterator[str]:
    sheet = own_format.sheet_of(one.target, one.content)
    for name in _NAMES if sheet is not None else ():
        place = sheet.place(name) if sheet is not None else None
        if sheet is not None and place is not None:
            yield from (row.cells[place] for row in sheet.rows if place < len(row.cells))


def told(made: ImportPlan, names: Collection[str]) -> ImportPlan:
    """The plan with what ``names`` bring no longer as a fault, and its account."""
    rows = tuple(_row(made.kind, row, names) for row in made.rows)
    if rows == made.rows:
        return made
    account = summary.of(made.kind, made.sheet, made.register, rows, summary.Findings())
    return replace(made, rows=rows, summary=account)


def _row(kind: Target, row: PlannedRow, names: Collection[str]) -> PlannedRow:
    if row.outcome != "faulty" or not all(_comes(kind, fault, names) for fault in row.faults):
        return row
    notices = tuple(replace(one, message=_MESSAGE, remedy="", sort="awaited") for one in row.faults)
    outcome = "amend" if row.reference else "create"
    return replace(row, outcome=outcome, faults=(), notices=(*row.notices, *notices))


def _comes(kind: Target, fault: RowFault, names: Collection[str]) -> bool:
    texts = [part.strip() for part in _BETWEEN.split(fault.text) if part.strip()]
    if isinstance(kind, Directory):
        units = [role.unit for text in texts if (role := role_texts.parse(text)) is not None]
        texts = units if fault.field == "roles" else texts if fault.field in ("unit", "parent") else []
    elif not fault.field or not kind.field(fault.field).is_relation:
        return False
    return bool(texts) and all(fold(text) in names for text in texts)
