"""Two connections write the log: no number is given twice, whatever either of them believes about its end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import close_old_connections, connections, transaction
from tests.waiting import PATIENCE

from plumbline.kernel.problems import Conflict
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
