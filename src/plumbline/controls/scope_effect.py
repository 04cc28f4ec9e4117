"""What a revision makes easier that changes over what checks speak: what a dataset belongs to, how often an
indicator is measured, by when a treatment is carried out.

Of such a record most fields say what was done: better provenance is no easing. So the revision is judged with
its `Kind.scope` alone changed. Who is not asked any more is counted whether or not anything is missing of it
today, and a record is also looked at on later days, when what is asked of it falls due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import CharField, DateField, TextField

from plumbline.controls import backtest, evidence, limits, member_effect, registry
from plumbline.controls.declare import Check
from plumbline.controls.fewer_readers import asks_fewer
from plumbline.controls.less_asked import speaks_against_less
from plumbline.controls.verdicts import ORGANIZATION, Evidence, day_of, name_text
from plumbline.controls.windows import window_of
from plumbline.kernel import clock
from plumbline.kernel.states import MemberState
from plumbline.records.kinds import Kind

LATER = (0, 2, 11, 47, 139, 550)
"""Days from now on which a record is looked at: just after a figure is late, for each cadence."""
SYSTEM, FINDING = "ai-system", "nonconformity"
DECIDED = frozenset({"closed", "dismissed"})
"""States of a finding of which nothing is asked any more."""
COMPUTED = ("back_test", "eases")
"""Texts that the product writes, and that nobody lacks."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class ScopeEffect:
    """By check, how many members would be missed no more, and newly; and the checks that ask for less of the
    record whether or not they find less today."""

    cleared: Mapping[str, int]
    missed: Mapping[str, int]
    later: frozenset[str]


def compare(kind: Kind, before: Row, after: Row) -> ScopeEffect:
    """What the scope of ``after`` changes against that of ``before``: two rows in force of one record."""
    scoped = {**before, **{name: after[name] for name in kind.scope}}
    days, whole = _looked_at(kind, before), (_complete(kind, before), _complete(kind, scoped))
    cleared, missed, later = dict[str, int](), dict[str, int](), set[str]()
    for check, gathered in _reading(kind.slug):
        was, would = (_live(member_effect.with_row(gathered, kind.slug, row)) for row in (before, scoped))
        now = _missing(check, was), _missing(check, would)
        cleared[check.slug], missed[check.slug] = len(now[0] - now[1]), len(now[1] - now[0])
        if _asked(check, was) - _asked(check, would) or _missed_later(check, (was, would), days):
            later.add(check.slug)
        elif now[0] & now[1]:
            # What else it lacks today hides what it will not be asked for once that is there.
            complete = (_live(member_effect.with_row(gathered, kind.slug, row)) for row in whole)
            if _missed_later(check, tuple(complete), days):
                later.add(check.slug)
    later |= speaks_against_less(kind.slug, before, scoped)
    later |= asks_fewer(before, scoped)
    return ScopeEffect(
        {slug: count for slug, count in cleared.items() if count},
        {slug: count for slug, count in missed.items() if count},
        frozenset(later),
    )


def _looked_at(kind: Kind, before: Row) -> list[int]:
    """The days from now on which the record is looked at: also the first after each day that it is bound to,
    since only between that and a later one something is missed."""
    bound = (day_of(before[name]) for name in kind.own_fields if isinstance(kind.field(name), DateField))
    passed = ((day - clock.today()).days + 1 for day in bound if day is not None)
    return sorted({*LATER, *(days for days in passed if days > 0)})


def _missed_later(check: Check, versions: tuple[Evidence, ...], days: Iterable[int]) -> bool:
    """Whether the first of two versions misses anything, on one of some days from now, that the second does
    not."""
    was, would = versions
    return any(_missing(check, _after(was, day)) - _missing(check, _after(would, day)) for day in days)


def _complete(kind: Kind, row: Row) -> Row:
    """A row as if nothing else were lacking: every text that is empty, and no part of the scope, is there."""
    texts = (name for name in kind.own_fields if isinstance(kind.field(name), (CharField, TextField)))
    empty = (name for name in texts if not row[name] and name not in (*kind.scope, *COMPUTED))
    return {
        **row,
        **{name: kind.example.get(name, "anything") for name in empty},
        "owner": row["owner"] or "x",
    }


def _reading(kind: str) -> Iterator[tuple[Check, Evidence]]:
    """The checks over the organization that read ``kind``, each with the evidence of today.

    Those whose population does; of what stands in no population, such as a corrective action, those that read
    it to speak for a member.
    """
    now = clock.now()
    gatherer, in_force = evidence.Gatherer(backtest.open_store(), now), limits.in_force(now)
    names = {f"claims:{kind}", f"records:{kind}"}
    checks = [
        check for check in registry.all_checks() if check.population is not None and not check.on_telemetry
    ]
    populations = {check.slug: check.population.speaks_of for check in checks if check.population}
    in_population = any(names & speaks_of for speaks_of in populations.values())
    for check in checks:
        read = populations[check.slug] if in_population else check.needs
        if names.intersection(read):
            start, end = window_of(now, check.window)
            given = in_force.of_check(check, ORGANIZATION)
            yield check, gatherer.of(check, ORGANIZATION, start, end, given)


def _live(gathered: Evidence) -> Evidence:
    """The same evidence with every AI system live and every finding decided and explained: what a revision
    takes off one that is not so yet, it takes on the day on which it is."""

    def put(of_kinds: Mapping[str, tuple[Row, ...]]) -> dict[str, tuple[Row, ...]]:
        rows: Iterable[Row] = of_kinds.get(SYSTEM, ())
        live = tuple({**row, "live": True} for row in rows if row["state"] != "retired")
        findings = tuple(_decided(row) for row in of_kinds.get(FINDING, ()))
        changed = {SYSTEM: live, FINDING: findings}
        return {**of_kinds, **{kind: rows for kind, rows in changed.items() if kind in of_kinds}}

    return replace(gathered, records=put(gathered.records), claims=put(gathered.claims))


def _decided(finding: Row) -> Row:
    if finding["state"] in DECIDED:
        return finding
    return {**finding, "state": "open", "cause": finding["cause"] or "anything", "due": None}


def _after(gathered: Evidence, days: int) -> Evidence:
    return replace(gathered, now=gathered.now + timedelta(days=days))


def _asked(check: Check, gathered: Evidence) -> set[tuple[str, str]]:
    """Each member that is not left out, with each system that it stands behind where it is shared."""
    assert check.population is not None
    return {
        (name_text(member.name), system)
        for member in check.population.members(gathered)
        if member.excluded is None
        for system in (member.systems if check.population.shared and member.systems else ("",))
    }


def _missing(check: Check, gathered: Evidence) -> set[str]:
    members = check.judge(gathered).members
    return {name_text(member.name) for member in members if member.state is MemberState.MISSING}
