"""Two connections write the log: no number is given twice, whatever either of them believes about its end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from django.db import close_old_connections, connection, connections, transaction
from tests.waiting import PATIENCE

from plumbline.kernel.ids import uuid7
from plumbline.kernel.problems import Conflict
from plumbline.telemetry import group_commit
from plumbline.telemetry.spool import Entry, Spool
from plumbline.trail import append_sql, commands, log, models, publisher

pytestmark = [
    pytest.mark.data_layer,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("trail"),
]
ROUNDS = 25


@pytest.fixture
def second() -> Iterator[ThreadPoolExecutor]:
    """A second connection: a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        yield pool
        pool.submit(connections.close_all).result(PATIENCE)


def append(source: str) -> int:
    """One entry in a transaction of its own; its number."""
    close_old_connections()
    with transaction.atomic():
        return log.append("record.created", actor="per_0123456789", source=source).index


def whole() -> bool:
    """Whether the log is numbered without a gap, and verifies."""
    publisher.publish()
    indexes = list(models.Leaf.objects.order_by("index").values_list("index", flat=True))
    return indexes == list(range(log.size())) and publisher.scrub().ok


def test_a_log_that_another_writer_has_just_begun_has_lost_nothing(
    second: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two first entries at once: the second one finds no row, and a moment later entries."""
    if connection.vendor != "postgresql":
        pytest.skip("where one writes at a time, nobody comes in between")
    for model in (models.Leaf, models.Coordinator):  # as before the first entry of all
        model.objects.all().delete()
    real, asked = append_sql.lock_head, list[bool]()

    def overtaken(client_id: UUID | None) -> tuple[append_sql.LogHead | None, int | None]:
        found = real(client_id)
        if not asked:
            asked.append(found[0] is None)
            second.submit(append, "second").result(PATIENCE)
        return found

    monkeypatch.setattr(append_sql, "lock_head", overtaken)
    assert append("first") == 1
    assert asked == [True]
    assert list(models.Leaf.objects.values_list("index", flat=True)) == [0, 1]


def test_a_segment_that_two_processes_log_at_once_has_one_leaf_and_both_know_it(
    second: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A server has sealed a batch; before its leaf is written, the worker finds the batch without one."""
    if connection.vendor != "postgresql":
        pytest.skip("where one writes at a time, nobody comes in between")
    append("first")
    spool = Spool(tmp_path / "spool.db")
    sealed = spool.seal([Entry(uuid7().bytes, "s", "decision", b"{}")], actor="tok_x", source="s").segment
    assert sealed is not None
    real, others = append_sql.lock_head, list[int]()

    def other() -> int:
        monkeypatch.setattr(append_sql, "lock_head", real)
        close_old_connections()
        with transaction.atomic():
            (leaf,) = log.append_many([group_commit._entry(sealed)])
        return leaf.index

    def overtaken(client_id: UUID | None) -> tuple[append_sql.LogHead | None, int | None]:
        # The statement looks the id up before it waits for the lock, and then reads the row as it is.
        others.append(second.submit(other).result(PATIENCE))
        return real(None)[0], None

    monkeypatch.setattr(append_sql, "lock_head", overtaken)
    assert group_commit.log_segment(spool, sealed) == others[0]
    assert len(others) == 1
    assert models.Leaf.objects.filter(entry_type="telemetry.segment").count() == 1
    spool.close()


def test_a_head_that_was_read_before_another_entry_is_refused(second: ThreadPoolExecutor) -> None:
    append("first")
    with transaction.atomic():
        old, _ = append_sql.lock_head(None)
    assert old is not None
    taken = second.submit(append, "second").result(PATIENCE)
    old.size += 1
    with pytest.raises(Conflict) as refused, transaction.atomic():
        append_sql.advance(old)
    assert refused.value.as_dict()["detail"].startswith("The log no longer ends at entry")
    assert log.size() == taken + 1
    assert whole()


def test_a_head_of_another_epoch_is_refused() -> None:
    append("first")
    with transaction.atomic():
        head, _ = append_sql.lock_head(None)
    assert head is not None
    models.Coordinator.objects.update(epoch=head.epoch + 1)
    with pytest.raises(Conflict), transaction.atomic():
        append_sql.advance(head)


def test_a_writer_without_the_lock_forks_nothing(
    second: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a pooler does that gives the statements of one transaction to two connections: the head is read,
    # and somebody else's entry commits before the writer's own.
    append("first")
    real = append_sql.lock_head
    stale, known = real(None)
    assert stale is not None
    second.submit(append, "second").result(PATIENCE)
    before = log.size()
    monkeypatch.setattr(append_sql, "lock_head", lambda client_id: (replace(stale), known))
    with pytest.raises(Conflict):
        append("third")
    # Also where the number itself is still to be had: a forger has deleted the other's entry.
    models.Leaf.objects.filter(index=before - 1).delete()
    with pytest.raises(Conflict):
        append("third")
    assert models.Coordinator.objects.get().size == before
    assert not models.Leaf.objects.filter(index=before - 1).exists()


def test_two_connections_at_once_number_without_a_gap(second: ThreadPoolExecutor) -> None:
    start, before = Barrier(2), log.size()

    def write(source: str) -> list[int]:
        start.wait(PATIENCE)
        return [append(source) for _ in range(ROUNDS)]

    other = second.submit(write, "second")
    numbers = [*write("first"), *other.result(PATIENCE)]
    assert sorted(numbers) == list(range(before, before + 2 * ROUNDS))
    assert whole()


def test_an_entry_is_rolled_back_with_the_change_it_tells_of(second: ThreadPoolExecutor) -> None:
    before = append("first")
    with transaction.atomic():
        commands.append("record.created", actor="per_0123456789")
        transaction.set_rollback(True)
    assert second.submit(append, "second").result(PATIENCE) == before + 1
    assert whole()
