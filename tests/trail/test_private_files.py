"""A database that a process has open keeps its locks, whatever else the process does with the file."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from plumbline.kernel.problems import Invalid
from plumbline.telemetry.openings import OpeningStore
from plumbline.telemetry.spool import Spool
from plumbline.trail.key_store.sqlite import SqliteKeyStore
from plumbline.trail.private_files import make_private
from plumbline.trail.recovery.sources import open_source

STORES = {"spool.db": Spool, "openings.db": OpeningStore, "keys.db": SqliteKeyStore}
COUNT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM told").fetchone()[0])
connection.close()
"""


def _told(file: Path) -> int:
    """How many rows another process sees, which opens the file and closes it again."""
    return int(subprocess.run([sys.executable, "-c", COUNT, file], check=True, capture_output=True).stdout)


@pytest.mark.parametrize("name", STORES)
def test_what_one_process_writes_another_sees_after_a_third_has_closed(tmp_path: Path, name: str) -> None:
    """The second connection of a store, and of a second store in the same process, leaves the locks alone."""
    file = tmp_path / name
    with closing(STORES[name](file)), closing(STORES[name](file)), closing(sqlite3.connect(file)) as told:
        told.execute("CREATE TABLE told (n INTEGER)")
        for count in range(1, 4):
            told.execute("INSERT INTO told VALUES (1)")
            told.commit()
            assert _told(file) == count
            with closing(STORES[name](file)):
                pass
        assert file.with_name(f"{name}-wal").exists()


def test_the_file_is_for_its_owner_and_an_existing_one_is_not_opened(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "folder" / "new.db"
    make_private(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("kept")
    monkeypatch.setattr("os.open", lambda *given: pytest.fail("it was opened"))
    make_private(file)
    assert file.read_text() == "kept"


def test_the_database_itself_is_no_copy_to_mend_it_from(settings) -> None:
    live = settings.PLUMBLINE.data / "plumbline.db"
    made = not live.exists()
    live.touch()
    try:
        for path in (live, live.parent):
            with pytest.raises(Invalid, match="no copy of it"):
                open_source(path)
    finally:
        if made:
            live.unlink()
