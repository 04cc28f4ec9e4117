"""Three organizations to cheat in: a blank one, one with people, and a well-kept one with a live system.

Each is built once through the doors and copied for every attempt.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests import clock as test_clock
from tests import databases
from tests.honesty import organization
from tests.honesty.world import World

Build = Callable[[World], None]


@dataclass(frozen=True)
class _Kept:
    """A world at rest: its database and folder, and what its attempts need to know of it."""

    snapshot: databases.Snapshot
    now: Any
    people: dict[str, Any]
    references: dict[str, str]


@pytest.fixture(scope="session")
def _worlds() -> dict[str, _Kept]:
    return {}


@pytest.fixture
def _build(
    tmp_path: Path,
    settings: Any,
    transactional_db: None,
    _worlds: dict[str, _Kept],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str, Build], World]]:
    """Makes a world of a name, or brings it back."""
    from django.core.cache import cache
    from django.db import connection

    from plumbline.trail import keys

    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    made: list[World] = []

    def build(name: str, furnish: Build) -> World:
        if name not in _worlds:
            keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
            new = World(settings.PLUMBLINE, test_clock.NOW)
            made.append(new)
            new.enter()
            furnish(new)
            new.close()
            _forget(tmp_path)
            kept = tmp_path_factory.mktemp(name) / "data"
            _worlds[name] = _Kept(
                databases.Snapshot(connection, tmp_path, kept),
                new.now,
                copy.deepcopy(new.people),
                new.references,
            )
        else:
            _worlds[name].snapshot.restore(tmp_path)
        known = _worlds[name]
        world = World(settings.PLUMBLINE, known.now, copy.deepcopy(known.people), dict(known.references))
        made.append(world)
        world.enter()
        return world

    yield build
    for world in made:
        world.close()
    _forget(tmp_path)
    cache.clear()


def _forget(data: Path) -> None:
    """Close the spool and the openings of a data folder, which processes keep open."""
    from plumbline.telemetry import openings, spool

    for opened in (
        spool._spools.pop(data / "spool.db", None),
        openings._stores.pop(data / "openings.db", None),
    ):
        if opened is not None:
            opened.close()


@pytest.fixture
def blank(_build: Callable[[str, Build], World]) -> World:
    """An installation as `plumbline init` leaves it: Mina is its AIMS manager, and nothing is recorded."""
    return _build("blank", organization.blank)


@pytest.fixture
def office(_build: Callable[[str, Build], World]) -> World:
    """An organization with somebody of every role, and nothing recorded."""
    return _build("office", organization.office)


@pytest.fixture
def kept(_build: Callable[[str, Build], World]) -> World:
    """A well-kept organization: one live system with everything that is asked of it, watched for days."""
    return _build("kept", organization.well_kept)
