"""Which governed limit was in force when: read from the revisions of the Limit records, never from drafts.

An approved revision is in force from its approval, or from the later day that it names, until another
revision of the record is approved, the record is retired, or its last day is over. Nothing reaches back: a
limit that is approved today says nothing of yesterday.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from plumbline.clauses import queries as clauses
from plumbline.controls.history import queries as history
from plumbline.controls.queries import LimitRow
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.trail import log

APPROVED, ENDED = "approved", frozenset({"retired"})


@dataclass(frozen=True)
class Span:
    """A limit and the time in which it is in force: from ``starts`` to before ``ends``."""

    row: LimitRow
    starts: datetime
    ends: datetime

    def holds_at(self, instant: datetime) -> bool:
        """Whether it is in force at ``instant``."""
        return self.starts <= instant < self.ends


def spans() -> tuple[Span, ...]:
    """Every limit that was ever in force, in order of record and revision."""
    if not kinds.exists("limit"):
        return ()
    slugs = {}
    if kinds.exists("ai-system"):
        slugs = dict(clauses.rows("ai-system").values_list("reference", "slug"))
    turns = [step for step in history.steps_of_kind("limit") if step[3] in {APPROVED, *ENDED}]
    opened = log.openings_at([step[5] for step in turns if step[3] == APPROVED], "revision")
    found: list[Span] = []
    for _, group in groupby(turns, key=lambda step: step[0]):
        found += _of_record(list(group), opened, slugs)
    return tuple(found)


def _of_record(
    turns: list[tuple[Any, ...]], opened: Mapping[int, bytes], slugs: Mapping[str, str]
) -> Iterator[Span]:
    """The spans of one record, from those of its revisions, in order, that begin or end one."""
    for place, (key, reference, number, state, at, leaf) in enumerate(turns):
        if state != APPROVED:
            continue
        if leaf not in opened:  # erased: what nobody can read any more, nobody can be held to
            continue
        row = _row(key, reference, number, json.loads(opened[leaf])["values"], slugs)
        starts = at if row.effective_from is None else max(at, clock.day_start(row.effective_from))
        ends = clock.day_start(row.valid_until + timedelta(days=1))
        if place + 1 < len(turns):
            ends = min(ends, turns[place + 1][4])
        if starts < ends:
            yield Span(row, starts, ends)


def _row(
    key: int, reference: str, revision: int, values: Mapping[str, Any], slugs: Mapping[str, str]
) -> LimitRow:
    effective = values.get("effective_from")
    return LimitRow(
        number=key,
        reference=reference,
        revision=revision,
        name=values["check_name"],
        system=slugs.get(values["system"] or "", ""),
        value=float(values["value"]),
        paused=bool(values["paused"]),
        direction=values["direction"],
        change=values["change"],
        effective_from=date.fromisoformat(effective) if effective else None,
        valid_until=date.fromisoformat(values["valid_until"]),
    )
