"""Taking back the last act: an entry of its own, for 30 seconds, while nothing has come of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, NotAllowed, Stale
from plumbline.records import commands, kinds, queries, steps
from plumbline.records.commands import Saved
from plumbline.records.retraction import queries as retraction
from plumbline.records.retraction.commands import take_back
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def record_of(actor: Actor, reference: str) -> Any:
    """The record as it stands."""
    return queries.find(actor, reference)[0]


def code_of(caught: pytest.ExceptionInfo[Conflict]) -> str:
    """The code of the sentence with which taking back was refused."""
    return str(getattr(caught.value.detail, "code", ""))


def test_an_amendment_is_taken_back_by_an_entry_of_its_own(mina: Actor, system: Saved) -> None:
    commands.amend(mina, "SYS-0001", {"purpose": "Wrong", "effect": "direct"}, revision=1)
    before = log.size()
    saved = take_back(mina, "SYS-0001", revision=2)
    assert (saved.revision, saved.state, log.size()) == (3, "draft", before + 1)
    record = record_of(mina, "SYS-0001")
    assert record.purpose == ""
    assert [entry.verb for entry in queries.history(mina, "SYS-0001")] == ["retracted", "amended", "created"]
    leaf = log.leaf(saved.leaf)
    assert (leaf.entry_type, leaf.facts["retracts"]) == ("record.retracted", 2)


def test_a_step_is_taken_back_with_the_fields_that_were_filled_in_with_it(mina: Actor) -> None:
    values = {"title": "Missing", "description": "Nine days.", "own_rule": "House rule 4"}
    reference = commands.create(mina, "nonconformity", values).reference
    commands.move(mina, reference, "confirm", revision=1, reason="Seen.", values={"grade": "major"})
    record = record_of(mina, reference)
    assert (record.state, record.grade, record.revision) == ("open", "major", 3)
    take_back(mina, reference, revision=3)
    record = record_of(mina, reference)
    assert (record.state, record.grade, record.revision) == ("suspected", "not graded", 4)


def test_it_is_over_after_thirty_seconds(mina: Actor, system: Saved) -> None:
    commands.amend(mina, "SYS-0001", {"purpose": "Wrong"}, revision=1)
    start = clock.now()
    with clock.frozen(start + timedelta(seconds=29)):
        offered = retraction.find(mina, kinds.get("ai-system"), record_of(mina, "SYS-0001"))
        assert offered is not None
        assert offered.seconds_left == 1
    with clock.frozen(start + timedelta(seconds=30)), pytest.raises(Conflict) as caught:
        take_back(mina, "SYS-0001", revision=2)
    assert code_of(caught) == "retraction.late"


def test_nobody_takes_back_the_act_of_another(mina: Actor, sara: Actor, system: Saved) -> None:
    commands.amend(mina, "SYS-0001", {"purpose": "Right"}, revision=1)
    with pytest.raises(Conflict) as caught:
        take_back(sara, "SYS-0001", revision=2)
    assert code_of(caught) == "retraction.other"
    with pytest.raises(Stale):
        take_back(mina, "SYS-0001", revision=1)


def test_an_approval_is_never_taken_back(mina: Actor, sara: Actor, system: Saved) -> None:
    commands.move(mina, "SYS-0001", "submit", revision=1)
    commands.move(sara, "SYS-0001", "approve", revision=2)
    with pytest.raises(Conflict) as caught:
        take_back(sara, "SYS-0001", revision=3)
    assert code_of(caught) == "retraction.decided"


def test_recording_is_not_taken_back_and_neither_is_taking_back(mina: Actor, system: Saved) -> None:
    with pytest.raises(Conflict) as caught:
        take_back(mina, "SYS-0001", revision=1)
    assert code_of(caught) == "retraction.kind"
    commands.amend(mina, "SYS-0001", {"purpose": "Wrong"}, revision=1)
    take_back(mina, "SYS-0001", revision=2)
    with pytest.raises(Conflict) as caught:
        take_back(mina, "SYS-0001", revision=3)
    assert code_of(caught) == "retraction.kind"


@pytest.mark.parametrize("act", ["comment", "attach", "link", "linked"])
def test_another_act_since_keeps_it(mina: Actor, sara: Actor, system: Saved, act: str) -> None:
    other = commands.create(mina, "supplier", {"title": "Acme", "supplies": ["models"]}).reference
    commands.move(mina, "SYS-0001", "submit", revision=1)
    if act == "comment":
        commands.comment(sara, "SYS-0001", "I am reading it.")
    elif act == "attach":
        commands.attach(sara, "SYS-0001", "card.md", b"# Card", "text/markdown")
    elif act == "link":
        commands.link(sara, "SYS-0001", "bought from", other)
    else:
        commands.link(sara, other, "supplies", "SYS-0001")
    with pytest.raises(Conflict) as caught:
        take_back(mina, "SYS-0001", revision=2)
    assert code_of(caught) == "retraction.since"


def test_what_has_left_the_house_is_not_taken_back(
    mina: Actor, system: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retraction, "_departures", [lambda record, since: record.reference == "SYS-0001"])
    commands.amend(mina, "SYS-0001", {"purpose": "Sent"}, revision=1)
    with pytest.raises(Conflict) as caught:
        take_back(mina, "SYS-0001", revision=2)
    assert code_of(caught) == "retraction.left"


def test_taking_back_a_step_makes_nobody_a_second_person(
    mina: Actor, sara: Actor, someone: Any, system: Saved
) -> None:
    """Mina proposes to retire; Sara keeps it and takes that back. Mina still cannot carry it out alone."""
    commands.move(mina, "SYS-0001", "submit", revision=1)
    commands.move(sara, "SYS-0001", "approve", revision=2)
    commands.move(mina, "SYS-0001", "propose-retirement", revision=3, reason="Replaced.")
    commands.move(sara, "SYS-0001", "keep", revision=4, reason="Still used.")
    take_back(sara, "SYS-0001", revision=5)
    record = record_of(mina, "SYS-0001")
    assert record.state == "retirement proposed"
    with pytest.raises(NotAllowed):
        commands.move(mina, "SYS-0001", "retire", revision=6)
    assert steps.four_eyes(sara, record, steps.find(kinds.get("ai-system"), "retire"))


def test_the_rows_follow_from_the_trail_after_it(mina: Actor, system: Saved) -> None:
    """The proofs of the tables know the entry: nothing differs."""
    from plumbline.records import proofs

    commands.amend(mina, "SYS-0001", {"purpose": "Wrong"}, revision=1)
    saved = take_back(mina, "SYS-0001", revision=2)
    assert log.leaf(saved.leaf).entry_type in proofs.REVISING
    row = record_of(mina, "SYS-0001").revisions.get(number=3)
    assert (row.verb, row.leaf, row.actor) == ("retracted", saved.leaf, mina.id)
