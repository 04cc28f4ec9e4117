"""What a preview says of all rows together: one account, which page, API and command line show. Pure.

It is made once, when the rows are planned, and kept with the import as JSON.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plumbline.imports.dates import ColumnOrder
from plumbline.imports.directory.declarations import Target
from plumbline.imports.judging import PlannedRow
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.notices import SORTS, RowFault
from plumbline.imports.reading import Sheet
from plumbline.kernel.messages import Text, as_message, from_json, to_json

_LISTED = 200
"""Reasons and doubles that are kept at the most; how many there are in all is kept too."""
_LINES, _TEXTS, _LONGEST = 5, 3, 80
_ALL_SORTS = ("refused", *SORTS)


@dataclass(frozen=True)
class ColumnCounts:
    """How many texts of the column for one field were not taken as they stand, by what became of them."""

    field: str
    label: str
    column: str
    counts: Mapping[str, int]
    filled: int
    """Rows that have a value for the field."""


@dataclass(frozen=True)
class Reason:
    """Rows of which the same is said, with the first of their lines and texts."""

    sort: str
    column: str
    field: str
    message: Text
    remedy: Text
    count: int
    lines: tuple[int, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class DateOrder:
    """How the days of a column are read: ``known`` as in `dates.ColumnOrder`."""

    field: str
    column: str
    order: str
    known: str
    example: str


@dataclass(frozen=True)
class Summary:
    """What is said of all rows together."""

    columns: tuple[ColumnCounts, ...] = ()
    reasons: tuple[Reason, ...] = ()
    reasons_in_all: int = 0
    unused: tuple[str, ...] = ()
    doubles: tuple[Mapping[str, Any], ...] = ()
    doubles_in_all: int = 0
    gone: tuple[str, ...] = ()
    """References of the records that an earlier edition of the register brought and this one has not."""
    dates: tuple[DateOrder, ...] = ()
    restated: int = 0
    """Rows that change nothing here, and say something else than before in the source's own words."""

    def counts(self) -> dict[str, int]:
        """How many texts became what, over all columns."""
        found = Counter[str]()
        for column in self.columns:
            found.update(column.counts)
        return {sort: found[sort] for sort in _ALL_SORTS if found[sort]}


@dataclass(frozen=True)
class Double:
    """A row that would be a new record, and the record here whose title is like its own.

    That record's title is not kept with the import, which would then have to be looked up when it is erased.
    """

    line: int
    title: str
    reference: str


@dataclass(frozen=True)
class Findings:
    """What was found beside the rows: likely doubles, how dates are read, and what is no longer there."""

    doubles: Sequence[Double] = ()
    orders: Mapping[str, ColumnOrder] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


def of(
    kind: Target,
    sheet: Sheet,
    register: RegisterMap,
    rows: Sequence[PlannedRow],
    findings: Findings,
) -> Summary:
    """The account of ``rows``."""
    by_field: defaultdict[str, Counter[str]] = defaultdict(Counter)
    groups: defaultdict[tuple[Any, ...], list[tuple[int, RowFault]]] = defaultdict(list)
    filled = Counter[str]()
    for row in rows:
        filled.update(name for name, value in row.values.items() if value not in ("", []))
        for fault in (*row.faults, *row.notices):
            by_field[fault.field][fault.sort] += 1
            # By the code: of a message with parameters every row would be a group of its own.
            message = as_message(fault.message)
            groups[(fault.sort, fault.column, fault.field, message.code)].append((row.line, fault))
    named = {fault.field for group in groups.values() for _, fault in group}
    items = {item.name: ", ".join(item.columns) for item in register.fields}
    order = [*items, *sorted(named - set(items))]
    reasons = sorted((_reason(group) for group in groups.values()), key=lambda one: (-one.count, one.column))
    used = {sheet.place(name) for name in register.columns()}
    return Summary(
        columns=tuple(
            ColumnCounts(name, _label(kind, name), items.get(name, ""), dict(by_field[name]), filled[name])
            for name in order
        ),
        reasons=tuple(reasons[:_LISTED]),
        reasons_in_all=len(reasons),
        unused=tuple(name for place, name in enumerate(sheet.columns) if place not in used),
        doubles=tuple(
            {"line": one.line, "title": one.title, "reference": one.reference}
            for one in findings.doubles[:_LISTED]
        ),
        doubles_in_all=len(findings.doubles),
        gone=findings.gone,
        dates=tuple(
            DateOrder(name, items[name], found.order, found.known, found.example)
            for name, found in findings.orders.items()
            if found.known != "plain"
        ),
        restated=sum(row.restated for row in rows if row.outcome == "unchanged"),
    )


def _label(kind: Target, name: str) -> str:
    return str(kind.field(name).verbose_name) if name else ""


def _reason(group: Sequence[tuple[int, RowFault]]) -> Reason:
    first = group[0][1]
    texts = dict.fromkeys(_cut(fault.text) for _, fault in group if fault.text)
    return Reason(
        first.sort,
        first.column,
        first.field,
        first.message,
        first.remedy,
        len(group),
        tuple(line for line, _ in group[:_LINES]),
        tuple(texts)[:_TEXTS],
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def as_json(summary: Summary, *, plain: bool = False) -> dict[str, Any]:
    """The account as JSON values; with ``plain`` its sentences as texts, else as they are stored."""

    def sentence(text: Text) -> Any:
        if plain:
            return str(text)
        return to_json(as_message(text)) if text else ""

    return {
        "counts": summary.counts(),
        "columns": [
            {"field": one.field, "label": one.label, "column": one.column, "filled": one.filled, **one.counts}
            for one in summary.columns
        ],
        "reasons": [
            {
                "sort": one.sort,
                "column": one.column,
                "field": one.field,
                "message": sentence(one.message),
                "remedy": sentence(one.remedy),
                "rows": one.count,
                "lines": list(one.lines),
                "texts": list(one.texts),
            }
            for one in summary.reasons
        ],
        "reasons_in_all": summary.reasons_in_all,
        "unused_columns": list(summary.unused),
        "likely_doubles": [dict(one) for one in summary.doubles],
        "likely_doubles_in_all": summary.doubles_in_all,
        "no_longer_in_the_file": list(summary.gone),
        "dates": [vars(one) for one in summary.dates],
        "restated": summary.restated,
    }


def stored(text: str) -> Summary:
    """The account that `as_json` made and an import has kept; an empty one for imports of before."""
    found = json.loads(text) if text else {}
    if not found:
        return Summary()
    known = {"field", "label", "column", "filled"}
    return Summary(
        columns=tuple(
            ColumnCounts(
                one["field"], one["label"], one["column"],
                {sort: number for sort, number in one.items() if sort not in known}, one["filled"],
            )
            for one in found["columns"]
        ),
        reasons=tuple(
            Reason(
                one["sort"], one["column"], one["field"], from_json(one["message"]),
                from_json(one["remedy"]) if one["remedy"] else "", one["rows"],
                tuple(one["lines"]), tuple(one["texts"]),
            )
            for one in found["reasons"]
        ),
        reasons_in_all=found["reasons_in_all"],
        unused=tuple(found["unused_columns"]),
        doubles=tuple(found["likely_doubles"]),
        doubles_in_all=found["likely_doubles_in_all"],
        gone=tuple(found.get("no_longer_in_the_file", ())),
        dates=tuple(DateOrder(**one) for one in found["dates"]),
        restated=found.get("restated", 0),
    )  # fmt: skip


def moved(whole: Summary, field: str, before: str, after: str) -> Summary:
    """The account after what became of one text of ``field`` was chosen otherwise, row by row."""
    columns = tuple(
        replace(one, counts=_counted(one.counts, before, after)) if one.field == field else one
        for one in whole.columns
    )
    reasons, left = [], 1
    for one in whole.reasons:
        if left and one.field == field and one.sort == before:
            one, left = replace(one, count=one.count - 1), 0
        if one.count:
            reasons.append(one)
    return replace(whole, columns=columns, reasons=tuple(reasons))


def _counted(counts: Mapping[str, int], before: str, after: str) -> dict[str, int]:
    found = Counter(counts)
    found[before] -= 1
    found[after] += 1
    return {sort: number for sort, number in found.items() if number > 0}


def lines_of(summary: Summary) -> Iterable[tuple[str, str, str, str, str]]:
    """The account as a table: what became of texts, how many, column, why, lines."""
    for one in summary.reasons:
        why = str(one.message) + (f" ({one.remedy})" if one.remedy else "")
        texts = "; ".join(one.texts)
        lines = ", ".join(map(str, one.lines)) + (" …" if one.count > len(one.lines) else "")
        yield one.sort, str(one.count), one.column, f"{why}: {texts}" if texts else why, lines
