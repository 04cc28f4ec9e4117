"""What checks on records would find of their members if other records were in force: for back-tests.

The records of earlier days have changed since, so that it is worked out for today; what was judged in the
past is counted from the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from plumbline.controls import backtest, evidence, limits, registry
from plumbline.controls.declare import Check
from plumbline.controls.verdicts import ORGANIZATION, Evidence, name_text
from plumbline.controls.windows import window_of
from plumbline.kernel import clock
from plumbline.kernel.messages import Item, Word, say
from plumbline.kernel.states import MemberState
from plumbline.records import queries as records
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

Change = Callable[[Evidence], Evidence]
"""Makes of the evidence of today what it would be."""


def changes(reads: Callable[[Check], bool], was: Change, would: Change) -> Iterator[tuple[Check, int, int]]:
    """For each check on records that ``reads`` picks, how many members it would miss no more, and newly."""
    now = clock.now()
    gatherer, in_force = evidence.Gatherer(backtest.open_store(), now), limits.in_force(now)
    for check in registry.all_checks():
        if check.on_telemetry or not reads(check):
            continue
        start, end = window_of(now, check.window)
        gathered = gatherer.of(check, ORGANIZATION, start, end, in_force.of_check(check, ORGANIZATION))
        missed, then = _missing(check, was(gathered)), _missing(check, would(gathered))
        yield check, len(missed - then), len(then - missed)


def _missing(check: Check, gathered: Evidence) -> set[str]:
    members = check.judge(gathered).members
    return {name_text(member.name) for member in members if member.state is MemberState.MISSING}


def reads_kind(kind: str) -> Callable[[Check], bool]:
    """Whether a check reads records of ``kind``."""
    return lambda check: kind in {*check.needed("records"), *check.needed("claims")}


def with_row(
    gathered: Evidence, kind: str, row: Mapping[str, Any], *, in_force_alone: bool = False
) -> Evidence:
    """The same evidence with a revision in force and written, or in force alone beside what is written."""

    def put(of_kinds: Mapping[str, Any]) -> dict[str, Any]:
        rows = of_kinds.get(kind)
        if rows is None:
            return dict(of_kinds)
        others = [other for other in rows if other["reference"] != row["reference"]]
        return {**of_kinds, kind: (*others, row)}

    claims = gathered.claims if in_force_alone else put(gathered.claims)
    return replace(gathered, records=put(gathered.records), claims=claims)


def as_if_approved(record: Record, kind: Kind) -> dict[str, Any]:
    """A record as it would be in force if it were approved as it is written now: a row of `in_force`."""
    written = next(row for row in records.claimed(kind.slug) if row["reference"] == record.reference)
    after = {
        **written,
        "approved": True,
        "state": "approved",
        "approved_revision": written["revision"],
        "approved_at": clock.rfc3339(clock.now()),
    }
    return after | {name: derive(after) for name, derive in kind.derived.items()}


def title(slug: str) -> Word:
    """The title of a check."""
    return Word(registry.by_slug()[slug].title)


def cleared_items(counts: Mapping[str, int]) -> list[Item]:
    """How many members checks would miss no more, by slug, to be listed."""
    return [
        Item(title(slug), say("revision.cleared", "finds {count} less missing", count=count))
        for slug, count in sorted(counts.items())
    ]


def missed_items(counts: Mapping[str, int]) -> list[Item]:
    """How many members checks would newly miss, by slug, to be listed."""
    return [
        Item(title(slug), say("revision.missed", "finds {count} more missing", count=count))
        for slug, count in sorted(counts.items())
    ]
