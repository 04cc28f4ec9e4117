"""`plumbline trail recover` on an installation whose database was restored from an older copy (F9)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import plumbline

pytestmark = pytest.mark.slow


@pytest.fixture
def restored(data: str, tmp_path: Path) -> tuple[str, str]:
    """A data folder whose database is older than its guard, and a copy of the newer database."""
    folder = tmp_path / "data"
    plumbline("work", "--once", "--data", data)
    shutil.copytree(data, folder, ignore=shutil.ignore_patterns("*-shm"))
    shutil.copytree(folder, tmp_path / "older")
    issue = ("token", "issue", "--scope", "read", "--for", "mina@halden.example", "--data", str(folder))
    plumbline(*issue)
    plumbline("work", "--once", "--data", str(folder))
    shutil.copytree(folder, tmp_path / "newer")
    for suffix in ("-wal", "-shm"):
        (folder / f"plumbline.db{suffix}").unlink(missing_ok=True)
    for file in (tmp_path / "older").glob("plumbline.db*"):
        file.replace(folder / file.name)
    return str(folder), str(tmp_path / "newer")


def test_f9_from_the_refusal_to_the_entry_that_says_it_is_mended(restored):
    """Every command that writes says why it does not and what to do; a copy mends it; nothing is lost."""
    folder, newer = restored
    issue = ("token", "issue", "--scope", "read", "--for", "mina@halden.example", "--data", folder)
    said = plumbline(*issue, code=1).stderr
    assert "the database has" in said
    assert "plumbline trail recover" in said
    assert "key.created" in plumbline("trail", "entries", "--data", folder).stdout
    alone = json.loads(plumbline("trail", "recover", "--data", folder, "--json", code=3).stdout)
    assert (alone["state"], alone["brought_back"]) == ("rolled-back", 0)
    assert alone["lost"]
    source = ("trail", "recover", "--from", newer, "--data", folder, "--json")
    expected = json.loads(plumbline(*source, "--dry-run").stdout)
    done = json.loads(plumbline(*source).stdout)
    assert done["brought_back"] == expected["brought_back"] > 0
    assert (done["lost"], expected["lost"]) == ([], [])
    refused = plumbline("trail", "recover", "--clock", "--dry-run", "--data", folder, code=1)
    assert "have no trial" in refused.stderr
    assert "trail.recovered" in plumbline("trail", "entries", "--data", folder).stdout
    plumbline(*issue)
    plumbline("work", "--once", "--data", folder)
    plumbline("trail", "scrub", "--data", folder)
    again = json.loads(plumbline("trail", "recover", "--data", folder, "--json").stdout)
    assert (again["state"], again["lost"]) == ("", [])


def test_a_damaged_row_of_numbers_is_derived_anew(data: str, tmp_path: Path):
    folder = str(tmp_path / "data")
    plumbline("work", "--once", "--data", data)
    shutil.copytree(data, folder, ignore=shutil.ignore_patterns("*-shm"))
    with closing(sqlite3.connect(f"{folder}/plumbline.db")) as database:
        database.execute("UPDATE trail_coordinator SET size = size - 1")
        database.commit()
    issue = ("token", "issue", "--scope", "read", "--for", "mina@halden.example", "--data", folder)
    assert "plumbline trail recover" in plumbline(*issue, code=1).stderr
    recover = ("trail", "recover", "--data", folder)
    assert "can be derived anew" in plumbline(*recover, "--dry-run").stdout
    assert "was derived anew" in plumbline(*recover).stdout
    plumbline(*issue)
    plumbline("trail", "scrub", "--data", folder)
    assert "derived" not in plumbline(*recover).stdout


def test_f9_what_cannot_be_brought_back_is_given_up_in_an_epoch(restored):
    folder, _ = restored
    opened = json.loads(plumbline("trail", "recover", "--new-epoch", "--data", folder, "--json").stdout)
    assert opened["vkey"].split("+")[0].endswith("/2")
    assert opened["lost"]
    assert opened["vkey"] == plumbline("trail", "key", "--log", "--data", folder).stdout.strip()
    plumbline("trail", "scrub", "--data", folder)
