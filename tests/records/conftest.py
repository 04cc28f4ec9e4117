"""People with roles, an initialised trail, and a record to work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.records import commands


@pytest.fixture
def installation(tmp_path: Path, settings: Any, transactional_db: None) -> Actor:
    """An initialised trail in a data folder of its own; the operator of it."""
    from plumbline.trail import keys

    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return Actor.installation()


@pytest.fixture
def someone(installation: Actor) -> Callable[..., Actor]:
    """Makes a person with a role and answers their actor."""

    def make(role: str, name: str, **grant: Any) -> Actor:
        person = people.create_person(installation, email=f"{name.lower()}@halden.example", full_name=name)
        people.give_grant(installation, person, role, **grant)
        return actor_of_person(person)

    return make


@pytest.fixture
def mina(someone: Callable[..., Actor]) -> Actor:
    """The AIMS manager."""
    return someone("aims-manager", "Mina")


@pytest.fixture
def sara(someone: Callable[..., Actor]) -> Actor:
    """A second AIMS manager, for the second pair of eyes."""
    return someone("aims-manager", "Sara")


@pytest.fixture
def system(mina: Actor) -> commands.Saved:
    """An AI system in draft, written by Mina."""
    return commands.create(mina, "ai-system", {"title": "Claims Triage", "slug": "claims-triage"})
