"""A batch writes what one append after the other writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.safestring import mark_safe
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.kernel import clock, merkle
from plumbline.kernel.canonical import canonical, parse
from plumbline.kernel.commitment import commit
from plumbline.kernel.ids import uuid7
from plumbline.kernel.problems import Invalid, TooLarge
from plumbline.trail import commands, entry, log, models, publisher, queries
from plumbline.trail.errors import ReadOnly
from plumbline.trail.openings import queries as openings

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

NOON = datetime(2100, 1, 1, 12, tzinfo=UTC)  # later than any clock that made the trail's first entry


def new(number: int, **fields: Any) -> log.NewEntry:
    """An entry of which every byte follows from its number."""
    opening = {"revision": b"%d" % number, "note": b"why"} if number % 3 else {}
    return log.NewEntry(
        "record.created",
        **{
            "actor": "per_0123456789",
            "subject": {"ref": f"RSK-{number:04d}", "revision": number},
            "openings": opening,
            "source": f"source-{number % 2}",
            "client_id": UUID(int=number),
            **fields,
        },
    )


def whole_log() -> list[list[tuple[Any, ...]]]:
    """Every column of every row of the log, openings decrypted, but for numbers that a database gives."""
    tables: list[Any] = [
        models.Leaf.objects.order_by("index").values_list(),
        # As they open: nonces are random, and the keys of a batch are its own.
        [(row.index, row.slot, state, row.retention) for row, state in openings.in_range(0, log.size())],
        models.Tile.objects.order_by("level", "n").values_list("level", "n", "hashes"),
        models.Coordinator.objects.values_list(),
    ]
    return [[tuple(map(_comparable, row)) for row in table] for table in tables]


def _comparable(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def after(batches: Sequence[Sequence[log.NewEntry]]) -> tuple[list[Any], list[log.Appended]]:
    """The log after these batches and their answers; everything is rolled back again."""
    with transaction.atomic(), clock.frozen(NOON):
        answers = [answer for batch in batches for answer in log.append_many(batch)]
        found = whole_log()
        transaction.set_rollback(True)
    return found, answers


def test_any_split_into_batches_gives_the_same_log(trail, monkeypatch):
    """Bytes, numbers, counters, openings, tiles and root; client ids that come again included."""
    monkeypatch.setattr(commands, "commit", lambda content: commit(content, content.ljust(32, b"\0")))
    with transaction.atomic(), clock.frozen(NOON.replace(hour=11)):
        log.append_many([new(number) for number in range(1, 250)])  # the tile at the edge is nearly full
    entries = [new(number) for number in [*range(250, 560), 3, 255, 255, *range(560, 800)]]
    expected = after([[item] for item in entries])
    assert {answer.repeated for answer in expected[1]} == {True, False}
    assert len(expected[0][2]) == 3  # two ends of tiles lie inside the batches

    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.integers(1, len(entries)), max_size=6))
    def same_after(cuts: list[int]) -> None:
        edges = sorted({0, len(entries), *cuts})
        split = [entries[start:stop] for start, stop in pairwise(edges)]
        assert after(split) == expected

    same_after()


def test_a_batch_across_many_tiles_is_what_a_scrub_expects(trail):
    """More than one tile at once, from the middle of one into the middle of another."""
    trail.append(200, openings={})
    with transaction.atomic():
        answers = log.append_many([new(number) for number in range(1000)])
    assert [answer.index for answer in answers] == list(range(201, 1201))
    assert publisher.publish().size == 1201
    assert publisher.scrub().ok
    assert log.inclusion(700).leaf_hash == answers[700 - 201].leaf_hash


@pytest.mark.parametrize("edges", [[0, 69], [0, 1, 15, 16, 47, 69]])
def test_tiles_of_tiles(trail, monkeypatch, edges):
    """With tiles of four hashes, three levels fill in one batch and over several alike."""
    monkeypatch.setattr(commands, "WIDTH", 4)
    for start, stop in pairwise(edges):
        with transaction.atomic():
            log.append_many([new(number) for number in range(start, stop)])
    hashes = queries.leaf_hashes(0, 70)
    spans = {0: 1, 1: 4, 2: 16}
    expected = {
        (level, n): b"".join(
            merkle.root(hashes[at : at + span]) for at in range(n * 4 * span, (n + 1) * 4 * span, span)
        )
        for level, span in spans.items()
        for n in range(70 // (4 * span))
    }
    assert {(level, n): hashed for level, n, hashed in queries.tiles()} == expected
    assert len(expected) == 17 + 4 + 1


def test_an_empty_batch_writes_nothing(trail, counted_queries):
    before = log.size()
    with transaction.atomic(), counted_queries() as seen:
        assert log.append_many([]) == []
    assert log.size() == before
    assert not [query for query in seen if "trail" in query["sql"]]


def test_a_batch_is_all_or_nothing(trail):
    """One entry that cannot stand in a leaf keeps the others out, whatever its place."""
    before = whole_log()
    for bad, problem in (
        ({"facts": {"a": "a sentence of words"}}, Invalid),
        ({"facts": {"a": 1.5}}, Invalid),
        ({"facts": {f"k{number}": "x" * 200 for number in range(100)}}, TooLarge),
    ):
        with pytest.raises(problem), transaction.atomic():
            log.append_many([new(1), new(2), new(3, **bad)])
    assert whole_log() == before
    with pytest.raises(RuntimeError):
        log.append_many([new(1)])


def test_a_batch_is_as_many_statements_as_one_entry(trail, counted_queries):
    """One lock, one insert of leaves, one of openings, one advance; a look-up when several ids are given."""
    for fields, most in (({"client_id": None}, 4), ({}, 5)):
        with transaction.atomic(), counted_queries() as seen:
            log.append_many([new(number, **fields) for number in range(1, 100)])
        assert len([query for query in seen if "SAVEPOINT" not in query["sql"]]) <= most


def test_a_batch_shares_one_time_that_does_not_go_back(trail):
    last = trail.append().time
    with clock.frozen(last), transaction.atomic():
        answers = log.append_many([new(1), new(2)])
    assert {answer.time for answer in answers} == {last} == {log.leaf(2).time}
    with clock.frozen(NOON.replace(year=2020)), pytest.raises(ReadOnly) as refused, transaction.atomic():
        log.append_many([new(3), new(4)])
    assert refused.value.reason == "clock-back"


def test_an_answer_again_for_a_known_client_id(trail):
    """In a later batch and in the same one; the first answer, and nothing written."""
    with transaction.atomic():
        first, second, again = log.append_many([new(1), new(2), new(1)])
    assert (again.index, again.leaf_hash, again.repeated) == (first.index, first.leaf_hash, True)
    size = log.size()
    with transaction.atomic():
        later = log.append_many([new(2), new(1)])
    assert [(answer.index, answer.repeated) for answer in later] == [
        (second.index, True),
        (first.index, True),
    ]
    assert (log.size(), later[0].time) == (size, second.time)


NAMES = st.from_regex(r"[A-Za-z0-9_]{1,6}", fullmatch=True)
TOKENS = st.from_regex(r"[a-z0-9.:-]{0,8}", fullmatch=True)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.from_regex(r"[a-z0-9.:-]{0,8}", fullmatch=True),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.from_regex(r"[A-Za-z0-9_]{1,6}", fullmatch=True), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_the_bytes_of_a_leaf_are_canonical_however_they_are_encoded(facts):
    """The fast encoder and the kernel's agree on every value that may stand in a leaf."""
    item = new(7, facts=facts, subject={"ref": "RSK-0007", "è": 1} if facts else {})
    name = uuid7()
    content = entry.body(
        item, client_id=name, commitments={"b": b"x" * 32, "a": b"y" * 32}, origin="é", time=NOON, counter=1
    )
    assert canonical(parse(content)) == content
    assert entry.read(content).facts == facts
    marked = new(7, facts=facts, actor=mark_safe("per_0123456789"))
    plain = new(7, facts=facts)
    given_values: dict[str, Any] = {
        "client_id": name, "commitments": {}, "origin": "o", "time": NOON, "counter": 1
    }  # fmt: skip
    assert entry.body(marked, **given_values) == entry.body(plain, **given_values)
