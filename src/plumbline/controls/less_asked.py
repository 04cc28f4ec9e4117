"""What checks would ask of an AI system of which nothing else is recorded: what a revision takes off that.

The effect of a revision is worked out against what is on record today. One that takes a system out of what a
check asks about takes nothing as long as nothing is missing of that system; it does so on the first day on
which something is. So the system is also looked at alone, where nothing could hide what is asked of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.clauses.operation.systems import AI_SYSTEM
from plumbline.controls import registry
from plumbline.controls.library.contradictions import SPEAKS_AGAINST
from plumbline.controls.library.planning import soa_complete
from plumbline.controls.verdicts import ORGANIZATION, Evidence, name_text
from plumbline.kernel import clock

Row = Mapping[str, Any]


def less_asked(before: Row, after: Row) -> frozenset[str]:
    """The checks, by slug, that ask about a system as it is in ``before`` and do not in ``after``.

    They are two rows in force of one record. The check of the statement of applicability is among them as
    `speaks_against_less` says.
    """
    was, would = _alone(before), _alone(after)
    found = set()
    for check in registry.all_checks():
        if check.population is None or not _reads_systems(check.population.needs):
            continue
        members = check.population.members
        asked, still = (
            {name_text(one.name) for one in members(seen) if not one.excluded} for seen in (was, would)
        )
        if asked - still:
            found.add(check.slug)
    return frozenset(found) | speaks_against_less(AI_SYSTEM.slug, before, after)


def speaks_against_less(kind: str, before: Row, after: Row) -> frozenset[str]:
    """The check of the statement of applicability where ``after`` speaks against leaving out fewer controls
    than ``before``, two rows in force of one record of ``kind``; nothing where it does not."""
    was, would = _alone(before, kind), _alone(after, kind)
    less = any(against(was) is not None and against(would) is None for against in SPEAKS_AGAINST.values())
    return frozenset({soa_complete.slug} if less else ())


def _reads_systems(needs: tuple[str, ...]) -> bool:
    return not {f"claims:{AI_SYSTEM.slug}", f"records:{AI_SYSTEM.slug}"}.isdisjoint(needs)


def _alone(row: Row, kind: str = AI_SYSTEM.slug) -> Evidence:
    """A world in which this record is in force, and nothing else is recorded or heard of."""
    needs = {need for check in registry.all_checks() if check.population for need in check.population.needs}
    needs.update(need for check in registry.all_checks() for need in check.needs)

    def rows(sort: str) -> dict[str, tuple[Row, ...]]:
        names = (need.partition(":")[2] for need in needs if need.startswith(sort + ":"))
        return {name: (row,) if name == kind else () for name in names}

    now = clock.now()
    return Evidence(
        ORGANIZATION, now, now, now, records=rows("records"), claims=rows("claims"), facts=rows("facts")
    )
