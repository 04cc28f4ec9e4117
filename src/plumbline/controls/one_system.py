"""What a check over the organization says of one AI system: of the members that its result names, those that
belong to another system count for that one alone.

What belongs to no system (a policy, a role) counts for each of them, and so does a supplier or a dataset,
which may stand behind several systems and names only one. A result that names no system counts whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    sealed = members.from_rows(rows)
    named = any(row.system or isinstance(row.name, Subject) for row in sealed)
    if not named or CheckState(result.word) not in {*BEYOND, CheckState.WITHIN}:
        return result
    shared = check.population is not None and check.population.shared
    mine = [row for row in sealed if _counts(row, slug, ref, shared=shared)]
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


def _counts(member: MemberVerdict, slug: str, ref: str, *, shared: bool) -> bool:
    """Whether what a member misses is missing for the system too."""
    if not member.system:
        return not isinstance(member.name, Subject) or member.name.slug == slug
    if shared and member.name != Ref(member.system):
        return True
    return member.system == ref
