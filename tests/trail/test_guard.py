"""L10 and L11: when the trail refuses to sign, and that it says why."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from plumbline.kernel import clock
from plumbline.kernel.note import VerifierKey
from plumbline.kernel.problems import Conflict
from plumbline.trail import guard as guards
from plumbline.trail import keys, log, models, publisher, queries
from plumbline.trail.errors import ReadOnly
from plumbline.trail.guard import Damage, Guard
from plumbline.trail.signer import Signer

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def reason() -> str:
    """Why publishing is refused."""
    with pytest.raises(ReadOnly) as refused:
        publisher.publish()
    return refused.value.reason


def test_init(trail):
    """Three keys, a guard, a first entry that names the keys; secrets only their owner may read."""
    first = log.leaf(0)
    assert (first.entry_type, first.entry.source) == ("key.created", "trail")
    assert dict(first.facts)["keys"] == {
        "log": trail.report.vkey,
        "pack": trail.report.pack_vkey,
        "recovery": trail.report.recovery_vkey,
    }
    assert VerifierKey.parse(keys.vkey()).name == "plumbline.test/main/1" == first.entry.origin
    files = [*sorted((trail.data / "keys").iterdir()), trail.guard]
    assert [file.name for file in files] == ["log.key", "origin", "pack.key", "recovery.vkey", "guard.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    everything = b"".join(file.read_bytes() for file in files)
    assert trail.report.recovery.encode() not in everything
    assert keys.initialised(trail.data)


def test_init_never_starts_afresh(trail, tmp_path):
    """With keys, a guard or entries there, it is a conflict; and files are as they were."""
    before = (trail.data / "keys" / "log.key").read_bytes()
    with pytest.raises(Conflict):
        keys.init(trail.data, trail.guard, "another/1")
    with pytest.raises(Conflict):
        keys.init(tmp_path / "elsewhere", tmp_path / "elsewhere" / "guard.json")
    trail.guard.unlink()
    with pytest.raises(Conflict):
        keys.init(trail.data, trail.guard, "another/1")
    assert (trail.data / "keys" / "log.key").read_bytes() == before
    with pytest.raises(Conflict):
        Guard.create(_seen(trail), origin="x", time=clock.now())


def _seen(trail):
    file = trail.data / "seen.json"
    Guard.create(file, origin="x", time=clock.now())
    with Guard(file) as guard:
        guard.swap(guard.read(), replace(guard.read(), size=1))
    return file


def test_init_that_broke_off_is_done_again(trail):
    """Keys and guard were written, the first entry was not committed: nothing was ever signed."""
    for model in (models.Leaf, models.Opening, models.Coordinator):
        model.objects.all().delete()
    again = keys.init(trail.data, trail.guard, "plumbline.test/main/1")
    assert again.vkey != trail.report.vkey
    assert publisher.publish().size == 1


def test_a_missing_guard(trail):
    """L10: an error, never a reason to start afresh."""
    trail.append()
    publisher.publish()
    trail.guard.unlink()
    with pytest.raises(ReadOnly) as refused:
        trail.append()
    assert refused.value.reason == "guard-missing"
    assert reason() == "guard-missing"
    assert not trail.guard.exists()
    assert log.status().state == "Broken"


def test_a_damaged_guard(trail):
    """Not readable is as bad as missing."""
    for content in (b"", b"{}", b"[]", trail.guard.read_bytes()[:-1], b'{"damage":null}'):
        trail.guard.write_bytes(content)
        assert reason() == "guard-missing"
        assert log.status().state == "Broken"


def test_a_guard_of_another_log_or_root(trail):
    """Another origin, another epoch, another root, a larger size."""
    trail.append(3)
    publisher.publish()
    trail.append()
    kept = guards.read(trail.guard)
    for change, word in (
        ({"origin": "other/1"}, "other-log"),
        ({"epoch": 2}, "other-log"),
        ({"root": b"\1" * 32}, "fork"),
        ({"size": 99}, "rolled-back"),
        ({"damage": Damage(1, 2, "x")}, "damaged"),
    ):
        with Guard(trail.guard) as guard:
            guard.swap(kept, replace(kept, **change))
            changed = guard.read()
        assert reason() == word
        with Guard(trail.guard) as guard:
            guard.swap(changed, kept)
    models.Checkpoint.objects.all().delete()
    with Guard(trail.guard) as guard:
        guard.swap(kept, replace(kept, root=b"\1" * 32))
    assert reason() == "root-mismatch"


def test_the_clock_set_back(trail):
    """Before the last entry or before the last signature."""
    last = trail.append().time
    with clock.frozen(last - timedelta(hours=1)):
        assert reason() == "clock-back"
    with clock.frozen(last + timedelta(days=1)):
        trail.append()
        publisher.publish()
    assert log.size() == 3
    with pytest.raises(ReadOnly):
        trail.append()


def test_a_second_instance(trail):
    """While another process holds the guard's lock, nothing is signed here."""
    trail.append()
    program = "\n".join(
        (
            "import fcntl, sys",
            "file = open(sys.argv[1], 'a')",
            "fcntl.flock(file, fcntl.LOCK_EX)",
            "print('held', flush=True)",
            "sys.stdin.read()",
        )
    )
    lock = trail.guard.with_name("guard.json.lock")
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"held\n"
    with pytest.raises(ReadOnly) as refused, Guard(trail.guard, patience=0.05):
        pass
    assert refused.value.reason == "second-instance"
    other.communicate()
    assert publisher.publish().size == 2


def test_the_guard_changes_only_from_what_was_seen(trail):
    """Compare and swap: whoever comes second with an old view loses; without the lock nobody may."""
    with Guard(trail.guard) as guard:
        record = guard.read()
        guard.swap(record, replace(record, size=1))
        with pytest.raises(ReadOnly) as refused:
            guard.swap(record, replace(record, size=2))
    assert refused.value.reason == "second-instance"
    with pytest.raises(RuntimeError):
        guard.swap(record, record)


def test_a_fork_of_two_copies(trail, tmp_path):
    """F10: the database restored and extended differently meets a guard that knows the first version."""
    trail.append(2)
    kept = [(row.index, bytes(row.body)) for row in models.Leaf.objects.all()]
    state = models.Coordinator.objects.values().get()
    leaves = list(models.Leaf.objects.all())
    trail.append(3)
    publisher.publish()
    models.Leaf.objects.all().delete()
    models.Opening.objects.all().delete()
    models.Checkpoint.objects.all().delete()
    models.Leaf.objects.bulk_create(leaves)
    models.Coordinator.objects.update(
        **{name: state[name] for name in ("size", "frontier", "last_time", "counters")}
    )
    with pytest.raises(ReadOnly) as refused:
        trail.append()
    assert refused.value.reason == "rolled-back"
    trail.forge(4)
    with pytest.raises(ReadOnly) as refused:
        trail.append()
    assert refused.value.reason == "root-mismatch"
    assert kept == [(row.index, bytes(row.body)) for row in models.Leaf.objects.filter(index__lt=3)]
    assert reason() == "root-mismatch"


@pytest.mark.parametrize("stop", ["guard", "sign", "store"])
def test_a_stop_at_each_arrow_is_taken_up(trail, monkeypatch, stop):
    """After guard or signature the next call issues the very same note; nothing is skipped."""
    trail.append(3)
    target = {
        "guard": (Guard, "swap"),
        "sign": (Signer, "sign"),
        "store": (publisher.commands, "store_checkpoint"),
    }[stop]
    original = getattr(*target)
    notes = []

    def broken(*arguments, **named):
        if stop != "guard":
            notes.append(original(*arguments, **named) if stop == "sign" else arguments[1])
        raise KeyboardInterrupt

    monkeypatch.setattr(*target, broken)
    with pytest.raises(KeyboardInterrupt):
        publisher.publish()
    assert queries.latest_checkpoint() is None
    monkeypatch.setattr(*target, original)
    checkpoint = publisher.publish()
    assert checkpoint.size == 4
    assert [str(note) for note in notes] in ([], [checkpoint.note])
    assert publisher.scrub().ok


def test_appending_between_a_stop_and_the_next_call(trail, monkeypatch):
    """Size beyond the guard is the normal crash between commit and guard: verify, then continue."""
    trail.append(3)
    original = Signer.sign
    monkeypatch.setattr(Signer, "sign", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        publisher.publish()
    monkeypatch.setattr(Signer, "sign", original)
    trail.append(3)
    assert publisher.publish().size == 7
    assert queries.checkpoint_at(4) is None


def test_the_signer_demands_a_proof(trail):
    """L12: smaller, forked, unproved: refused; the same again: the same note; a damaged memory: refused."""
    trail.append(5)
    publisher.publish()
    signers = keys.load(trail.data)
    signer = Signer(signers.log, signers.folder)
    size, root = signer.last()
    assert str(signer.sign(size, root, [])) == log.latest_checkpoint().note
    for bad in ((size, b"\1" * 32), (size - 1, root), (size + 1, root), (0, root), (2**63, root)):
        with pytest.raises(ReadOnly) as refused:
            signer.sign(*bad, [])
        assert refused.value.reason == "signer-refused"
    assert signer.last() == (size, root)
    (signers.folder / "signer.json").write_bytes(b"{}")
    with pytest.raises(ReadOnly):
        signer.last()


def test_files_are_synced(trail, monkeypatch):
    """The guard's file and its folder reach the disk before the signature."""
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(stat.S_ISDIR(os.fstat(handle).st_mode)))
    with Guard(trail.guard) as guard:
        guard.swap(guard.read(), replace(guard.read(), size=1))
    assert synced == [False, True]


def test_keys_that_cannot_be_read(trail):
    """Named as what it is; no checkpoint comes of it."""
    trail.append()
    kept = (trail.data / "keys" / "log.key").read_bytes()
    for content in (b"", b"nonsense", kept[:50]):
        (trail.data / "keys" / "log.key").write_bytes(content)
        assert reason() == "not-initialised"
    (trail.data / "keys" / "log.key").unlink()
    assert reason() == "not-initialised"
    with transaction.atomic():
        assert log.append("record.created", actor="per_1").index == 2
