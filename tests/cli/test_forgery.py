"""`plumbline demo --forgery`: a forged record and an older database are seen to be refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import plumbline

from plumbline.demo import forgery
from plumbline.kernel.problems import Unavailable

pytestmark = pytest.mark.slow


@pytest.fixture
def with_a_risk(tmp_path: Path) -> str:
    folder = str(tmp_path / "data")
    plumbline("init", "--data", folder, "--email", "mina@halden.example")
    file, columns = tmp_path / "risks.csv", tmp_path / "map.yaml"
    file.write_text("Id,Name,Text\n1,Claims are refused unfairly,Some forms read worse.\n")
    columns.write_text("kind: risk\nkey: {columns: [Id]}\nfields:\n  title: Name\n  description: Text\n")
    plumbline("import", "risk", str(file), "--map", str(columns), "--data", folder)
    plumbline("work", "--once", "--data", folder)
    return folder


def _rows(folder: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(f"{folder}/plumbline.db")) as database:
        return database.execute("SELECT reference, title FROM records_record").fetchall()


def test_both_are_refused_and_nothing_is_left_of_it(with_a_risk: str) -> None:
    before = _rows(with_a_risk)
    said = plumbline("demo", "--forgery", "--data", with_a_risk).stdout
    assert forgery.FORGED in said
    assert "RSK-0001" in said
    assert "exit code 3" in said
    (finding,) = (line for line in said.splitlines() if "clauses.Risk " in line)
    assert "RSK-0001" in finding
    assert forgery.FORGED in finding
    assert "Claims are refused unfairly" in finding
    assert "The guard has seen" in said
    assert "plumbline trail recover" in said
    assert _rows(with_a_risk) == before
    plumbline("trail", "scrub", "--data", with_a_risk)


def test_what_goes_unnoticed_is_never_called_refused() -> None:
    for answer in (forgery.Answer(0, "RSK-0001 differs"), forgery.Answer(3, "All is well.")):
        with pytest.raises(Unavailable, match="unnoticed"):
            forgery._require_noticed(answer, "plumbline trail scrub", "RSK-0001", print)


def test_there_is_nothing_to_show_without_an_installation(tmp_path: Path) -> None:
    assert "Load a demonstration" in plumbline("demo", "--forgery", "--data", str(tmp_path), code=1).stderr
