"""An installation on PostgreSQL is dumped and restored: a whole backup goes on, an old dump is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import postgresql
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation, Reply

pytestmark = pytest.mark.slow


def installation(data: Path, name: str) -> Installation:
    """An installation on an empty database of that name, with PostgreSQL's programs at hand."""
    made = Installation(data)
    made.settings["PLUMBLINE_DATABASE"] = postgresql.new_database(name)
    made.settings["PATH"] = os.pathsep.join((str(postgresql.programs()), os.environ["PATH"]))
    return made


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Installation]:
    """An installation that does not run."""
    made = installation(tmp_path / "data", "dumped")
    made.run("init", "--email", MANAGER, "--name", "Mina Okafor")
    yield made
    made.close()


def add_supplier(house: Installation, token: str, title: str) -> Reply:
    """One record more."""
    body = json.dumps({"values": {"title": title, "supplies": ["models"]}}).encode()
    return house.post(body, token, "/api/v1/suppliers")


def token_of(house: Installation) -> str:
    """A token that reads and writes."""
    return str(house.ask("token", email=MANAGER, scopes=["read", "write"]))


def titles(house: Installation, token: str) -> list[str]:
    """The titles of all suppliers, as the API answers them."""
    found = house.send("GET", "/api/v1/suppliers", token=token).json
    return sorted(row["values"]["title"] for row in found["items"])


def check(house: Installation, name: str) -> dict[str, Any]:
    """What ``/readyz`` says of one thing."""
    (found,) = [row for row in json.loads(house.send("GET", "/readyz").body)["checks"] if row["name"] == name]
    return dict(found)


def test_f9_a_restored_dump_that_lacks_signed_entries_is_read_only(
    house: Installation, tmp_path: Path
) -> None:
    house.start()
    token = token_of(house)
    assert add_supplier(house, token, "before").status == 201
    house.quiet()
    address, dump = house.settings["PLUMBLINE_DATABASE"], str(tmp_path / "old.dump")
    postgresql.run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={address}")
    assert add_supplier(house, token, "after").status == 201
    house.quiet()
    house.close()

    postgresql.new_database("dumped")
    postgresql.run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={address}", dump)
    house.start()
    refused = add_supplier(house, token, "on the old state")
    assert (refused.status, refused.json["reason"]) == (503, "rolled-back")
    assert "trail recover" in refused.json["remedy"]
    assert (check(house, "log")["ok"], check(house, "log")["reason"]) == (False, "rolled-back")
    assert titles(house, token) == ["before"]
    house.close()

    lost = json.loads(house.run("trail", "recover", "--json", code=3))["lost"]
    assert lost
    house.run("trail", "recover", "--new-epoch")
    house.start()
    assert add_supplier(house, token, "in the new epoch").status == 201
    assert titles(house, token) == ["before", "in the new epoch"]
    house.quiet()
    assert json.loads(house.run("trail", "scrub", "--json"))["ok"] is True


def test_a_backup_of_a_running_installation_goes_on_elsewhere(house: Installation, tmp_path: Path) -> None:
    house.start()
    token = token_of(house)
    assert add_supplier(house, token, "in the backup").status == 201
    house.quiet()
    house.run("backup", str(tmp_path / "backup"))
    assert add_supplier(house, token, "too late").status == 201
    house.close()

    elsewhere = installation(tmp_path / "elsewhere", "restored")
    elsewhere.run("restore", str(tmp_path / "backup"), "--to", str(elsewhere.data))
    try:
        elsewhere.start()
        assert titles(elsewhere, token) == ["in the backup"]
        assert add_supplier(elsewhere, token, "afterwards").status == 201
        elsewhere.quiet()
        assert json.loads(elsewhere.run("trail", "scrub", "--json"))["ok"] is True
    finally:
        elsewhere.close()
