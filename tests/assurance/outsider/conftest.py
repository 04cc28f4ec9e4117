"""The good organization, built once for all tests of this folder and brought back before each of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import databases
from tests.assurance.outsider import organization
from tests.assurance.outsider.doors import Doors
from tests.assurance.outsider.keeping import fresh, kept


@pytest.fixture
def good(
    tmp_path: Path, settings: Any, transactional_db: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Doors]:
    """Norrvik Energi on 20 November 2026."""
    from django.db import connection

    from plumbline.kernel import clock
    from plumbline.trail import keys, log_state

    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    if not kept:
        with clock.frozen(datetime(2025, 5, 19, 7, tzinfo=UTC)):
            keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
        doors = organization.build()
        doors.close()
        folder = tmp_path_factory.mktemp("norrvik") / "data"
        kept["snapshot"] = databases.Snapshot(connection, tmp_path, folder)
        kept["doors"] = doors
    else:
        kept["snapshot"].restore(tmp_path)
    log_state.forget()
    doors = fresh()
    yield doors
    doors.close()
    shutil.rmtree(tmp_path, ignore_errors=True)
