"""Entries of the trail by person and period: the same words at every door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils.text import slugify
from tests.api.conftest import Caller
from tests.records.conftest import installation, mina, someone
from tests.web import reading

from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.entry_filter import EntryFilter
from plumbline.kernel import clock
from plumbline.kernel.problems import Invalid
from plumbline.records import commands
from plumbline.trail import log, publisher
from plumbline.trail.recovery import commands as recovery

__all__ = ["installation", "mina", "someone"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]


@contextmanager
def days_later(count: int) -> Iterator[None]:
    with clock.frozen(clock.now() + timedelta(days=count)):
        yield


def register(actor: Actor, title: str) -> int:
    """The entry of a new system."""
    return commands.create(actor, "ai-system", {"title": title, "slug": slugify(title)}).leaf


def found(**words: str) -> list[int]:
    return [view.index for view in EntryFilter(**words).entries(limit=500)]


def test_a_person_is_meant_with_all_their_tokens(mina: Actor, someone: Callable[..., Actor]) -> None:
    paula = someone("aims-manager", "Paula")
    first = register(mina, "By Mina")
    token = people.issue_token(
        mina, name="nightly", scopes=("read", "write"), expires=clock.now() + timedelta(days=1),
        owner=identity.person(mina.id),
    )  # fmt: skip
    caller = Caller(token.text)
    sent = caller("POST", "ai-systems", {"values": {"title": "By her token", "slug": "by-her-token"}})
    assert sent.status_code == 201, sent.content
    other = register(paula, "By Paula")
    second = max(view.index for view in log.search("record.created") if view.actor.startswith("tok_"))
    email = identity.person(mina.id).email
    for who in (mina.id, "mina", "MINA", "in", email, email.upper()):
        assert {first, second} <= set(found(by=who)), who
        assert other not in found(by=who), who
    handle = log.leaf(second).actor
    assert second in found(by=handle)
    assert first not in found(by=handle)


def test_a_period_has_both_its_ends_and_days_are_those_of_the_organization(mina: Actor) -> None:
    start = datetime(2027, 3, 10, 23, 30, tzinfo=UTC)  # half past midnight of the 11th in Vienna
    with clock.in_time_zone("Europe/Vienna"):
        with clock.frozen(start):
            late = register(mina, "After midnight in Vienna")
        with clock.frozen(start + timedelta(days=1)):
            next_day = register(mina, "A day later")
        assert found(since="2027-03-11", until="2027-03-11") == [late]
        assert found(since="2027-03-12") == [next_day]
        assert late not in found(until="2027-03-10")
        assert found(since="2027-03-10T23:30:00Z", until="2027-03-10T23:30:00Z") == [late]
        # As a browser writes the plus sign of a zone into an address.
        assert found(since="2027-03-11T00:30:00 01:00", until="2027-03-11T00:30:00+01:00") == [late]
        assert found(since="2027-03-13") == []


def test_every_word_that_means_nothing_is_named_and_nothing_is_listed(mina: Actor) -> None:
    with pytest.raises(Invalid) as problem:
        found(by="Nobody Here", since="yesterday", until="2026-13-40")
    assert [fault.field for fault in problem.value.faults] == ["from", "until", "by"]
    assert all(fault.remedy for fault in problem.value.faults)
    with pytest.raises(Invalid) as problem:
        found(since="2026-03-02", until="2026-03-01")
    assert [fault.field for fault in problem.value.faults] == ["until"]


def test_a_part_of_the_installation_is_somebody_too(mina: Actor) -> None:
    with transaction.atomic():
        log.append("trail.anchored", actor="stage:anchors", subject={}, facts={})
    assert [log.leaf(index).actor for index in found(by="stage:anchors")] == ["stage:anchors"]
    assert found(by="stage:nobody") == []


def test_the_api_lists_the_same(
    mina: Actor, someone: Callable[..., Actor], client_of: Callable[[Actor], Caller]
) -> None:
    paula = someone("aims-manager", "Paula")
    register(mina, "Today")
    with days_later(3):
        wanted = register(paula, "In three days")
        call = client_of(mina)
        day = clock.today().isoformat()
        entries = call("GET", f"trail/entries?by=Paula&from={day}&until={day}&type=record.created").json()
        assert [entry["index"] for entry in entries] == [wanted]
        refused = call("GET", "trail/entries?from=soon&by=nobody")
        assert refused.status_code == 422
        assert [fault["field"] for fault in refused.json()["errors"]] == ["from", "by"]


def test_what_a_wrong_clock_has_dated_lies_where_its_correction_says(mina: Actor) -> None:
    """A clock ran twenty days ahead for one entry, and somebody has put it right."""
    publisher.publish()
    with days_later(20):
        ahead = register(mina, "Twenty days ahead")
        publisher.publish()
    recovery.correct_clock(Actor.installation().id)
    after = register(mina, "Now")
    today = clock.today().isoformat()
    assert {ahead, after} <= set(found(since=today, until=today))
    assert found(since=(clock.today() + timedelta(days=1)).isoformat()) == []


def test_the_page_shows_the_same_and_says_what_it_does_not_understand(
    mina: Actor, someone: Callable[..., Actor]
) -> None:
    paula = someone("aims-manager", "Paula")
    register(mina, "By Mina")
    wanted = register(paula, "By Paula")
    client = Client()
    client.force_login(identity.person(mina.id))
    shown = reading.read(client.get("/trail/", {"by": "Paula", "type": "record.created"}).content)
    entries = [attrs["href"] for tag, attrs in shown.tags if tag == "a" and "data-open" in attrs]
    assert entries == [f"/trail/{wanted}/"]
    shown = reading.read(client.get("/trail/", {"by": "Nobody Here", "from": "soon"}).content)
    assert "No entries are shown, because the filter is not understood." in shown.text
    assert not [attrs for tag, attrs in shown.tags if "data-open" in attrs]
    assert {attrs.get("value") for tag, attrs in shown.tags if tag == "input"} >= {"Nobody Here", "soon"}


@pytest.fixture
def client_of() -> Callable[[Actor], Caller]:
    def make(actor: Actor) -> Caller:
        issued = people.issue_token(
            actor, name="test", scopes=("read",), expires=clock.now() + timedelta(days=1),
            owner=identity.person(actor.id),
        )  # fmt: skip
        return Caller(issued.text)

    return make
