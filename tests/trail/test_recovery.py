"""Recovery: entries brought back, a new epoch, a new guard, a clock put right (F9, F10, F11)."""

from __future__ import annotations

import io
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from tests.trail.test_log_state import change_guard, roll_back, state

from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.trail import epochs, keys, log, models, packfile, publisher, queries
from plumbline.trail.errors import ReadOnly
from plumbline.trail.recovery import commands, plan
from plumbline.trail.recovery.sources import DatabaseCopy, Pack, Tiles, open_source

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

ACTOR = "stage:operator"


def pack(file: Path, start: int = 0) -> Path:
    """A pack of everything signed, with the openings of entry 4."""
    out = io.BytesIO()
    opened = [(index, "body") for index in (4,) if start <= index]
    packfile.build_pack(out, scope={}, start=start, openings=opened, recipient="Auditor", purpose="audit")
    file.write_bytes(out.getvalue())
    return file


def tiles(folder: Path, size: int) -> Path:
    """A static export of the first ``size`` entries, fewer than a bundle."""
    bundle = b"".join(len(view.body).to_bytes(2, "big") + view.body for view in log.leaves(0, size))
    file = folder / "tile" / "entries" / "000.p" / str(size)
    file.parent.mkdir(parents=True)
    file.write_bytes(bundle)
    (folder / "checkpoint").write_text(log.latest_checkpoint().note)
    return folder


def copied(file: Path) -> Path:
    """A copy of the database as it is now; only SQLite's can be read as a file."""
    if connection.vendor != "sqlite":
        pytest.skip("a copy of PostgreSQL is restored by its own tools")
    connection.ensure_connection()
    with sqlite3.connect(file) as target:
        connection.connection.backup(target)
    target.close()
    return file


@pytest.fixture
def signed(trail):
    """Nine signed entries, the last of the checkpoints over all of them."""
    trail.append(4)
    publisher.publish()
    trail.append(4)
    publisher.publish()
    return trail


def test_f9_a_pack_brings_back_what_a_restored_backup_has_lost(signed, tmp_path):
    """The same bytes under the same root; the openings that it discloses; one entry that says so."""
    source = Pack(pack(tmp_path / "audit.aipack"))
    before = [view.body for view in log.leaves(0, 9)]
    roll_back(4)
    found = plan.make([source])
    assert (found.present, found.expected, found.reached, found.is_complete) == (4, 9, 9, True)
    commands.bring_back(ACTOR, found)
    assert [view.body for view in log.leaves(0, 9)] == before
    assert log.opening(4, "body") is not None
    assert log.opening(5, "body") is None
    entry = log.leaf(9)
    assert (entry.entry_type, entry.actor) == ("trail.recovered", ACTOR)
    assert dict(entry.facts) == {
        "what": "entries",
        "first": 4,
        "last": 8,
        "entries_alone": [4, 8],
        "sources": ["pack"],
    }
    assert state().is_writable
    assert log.latest_checkpoint().size == 10
    signed.append()
    assert publisher.publish().size == 11


def test_f9_a_tile_export_and_a_pack_complete_each_other(signed, tmp_path):
    """One reaches further than the other; each gives what it has."""
    export = tiles(tmp_path / "export", 9)
    signed.append(3)
    publisher.publish()
    later = pack(tmp_path / "later.aipack", start=6)
    roll_back(5)
    found = plan.make([open_source(later), open_source(export)])
    assert found.is_complete
    assert {brought.source for brought in found.entries.values()} == {"pack", "tiles"}
    assert not plan.make([Tiles(export)]).is_complete
    assert list(plan.make([Tiles(export)]).lost) == [9, 10, 11]


def test_f9_forged_entries_are_not_brought_back(signed, tmp_path):
    """A source that leads to another root than was signed gives nothing beyond what fits."""
    export = tiles(tmp_path / "export", 9)
    file = export / "tile" / "entries" / "000.p" / "9"
    content = file.read_bytes()
    at = content.rindex(b"RSK-0007")
    file.write_bytes(content[:at] + b"RSK-0008" + content[at + 8 :])
    roll_back(3)
    found = plan.make([Tiles(export)])
    assert (found.reached, list(found.lost)) == (3, [3, 4, 5, 6, 7, 8])


def test_f9_a_copy_brings_the_records_back_with_their_entries(signed, tmp_path):
    copy = copied(tmp_path / "copy.db")
    before = [view.body for view in log.leaves(0, 9)]
    roll_back(3)
    lost = plan.make([])
    assert plan.of_copy(DatabaseCopy(copy)) == 9
    commands.adopt(DatabaseCopy(copy))
    found = plan.make([])
    assert found.is_complete
    commands.bring_back(ACTOR, found, lost)
    assert [view.body for view in log.leaves(0, 9)] == before
    assert log.opening(8, "body") is not None
    assert log.leaf(9).facts["sources"] == ["copy"]
    assert state().is_writable


def test_f9_a_copy_with_a_changed_entry_is_not_taken(signed, tmp_path):
    copy = copied(tmp_path / "copy.db")
    with sqlite3.connect(copy) as forged:
        forged.execute("UPDATE trail_leaf SET body = replace(body, '0007', '0008') WHERE \"index\" = 7")
    forged.close()
    assert plan.of_copy(DatabaseCopy(copy)) == 0


def test_what_is_no_source(tmp_path):
    for name, content in (("a.txt", b"x"), ("b.db", b"SQLite format 3\0")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises((Invalid, sqlite3.DatabaseError)):
            open_source(tmp_path / name)
    with pytest.raises(Invalid):
        open_source(tmp_path)


def test_f9_a_new_epoch_names_what_is_lost(signed):
    """Its first entry holds the last checkpoint of the old one; both epochs can be verified and scrubbed."""
    old = log.latest_checkpoint()
    roll_back(6)
    vkey = commands.open_epoch(ACTOR, plan.make([]))
    assert vkey.startswith("plumbline.test/main/2+")
    entry = log.leaf(6)
    assert (entry.entry_type, entry.entry.origin) == ("trail.epoch-opened", "plumbline.test/main/2")
    assert dict(entry.facts) == {
        "old": {"origin": "plumbline.test/main/1", "size": 9, "root": old.root.hex()},
        "agreed": 5,
        "kept": 6,
        "lost": 3,
    }
    assert log.opening(6, "checkpoint").decode() == old.note
    assert state().is_writable
    signed.append(2)
    assert publisher.publish().size == 9
    assert publisher.scrub().ok
    assert epochs.origin_at(epochs.epochs("plumbline.test/main/2"), 5) == "plumbline.test/main/1"
    assert queries.latest_checkpoint().note.startswith("plumbline.test/main/2\n9\n")


def test_f10_a_fork_becomes_an_epoch_of_its_own(signed):
    """Entries that contradict what was signed stay, under the new name, from where both agree."""
    roll_back(5)
    signed.forge(6)
    assert state().reason == "root-mismatch"
    found = plan.make([])
    assert (found.agreed, found.proven, found.is_complete) == (5, 5, False)
    commands.open_epoch(ACTOR, found)
    assert log.leaf(11).facts["agreed"] == 5
    assert log.leaf(11).facts["lost"] == 4
    assert state().is_writable
    assert publisher.scrub().ok


@pytest.mark.parametrize("stop", ["write_private", "Guard"])
def test_f8_an_epoch_whose_opening_broke_off_is_finished(signed, monkeypatch, stop):
    """After the commit, before the signer's memory or the guard: the same command goes on from there."""
    roll_back(6)

    def broken(*_arguments, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(commands, stop, broken)
        with pytest.raises(KeyboardInterrupt):
            commands.open_epoch(ACTOR, plan.make([]))
    assert state().reason == "other-log"
    with pytest.raises(ReadOnly):
        signed.append()
    commands.open_epoch(ACTOR, plan.make([]))
    assert log.size() == 7
    assert state().is_writable
    assert publisher.scrub().ok


def test_a_lost_guard_is_made_anew_only_from_what_was_signed(signed):
    with pytest.raises(Conflict):
        commands.renew_guard(ACTOR)
    signed.guard.unlink()
    assert state().reason == "guard-missing"
    commands.renew_guard(ACTOR)
    assert state().is_writable
    assert log.leaf(9).facts["what"] == "guard"
    assert publisher.scrub().ok


def test_a_lost_guard_does_not_hide_a_rollback(signed):
    """The signer remembers what it signed."""
    roll_back(6)
    signed.guard.unlink()
    with pytest.raises(ReadOnly) as refused:
        commands.renew_guard(ACTOR)
    assert refused.value.reason == "rolled-back"


def test_f11_a_clock_that_ran_ahead_is_put_right(signed):
    """20 days ahead for one edit: refused until somebody says so, then written at the right time."""
    now = clock.now()
    with clock.frozen(now + timedelta(days=20)):
        wrong = signed.append().index
        publisher.publish()
    assert state().reason == "clock-back"
    count, first, _last = commands.correct_clock(ACTOR)
    assert (count, first) == (1, now + timedelta(days=20))
    entry = log.leaf(wrong + 1)
    assert (entry.entry_type, entry.time) == ("trail.clock-corrected", now)
    assert (entry.facts["first"], entry.facts["last"]) == (wrong, wrong)
    assert state().is_writable
    assert signed.append().time == now
    assert publisher.publish() is not None
    assert publisher.scrub().ok
    times = log.corrected_times()
    assert [times(index) for index in range(log.size())] == [now] * log.size()
    assert commands.correct_clock(ACTOR) is None


def test_f11_times_go_back_nowhere_else(signed):
    """A scrub finds an entry that is older than the one before it, unless it is the correction."""
    now = clock.now()
    with clock.frozen(now + timedelta(days=20)):
        signed.append()
    models.Coordinator.objects.update(last_time=now)
    with transaction.atomic():
        signed.forge(1)
    assert not publisher.scrub().ok


def test_f11_a_jump_ahead_is_accepted_by_the_same_command(signed, monkeypatch):
    """A machine whose clock was a year behind: nothing was dated wrongly, but somebody has looked."""
    from plumbline.trail import clock_check

    real = clock_check.uptime()
    ahead = clock.now() + timedelta(days=365)
    monkeypatch.setattr(clock_check, "uptime", lambda: real)
    with clock.frozen(ahead):
        assert state().reason == "clock-ahead"
        with pytest.raises(ReadOnly):
            signed.append()
        assert commands.correct_clock(ACTOR)[0] == 0
        assert state().is_writable
        signed.append()


def test_keys_sign_for_the_new_epoch(signed):
    roll_back(6)
    commands.open_epoch(ACTOR, plan.make([]))
    assert keys.load(signed.data).log.name == "plumbline.test/main/2"
    change_guard(signed, epoch=1)
    assert state().reason == "other-log"
