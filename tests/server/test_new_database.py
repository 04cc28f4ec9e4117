"""A database that was made at once is the one that Django makes by applying each migration."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.migrations.executor import MigrationExecutor

from plumbline.server.new_database import new_tables_at_once

MIGRATE = """
from contextlib import nullcontext
import sys
import django
django.setup()
from django.core.management import call_command
from plumbline.records import guard
from plumbline.server.new_database import new_tables_at_once
with guard.opened("migrate"), new_tables_at_once() if sys.argv[1] == "at once" else nullcontext():
    call_command("migrate", verbosity=0, interactive=False)
"""


def schema(data: Path, way: str) -> list[tuple[object, ...]]:
    """Every table, index and trigger of a database that was made from nothing.

    The order of the columns of a table may differ: SQLite puts one that was added or altered at the end.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    environment |= {
        "PLUMBLINE_DATA": str(data),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": "plumbline.server.settings",
    }
    subprocess.run([sys.executable, "-c", MIGRATE, way], env=environment, check=True, timeout=300)
    with sqlite3.connect(data / "plumbline.db") as database:
        return [
            (*row, sorted(re.split(r", (?![^(]*\))", (sql or "").replace("(", "(, ", 1).removesuffix(")"))))
            for *row, sql in database.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
            )
        ]


@pytest.mark.slow
def test_the_schema_is_the_same(tmp_path: Path) -> None:
    at_once, one_by_one = (
        schema(tmp_path / "at once", "at once"),
        schema(tmp_path / "one by one", "one by one"),
    )
    assert at_once == one_by_one
    assert len(at_once) > 100


def test_django_is_left_as_it_was() -> None:
    before = MigrationExecutor.migrate

    def interrupted() -> None:
        with new_tables_at_once():
            assert MigrationExecutor.migrate is not before
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        interrupted()
    assert MigrationExecutor.migrate is before
