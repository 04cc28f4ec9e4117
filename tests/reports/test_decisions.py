"""Rows of the statement of applicability decided many at once: all or none, proposed from the records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.clauses.conftest import Make
from tests.decided import POLICY, put_in_force

from plumbline import catalogs
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands as door
from plumbline.records import queries as records
from plumbline.reports import applicability
from plumbline.reports.decisions import commands, proposals, queries
from plumbline.reports.decisions.commands import Decision
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
OUT: dict[str, Any] = {"applicable": "no", "exclusion_reason": "We sell nothing to anybody."}


def _all() -> list[Decision]:
    return [Decision(control.number, POLICY) for control in catalogs.controls()]


def test_all_controls_are_decided_in_one_call_and_wait_for_a_second_person(mina: Actor, sara: Actor) -> None:
    size = log.size()
    done = commands.decide(mina, _all(), submit=True)
    assert {each.change for each in done} == {"submitted"}
    assert applicability.statement(mina).counted("yes") == 38
    # A row is made and submitted: two entries each, as on its own page.
    assert log.size() == size + 2 * 38
    with pytest.raises(NotAllowed):
        door.move(mina, done[0].reference, "approve", revision=done[0].revision)
    assert door.move(sara, done[0].reference, "approve", revision=done[0].revision).state == "approved"


def test_one_refused_row_leaves_nothing_of_the_others(mina: Actor) -> None:
    size = log.size()
    wrong = Decision("A.2.3", {"applicable": "perhaps"})
    with pytest.raises(Invalid) as refused:
        commands.decide(mina, [Decision("A.2.2", POLICY), wrong])
    assert [fault.field for fault in refused.value.faults] == ["A.2.3.applicable"]
    assert applicability.statement(mina).counted("") == 38
    assert log.size() == size


def test_a_submitted_row_says_what_it_lacks(mina: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        commands.decide(mina, [Decision("A.2.2", {"applicable": "yes"})], submit=True)
    assert {fault.field for fault in refused.value.faults} == {"A.2.2.reasons", "A.2.2.justification"}
    (saved,) = commands.decide(mina, [Decision("A.2.2", {"applicable": "yes"})])
    assert (saved.change, saved.state) == ("created", "draft")


def test_a_row_in_force_is_opened_only_where_something_changes(mina: Actor, sara: Actor) -> None:
    (made,) = commands.decide(mina, [Decision("a2.2", POLICY)])
    approved = put_in_force(mina, sara, door.Saved(made.reference, made.revision, made.state, 0))
    same = commands.decide(mina, [Decision("A.2.2", POLICY, approved.revision)])
    assert [(each.change, each.revision) for each in same] == [("unchanged", approved.revision)]
    assert records.find(mina, made.reference)[0].state == "approved"
    (turned,) = commands.decide(mina, [Decision("A.2.2", OUT, approved.revision)], submit=True)
    assert (turned.change, turned.state) == ("submitted", "in review")
    row = queries.rows_now(mina)["iso42001:A.2.2"]
    assert (row.reason, row.values["reasons"], row.values["justification"]) == (
        OUT["exclusion_reason"],
        [],
        "",
    )
    assert applicability.statement(mina).counted("yes") == 1, "what is in force counts until it is approved"


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(mina: Actor) -> None:
    (made,) = commands.decide(mina, [Decision("A.2.2", POLICY)])
    commands.decide(mina, [Decision("A.2.2", {"justification": "Asked for by law."}, made.revision)])
    for seen in (made.revision, None):
        with pytest.raises(Invalid) as refused:
            commands.decide(mina, [Decision("A.2.2", OUT, seen)])
        assert [fault.field for fault in refused.value.faults] == ["A.2.2.revision"]


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (Decision("A.99", POLICY), "A.99.control"),
        (Decision("A.2.2", POLICY, revision=1), "A.2.2.revision"),
        (Decision("A.2.2", {"requirement": "iso42001:A.2.3"}), "A.2.2.requirement"),
    ],
)
def test_what_cannot_be_decided_is_named(mina: Actor, decision: Decision, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        commands.decide(mina, [decision])
    assert [fault.field for fault in refused.value.faults] == [field]


def test_a_control_is_decided_once_in_a_call(mina: Actor) -> None:
    with pytest.raises(Invalid):
        commands.decide(mina, [Decision("A.2.2", POLICY), Decision("iso42001:A.2.2", OUT)])
    with pytest.raises(Invalid):
        commands.decide(mina, [])


def test_nobody_without_the_right_decides(mina: Actor, someone: Callable[[str, str], Actor]) -> None:
    assert queries.may_decide(mina)
    viewer = someone("viewer", "Vera")
    assert not queries.may_decide(viewer)
    with pytest.raises(NotAllowed):
        commands.decide(viewer, _all())


def test_the_records_propose_and_decide_nothing(mina: Actor, make: Make) -> None:
    risk = make("risk")
    treated = make("treatment", risks=[risk.reference], controls=["iso42001:A.6.2.6"])
    found = proposals.proposals(mina)["iso42001:A.6.2.6"]
    assert found.reasons == ("risk treatment",)
    assert found.risks == (risk.reference,)
    said = " ".join(map(str, found.sentences))
    assert treated.reference in said
    assert risk.reference in said
    assert applicability.statement(mina).counted("") == 38


def test_nobody_reads_through_a_proposal_what_they_may_not_see(mina: Actor, make: Make) -> None:
    make("treatment", controls=["iso42001:A.6.2.6"])
    assert proposals.proposals(replace(mina, grants=())) == {}


def test_the_statement_is_frozen_when_every_row_is_approved(
    mina: Actor, sara: Actor, someone: Callable[[str, str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    two = catalogs.controls()[:2]
    monkeypatch.setattr(catalogs, "controls", lambda: two)
    with pytest.raises(Conflict):
        commands.freeze(mina, "First certification.")
    for each in commands.decide(mina, _all(), submit=True):
        door.move(sara, each.reference, "approve", revision=each.revision)
    version = commands.freeze(mina, "First certification.")
    assert version.state == "in review"
    with pytest.raises(NotAllowed):
        door.move(mina, version.reference, "approve", revision=version.revision)
    management = someone("top-management", "Ida")
    assert door.move(management, version.reference, "approve", revision=version.revision).state == "approved"
