"""An installation with people in it, and the ways in: a browser, a token, the command line's operator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from plumbline.identity.actors import Actor
    from plumbline.identity.models import Person

PASSWORD = "a-long-password-for-tests-7"


@dataclass
class House:
    """The installation: who operates it, and how its people come in."""

    operator: Actor

    def person(self, name: str, role: str = "", **grant: Any) -> Person:
        """Somebody called ``name``; with a role unless ``role`` is empty."""
        from plumbline.identity import commands
        from plumbline.identity.models import Person

        email = f"{name.lower()}@halden.example"
        found = Person.objects.filter(email=email).first()
        if found is None:
            found = commands.create_person(self.operator, email=email, full_name=name, password=PASSWORD)
        if role:
            commands.give_grant(self.operator, found, role, **grant)
        found.refresh_from_db()
        return found

    def actor(self, name: str, role: str = "", **grant: Any) -> Actor:
        """The same as an actor in a session."""
        from plumbline.identity.actors import actor_of_person

        return actor_of_person(self.person(name, role, **grant))

    def browser(self, person: Person, **more: Any) -> Client:
        """A browser in which ``person`` is signed in."""
        from django.test import Client

        client = Client(**more)
        client.force_login(person)
        return client

    def token(self, person: Person, *scopes: str) -> str:
        """A token that acts for ``person``."""
        from plumbline.identity import commands
        from plumbline.kernel import clock

        expires = clock.now() + timedelta(days=1)
        issued = commands.issue_token(
            self.operator, owner=person, name="test", scopes=list(scopes) or ["read"], expires=expires
        )
        return issued.text

    def api(self, token: str) -> Callable[..., Any]:
        """Sends one request to the API with ``token``."""
        from django.test import Client

        def send(method: str, path: str, value: Any = None, **headers: str) -> Any:
            content = b"" if value is None else json.dumps(value).encode()
            return Client().generic(
                method,
                f"/api/v1{path}",
                content,
                content_type="application/json",
                headers={"Authorization": f"Bearer {token}", **headers},
            )

        return send

    def unit(self, name: str) -> Any:
        """A part of the organization."""
        from plumbline.identity import commands

        return commands.create_unit(self.operator, name=name)


@pytest.fixture
def house(tmp_path: Path, settings: Any, transactional_db: None) -> Iterator[House]:
    """An initialised trail in a data folder of its own, and nobody in it yet."""
    from django.core.cache import cache

    from plumbline.identity.actors import Actor
    from plumbline.trail import keys

    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    cache.clear()
    yield House(Actor.installation())
    cache.clear()
