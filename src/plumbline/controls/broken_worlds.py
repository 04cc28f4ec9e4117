"""Worlds in which a check must not read good, made from its population rather than written by hand.

A check that passes where nothing is recorded, or that goes on passing when one more member comes that has
nothing, can be talked into green by leaving things out. Its cases show that it knows right from wrong where
its author thought of it; these worlds show that it looks at everybody.
"""

from __future__ import annotations

from plumbline.controls.cases import Case, Sample
from plumbline.controls.declare import Check
from plumbline.controls.verdicts import Evidence


def faults(check: Check) -> list[str]:
    """What is wrong with how ``check`` reads in its broken worlds; empty for nothing."""
    if check.population is None:
        return []
    bare = check.broken or check.population.bare
    found = []
    if check.on_telemetry:
        # A live system of which nothing is recorded has to report, and without a measure there is no verdict.
        if not check.population.members(_evidence_of(check.population.needs, check, *bare)):
            found.append(f"the population {check.population.slug} has no bare member to break it with")
        if check.judge(_evidence(check)).outcome != "unknown":
            found.append("it judges without a measure")
        return found
    if not _members(check, bare):
        found.append(f"the population {check.population.slug} has no bare member to break it with")
    elif check.judge(_evidence(check, *bare)).outcome != "fails":
        found.append("it does not fail when one member has nothing that it asks for")
    for case in check.cases if bare else ():
        if case.outcome == "passes":
            found += _with_one_more(check, case, bare)
    return found


def _with_one_more(check: Check, case: Case, bare: tuple[Sample, ...]) -> list[str]:
    if _members(check, (*case.world, *bare), case) != _members(check, case.world, case) + 1:
        return [f"its bare member is none beside those of the case {case.says!r}"]
    if check.judge(_evidence(check, *case.world, *bare, case=case)).outcome == "passes":
        return [f"it goes on passing in the case {case.says!r} when one more has nothing that it asks for"]
    return []


def _members(check: Check, world: tuple[Sample, ...], case: Case | None = None) -> int:
    """How many members the population has in ``world`` that are not excluded."""
    if check.population is None:
        return 0
    members = check.population.members(_evidence(check, *world, case=case))
    return len({str(member.name) for member in members if member.excluded is None})


def _evidence(check: Check, *world: Sample, case: Case | None = None) -> Evidence:
    limits = case.limits if case is not None else {}
    return Case("fails", "", world, limits).evidence(check.needs, check.window, check.limits)


def _evidence_of(needs: tuple[str, ...], check: Check, *world: Sample) -> Evidence:
    """What a population alone is given."""
    return Case("fails", "", world, {}).evidence(needs, check.window, check.limits)
