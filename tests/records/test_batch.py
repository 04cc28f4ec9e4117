"""Many records through the door at once: each as if it had come alone, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    Problem,
    RevisionRequired,
    Stale,
)
from plumbline.records import commands, kinds, queries
from plumbline.records.batches.commands import NewRecords
from plumbline.records.commands import Amendment, Saved
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class NewRecord:
    """What a caller of the batch has at hand for one record."""

    values: dict[str, object]
    note: str = ""
    key: str | None = None


def create_many(actor: Actor, kind: str, drafts: Sequence[NewRecord]) -> list[Saved | Problem]:
    """One batch of drafts; for each what was saved, or the problem that kept it out."""
    batch, problems = NewRecords(actor, kind), dict[int, Problem]()
    batch.expect([draft.values for draft in drafts])
    for place, draft in enumerate(drafts):
        try:
            batch.add(draft.values, note=draft.note, key=draft.key)
        except Problem as problem:
            problems[place] = problem
    saved = iter(batch.write())
    return [problems.get(place) or next(saved) for place in range(len(drafts))]


def draft(number: int, **changes: object) -> NewRecord:
    values = {"title": f"System {number}", "slug": f"system-{number}", "regions": ["world"], **changes}
    return NewRecord(values, f"line {number}", f"key-{number}")


def written(results: Sequence[Saved | Problem]) -> list[Saved]:
    assert all(isinstance(result, Saved) for result in results), results
    return [result for result in results if isinstance(result, Saved)]


def test_a_batch_writes_what_one_after_the_other_would(mina: Actor) -> None:
    alone = commands.create(mina, "ai-system", draft(1).values, note="line 1", key="key-1")
    first, second = written(create_many(mina, "ai-system", [draft(2), draft(3)]))
    assert [first.reference, second.reference] == ["SYS-0002", "SYS-0003"]
    assert [first.leaf, second.leaf] == [alone.leaf + 1, alone.leaf + 2]
    entries = [queries.history(mina, saved.reference)[0] for saved in (alone, first, second)]
    assert [entry.note for entry in entries] == ["line 1", "line 2", "line 3"]
    assert {(entry.verb, entry.number, entry.state) for entry in entries} == {("created", 1, "draft")}
    leaves = [log.leaf(saved.leaf) for saved in (alone, first, second)]
    assert [leaf.subject_ref for leaf in leaves] == ["SYS-0001", "SYS-0002", "SYS-0003"]
    assert len({(leaf.entry_type, leaf.actor, frozenset(leaf.entry.commitments)) for leaf in leaves}) == 1
    shown = queries.list_records(mina, kinds.get("ai-system"), sort="title")
    assert [row.title for row in shown.rows] == ["System 1", "System 2", "System 3"]


def test_many_valued_fields_are_written_with_the_batch(mina: Actor) -> None:
    systems = written(create_many(mina, "ai-system", [draft(1), draft(2)]))
    named = [saved.reference for saved in systems]
    values = {"title": "Model", "type": "model", "systems": named}
    for saved in written(create_many(mina, "component", [NewRecord(values), NewRecord(values)])):
        record, _ = queries.find(mina, saved.reference)
        assert sorted(system.reference for system in record.systems.all()) == named  # type: ignore[attr-defined]  # a component
        snapshot = queries.as_of(mina, saved.reference, record.updated_at)
        assert snapshot["values"]["systems"] == named


def test_what_is_wrong_is_answered_beside_what_is_written(
    mina: Actor, someone: Callable[..., Actor], installation: Actor
) -> None:
    commands.create(mina, "ai-system", draft(1).values)
    size = log.size()
    drafts = [
        draft(2),
        draft(3, lifecycle="unheard of"),
        draft(1),
        draft(4, slug="system-2"),
        draft(5),
    ]
    results = create_many(mina, "ai-system", drafts)
    assert [type(result) for result in results] == [Saved, Invalid, Invalid, Invalid, Saved]
    assert [result.faults[0].field for result in results if isinstance(result, Problem)] == [
        "lifecycle",
        "slug",
        "slug",
    ]
    assert [saved.reference for saved in results if isinstance(saved, Saved)] == ["SYS-0002", "SYS-0003"]
    assert log.size() == size + 2


def test_a_record_outside_of_the_units_of_the_actor_is_left_out(
    mina: Actor, someone: Callable[..., Actor], installation: Actor
) -> None:
    claims = people.create_unit(installation, name="Claims")
    owner = someone("system-owner", "Olav", unit=claims)
    inside, outside = create_many(owner, "ai-system", [draft(1, unit=claims.slug), draft(2, unit=None)])
    assert isinstance(inside, Saved)
    assert isinstance(outside, NotAllowed)
    with pytest.raises(NotAllowed):
        create_many(someone("viewer", "Vera"), "ai-system", [draft(3)])


def test_amendments_of_a_batch_are_judged_one_by_one(mina: Actor, sara: Actor) -> None:
    drafts = [draft(number) for number in range(1, 7)]
    a, b, c, d, e, f = written(create_many(mina, "ai-system", drafts))
    commands.move(mina, d.reference, "submit", revision=1)
    commands.move(sara, d.reference, "approve", revision=2)
    results = commands.amend_many(
        mina,
        kinds.get("ai-system"),
        [
            Amendment(a.reference, {"title": "Changed"}, 1, "because"),
            Amendment(b.reference, {"title": "System 2"}, 1),
            Amendment(c.reference, {"title": "Changed"}, 7),
            Amendment(d.reference, {"title": "Changed"}, 3),
            Amendment(e.reference, {"lifecycle": "unheard of"}, 1),
            Amendment(f.reference, {"title": "Changed"}, None),
            Amendment("SYS-9999", {"title": "Changed"}, 1),
        ],
    )
    kinds_of_answer = [type(result) for result in results]
    assert kinds_of_answer == [Saved, Saved, Stale, Conflict, Invalid, RevisionRequired, NotFound]
    changed, unchanged = results[0], results[1]
    assert isinstance(changed, Saved)
    assert isinstance(unchanged, Saved)
    assert (changed.revision, unchanged.revision, unchanged.leaf) == (2, 1, b.leaf)
    assert queries.history(mina, a.reference)[0].note == "because"
    titles = {row.reference: row.title for row in queries.list_records(mina, kinds.get("ai-system")).rows}
    assert [reference for reference, title in titles.items() if title == "Changed"] == [a.reference]


def test_a_record_is_amended_once_in_a_batch(mina: Actor, system: Saved) -> None:
    twice = [Amendment(system.reference, {"title": title}, 1) for title in ("A", "B")]
    with pytest.raises(ValueError, match="once"):
        commands.amend_many(mina, kinds.get("ai-system"), twice)


def test_a_batch_asks_the_database_little_more_than_a_single_record(
    mina: Actor, counted_queries: Any
) -> None:
    """What grows with the batch is one look for each unique value and nothing else."""
    create_many(mina, "ai-system", [draft(0)])
    counts = []
    for first, size in ((10, 1), (20, 30)):
        with counted_queries() as asked:
            written(create_many(mina, "ai-system", [draft(first + n) for n in range(size)]))
        counts.append(len(asked))
    assert counts[1] - counts[0] <= 29 + 2


def test_a_batch_is_written_whole_or_not_at_all(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    before = (log.size(), queries.counts_by_kind(mina))
    monkeypatch.setattr(log, "append_many", fail)
    with pytest.raises(OSError, match="space"):
        create_many(mina, "ai-system", [draft(1), draft(2)])
    assert (log.size(), queries.counts_by_kind(mina)) == before


def test_a_key_is_given_once(mina: Actor) -> None:
    commands.create(mina, "ai-system", draft(1).values, key="key-1")
    twice = create_many(mina, "ai-system", [draft(2), NewRecord(draft(3).values, "", "key-2")])
    assert [type(result) for result in twice] == [Saved, Conflict]
    with pytest.raises(Conflict):
        create_many(mina, "ai-system", [NewRecord(draft(4).values, "", "key-1"), draft(5)])
    assert queries.counts_by_kind(mina) == {"ai-system": 2}
