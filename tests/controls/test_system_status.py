"""What is measured of one AI system: the checks that speak of it, and what they miss of it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plumbline.controls import registry, system_status
from plumbline.controls.verdicts import MemberVerdict
from plumbline.kernel.messages import Ref, Subject, say
from plumbline.kernel.states import MemberState

if TYPE_CHECKING:
    from plumbline.controls.queries import SystemRow


def system() -> SystemRow:
    from plumbline.controls.queries import SystemRow

    return SystemRow("SYS-0001", "Claims Triage", "", None, None)


def member(name: Ref | Subject, belongs: str = "", state: MemberState = MemberState.MISSING) -> MemberVerdict:
    return MemberVerdict(name, state, say("test.lacks", "lacks an owner"), belongs)


@pytest.mark.parametrize(
    ("verdict", "counts"),
    [
        (member(Ref("SYS-0001"), "SYS-0001"), True),
        (member(Ref("DST-0001"), "SYS-0001"), True),
        (member(Subject("claims-triage")), True),
        (member(Ref("SYS-0002"), "SYS-0002"), False),
        (member(Subject("fraud-score")), False),
        # What belongs to no system speaks of the organization, and stands on no system's page as its own.
        (member(Ref("POL-0001")), False),
    ],
)
def test_only_what_names_the_system_is_missing_of_it(verdict: MemberVerdict, counts: bool) -> None:
    check = registry.get("systems-owned")
    found = system_status._members_of(check, [verdict], "claims-triage", system())
    assert bool(found) is counts


def test_the_reason_of_a_requirement_is_what_this_system_lacks() -> None:
    """The verdict of the check speaks of every system; on the page of one it would name the others."""
    check = registry.get("systems-owned")
    missed = system_status._missed({check.slug: [member(Ref("SYS-0001"), "SYS-0001")]})
    assert set(missed) == set(check.requirements)
    assert str(missed[check.requirements[0]]) == "SYS-0001 lacks an owner"


def test_what_is_covered_is_missed_by_nobody() -> None:
    check = registry.get("systems-owned")
    assert not system_status._missed({check.slug: [member(Ref("SYS-0001"), "SYS-0001", MemberState.COVERED)]})
