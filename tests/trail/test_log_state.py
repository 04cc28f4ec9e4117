"""The state of the log: what every door asks before it writes (F9, F10, F11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from plumbline.kernel import clock
from plumbline.trail import clock_check, deferred, log, log_state, models, publisher, refusals
from plumbline.trail.errors import REMEDIES, ReadOnly
from plumbline.trail.guard import Damage, Guard, read
from plumbline.trail.log_state import Mode

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def state() -> log_state.LogState:
    """The state now, whatever was derived within the last second."""
    log_state.forget()
    return log_state.current()


def roll_back(size: int) -> None:
    """Cut the database back to its first ``size`` entries, as a restored backup has them."""
    from plumbline.kernel.canonical import canonical
    from plumbline.kernel.merkle import Frontier

    frontier, counters = Frontier(), {}
    for view in log.leaves(0, size):
        frontier.append(view.leaf_hash)
        counters[view.source], last = view.entry.counter, view.time
    models.Leaf.objects.filter(index__gte=size).delete()
    models.Opening.objects.filter(index__gte=size).delete()
    models.Checkpoint.objects.filter(size__gt=size).delete()
    models.Coordinator.objects.update(
        size=size, frontier=frontier.to_bytes(), last_time=last, counters=canonical(counters)
    )


def change_guard(trail, **changes) -> None:
    with Guard(trail.guard) as guard:
        guard.swap(guard.read(), replace(guard.read(), **changes))


def test_a_writable_log_has_no_more_to_say(trail):
    trail.append(3)
    publisher.publish()
    assert state() == log_state.LogState(Mode.WRITABLE)
    log_state.require_writable()


def test_f9_a_rollback_is_refused_at_every_append(trail):
    """Named, with the remedy and since when; reading goes on; nothing is written."""
    trail.append(5)
    publisher.publish()
    roll_back(3)
    found = state()
    assert (found.mode, found.reason) == (Mode.READ_ONLY, "rolled-back")
    assert "trail recover" in str(found.remedy)
    assert found.since == clock.now()
    with pytest.raises(ReadOnly) as refused:
        trail.append()
    assert refused.value.as_dict() == {
        "type": "urn:plumbline:problem:trail-read-only",
        "title": "The trail is read-only",
        "status": 503,
        "detail": "The guard has seen 6 entries; the database has 3.",
        "remedy": REMEDIES["rolled-back"],
        "reason": "rolled-back",
    }
    assert (log.size(), log.leaf(2).index) == (3, 2)


def test_f9_a_process_that_has_just_written_sees_the_rollback(trail):
    """What was derived a moment ago lets nothing pass: the coordinator's row itself is compared."""
    trail.append(5)
    publisher.publish()
    assert log_state.current().is_writable
    roll_back(3)
    with pytest.raises(ReadOnly) as refused:
        trail.append()
    assert refused.value.reason == "rolled-back"


def test_f9_the_signer_remembers_when_the_guard_was_rolled_back_too(trail):
    trail.append(2)
    publisher.publish()
    kept = trail.guard.read_bytes()
    trail.append(3)
    publisher.publish()
    roll_back(3)
    trail.guard.write_bytes(kept)
    assert state().reason == "rolled-back"
    with pytest.raises(ReadOnly):
        trail.append()


def test_f10_a_fork_of_the_same_size_and_a_longer_one(trail):
    """Two copies extended differently: the guard has seen one of them, and the other takes nothing."""
    trail.append(2)
    kept = [(row.body, row.hash) for row in models.Leaf.objects.order_by("index")]
    trail.append(2)
    publisher.publish()
    roll_back(len(kept))
    trail.forge(2)
    assert state().reason == "root-mismatch"
    trail.forge(7)
    assert state().reason == "root-mismatch"
    with pytest.raises(ReadOnly):
        trail.append()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"origin": "another/1"}, "other-log"),
        ({"epoch": 2}, "other-log"),
        ({"damage": Damage(1, 2, "x")}, "damaged"),
    ],
)
def test_a_foreign_guard_and_what_a_scrub_found(trail, changes, reason):
    trail.append(2)
    publisher.publish()
    change_guard(trail, **changes)
    assert state().reason == reason
    with pytest.raises(ReadOnly):
        trail.append()


def test_entries_that_are_gone_are_a_rollback_whatever_a_scrub_has_said_of_them(trail):
    trail.append(4)
    publisher.publish()
    roll_back(2)
    assert not publisher.scrub().ok
    assert state().reason == "rolled-back"
    for attempt in (trail.append, publisher.publish):
        with pytest.raises(ReadOnly) as refused:
            attempt()
        assert refused.value.reason == "rolled-back"


def test_a_missing_guard_and_an_unreadable_memory_of_the_signer(trail):
    publisher.publish()
    kept = trail.guard.read_bytes()
    trail.guard.unlink()
    assert state().reason == "guard-missing"
    trail.guard.write_bytes(kept)
    (trail.data / "keys" / "signer.json").write_bytes(b"{")
    assert state().reason == "signer-refused"


def test_what_only_the_publisher_finds_reaches_every_process(trail):
    """An entry changed in place fits the coordinator's row; reading back finds it, and a note says so."""
    trail.append(3)
    publisher.publish()
    trail.append()
    body = bytes(models.Leaf.objects.get(index=4).body)
    models.Leaf.objects.filter(index=4).update(body=body.replace(b"RSK-0007", b"RSK-0008"))
    assert state().is_writable
    with pytest.raises(ReadOnly):
        publisher.publish()
    found = state()
    assert (found.reason, found.since) == ("tree-mismatch", clock.now())
    with clock.frozen(clock.now() + timedelta(hours=1)):
        with pytest.raises(ReadOnly):
            publisher.publish()
        assert state().since == found.since
    with pytest.raises(ReadOnly):
        trail.append()
    models.Leaf.objects.filter(index=4).update(body=body)
    assert publisher.publish() is not None
    assert state().is_writable
    assert not refusals.file_beside(trail.guard).exists()


def test_a_damaged_note_of_a_refusal_is_none(trail):
    for content in (b"", b"{}", b'{"detail":{},"reason":"x","since":"y"}', b"[]"):
        refusals.file_beside(trail.guard).write_bytes(content)
        assert refusals.last(trail.guard) is None


def test_f11_an_hour_back_and_a_year_ahead(trail, monkeypatch):
    """Compared before anything is written: with the last entry, and with the machine's own clock."""
    trail.append()
    publisher.publish()
    now = clock.now()
    with clock.frozen(now - timedelta(hours=1)):
        assert state().reason == "clock-back"
        with pytest.raises(ReadOnly):
            trail.append()
    record = read(trail.guard)
    assert record.uptime > 0
    assert record.boot == clock_check.boot_id()
    ahead = now + timedelta(days=365)
    assert clock_check.refusal(record, now, ahead).reason == "clock-ahead"
    assert clock_check.refusal(record, now, now + timedelta(hours=8)) is None
    # A year in which the machine ran, or was started anew, is a year.
    with monkeypatch.context() as patch:
        patch.setattr(clock_check, "uptime", lambda: record.uptime + 365 * 86_400_000)
        assert clock_check.refusal(record, now, ahead) is None
    assert clock_check.refusal(replace(record, boot="another"), now, ahead) is None


def test_f11_2038_is_a_day_like_any_other(trail):
    """The seconds since 1970 no longer fit 32 bits after 19 January 2038."""
    with clock.frozen(clock.parse_rfc3339("2038-01-19T03:14:08Z")):
        answer = trail.append()
        assert log.leaf(answer.index).time == clock.now()
        assert publisher.publish().size == 2
        assert publisher.scrub().ok


def test_signing_in_and_reading_wait_for_the_log(trail):
    """Their entries are kept in a file, appended once when it takes entries again, and say when it was."""
    trail.append(4)
    publisher.publish()
    rows = list(models.Leaf.objects.all()), list(models.Opening.objects.all())
    coordinator = models.Coordinator.objects.get()
    roll_back(3)
    with transaction.atomic():
        deferred.append_or_defer("session.started", actor="per_1", subject={"ref": "per_1"})
    assert log.size() == 3
    assert deferred.flush() == 0
    with (trail.data / "deferred.jsonl").open("ab") as stream:
        stream.write(b'{"actor":"per_2","fa')  # a power cut in the middle of a line
    models.Leaf.objects.all().delete()
    models.Opening.objects.all().delete()
    models.Leaf.objects.bulk_create(rows[0])
    models.Opening.objects.bulk_create(rows[1])
    coordinator.save()
    log_state.forget()
    assert deferred.flush() == 1
    entry = log.leaf(log.size() - 1)
    assert entry.entry_type == "session.started"
    assert entry.facts["deferred"] == {"at": clock.rfc3339(clock.now()), "reason": "rolled-back"}
    assert deferred.flush() == 0
    assert publisher.publish().size == 6


def test_a_connection_leaves_a_database_that_was_replaced(trail, monkeypatch):
    """A restored file takes the name of the one in use: what is written to the old one would be lost."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has a file to replace")
    found = Path(connection.settings_dict["NAME"]).stat()
    assert connection.file_identity == (found.st_dev, found.st_ino)
    monkeypatch.setattr(connection, "file_identity", (found.st_dev, found.st_ino + 1))
    with pytest.raises(ReadOnly) as refused:
        trail.append()
    assert refused.value.reason == "database-replaced"
    assert log_state.current().is_writable  # asked outside of a transaction, it opens what is there now
    assert connection.file_identity == (found.st_dev, found.st_ino)
    trail.append()
