"""One running installation for the journeys of a session, and a way to make others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.journeys.installation import Installation

CAPTURED = datetime(2026, 11, 20, 12, tzinfo=UTC)
MANAGER = "mina@halden.example"


@pytest.fixture(scope="session")
def new_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Installation]]:
    """Makes a fresh installation with the AIMS manager Mina; whatever still runs at the end is stopped."""
    made: list[Installation] = []

    def make(name: str) -> Installation:
        place: Path = tmp_path_factory.mktemp(name) / "data"
        installation = Installation(place)
        installation.run("init", "--email", MANAGER, "--name", "Mina Okafor")
        made.append(installation)
        return installation

    yield make
    for installation in made:
        installation.close()


@pytest.fixture(scope="session")
def house(new_installation: Callable[[str], Installation]) -> Installation:
    """A running installation that several journeys share; each uses systems of its own."""
    made = new_installation("house")
    # The captured trace is of one day in 2026; a machine whose clock is behind it takes it all the same.
    ahead = CAPTURED.timestamp() - time.time()
    made.settings["PLUMBLINE_FUTURE_TOLERANCE"] = str(int(max(0.0, ahead)) + 300)
    made.start()
    return made


@pytest.fixture(scope="session")
def ingest(house: Installation) -> str:
    """A token of Mina's with the scope ingest, issued on the command line."""
    words = ("token", "issue", "--for", MANAGER, "--scope", "ingest", "--name", "journeys")
    return house.run(*words).strip()
