"""Internal audits (9.2): independence, the line answers and never grades, what was reported stays.

Everything goes through the API as a named person; what is refused names the record and leaves nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.honesty.world import Reply, World

pytestmark = pytest.mark.django_db(transaction=True)


def at(office: World, who: str) -> str:
    """The handle of somebody."""
    return office.people[who].handle


def programme(office: World, **changed: Any) -> str:
    """An approved programme that Tomas runs."""
    days = {"period_from": office.day(-60), "period_until": office.day(300)}
    reference = office.make("audit-programme", "tomas", owner=at(office, "tomas"), **{**days, **changed})
    return office.approve(reference, author="tomas")


def values(office: World, **changed: Any) -> dict[str, Any]:
    """What an audit of the risks that Tomas leads says before it begins."""
    told = {
        "planned_from": office.day(-5),
        "due": office.day(20),
        "period_from": office.day(-100),
        "period_until": office.day(-1),
        "lead": at(office, "tomas"),
        "owner": at(office, "tomas"),
    }
    return {**told, **changed}


def under_way(office: World, **changed: Any) -> str:
    """An audit that has begun, under an approved programme."""
    under = programme(office)
    reference = office.make("audit", "tomas", **values(office, programme=under, **changed))
    office.move("tomas", reference, "begin")
    return reference


def finding(office: World, audit: str, **changed: Any) -> str:
    """A recorded finding with a risk as its evidence."""
    risk = office.references.get("risk") or office.make("risk")
    told = {"audit": audit, "evidence": f"The level of {risk} is missing.", "owner": at(office, "stig")}
    reference = office.make("audit-finding", "tomas", **{**told, **changed})
    office.move("tomas", reference, "record")
    return reference


def looked_at(office: World, audit: str, result: str = "met") -> None:
    """Each line of the checklist with a result."""
    lines = office.record(audit)["values"]["checklist"].splitlines()
    text = "\n".join(
        f"{line.partition(':')[0]}: {result}: Register of risks and its history" for line in lines
    )
    office.amend("tomas", audit, checklist=text)


def report(office: World, audit: str) -> Reply:
    """Ask to issue the report to Ingrid."""
    office.amend(
        "tomas", audit, began_on=office.day(-4), ended_on=office.day(), verdict="conforms in part",
        summary="Risks are judged; two are not judged after treatment.",
        conclusion="The criteria are met but for two risks.", reported_to=at(office, "ingrid"),
    )  # fmt: skip
    return office.try_move("tomas", audit, "report")


def reported(office: World, **changed: Any) -> tuple[str, str]:
    """A reported audit with a minor finding; both references."""
    audit = under_way(office)
    found = finding(office, audit, **changed)
    looked_at(office, audit, "not met")
    answered = report(office, audit)
    assert answered.status == 200, answered.text
    return audit, found


def test_a_programme_is_approved_by_somebody_else_and_then_stays(office: World) -> None:
    reference = office.make("audit-programme", "tomas", owner=at(office, "tomas"), period_from=office.day(),
                            period_until=office.day(300))  # fmt: skip
    office.move("tomas", reference, "submit")
    assert office.try_move("tomas", reference, "approve").refused
    office.move("ingrid", reference, "approve")
    assert office.try_amend("tomas", reference, frequency="When there is time.").refused


def test_a_later_programme_rests_on_what_was_reported(office: World) -> None:
    audit, _ = reported(office)
    later = office.make("audit-programme", "tomas", owner=at(office, "tomas"), period_from=office.day(),
                        period_until=office.day(300))  # fmt: skip
    refused = office.try_move("tomas", later, "submit")
    assert refused.refused
    assert [fault["field"] for fault in refused.json["errors"]] == ["earlier_programmes"]
    assert audit in refused.text
    office.amend("tomas", later, earlier_programmes=[office.record(audit)["values"]["programme"]])
    office.move("tomas", later, "submit")


@pytest.mark.parametrize("part", ["owns", "approved", "changed"])
def test_nobody_audits_what_they_own_approved_or_changed(office: World, part: str) -> None:
    """Rita reviews, Cora writes, Stig owns: each is refused at every way into the team, with the record."""
    programme(office)
    who = {"owns": "stig", "approved": "sara", "changed": "cora"}[part]
    if part == "approved":
        office.hire("rita2", "reviewer")
        who = "rita2"
        record = office.approve(office.make("treatment"), by="ingrid")
        record = office.make("document", requirements=["iso42001:6.1.2"])
        office.approve(record, by=who)
    else:
        owner = {"owner": at(office, who)} if part == "owns" else {}
        record = office.make("risk", "mina" if part == "owns" else "cora", **owner)
    refused = office.try_create("tomas", "audit", **_made(office, values(office, auditor=at(office, who))))
    assert refused.refused
    assert f"{part} {record}" in refused.text
    assert [fault["field"] for fault in refused.json["errors"]] == ["auditor"]
    assert office.listed("audit") == []
    audit = office.make("audit", "tomas", **values(office))
    assert office.try_amend("tomas", audit, auditor=at(office, who)).refused
    assert office.record(audit)["values"]["auditor"] is None


def _made(office: World, changed: dict[str, Any]) -> dict[str, Any]:
    from plumbline.records import examples, kinds

    told = examples.values_of(kinds.get("audit"), office.of, changed)
    return {name: value for name, value in told.items() if value is not None}


def test_what_lies_outside_the_scope_is_no_part_of_it(office: World) -> None:
    """Another criterion, another system, an act before the audited period: none of them hinders."""
    programme(office)
    office.make("objective", owner=at(office, "stig"))
    other = office.make("ai-system", slug="other", title="Other")
    scoped = office.make("ai-system", slug="looked-at", title="Looked at")
    office.make("risk", system=other, owner=at(office, "stig"))
    audit = office.make("audit", "tomas", **values(office, auditor=at(office, "stig"), systems=[scoped]))
    office.move("tomas", audit, "begin")
    refused = office.try_amend("tomas", audit, systems=[scoped, other], changes="Other belongs to it too.")
    assert refused.refused


def test_whoever_runs_the_aims_is_in_no_team(office: World) -> None:
    programme(office)
    refused = office.try_create("mina", "audit", **_made(office, values(office, lead=at(office, "mina"))))
    assert refused.refused
    assert "runs the management system" in refused.text


def test_an_auditor_who_becomes_owner_meanwhile_is_named_and_cannot_go_on(office: World) -> None:
    audit = under_way(office)
    risk = office.make("risk")
    first = finding(office, audit, grade="opportunity")
    office.amend("mina", risk, owner=at(office, "tomas"))
    draft = office.make("audit-finding", "tomas", audit=audit, evidence=f"{risk}")
    refused = office.try_move("tomas", draft, "record")
    assert refused.refused
    assert f"Tomas Holm owns {risk}" in refused.text
    office.move("tomas", draft, "discard")
    looked_at(office, audit)
    stopped = report(office, audit)
    assert stopped.refused
    assert f"Tomas Holm owns {risk}" in stopped.text
    assert office.record(audit)["state"] == "under way"
    assert office.record(first)["state"] == "recorded"


def test_only_the_team_writes_and_grades(office: World) -> None:
    audit = under_way(office)
    found = finding(office, audit)
    for who in ("mina", "stig", "cora"):
        refused = office.try_amend(who, found, grade="opportunity")
        assert refused.status == 403, who
    foreign = office.make("audit-finding", "mina", audit=audit, evidence=office.references["risk"])
    refused = office.try_move("tomas", foreign, "record")
    assert refused.refused
    assert "Mina Holm" in refused.text
    assert office.try_amend("mina", audit, checklist="6.1.2/1: met: Nothing").status == 403
    assert office.record(found)["values"]["grade"] == "minor"


def test_evidence_is_something_that_others_find(office: World) -> None:
    audit = under_way(office)
    bare = office.make("audit-finding", "tomas", audit=audit, evidence="Everybody says so.")
    refused = office.try_move("tomas", bare, "record")
    assert [fault["field"] for fault in refused.json["errors"]] == ["evidence"]
    office.amend("tomas", bare, evidence="RSK-0099 says so.")
    assert office.try_move("tomas", bare, "record").refused, "there is no such record"
    assert office.attach("tomas", bare, "notes.txt").status in (200, 201)
    office.move("tomas", bare, "record")


def test_the_scope_narrows_only_with_a_reason_that_stands_in_the_report(office: World) -> None:
    audit = under_way(office, criteria=["iso42001:6.1.2", "iso42001:9.1"])
    finding(office, audit)
    refused = office.try_amend("tomas", audit, criteria=["iso42001:6.1.2"])
    assert refused.refused
    assert [fault["field"] for fault in refused.json["errors"]] == ["changes"]
    why = "Measurement is audited in May by somebody else, since the figures are moved meanwhile."
    office.amend("tomas", audit, criteria=["iso42001:6.1.2"], changes=why)
    assert office.try_amend("tomas", audit, objective="Something else.").refused
    assert why in office.page("tomas", f"/records/{audit}/")


def test_the_checklist_has_a_line_for_each_statement_of_the_criteria(office: World) -> None:
    from plumbline import catalogs

    audit = under_way(office, criteria=["iso42001:6.1.2", "iso42001:A.5.2"])
    text = office.record(audit)["values"]["checklist"]
    asked = [row.number for row in catalogs.statements("iso42001:6.1.2")]
    assert [line.partition(":")[0] for line in text.splitlines()] == [*asked, "A.5.2"]
    refused = report(office, audit)
    assert refused.refused
    assert [fault["field"] for fault in refused.json["errors"]] == ["checklist"]
    for wrong in ("7.9/1: met: x", "A.5.2: splendid: x", "A.5.2: met: x\nA.5.2: met: y"):
        refused = office.try_amend("tomas", audit, checklist=wrong)
        assert [fault["field"] for fault in refused.json["errors"]] == ["checklist"], wrong
    looked_at(office, audit, "not met")
    assert "calls not met what no finding names" in report(office, audit).text


def test_the_report_opens_nonconformities_and_what_was_found_stays(office: World) -> None:
    audit, found = reported(office)
    matter = office.record(office.record(found)["values"]["nonconformity"])
    assert matter["values"]["source"] == "internal audit"
    assert matter["values"]["grade"] == "minor"
    assert matter["values"]["requirements"] == ["iso42001:6.1.2"]
    assert found in matter["values"]["description"]
    for changed in ({"grade": "opportunity"}, {"gap": "Nothing."}, {"evidence": "Nothing."}):
        assert office.try_amend("tomas", found, **changed).refused, changed
    assert office.try_amend("tomas", audit, conclusion="All is well.").refused
    late = office.make("audit-finding", "tomas", audit=audit, evidence=office.references["risk"])
    assert office.try_move("tomas", late, "record").refused


def test_the_manager_confirms_that_the_report_came(office: World) -> None:
    audit, _ = reported(office)
    for who in ("tomas", "mina", "henrik"):
        refused = office.try_move(who, audit, "acknowledge")
        assert refused.refused, who
    assert office.move("ingrid", audit, "acknowledge") == "acknowledged"
    refused = office.try_move("tomas", audit, "complete")
    assert "are not followed up" in refused.text


def test_a_follow_up_that_fails_opens_the_nonconformity_again(office: World) -> None:
    audit, found = reported(office)
    office.move("ingrid", audit, "acknowledge")
    matter = office.record(found)["values"]["nonconformity"]
    answer = {"answered_on": office.day(), "answer": "Both risks are judged by Friday."}
    assert office.try_amend("tomas", found, **answer).status == 403
    office.amend("mina", found, **answer)
    office.move("mina", found, "answer")
    office.amend("tomas", found, followed_up_on=office.day(), follow_up="One of the two is judged.")
    assert office.try_move("tomas", found, "work").refused, "nobody has verified the correction"
    _put_right(office, matter)
    assert office.try_move("mina", found, "fail").refused
    office.move("tomas", found, "fail", reason="The second risk has no level yet.")
    assert office.record(matter)["state"] == "open"
    assert office.record(found)["state"] == "did not work"
    office.move("mina", found, "answer")
    _put_right(office, matter)
    office.move("tomas", found, "work")
    assert office.move("tomas", audit, "complete") == "closed"


def _put_right(office: World, matter: str) -> None:
    if office.record(matter)["state"] == "suspected":
        office.move("sara", matter, "confirm")
    office.amend(
        "mina", matter, containment="Looked at by hand.", cause="Nobody asked for it.",
        similar="The whole register was read.", correction="The level was given.",
        no_action="The form asks for it from now on.",
    )  # fmt: skip
    office.move("mina", matter, "contain", "correct")
    office.move("ingrid", matter, "verify")


def test_an_audit_that_has_begun_is_not_called_off(office: World) -> None:
    audit = under_way(office)
    assert office.try_move("tomas", audit, "discard").refused
    planned = office.make("audit", "tomas", **values(office))
    assert office.move("tomas", planned, "discard") == "called off"


def test_without_its_programme_9_2_2_says_so(kept: World) -> None:
    assert kept.seen("9.2.2").good, kept.seen("9.2.2").reasons
    (running,) = [row["reference"] for row in kept.listed("audit-programme")]
    kept.move("tomas", running, "propose-retirement")
    kept.move("ingrid", running, "retire")
    seen = kept.seen("9.2.2")
    assert not seen.good
    assert "The programme of internal audits is not approved, or is of another time" in seen.reasons


def test_without_a_recent_audit_9_2_1_says_so(kept: World) -> None:
    assert kept.seen("9.2.1").good, kept.seen("9.2.1").reasons
    kept.wait(days=231)
    seen = kept.seen("9.2.1")
    assert not seen.good, "the audit of the programme was to be reported the day before"
    assert "was to be reported by" in seen.reasons
    (planned,) = [row["reference"] for row in kept.listed("audit") if row["state"] == "planned"]
    kept.move("tomas", planned, "discard")
    kept.wait(days=170)
    assert "There are none: internal audits" in kept.seen("9.2.1").reasons


def test_one_person_alone_makes_neither_good(office: World) -> None:
    """Tomas writes a programme, holds an audit and reports it; nobody else has looked at any of it."""
    draft = office.make("audit-programme", "tomas", owner=at(office, "tomas"), period_from=office.day(),
                        period_until=office.day(300))  # fmt: skip
    assert office.try_move(
        "tomas", office.make("audit", "tomas", **values(office, programme=draft)), "begin"
    ).refused
    assert office.good("9.2.1", "9.2.2") == set()
    audit, _ = reported(office)
    assert office.good("9.2.1", "9.2.2") == set()
    assert "waits for its manager" in office.seen("9.2.1").reasons
    office.move("ingrid", audit, "acknowledge")
    office.amend("tomas", draft, title="Another one")
    assert office.good("9.2.2") == set(), "two of seventy requirements are planned"


def test_the_review_hears_of_reported_audits_and_of_what_waits(office: World) -> None:
    from plumbline.reports import review

    def said() -> str:
        told = review.inputs(office.day(-90), office.day(-1))
        return next(str(part["said"]) for part in told["sections"] if part["slug"] == "audits")

    office.wait(days=1)
    assert "No reported audit is recorded here." in said()
    reported(office)
    office.wait(days=1)
    assert "Reported audits: 1. Findings: 1, of which 1 are not seen to work yet." in said()


def test_the_checklist_reads_as_a_table_with_what_is_asked(office: World) -> None:
    from plumbline import catalogs

    audit = under_way(office)
    looked_at(office, audit, "partly")
    asked = catalogs.statements("iso42001:6.1.2")[0].gist
    page = office.page("tomas", f"/records/{audit}/")
    assert asked in page
    assert "Partly met: Register of risks and its history" in page
