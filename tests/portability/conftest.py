"""A small installation made by the command line, and one backup of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.clauses.conftest import make
from tests.cli.conftest import plumbline
from tests.records.conftest import installation, mina, sara, someone

__all__ = ["installation", "make", "mina", "sara", "someone"]

REGISTER = "Id,Name\n1,Fjord\n2,Delta\n"
MAP = """
kind: supplier
key: {columns: [Id]}
fields: {title: Name, supplies: {constant: data, split: "/"}}
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data folder with two suppliers, and a backup of it that was written by the command."""
    top = tmp_path_factory.mktemp("portability")
    data, register, map_file = top / "data", top / "suppliers.csv", top / "map.yaml"
    register.write_text(REGISTER)
    map_file.write_text(MAP)
    plumbline("init", "--data", str(data), "--email", "mina@halden.example")
    plumbline("import", "supplier", str(register), "--map", str(map_file), "--data", str(data))
    plumbline("work", "--once", "--data", str(data))
    (data / "attachments" / "ab").mkdir(parents=True, exist_ok=True)
    plumbline("backup", str(top / "backups" / "first"), "--data", str(data))
    return data, top / "backups" / "first"


@pytest.fixture
def data(made: tuple[Path, Path]) -> Path:
    """The data folder. Not to be written to."""
    return made[0]


@pytest.fixture
def backup(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the backup, to be spoiled."""
    copied = tmp_path / "backups" / "copy"
    shutil.copytree(made[1], copied)
    for keys in made[1].parent.glob("opening-keys*"):  # they lie beside the backups, and newer than them
        shutil.copy2(keys, copied.parent)
    return copied
