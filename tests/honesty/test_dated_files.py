"""D7. Files: of when a document is, and until when it is valid, whatever the day on which it was added."""

from __future__ import annotations

import pytest
from tests.honesty.lines import attempt
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
