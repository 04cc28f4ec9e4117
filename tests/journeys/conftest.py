"""One running installation for the journeys of a session, and a way to make others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests import clock
from tests.journeys.installation import Installation

MANAGER = "mina@halden.example"


@pytest.fixture(scope="module", autouse=True)
def _running_clock() -> Iterator[None]:
    """The processes of an installation cannot stand still, so that the journeys beside them do not."""
    with clock.running():
        yield


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
    made.settings["PLUMBLINE_FUTURE_TOLERANCE"] = "300"
    made.start()
    return made


@pytest.fixture(scope="session")
def ingest(house: Installation) -> str:
    """A token of Mina's with the scope ingest, issued on the command line."""
    words = ("token", "issue", "--for", MANAGER, "--scope", "ingest", "--name", "journeys")
    return house.run(*words).strip()
