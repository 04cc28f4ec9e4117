"""Backup and restore: whole or not at all, checked before believed, and never a step back of the guard."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import plumbline

from plumbline import config as settings
from plumbline.kernel import clock
from plumbline.kernel.ids import uuid7
from plumbline.kernel.problems import Conflict, Invalid, NotFound, Problem, Unavailable
from plumbline.portability import manifest, postgresql, restore, stored_backup
from plumbline.portability.snapshot import DATABASE, OPENINGS, SPOOL, snapshot
from plumbline.portability.whole_folder import whole_folder
from plumbline.telemetry.openings import OpeningStore, scope_of
from plumbline.telemetry.spool import Entry, Spool
from plumbline.trail import copies, guard

pytestmark = pytest.mark.slow


def _config(target: Path) -> settings.Config:
    return settings.load({"PLUMBLINE_DATA": str(target)})


def _manifest(backup: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = backup / manifest.NAME
    value = json.loads(file.read_text())
    change(value)
    file.write_text(json.dumps(value))


def test_a_backup_says_what_is_in_it_and_what_is_not(made: tuple[Path, Path]) -> None:
    data, folder = made
    found = stored_backup.verify(folder)
    assert found.size == copies.log_of(folder / "data" / DATABASE).size > 3
    assert set(found.manifest.facts["keys"]) >= {"log.key", "pack.key", "origin"}
    assert "keys/session.secret" in found.manifest.facts["left_out"]
    assert not (folder / "data" / "keys" / "session.secret").exists()
    remembered = guard.read(folder / stored_backup.GUARD)
    assert remembered is not None
    assert remembered.size <= found.size
    assert folder.stat().st_mode & 0o077 == 0
    entries = json.loads(plumbline("trail", "entries", "--data", str(data), "--limit", "50", "--json").stdout)
    assert found.id in [entry["about"] for entry in entries if entry["type"] == "backup.written"]


def test_whoever_loses_the_machine_goes_on_from_the_backup(backup: Path, tmp_path: Path) -> None:
    """Nothing but the backup is left: the log goes on under its name, and everything is there."""
    target = tmp_path / "new" / "data"
    told = json.loads(plumbline("restore", str(backup), "--to", str(target), "--json").stdout)
    assert told["beyond"] == 0
    assert told["entry"] == told["entries"]
    rows = json.loads(plumbline("export", "supplier", "--data", str(target), "--json").stdout)
    assert [row["title"] for row in rows] == ["Fjord", "Delta"]
    plumbline("work", "--once", "--data", str(target))
    before = copies.log_of(backup / "data" / DATABASE)
    proved = json.loads(plumbline("trail", "checkpoint", "--data", str(target), "--json").stdout)
    assert proved["size"] > before.size


def test_yesterdays_backup_does_not_go_over_todays_folder(data: Path, backup: Path, tmp_path: Path) -> None:
    today = tmp_path / "today"
    shutil.copytree(data, today)
    before = (today / DATABASE).read_bytes()
    with pytest.raises(Conflict, match="not empty"):
        restore.restore(backup, today, _config(today))
    assert (today / DATABASE).read_bytes() == before


def _ahead(data: Path, aside: Path) -> int:
    """A folder as it is a day later: its guard has seen three entries more."""
    shutil.copytree(data, aside)
    file = aside / "guard" / "guard.json"
    record = guard.read(file)
    assert record is not None
    file.write_bytes(replace(record, size=record.size + 3, root=b"\1" * 32).content())
    return record.size + 3


def test_a_guard_that_has_seen_more_stays_and_the_remedy_is_said(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    seen = _ahead(data, tmp_path / "aside")
    restored = restore.restore(
        backup, tmp_path / "new", _config(tmp_path / "new"), previous=tmp_path / "aside"
    )
    kept = guard.read(tmp_path / "new" / "guard" / "guard.json")
    assert kept is not None
    assert (kept.size, restored.beyond) == (seen, seen - restored.backup.size)
    assert "trail recover" in str(restored.remedy)


def test_a_guard_on_another_disk_is_not_written_over(data: Path, backup: Path, tmp_path: Path) -> None:
    seen = _ahead(data, tmp_path / "aside")
    other = tmp_path / "aside" / "guard" / "guard.json"
    config = replace(_config(tmp_path / "new"), guard=str(other))
    restored = restore.restore(backup, tmp_path / "new", config)
    kept = guard.read(other)
    assert kept is not None
    assert kept.size == seen
    assert restored.beyond == seen - restored.backup.size


def test_a_guard_of_another_log_is_a_refusal_and_nothing_is_written(backup: Path, tmp_path: Path) -> None:
    other = tmp_path / "guard.json"
    record = guard.read(backup / stored_backup.GUARD)
    assert record is not None
    other.write_bytes(replace(record, origin="plumbline/other/1").content())
    with pytest.raises(Conflict, match="another log"):
        restore.restore(backup, tmp_path / "new", replace(_config(tmp_path / "new"), guard=str(other)))
    assert not (tmp_path / "new").exists()


def _first(backup: Path) -> Path:
    return backup / "data" / DATABASE


SPOILED: dict[str, tuple[Callable[[Path], object], type[Problem]]] = {
    "no manifest": (lambda b: (b / "manifest.json").unlink(), NotFound),
    "half a manifest": (lambda b: os.truncate(b / "manifest.json", 200), Invalid),
    "a manifest that is a link": (
        lambda b: ((b / "manifest.json").rename(b / "m"), (b / "manifest.json").symlink_to(b / "m")),
        NotFound,
    ),
    "truncated file": (lambda b: os.truncate(_first(b), 5_000), Invalid),
    "changed byte": (lambda b: _flip(_first(b)), Invalid),
    "missing file": (lambda b: _first(b).unlink(), Invalid),
    "one file more": (lambda b: (b / "data" / "more").write_text("x"), Invalid),
    "link to a file": (
        lambda b: ((b / "data" / "origin").write_text("x"), (b / "data" / "link").symlink_to("/etc/passwd")),
        Invalid,
    ),
    "path outside": (
        lambda b: _manifest(b, lambda m: m["files"][0].update(path="../../outside")),
        Invalid,
    ),
    "absolute path": (lambda b: _manifest(b, lambda m: m["files"][0].update(path="/etc/passwd")), Invalid),
    "named twice": (lambda b: _manifest(b, lambda m: m["files"].append(m["files"][0])), Invalid),
    "lying size": (lambda b: _manifest(b, lambda m: m["files"][0].update(size=1)), Invalid),
    "no digest": (lambda b: _manifest(b, lambda m: m["files"][0].update(sha256="")), Invalid),
    "lying root": (lambda b: _manifest(b, lambda m: m["log"].update(root="00" * 32)), Invalid),
    "another size": (lambda b: _manifest(b, lambda m: m["log"].update(size=1)), Invalid),
    "of a newer version": (lambda b: _manifest(b, lambda m: m.update(format="plumbline-backup/2")), Conflict),
    "something else": (lambda b: _manifest(b, lambda m: m.update(format="other/1")), Invalid),
    "files that are no list": (lambda b: _manifest(b, lambda m: m.update(files=7)), Invalid),
}


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("what", SPOILED)
def test_a_backup_that_is_not_what_was_written_is_refused_and_nothing_is_made(
    what: str, backup: Path, tmp_path: Path
) -> None:
    spoil, refusal = SPOILED[what]
    spoil(backup)
    with pytest.raises(refusal):
        restore.restore(backup, tmp_path / "new", _config(tmp_path / "new"))
    assert [path.name for path in tmp_path.iterdir()] == ["backups"]


def test_a_whole_folder_of_a_forged_log_is_found_although_every_digest_is_right(
    backup: Path, tmp_path: Path
) -> None:
    """Whoever forges the copy writes a manifest that fits it; the entries still have to give the root."""
    with closing(sqlite3.connect(_first(backup))) as forged, forged:
        for (name,) in forged.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            forged.execute(f"DROP TRIGGER {name}")
        forged.execute(
            "UPDATE trail_leaf SET body = CAST(replace(body, 'stage', 'other') AS BLOB) WHERE \"index\" = 1"
        )
    size, digest = manifest.digest_of(_first(backup))

    def fit(value: dict[str, Any]) -> None:
        for file in value["files"]:
            if file["path"] == f"data/{DATABASE}":
                file.update(size=size, sha256=digest)

    _manifest(backup, fit)
    with pytest.raises(Invalid, match="hold together"):
        stored_backup.verify(backup)


def test_a_full_disk_is_called_a_full_disk_and_leaves_nothing(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(Unavailable, match="disk is full"):
        restore.restore(backup, tmp_path / "new", _config(tmp_path / "new"))
    assert [path.name for path in tmp_path.iterdir()] == ["backups"]


def test_of_two_that_write_the_same_folder_one_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with ExitStack() as first:
        (first.enter_context(whole_folder(folder)) / "file").write_text("first")
        with whole_folder(folder) as second:
            (second / "file").write_text("second")
        with pytest.raises(Conflict, match="not empty"):
            first.close()
    assert (folder / "file").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_what_a_killed_process_left_is_no_backup_and_is_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    killed = (
        "import os, signal, sys; from pathlib import Path\n"
        "from plumbline.portability.whole_folder import whole_folder\n"
        "with whole_folder(Path(sys.argv[1])) as partial:\n"
        "    (partial / 'file').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", killed, str(folder)], check=False)
    assert not folder.exists()
    assert len(list(tmp_path.iterdir())) == 1
    with whole_folder(folder) as partial:
        (partial / "file").write_text("whole")
    assert [path.name for path in tmp_path.iterdir()] == ["backup"]


def test_files_that_change_while_they_are_copied_still_give_one_moment(tmp_path: Path) -> None:
    """While segments are sealed, logged and moved: what the copied log knows is in a copied store."""
    log = sqlite3.connect(tmp_path / DATABASE, isolation_level=None, check_same_thread=False)
    log.execute("PRAGMA journal_mode=WAL")
    log.execute("CREATE TABLE leaf (n INTEGER PRIMARY KEY, id BLOB)")
    spool, openings = Spool(tmp_path / SPOOL), OpeningStore(tmp_path / OPENINGS)
    begun, over, scope = threading.Event(), threading.Event(), scope_of(None, clock.now())

    def write() -> None:
        while not over.is_set():
            entry = Entry(uuid7().bytes, "claims", "decision", b"{}")
            sealed = spool.seal([entry], actor="tok_a", source="test").segment
            leaf = log.execute("INSERT INTO leaf (id) VALUES (?)", (sealed.id.bytes,)).lastrowid
            spool.mark_logged(sealed.seq, leaf or 0)
            body = spool.body(sealed.seq)
            assert body is not None
            openings.add(sealed.id, leaf or 0, sealed.root, body, {0: uuid7()}, {0: scope})
            spool.mark_moved([sealed.seq])
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        for number in range(20):
            copied = tmp_path / f"copy-{number}"
            copied.mkdir()
            with snapshot(tmp_path) as taken:
                for name in taken.connections:
                    taken.copy(name, copied / name)
            assert _check_moment(copied)
    finally:
        over.set()
        writer.join()
        spool.close()
        openings.close()
        log.close()


def _check_moment(copied: Path) -> int:
    """How many segments the copied stores hold, having seen that they are those of the copied log."""
    with closing(sqlite3.connect(copied / DATABASE)) as log:
        logged = {id for (id,) in log.execute("SELECT id FROM leaf")}
    with closing(sqlite3.connect(copied / OPENINGS)) as openings:
        moved = {id for (id,) in openings.execute("SELECT id FROM segment")}
    with closing(sqlite3.connect(copied / SPOOL)) as spool:
        waiting = {id for (id,) in spool.execute("SELECT id FROM segment JOIN body USING (seq)")}
    assert logged <= moved | waiting
    assert moved <= logged
    return len(moved)


def test_a_backup_inside_of_what_it_is_a_backup_of_is_refused(data: Path) -> None:
    assert "Name another folder" in plumbline("backup", str(data / "b"), "--data", str(data), code=1).stderr


def test_without_the_programs_of_postgresql_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="postgresql-client"):
        postgresql.program("pg_dump")
