"""A backup is asked for over HTTP; the worker makes and checks it, and the folder can be gone on from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation
from tests.waiting import until

pytestmark = pytest.mark.slow


def test_it_is_made_beside_a_running_server_and_goes_on(
    new_installation: Callable[[str], Installation], tmp_path: Path
) -> None:
    house, folder = new_installation("asked"), tmp_path / "backups"
    house.settings["PLUMBLINE_BACKUP_FOLDER"] = str(folder)
    house.start()
    token = str(house.ask("token", email=MANAGER, scopes=["pack"]))

    def state() -> dict[str, Any]:
        return dict(house.send("GET", "/api/v1/backups", token=token).json)

    assert state()["last"] is None
    asked = house.send("POST", "/api/v1/backups", {}, token=token)
    assert asked.status == 202
    until(lambda: state()["request"]["state"] != "waiting", lambda: house.said())
    found = state()
    assert (found["request"]["state"], found["request"]["id"]) == ("made", found["last"]["id"])
    assert (found["stale"], found["restore"].split()[:2]) == (False, ["plumbline", "restore"])
    (made,) = folder.glob(f"*-{found['last']['id']}")
    house.run("backup", str(made), "--verify")
    house.run("restore", str(made), "--to", str(tmp_path / "again"))
    types = [row["type"] for row in house.send("GET", "/api/v1/trail/entries", token=token).json]
    assert {"backup.requested", "backup.written"} <= set(types)
    house.close()
