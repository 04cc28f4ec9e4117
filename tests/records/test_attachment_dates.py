"""Files have a date and an end of their own: entered, bound by approvals, kept apart when changed later."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.records.test_in_force import step

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotFound, Stale
from plumbline.records import commands, queries
from plumbline.records.attachments import queries as attachments
from plumbline.records.attachments.dates import Dates
from plumbline.records.commands import Saved
from plumbline.records.models import Attachment, AttachmentDates
from plumbline.records.related import queries as related
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def day(offset: int) -> Dates:
    """Dates of a document of a year ago that ends so many days from today."""
    today = clock.today()
    return Dates(today - timedelta(days=365), today + timedelta(days=offset))


def attach(actor: Actor, saved: Saved, dates: Dates, replaces: int | None = None) -> Attachment:
    done = commands.attach(
        actor, saved.reference, "card.md", b"# Card", "text/markdown", dates=dates, replaces=replaces
    )
    return Attachment.objects.get(leaf=done.leaf)


def test_dates_are_in_the_entry_and_in_what_an_approval_binds(
    mina: Actor, sara: Actor, system: Saved
) -> None:
    file = attach(mina, system, day(90))
    opened = json.loads(log.opening(file.leaf, "attachment") or b"")
    assert opened["valid_until"] == day(90).as_json()["valid_until"]
    moved = step(mina, system, "submit")
    saved = commands.move(sara, system.reference, "approve", revision=moved.revision, additions=1)
    bound = json.loads(log.opening(saved.leaf, "approval") or b"")
    assert bound["attachments"][0] | day(90).as_json() == bound["attachments"][0]


def test_other_dates_are_an_entry_of_their_own_that_an_approval_has_to_have_seen(
    mina: Actor, sara: Actor, system: Saved
) -> None:
    file = attach(mina, system, day(90))
    moved = step(mina, system, "submit")
    saved = commands.set_dates(mina, system.reference, file.pk, day(10))
    assert log.leaf(saved.leaf).entry_type == "record.dated"
    assert saved.additions == 2
    with pytest.raises(Stale):
        commands.move(sara, system.reference, "approve", revision=moved.revision, additions=1)
    (view,) = related.attachments(mina, system.reference)
    assert view.valid_until == day(10).valid_until
    with pytest.raises(Conflict, match="already"):
        commands.set_dates(mina, system.reference, file.pk, day(10))


def test_an_approved_end_is_shortened_by_one_person_and_lengthened_by_two(
    mina: Actor, sara: Actor, system: Saved
) -> None:
    file = attach(mina, system, day(90))
    moved = step(mina, system, "submit")
    commands.move(sara, system.reference, "approve", revision=moved.revision, additions=1)

    def end() -> str:
        return str(queries.in_force("ai-system")[0]["attachments"][0]["valid_until"])

    commands.set_dates(mina, system.reference, file.pk, day(300))
    assert end() == day(90).as_json()["valid_until"]
    assert not related.attachments(mina, system.reference)[0].dates_approved
    commands.set_dates(mina, system.reference, file.pk, day(5))
    assert end() == day(5).as_json()["valid_until"]


def test_a_file_is_replaced_once_and_by_one_of_its_own_record(mina: Actor, system: Saved) -> None:
    first = attach(mina, system, day(5))
    assert [row.name for row in attachments.ending(mina, clock.today() + timedelta(days=30))] == []
    commands.amend(mina, system.reference, {"owner": _handle(mina)}, revision=1)
    until = clock.today() + timedelta(days=30)
    assert [row.valid_until for row in attachments.ending(mina, until)] == [day(5).valid_until]
    attach(mina, system, day(300), first.pk)
    assert attachments.ending(mina, until) == []
    assert [row.replaced for row in related.attachments(mina, system.reference)] == [True, False]
    with pytest.raises(Invalid):
        attach(mina, system, day(300), first.pk)
    with pytest.raises(Conflict, match="replaced"):
        commands.set_dates(mina, system.reference, first.pk, day(200))
    with pytest.raises(NotFound):
        commands.set_dates(mina, system.reference, 987_654, day(200))
    assert not AttachmentDates.objects.exists()


def _handle(actor: Actor) -> str:
    from plumbline.identity.models import Person

    return Person.objects.get(pk=actor.person_id).handle
