"""What the first page says stands in the way: each thing once, with what was found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from plumbline import catalogs
from plumbline.controls.requirement_posture import Reason, RequirementPosture
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.states import AttestedState, MeasuredState, RequirementState
from plumbline.records import kinds
from plumbline.web.home import blockers
from plumbline.web.home.blockers import Undone
from plumbline.web.home.due import DueRow
from plumbline.web.requirements import status
from plumbline.wording import render

MOST_QUERIES = 30
FAILING, SILENT = MeasuredState.FAILING, MeasuredState.NO_SIGNAL
FOUND = say("test.drifted", "3 of 6 inputs drifted.")


def posture(number: str, state: MeasuredState, check: str = "", subject: str = ORGANIZATION) -> Any:
    """The posture of one control in ``state`` because of ``check``."""
    row = status.unknown(catalogs.requirement(f"iso42001:{number}"))
    row = replace(row, word=RequirementState.COMPLETE)
    if not check:
        return replace(row, measured=state)
    reason = Reason(
        say("test.reason", "The reason of the state."), state, check, check=check, subject=subject
    )
    return replace(row, measured=state, reasons=(reason,))


def said(postures: list[RequirementPosture], results: Any = None, due: Any = ()) -> list[str]:
    """The blockers as sentences."""
    return [render(item.message) for item in blockers.blockers(postures, results or {}, due)]


def due_row(days: int, reference: str, slug: str = "document") -> DueRow:
    """A record due in so many days."""
    return DueRow(date(2026, 11, 20), days, kinds.get(slug), reference, "A title")


def test_a_failing_requirement_says_what_its_check_found_of_which_system() -> None:
    results = {("input-drift", "claims-triage"): SimpleNamespace(reason=FOUND)}
    row = posture("A.6.2.6", FAILING, "input-drift", "claims-triage")
    assert said([row], results) == ["A.6.2.6 is failing for claims-triage: 3 of 6 inputs drifted."]


def test_a_check_behind_several_requirements_is_one_thing_in_the_way() -> None:
    results = {("input-drift", "claims-triage"): SimpleNamespace(reason=FOUND)}
    rows = [
        posture(number, FAILING, "input-drift", "claims-triage") for number in ("A.6.2.6", "A.7.4", "A.9.2")
    ]
    assert said(rows, results) == [
        "A.6.2.6, A.7.4 and A.9.2 are failing for claims-triage: 3 of 6 inputs drifted."
    ]
    apart = [posture("A.6.2.6", FAILING, "one"), posture("A.7.4", FAILING, "two")]
    assert len(said(apart)) == 2


def test_what_no_result_explains_is_said_by_the_reason_of_the_state() -> None:
    assert said([posture("A.6.2.6", SILENT, "log-coverage")]) == [
        "A.6.2.6 gives no signal: The reason of the state."
    ]


def test_failing_comes_first_then_what_is_overdue_then_what_is_silent() -> None:
    rows = [posture("A.7.4", SILENT, "two"), posture("A.6.2.6", FAILING, "one")]
    failing, overdue, silent = said(rows, due=[due_row(-3, "DOC-0001")])
    assert failing.startswith("A.6.2.6 is failing")
    assert overdue == "DOC-0001 is 3 days overdue"
    assert silent.startswith("A.7.4 gives no signal")


def test_what_is_overdue_is_one_line_for_each_kind_named_by_the_oldest() -> None:
    due = [
        due_row(-9, "DOC-0001"),
        due_row(-1, "RSK-0001", "risk"),
        due_row(-1, "DOC-0002"),
        due_row(4, "DOC-0003"),
    ]
    assert said([], due=due) == [
        "DOC-0001 is 9 days overdue, and 1 more of its kind (document)",
        "RSK-0001 is 1 day overdue",
    ]
    found = blockers.blockers([], {}, due)
    assert render(blockers.verdict(found, blank=False)) == "Not ready yet. 3 things stand in the way."


@pytest.mark.parametrize("state", [MeasuredState.EFFECTIVE, MeasuredState.DEGRADED, MeasuredState.STALE])
def test_other_states_stand_in_nobodys_way(state: MeasuredState) -> None:
    assert said([posture("A.6.2.6", state, "one")]) == []


def test_a_long_listing_is_counted_and_not_cut() -> None:
    message = say("test.many", "{records}", records=listing([Ref(f"SYS-{number:04}") for number in range(9)]))
    assert render(message, shown=2) == "SYS-0000, SYS-0001, and 7 more"


def test_the_verdict_counts_what_stands_in_the_way() -> None:
    one = blockers.blockers([posture("A.6.2.6", FAILING, "one")], {}, ())
    assert render(blockers.verdict((), blank=False)) == "Ready: no open blocker."
    assert render(blockers.verdict((), blank=True)) == "Nothing is recorded yet. Begin with the first step."
    assert render(blockers.verdict(one, blank=False)) == "Not ready yet. One thing stands in the way."
    assert render(blockers.verdict(one * 4, blank=False)) == "Not ready yet. 4 things stand in the way."


def test_what_nobody_has_shown_decided_or_done_stands_in_the_way() -> None:
    """HONESTY A2: an organization with two drafts is not ready; what is missing is counted and named."""
    rows = [
        posture("A.2.2", MeasuredState.EFFECTIVE),
        replace(posture("A.2.3", MeasuredState.NOTHING_TO_JUDGE), word=RequirementState.NOT_ASSESSED),
        replace(posture("A.2.4", MeasuredState.NOT_MEASURED), word=RequirementState.MISSING),
        replace(posture("A.3.2", MeasuredState.STALE), word=RequirementState.PARTIAL),
        replace(posture("A.3.3", MeasuredState.NOT_APPLICABLE), word=RequirementState.MISSING),
        replace(posture("A.4.2", MeasuredState.RECORDED), attested=AttestedState.NOT_EFFECTIVE),
    ]
    undone = Undone(["iso42001:A.5.2"], ["NCR-0001", "NCR-0002"], ["Write the AI policy"])
    found = blockers.blockers(rows, {}, (), undone)
    assert [render(item.message) for item in found] == [
        "2 suspicions wait for a decision: NCR-0001 and NCR-0002",
        "A.4.2 is attested as not effective",
        "2 of 5 requirements are without evidence: A.2.3 and A.2.4",
        "One control is not decided in the statement of applicability: A.5.2",
        "1 of 5 requirements has part of its evidence: A.3.2",
        "One first step is not done: Write the AI policy",
    ]
    # By hand: 2 suspicions, 1 attestation, 2 without and 1 with part of its evidence, 1 control, 1 step.
    assert render(blockers.verdict(found, blank=False)) == "Not ready yet. 8 things stand in the way."


@pytest.mark.parametrize(
    "undone",
    [Undone(["iso42001:A.5.2"]), Undone((), ["NCR-0001"]), Undone((), (), ["Invite a second person"])],
)
def test_nothing_is_ready_while_one_thing_is_undone(undone: Undone) -> None:
    found = blockers.blockers([posture("A.2.2", MeasuredState.EFFECTIVE)], {}, (), undone)
    assert render(blockers.verdict(found, blank=False)) == "Not ready yet. One thing stands in the way."


@pytest.mark.data_layer
@pytest.mark.django_db(transaction=True)
def test_home_asks_nothing_twice(house: Any, counted_queries: Any) -> None:
    client = house.client("aims-manager")
    for _ in range(2):
        client.get("/")
    with counted_queries() as asked:
        assert client.get("/").status_code == 200
    statements = Counter(query["sql"] for query in asked.captured_queries)
    assert not [sql for sql, times in statements.items() if times > 1]
    assert len(asked) <= MOST_QUERIES
