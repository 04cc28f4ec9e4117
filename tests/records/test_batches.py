"""Many records together obey the rules that one obeys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands, forms, queries
from plumbline.records.batches.commands import NewRecords
from plumbline.trail import log, publisher

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _system(name: str, **more: Any) -> dict[str, Any]:
    return {"title": name.title(), "slug": name, **more}


def test_a_batch_leaves_what_the_same_records_leave_one_by_one(mina: Actor) -> None:
    """Values, revisions, list and trail are the same but for numbers and times."""

    def described(reference: str) -> Any:
        record, _ = queries.find(mina, reference)
        (revision,) = queries.history(mina, reference)
        leaf = log.leaf(revision.leaf)
        assert leaf is not None
        facts = (leaf.entry_type, leaf.actor, leaf.facts, leaf.subject.keys())
        return record.title, record.state, record.key, record.author, revision.note, facts

    systems = [commands.create(mina, "ai-system", _system(name)).reference for name in ("one", "two")]
    values = {"title": "Scorer", "type": "model", "systems": systems, "owner": mina.id, "pinned": False}
    single = commands.create(mina, "component", values, note="Read", key="a")
    batch = NewRecords(mina, "component")
    batch.add(values, note="Read", key="b")
    batch.add({"title": "Prompt", "type": "prompt"})
    first, second = batch.write()
    assert described(first.reference)[:2] == described(single.reference)[:2]
    assert described(first.reference)[3:] == described(single.reference)[3:]
    record = queries.find(mina, first.reference)[0]
    assert sorted(item.reference for item in record.systems.all()) == sorted(systems)
    assert (first.revision, second.leaf) == (1, first.leaf + 1)
    assert int(second.reference[4:]) == int(single.reference[4:]) + 2
    publisher.publish()
    assert publisher.scrub().ok


def test_a_faulty_record_keeps_no_other_back(mina: Actor) -> None:
    batch = NewRecords(mina, "ai-system")
    batch.add(_system("one"))
    with pytest.raises(Invalid) as refused:
        batch.add(_system("two", lifecycle="somewhere", colour="red"))
    assert {fault.field for fault in refused.value.faults} == {"lifecycle", "colour"}
    batch.add(_system("three"))
    assert [saved.reference for saved in batch.write()] == ["SYS-0001", "SYS-0002"]
    assert batch.write() == []


def test_two_rows_of_one_batch_may_not_have_the_same_unique_value(mina: Actor) -> None:
    commands.create(mina, "ai-system", _system("there"))
    batch = NewRecords(mina, "ai-system")
    batch.expect([_system("one"), _system("there")])
    batch.add(_system("one"))
    for taken in ("one", "there"):
        with pytest.raises(Invalid) as refused:
            batch.add(_system(taken))
        assert [fault.field for fault in refused.value.faults] == ["slug"]
    assert len(batch.write()) == 1


def test_a_key_is_taken_once(mina: Actor) -> None:
    commands.create(mina, "ai-system", _system("there"), key="k")
    batch = NewRecords(mina, "ai-system")
    batch.add(_system("one"), key="k")
    with pytest.raises(Conflict):
        batch.add(_system("two"), key="k")
    size = log.size()
    with pytest.raises(Conflict):
        batch.write()
    assert (log.size(), queries.counts_by_kind(mina)) == (size, {"ai-system": 1})


def test_a_record_outside_the_actors_unit_is_refused(
    installation: Actor, someone: Callable[..., Actor]
) -> None:
    claims = people.create_unit(installation, name="Claims")
    people.create_unit(installation, name="Sales")
    clara = someone("contributor", "Clara", unit=claims)
    batch = NewRecords(clara, "ai-system")
    batch.add(_system("one", unit="claims"))
    with pytest.raises(NotAllowed):
        batch.add(_system("two", unit="sales"))
    assert len(batch.write()) == 1


def test_whoever_may_create_nothing_gets_no_batch(someone: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        NewRecords(someone("viewer", "Vera"), "ai-system")


def test_a_remembered_answer_belongs_to_a_value_and_its_type() -> None:
    asked: list[Any] = []

    def clean(value: Any) -> Any:
        asked.append(value)
        return value

    remembering = forms._remembering(clean)
    answers = [remembering(value) for value in (True, 1, True, "1", ["a"], ["a"], 1)]
    assert [type(answer) for answer in answers] == [bool, int, bool, str, list, list, int]
    assert asked == [True, 1, "1", ["a"]]
