"""Data folders of earlier versions, kept as they were: brought up to date whole, or refused with a remedy."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

KEPT = Path(__file__).parent / "data"
UPGRADED = ["5103dec", "46bc07a"]
REFUSED = {"7d9f191": "Commit 7d9f191", "afca74a": "Commit ae2af26", "21388fe": "commit 5103dec"}
DOORS = ("init", "serve", "posture")
CONTENT = """
import django, json
django.setup()
from plumbline.config import load
from plumbline.identity import queries as people
from plumbline.identity.actors import actor_of_person
from plumbline.kernel import clock
from plumbline.records import queries
from plumbline.records.related import queries as related
from plumbline.trail import log
mina = people.person("mina@halden.example")
actor = actor_of_person(mina)
print(json.dumps({
    "amended": "about open claims" in str(queries.as_of(actor, "SYS-0002", clock.now())),
    "comments": [row.text for row in related.comments(actor, "SYS-0001")],
    "file": related.attachment(actor, "SYS-0001", related.attachments(actor, "SYS-0001")[0].id)[1].decode(),
    "late": people.person("late@example.org").credentials_before_role,
    "noor": people.person("noor@example.org").credentials_before_role,
    "newest": log.leaf(log.size() - 2).entry_type,
}))
"""


def run(words: list[str], folder: Path, code: int | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, never ending in a traceback."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    environment |= {"PLUMBLINE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "plumbline.server.settings"}
    done = subprocess.run(
        [sys.executable, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert code is None or done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def plumbline(folder: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    return run(["-m", "plumbline.cli.main", *words, "--data", str(folder)], folder, code)


def unpacked(name: str, place: Path) -> Path:
    with tarfile.open(KEPT / f"{name}.tar.xz") as archive:
        archive.extractall(place, filter="data")
    return place / "data"


def content(folder: Path) -> dict[str, str]:
    """The digest of every file, except of those that every reader of a SQLite file makes and removes."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.endswith(("-wal", "-shm", ".lock"))
    }


def tables(folder: Path) -> set[tuple[str, str, str]]:
    """Table, name and type of every column."""
    query = (
        "SELECT t.name, c.name, c.type FROM sqlite_master t JOIN pragma_table_info(t.name) c "
        "WHERE t.type = 'table'"
    )
    with sqlite3.connect(folder / "plumbline.db") as database:
        return set(database.execute(query))


def edit(folder: Path, statement: str) -> None:
    """Change the database, and leave its file alone and whole."""
    database = sqlite3.connect(folder / "plumbline.db", isolation_level=None)
    database.execute(statement)
    database.close()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that this version has made."""
    folder = tmp_path_factory.mktemp("fresh") / "data"
    plumbline(folder, "init")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", UPGRADED)
def test_an_earlier_folder_is_brought_up_to_date(name: str, fresh: Path, tmp_path: Path) -> None:
    folder = unpacked(name, tmp_path)
    told = plumbline(folder, "posture", code=1).stderr
    assert "of an earlier version" in told
    assert "plumbline init" in told

    plumbline(folder, "init", "--email", "mina@halden.example")
    assert tables(folder) == tables(fresh)
    found = json.loads(run(["-c", CONTENT], folder, 0).stdout)
    assert found == {
        "amended": True,
        "comments": ["Looked at on the first day."],
        "file": "Kept for the test.",
        "late": True,
        "noor": False,
        "newest": "installation.upgraded",
    }
    plumbline(folder, "work", "--once")
    plumbline(folder, "trail", "scrub")
    # A second start has nothing left to do and leaves no second entry.
    plumbline(folder, "init", "--email", "mina@halden.example")
    entries = json.loads(plumbline(folder, "trail", "entries", "--limit", "200", "--json").stdout)
    assert str(entries).count("installation.upgraded") == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_upgraded_is_refused_at_every_door(name: str, tmp_path: Path) -> None:
    """One clear sentence that names the version which can; and not one byte is changed."""
    folder = unpacked(name, tmp_path)
    plumbline(folder, "posture", code=1)  # what a first reader of a SQLite file writes back is written now
    before = content(folder)
    for door in DOORS:
        told = plumbline(folder, door, code=1).stderr
        assert REFUSED[name] in told
        assert "Nothing was changed." in told
    assert content(folder) == before


@pytest.mark.slow
def test_a_folder_of_a_newer_version_or_of_other_tables_is_refused(fresh: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(fresh, folder)
    edit(
        folder, "INSERT INTO django_migrations (app, name, applied) VALUES ('trail', '0099_x', '2027-01-01')"
    )
    (folder / "version.json").write_text('{"version": "9.4.0"}')
    before = content(folder)
    for door in DOORS:
        told = plumbline(folder, door, code=1).stderr
        assert "a newer version of Plumbline (9.4.0" in told
        assert "trail.0099_x" in told
    assert content(folder) == before
    edit(folder, "DELETE FROM django_migrations WHERE name = '0099_x'")
    # The history is right and a table is not: a version between two releases.
    edit(folder, "ALTER TABLE work_lease RENAME COLUMN failures TO mishaps")
    told = plumbline(folder, "init", code=1).stderr
    assert "work_lease.failures" in told
    assert "Nothing was changed." in told


@pytest.mark.slow
def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """The table that a later migration makes is there already: the earlier ones are taken back with it."""
    folder = unpacked("46bc07a", tmp_path)
    edit(folder, "CREATE TABLE trail_finding (id integer)")
    before = tables(folder)
    told = plumbline(folder, "init", code=1).stderr
    assert "could not be brought up to date" in told
    assert tables(folder) == before
    with sqlite3.connect(folder / "plumbline.db") as database:
        applied = database.execute("SELECT name FROM django_migrations WHERE app = 'identity'").fetchall()
    assert applied == [("0001_initial_2",)]
