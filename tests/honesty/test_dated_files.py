"""D7. Files: of when a document is, and until when it is valid, whatever the day on which it was added."""

from __future__ import annotations

import pytest
from tests.honesty.lines import attempt
from tests.honesty.organization import document as written
from tests.honesty.organization import live_system
from tests.honesty.world import Reply, World

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = "documents-reviewed"


def add(world: World, reference: str, name: str = "method.txt", who: str = "mina", **dates: str) -> Reply:
    """Ask to add a file with dates to a record."""
    more = "".join(f"&{field}={text}" for field, text in dates.items())
    path = f"{world._path(reference)}/attachments?filename={name}{more}"
    return world.call(who, "POST", path, b"How we do it.", Content_Type="text/plain")


def document(world: World, **dates: str) -> str:
    """An approved document that rests on a file with these dates; its reference."""
    own = {"owner": world.people["mina"].handle, "version": "1", "next_review": world.day(200).isoformat()}
    reference = world.make("document", title="How risks are assessed", type="process", text="", **own)
    assert not add(world, reference, **dates).refused
    return world.approve(reference)


def file_of(world: World, reference: str) -> dict[str, object]:
    rows = world.get("mina", f"{world._path(reference)}/attachments")
    return dict(rows[-1])


def said_of(world: World, reference: str) -> str:
    """What the check on documents misses today."""
    world.flow()
    reason = world.results(CHECK)[0]["reason"]
    return str(reason) if reference in str(reason) else ""


@attempt("D7")
def test_a_file_past_its_last_day_is_said_with_the_day(office: World) -> None:
    """A document rests on a certificate; months pass and nobody looks at it again."""
    until = office.day(20).isoformat()
    reference = document(office, document_date=office.day(-300).isoformat(), valid_until=until)
    assert said_of(office, reference) == ""
    tasks = office.get("mina", "tasks")["items"]
    assert [task["due"] for task in tasks if task["task"] == "file ending"] == [until]
    office.wait(days=21)
    assert "rests on a file that was valid until" in said_of(office, reference)
    assert str(office.day(-1).day) in said_of(office, reference)


@attempt("D7")
def test_what_was_written_years_ago_is_not_fresh_for_being_added_today(office: World) -> None:
    """A text of 2019 is added today; whoever relies on it has to say until when, and have that approved."""
    reference = document(office, document_date="2019-05-03")
    assert "and nobody has said until when" in said_of(office, reference)
    number = file_of(office, reference)["id"]
    sent = {"document_date": "2019-05-03", "valid_until": office.day(100).isoformat()}
    path = f"{office._path(reference)}/attachments/{number}/dates"
    assert office.call("mina", "POST", path, sent).status == 201
    assert not file_of(office, reference)["dates_approved"]
    assert "and nobody has said until when" in said_of(office, reference)


@attempt("D7")
def test_one_person_does_not_lengthen_what_two_approved(office: World) -> None:
    """The day has come; one person writes another one, or puts another file in its place."""
    reference = document(office, valid_until=office.day(3).isoformat())
    office.wait(days=4)
    later = office.day(300).isoformat()
    number = file_of(office, reference)["id"]
    path = f"{office._path(reference)}/attachments/{number}/dates"
    assert office.call("mina", "POST", path, {"valid_until": later}).status == 201
    assert not add(office, reference, "newer.txt", valid_until=later, replaces=str(number)).refused
    assert "was valid until" in said_of(office, reference)


@attempt("D7")
def test_one_person_may_say_that_it_has_ended(office: World) -> None:
    """A certificate is withdrawn: that counts from the next day on, without anybody's approval."""
    reference = document(office, valid_until=office.day(300).isoformat())
    assert said_of(office, reference) == ""
    number = file_of(office, reference)["id"]
    path = f"{office._path(reference)}/attachments/{number}/dates"
    assert office.call("mina", "POST", path, {"valid_until": office.day(-1).isoformat()}).status == 201
    office.wait(days=1)
    assert "was valid until" in said_of(office, reference)


@attempt("D7")
@pytest.mark.parametrize(
    ("dated", "until"),
    [(1, None), (-10, -11), (None, 4_000), ("soon", None), (None, "2026-13-01")],
    ids=["ahead", "ends before it begins", "decades", "no day", "no such month"],
)
def test_dates_that_cannot_be_true_are_refused(
    office: World, dated: int | str | None, until: int | str | None
) -> None:
    """The date of the document lies ahead, its end before it, or in decades."""
    reference = office.make("document")
    given = {"document_date": dated, "valid_until": until}
    dates = {
        name: office.day(value).isoformat() if isinstance(value, int) else value
        for name, value in given.items()
        if value is not None
    }
    reply = add(office, reference, **dates)
    assert reply.status == 422
    assert {fault["field"] for fault in reply.json["errors"]} <= dates.keys()
    assert reply.remedies
    assert all(reply.remedies)


@attempt("D7")
def test_how_far_ahead_the_end_of_a_file_may_lie_is_governed_and_back_tested(office: World) -> None:
    """The longest interval for files is made longer: what that changes is computed, and two people decide."""
    reference = document(office, valid_until=office.day(300).isoformat())
    until = {"valid_until": office.day(360).isoformat(), "reason": "Contracts run for three years."}
    wanted = {"title": "Files", "subject": "attachment.valid_until", "months": 6, **until}
    interval = office.create("mina", "longest-interval", **wanted)
    office.approve(interval)
    said = office.record(interval)["values"]["back_test"]
    assert "Of 1 days" in said
    assert "1 lie further ahead than the 6 months proposed, 0 than the 24 months" in said
    assert add(office, reference, "later.txt", valid_until=office.day(250).isoformat()).status == 422


def missed(world: World, check: str) -> str:
    """What a check misses today, in words; empty while it misses nothing."""
    world.flow()
    result = world.results(check)[0]
    return "" if result["word"] == "Within" else str(result["reason"])


def rest_on_file(world: World, reference: str, until: int) -> None:
    """A further approved version of a record of Mina's, which rests on a file that ends in so many days."""
    world.move("mina", reference, "revise")
    assert not add(world, reference, valid_until=world.day(until).isoformat()).refused
    world.approve(reference)


@attempt("D7", "G.documents-asked", "B2")
def test_a_document_asked_for_is_not_there_by_a_file_that_has_ended(kept: World) -> None:
    """The scope is a signed paper for one month; when that is over, it is counted among the documents."""
    (scope,) = [row["reference"] for row in kept.listed("document") if row["values"]["type"] == "scope"]
    rest_on_file(kept, scope, 20)
    assert scope not in missed(kept, "documents-asked")
    kept.wait(days=21)
    said = missed(kept, "documents-asked")
    assert f"has only {scope}, which rests on a file that was valid until" in said
    assert not kept.good("7.5.1")


@attempt("D7", "G.monitoring-planned")
def test_a_system_is_not_watched_by_a_plan_that_has_ended(kept: World) -> None:
    """The monitoring plan is a contract that runs out, and the indicator a certificate that does."""
    system = live_system(kept, "chat-assist")
    assert system in missed(kept, "monitoring-planned")
    plan = kept_document(kept, "plan", "iso42001:A.6.2.6", system)
    rest_on_file(kept, plan, 20)
    assert system not in missed(kept, "monitoring-planned")
    kept.wait(days=21)
    assert f"{system} has only {plan}, which rests on a file" in missed(kept, "monitoring-planned")


@attempt("D7", "G.objectives-measurable")
def test_an_objective_is_not_measured_by_an_indicator_that_has_ended(kept: World) -> None:
    """The objective has no target, and its indicator rests on the licence of a tool that is over."""
    objective, indicator = kept.listed("objective")[0]["reference"], kept.listed("indicator")[0]["reference"]
    kept.move("mina", objective, "revise")
    kept.amend("mina", objective, target=None)
    kept.approve(objective, by="ingrid")
    kept.move("mina", indicator, "revise")
    kept.amend("mina", indicator, objective=objective)
    kept.approve(indicator)
    assert objective not in missed(kept, "objectives-measurable")
    rest_on_file(kept, indicator, 20)
    kept.wait(days=21)
    assert f"{objective} has only {indicator}" in missed(kept, "objectives-measurable")


@attempt("D7", "E5", "G.soa-complete")
def test_a_control_is_not_left_out_by_a_file_that_has_ended(kept: World) -> None:
    """A legal opinion of last year says that a control is not needed; it was valid until this spring."""
    (row,) = [
        one["reference"]
        for one in kept.listed("applicability")
        if one["values"]["requirement"] == "iso42001:A.10.4"
    ]
    kept.move("mina", row, "revise")
    why = "We have no customers of AI systems: whatever we build is for our own desks."
    kept.amend("mina", row, applicable="no", exclusion_reason=why)
    assert not add(kept, row, "opinion.txt", valid_until=kept.day(20).isoformat()).refused
    kept.approve(row, by="ingrid")
    kept.flow()
    assert kept.seen("A.10.4").word == "Not applicable"
    kept.wait(days=21)
    kept.flow()
    assert kept.seen("A.10.4").word != "Not applicable"


@attempt("D7", "G.people-assessed", "G.impact-assessed")
def test_an_assessment_that_rests_on_an_ended_file_assesses_nobody(kept: World) -> None:
    """The consent of the works council is attached to the assessment and was given for a month."""
    assessment = kept.listed("impact-assessment")[0]["reference"]
    assert not missed(kept, "people-assessed")
    rest_on_file(kept, assessment, 20)
    kept.wait(days=21)
    for check in ("people-assessed", "impact-assessed"):
        assert f"has only {assessment}, which rests on a file" in missed(kept, check)


def kept_document(world: World, type: str, requirement: str, system: str) -> str:
    """An approved document about a system; its reference."""
    return written(world, type, f"How we watch {system}", requirement, systems=[system])
