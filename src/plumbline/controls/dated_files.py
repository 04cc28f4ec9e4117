"""Files of records as evidence: whether they have ended, and of when they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.intervals import add_months
from plumbline.kernel.messages import Message, say

Row = Mapping[str, Any]

RESTS_ON_NONE = frozenset({"ai-system"})
"""Kinds whose files say something while the record rests on none: what shows that a system is in order are
records of their own."""


def _relied_on(row: Row) -> Iterator[Row]:
    """The files of a record that no other one replaces."""
    return (file for file in row.get("attachments") or () if not file.get("replaced"))


def end_of(row: Row) -> date | None:
    """The last day on which all files of a record are valid, as far as anybody said so."""
    ends = (day_of(file.get("valid_until")) for file in _relied_on(row))
    return min((end for end in ends if end is not None), default=None)


def ended_file(row: Row, today: date) -> Message | None:
    """That a record rests on a file past its last valid day; None while it does not.

    The file is not named: who may see that something is stale may not see every record.
    """
    end = end_of(row)
    if end is None or end >= today:
        return None
    return say("record.file-ended", "rests on a file that was valid until {day}", day=end)


def day_on_files(row: Row) -> date | None:
    """The newest day that stands on a file of the record; adding an old document makes it no younger."""
    days = (day_of(file.get("document_date")) for file in _relied_on(row))
    return max((day for day in days if day is not None), default=None)


def no_younger_than_files(day: date | None, row: Row) -> date | None:
    """The day from which a record is, or an older one that stands on its newest file."""
    return min((each for each in (day, day_on_files(row)) if each is not None), default=None)


def old_file(row: Row, today: date, months: int) -> Message | None:
    """That the newest file of a record is older than ``months``, and nobody said until when it is valid.

    What was written years ago and is added today is as old as it is; whoever still relies on it says until
    when, and has that approved.
    """
    day = day_on_files(row)
    if day is None or end_of(row) is not None or add_months(day, months) >= today:
        return None
    text = "rests on a file of {day}, and nobody has said until when that is valid"
    return say("record.file-old", text, day=day)


def ended_rows(evidence: Evidence) -> list[tuple[str, Row]]:
    """Kind and row of every record in the evidence that rests on a file past its last valid day, the one that
    ended first before the others."""
    found: dict[tuple[str, str, date], tuple[str, Row]] = {}
    for rows in (evidence.records, evidence.claims):
        for kind in rows.keys() - RESTS_ON_NONE:
            for row in rows[kind]:
                end = end_of(row)
                if end is not None and end < evidence.today:
                    found.setdefault((kind, row["reference"], end), (kind, row))
    return [found[key] for key in sorted(found, key=lambda key: (key[2], key[1]))]


def without(evidence: Evidence, ended: Iterable[tuple[str, Row]]) -> Evidence:
    """The evidence as if the records of these rows were not there."""
    gone = {(kind, row["reference"]) for kind, row in ended}

    def kept(by_kind: Mapping[str, tuple[Row, ...]]) -> dict[str, tuple[Row, ...]]:
        return {
            kind: tuple(row for row in rows if (kind, row["reference"]) not in gone)
            for kind, rows in by_kind.items()
        }

    return replace(evidence, records=kept(evidence.records), claims=kept(evidence.claims))
