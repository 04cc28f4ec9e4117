"""The organization that is tampered with: made once, copied for every edit."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import databases
from tests.trail.tampering import organization
from tests.trail.tampering.organization import Organization


@pytest.fixture(scope="session")
def made_once() -> dict[str, tuple[databases.Snapshot, Organization]]:
    """The organization, kept once it is made."""
    return {}


@pytest.fixture
def installed(
    tmp_path: Path,
    settings: Any,
    transactional_db: None,
    made_once: dict[str, tuple[databases.Snapshot, Organization]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Organization:
    """The organization in a data folder of its own."""
    from django.core.cache import cache
    from django.db import connection

    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=data, guard=str(data / "guard" / "g.json"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    if made_once:
        snapshot, found = made_once["organization"]
        snapshot.restore(data)
        return replace(copy.deepcopy(found), data=data)
    found = organization.found(data)
    kept = tmp_path_factory.mktemp("tampering") / "data"
    made_once["organization"] = databases.Snapshot(connection, data, kept), copy.deepcopy(found)
    return found
