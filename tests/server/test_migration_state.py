"""A database migrated with new models rendered alone is the one that Django makes by itself."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db.migrations.state import ProjectState

from plumbline.server.migration_state import new_models_rendered_alone

MIGRATE = """
from contextlib import nullcontext
import sys
import django
django.setup()
from django.core.management import call_command
from plumbline.records import guard
from plumbline.server.migration_state import new_models_rendered_alone
with guard.opened("migrate"), new_models_rendered_alone() if sys.argv[1] == "alone" else nullcontext():
    call_command("migrate", verbosity=0, interactive=False)
"""


def schema(data: Path, way: str) -> list[tuple[object, ...]]:
    """Every table, index and trigger of a database that was migrated from nothing."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    environment |= {
        "PLUMBLINE_DATA": str(data),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": "plumbline.server.settings",
    }
    subprocess.run([sys.executable, "-c", MIGRATE, way], env=environment, check=True, timeout=300)
    with sqlite3.connect(data / "plumbline.db") as database:
        return database.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2"
        ).fetchall()


@pytest.mark.slow
def test_the_schema_is_the_same(tmp_path: Path) -> None:
    alone, together = schema(tmp_path / "alone", "alone"), schema(tmp_path / "together", "together")
    assert alone == together
    assert len(alone) > 100


def test_django_is_left_as_it_was() -> None:
    before = (ProjectState.add_model, ProjectState.add_index)

    def interrupted() -> None:
        with new_models_rendered_alone():
            assert before[0] is not ProjectState.add_model
            assert before[1] is not ProjectState.add_index
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        interrupted()
    assert (ProjectState.add_model, ProjectState.add_index) == before
