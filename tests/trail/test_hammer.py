"""F12: many writers and readers at once; every event is recorded once, and every proof holds meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from django.db import close_old_connections, connections, transaction
from tests.waiting import PATIENCE

from plumbline.kernel.ids import uuid7
from plumbline.kernel.merkle import verify_consistency, verify_inclusion
from plumbline.kernel.problems import Conflict
from plumbline.trail import log, models, publisher

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

WRITERS, EACH, READERS = 64, 5, 3


def write(names: list[UUID]) -> dict[UUID, int]:
    """Append one entry for each client id, asking again when another has the same one in hand."""
    answers = {}
    try:
        for name in names:
            close_old_connections()
            for _ in range(100):
                try:
                    with transaction.atomic():
                        answers[name] = log.append(
                            "record.created", actor="per_0123456789", source="governance", client_id=name
                        ).index
                    break
                except Conflict:
                    continue
        return answers
    finally:
        connections.close_all()


def read(over: Event) -> int:
    """Check the newest entry and the growth of the log again and again; how many rounds it was."""
    rounds, old = 0, log.latest_checkpoint()
    assert old is not None
    try:
        while not over.is_set() or rounds == 0:
            close_old_connections()
            new = log.latest_checkpoint()
            assert new is not None
            if new.size > old.size:
                grown = log.consistency(old.size, new.size)
                assert verify_consistency(old.size, new.size, old.root, new.root, list(grown.path))
            index = new.size - 1
            proof = log.inclusion(index, new.size)
            assert verify_inclusion(index, new.size, log.leaf(index).leaf_hash, list(proof.path), new.root)
            old, rounds = new, rounds + 1
        return rounds
    finally:
        connections.close_all()


def test_f12_many_write_the_same_events_and_each_is_recorded_once(trail: Any) -> None:
    publisher.publish()
    every, over, before = [uuid7() for _ in range(WRITERS * EACH // 2)], Event(), log.size()
    # Each id is written by two of them.
    tasks = [every[at % len(every) :][:EACH] for at in range(0, WRITERS * EACH, EACH)]
    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        readers = [pool.submit(read, over) for _ in range(READERS)]
        writers = [pool.submit(write, names) for names in tasks]
        while not all(task.done() for task in writers):
            publisher.publish()
        answers = [task.result(PATIENCE) for task in writers]
        publisher.publish()
        over.set()
        assert all(task.result(PATIENCE) for task in readers)
    said: dict[UUID, int] = {}
    for answer in answers:
        for name, index in answer.items():
            assert said.setdefault(name, index) == index
    assert set(said) == set(every)
    assert sorted(said.values()) == list(range(before, before + len(every)))
    assert models.Leaf.objects.filter(client_id__in=every).count() == len(every)
    assert publisher.scrub().ok
