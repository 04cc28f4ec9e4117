"""What a check over the organization says of one AI system: of the members that its result names, those that
belong to another system count for that one alone.

A supplier or a dataset counts for the systems that it stands behind. What belongs to no system (a policy, a
role) counts for each of them, and a result that names no system counts whole: the organization as such is
read then, and whoever shows it for one system says so (`organization_wide`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

from plumbline.controls import members
from plumbline.controls.declare import Check
from plumbline.controls.models import Result
from plumbline.controls.verdicts import MemberVerdict
from plumbline.kernel.messages import Ref, Subject
from plumbline.kernel.states import BEYOND, CheckState, MemberState


def narrowed(check: Check, result: Result, rows: Iterable[Mapping[str, Any]], slug: str, ref: str) -> Result:
    """``result`` as far as it is about the system with this slug and reference; ``rows`` are its members.

    It is a copy that is not saved: the result itself speaks of everybody.
    """
    return narrowed_to(check, result, members.from_rows(rows), slug, ref)


def narrowed_to(check: Check, result: Result, sealed: Sequence[MemberVerdict], slug: str, ref: str) -> Result:
    """As `narrowed`, of members that have been read already."""
    named = any(row.system or isinstance(row.name, Subject) for row in sealed)
    if not named or CheckState(result.word) not in {*BEYOND, CheckState.WITHIN}:
        return result
    shared = check.population is not None and check.population.shared
    mine = [row for row in sealed if counts(row, slug, ref, shared=shared)]
    asked = [row for row in mine if row.state is not MemberState.EXCLUDED]
    covered = sum(row.state is MemberState.COVERED for row in asked)
    if not asked:
        word = CheckState.NOTHING_TO_JUDGE
    elif covered == len(asked):
        word = CheckState.WITHIN
    else:
        word = CheckState(result.word) if result.word in BEYOND else CheckState.UNDER
    found = copy(result)
    found.word, found.unit, found.limit_value = str(word), "ratio", 1.0
    found.numerator, found.denominator = float(covered), float(len(asked))
    found.population, found.excluded = len(asked), len(mine) - len(asked)
    return found


def organization_wide(rows: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a result with these members counts for every system, or for none in particular: it names no
    system, or what misses something belongs to none."""
    sealed = members.from_rows(rows)
    of_none = [row for row in sealed if not row.system and not isinstance(row.name, Subject)]
    return len(of_none) == len(sealed) or any(row.state is MemberState.MISSING for row in of_none)


def counts(member: MemberVerdict, slug: str, ref: str, *, shared: bool) -> bool:
    """Whether what a member misses is missing for the system too."""
    if not member.system:
        return not isinstance(member.name, Subject) or member.name.slug == slug
    if member.systems:
        return ref in member.systems
    if shared and member.name != Ref(member.system):
        # Judged before such members named every system that they stand behind: none is left out.
        return True
    return member.system == ref
