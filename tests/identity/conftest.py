"""An organization of a few people, made through the commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from plumbline.identity.actors import Actor
    from plumbline.identity.models import Person, Unit

PASSWORD = "a quiet ledger of claims"


@dataclass
class Company:
    """People by a short name, and what tests do with them."""

    def person(
        self,
        name: str,
        *roles: str,
        unit: Unit | None = None,
        scope: str = "",
        starts: date | None = None,
        ends: date | None = None,
        password: str | None = PASSWORD,
    ) -> Person:
        """Somebody with an account and these roles."""
        from plumbline.identity import commands
        from plumbline.identity.actors import Actor

        somebody = commands.create_person(
            Actor.installation(),
            email=f"{name}@example.org",
            full_name=name.capitalize(),
            password=password,
        )
        for role in roles:
            commands.give_grant(
                Actor.installation(), somebody, role, unit=unit, scope=scope, starts=starts, ends=ends
            )
        somebody.refresh_from_db()
        return somebody

    def actor(self, name: str, *roles: str, **limits: object) -> Actor:
        """The actor of a new person."""
        from plumbline.identity.actors import actor_of_person

        return actor_of_person(self.person(name, *roles, **limits))  # type: ignore[arg-type]


@pytest.fixture
def company(db: None) -> Company:
    """An empty organization."""
    return Company()


@pytest.fixture
def entries(db: None) -> Callable[[], list[str]]:
    """The types of the entries of the trail, oldest first."""
    from plumbline.trail import log

    return lambda: [leaf.entry_type for leaf in log.leaves(0, log.size())]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: object) -> None:
    """Hashing is tested by Django; here it only takes time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
