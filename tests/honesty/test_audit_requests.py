"""What auditors ask for (9.2.2): the line never edits the question, the auditor never writes the answer."""

from __future__ import annotations

from typing import Any

import pytest
from tests.honesty.test_audits import at, under_way
from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def asked(office: World, audit: str | None, who: str = "tomas", **changed: Any) -> str:
    """A request of the team that Stig is asked to answer."""
    told = {"audit": audit, "asked_of": at(office, "stig"), "due": office.day(5), "owner": None,
            "period_from": office.day(-100), "period_until": office.day(-1)}  # fmt: skip
    reference = office.make("audit-request", who, **{**told, **changed})
    office.move(who, reference, "ask")
    return reference


def external(office: World) -> str:
    """Ada, an auditor from outside with the whole in scope; her name."""
    office.hire("ada", "external-auditor", scope="all", ends=office.day(30))
    return "ada"


def outside(office: World, **changed: Any) -> str:
    """A request of the auditor from outside."""
    return asked(office, None, "ada", occasion="Nordic Certification, stage 2", **changed)


def test_asked_answered_and_closed_with_the_times_of_each(office: World) -> None:
    audit = under_way(office)
    reference = asked(office, audit)
    said = office.record(reference)
    assert said["state"] == "asked"
    assert said["values"]["asked_by"] == at(office, "tomas")
    office.wait(hours=3)
    risk = office.make("risk")
    answer = {"outcome": "given", "answer": f"One was closed: {risk}."}
    office.amend("stig", reference, **answer)
    assert office.move("stig", reference, "answer") == "answered"
    assert office.move("tomas", reference, "suffice") == "sufficient"
    moves = [
        row for row in office.get("tomas", f"audit-requests/{reference}/history") if row["verb"] == "moved"
    ]
    moves.sort(key=lambda row: row["number"])
    assert [row["state"] for row in moves] == ["asked", "answered", "sufficient"]
    page = office.page("tomas", f"/records/{audit}/")
    assert reference in page
    assert "Ask for evidence" in page


@pytest.mark.parametrize("who", ["mina", "stig", "cora", "tomas"])
@pytest.mark.parametrize(
    "changed",
    [{"asked": "Nothing."}, {"title": "Nothing"}, {"only": ""}, {"due": "2026-12-24"}, {"how_many": 1}],
)
def test_nobody_edits_what_was_asked(office: World, who: str, changed: dict[str, Any]) -> None:
    reference = asked(office, under_way(office))
    before = office.record(reference)["values"]
    assert office.try_amend(who, reference, **changed).refused
    assert office.record(reference)["values"] == before


def test_who_asks_writes_no_answer_and_who_answers_closes_nothing(office: World) -> None:
    reference = asked(office, under_way(office))
    assert office.try_amend("tomas", reference, outcome="none", answer="There is none.").status == 403
    assert office.try_move("tomas", reference, "answer").refused
    for step in ("suffice", "reject", "discard", "ask"):
        assert office.try_move("stig", reference, step, reason="Done.").refused, step
    office.amend("stig", reference, outcome="none", answer="No risk was closed: the register is new.")
    office.move("stig", reference, "answer")
    for step in ("suffice", "reject"):
        for who in ("stig", "mina", "ingrid"):
            assert office.try_move(who, reference, step, reason="Enough.").refused, (who, step)
    assert office.try_amend("stig", reference, answer="Another one.").refused, "it was answered"
    office.move("tomas", reference, "reject", reason="The register of before is missing.")
    office.amend("stig", reference, answer="The register of before was not kept.")
    office.move("stig", reference, "answer")
    assert office.move("tomas", reference, "suffice") == "sufficient"


def test_what_is_given_can_be_found_and_what_is_not_says_why(office: World) -> None:
    reference = asked(office, under_way(office))
    refused = office.try_move("stig", reference, "answer")
    assert {fault["field"] for fault in refused.json["errors"]} == {"outcome", "answer"}
    office.amend("stig", reference, outcome="given", answer="See the shared drive.")
    refused = office.try_move("stig", reference, "answer")
    assert [fault["field"] for fault in refused.json["errors"]] == ["answer"]
    assert office.attach("tomas", reference, "question.txt").status in (200, 201)
    assert office.link("tomas", reference, office.make("risk")).status in (200, 201)
    assert office.try_move("stig", reference, "answer").refused, "what the auditor added answers nothing"
    assert office.attach("stig", reference, "closed.csv").status in (200, 201)
    assert office.move("stig", reference, "answer") == "answered"


def test_the_audited_line_asks_nothing(office: World) -> None:
    audit = under_way(office)
    told = {"audit": audit, "asked_of": at(office, "stig"), "due": office.day(5)}
    for who in ("stig", "cora"):
        assert office.try_create(who, "audit-request", title="x", **told).status == 403, who
    planted = office.make("audit-request", "mina", owner=None, **told)
    assert office.try_move("mina", planted, "ask").refused
    refused = office.try_move("tomas", planted, "ask")
    assert "Mina Holm" in refused.text, "a question that the line wrote is no question of the auditor"


def test_an_auditor_who_owns_something_meanwhile_asks_no_more(office: World) -> None:
    audit = under_way(office)
    risk = office.make("risk")
    office.amend("mina", risk, owner=at(office, "tomas"))
    told = {"audit": audit, "asked_of": at(office, "stig"), "due": office.day(5), "owner": None}
    refused = office.try_move("tomas", office.make("audit-request", "tomas", **told), "ask")
    assert f"Tomas Holm owns {risk}" in refused.text


def test_an_auditor_from_outside_asks_in_scope_and_alone_judges_the_answer(office: World) -> None:
    ada = external(office)
    office.hire("bea", "external-auditor", scope="risk", ends=office.day(30))
    reference = outside(office)
    assert office.try_create("bea", "audit-request", title="x").status == 403, (
        "requests lie outside her scope"
    )
    assert office.try_amend(ada, reference, outcome="none", answer="None.").refused
    office.amend("mina", reference, outcome="none", answer="No risk was closed in that time.")
    office.move("mina", reference, "answer")
    assert office.try_move("tomas", reference, "suffice").refused, "Ada asked"
    assert office.move(ada, reference, "suffice") == "sufficient"
    assert office.try_create(ada, "risk", title="x").status == 403


def test_the_organisation_does_not_move_a_request_out_of_sight(office: World) -> None:
    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor

    people.create_unit(Actor.installation(), name="Elsewhere")
    external(office)
    reference = outside(office)
    assert office.try_amend("mina", reference, unit="elsewhere").refused
    assert office.try_move("mina", reference, "discard", reason="Not now.").refused


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"of": "spaceship"}, "of"),
        ({"of": "", "only": "state=closed"}, "only"),
        ({"how_many": 0}, "how_many"),
        ({"period_from": "2026-03-01", "period_until": "2026-02-01"}, "period_until"),
    ],
)
def test_a_request_that_cannot_be_is_refused_at_its_field(
    office: World, changed: dict[str, Any], field: str
) -> None:
    from plumbline.records import examples, kinds

    told = {**examples.values_of(kinds.get("audit-request"), office.of, {"audit": None}), **changed}
    refused = office.try_create("tomas", "audit-request", **{k: v for k, v in told.items() if v is not None})
    assert refused.refused
    assert [fault["field"] for fault in refused.json["errors"]] == [field]


def test_pages_say_who_may_do_what(office: World) -> None:
    reference = asked(office, under_way(office))
    line, auditor = (office.page(who, f"/records/{reference}/") for who in ("stig", "tomas"))
    assert "Answer" in line
    assert "You ask for this. Whoever is asked answers." in auditor
    assert office.press_move("stig", reference, "suffice").refused or (
        office.record(reference)["state"] == "asked"
    )
