"""Callers of the API: tokens of people with roles, and a client that speaks JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.records.conftest import installation, mina, sara, someone, system

from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import commands

__all__ = ["caller", "installation", "mina", "sara", "someone", "system", "writer"]


@dataclass
class Caller:
    """Calls the API with one token."""

    token: str = ""

    def __call__(
        self, method: str, path: str, body: Any = None, *, content: bytes | None = None, **headers: str
    ) -> Any:
        """The response to one request; ``If_Match="…"`` and the like are headers."""
        client = Client(raise_request_exception=False)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        media_type = sent.pop("Content-Type", "application/json")
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        data = content if content is not None else b"" if body is None else json.dumps(body).encode()
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return client.generic(method, address, data, media_type, headers=sent)


@pytest.fixture
def caller(installation: Actor) -> Callable[..., Caller]:
    """Gives a person's actor a token and answers a caller with it."""

    def make(actor: Actor, *scopes: str) -> Caller:
        person = identity.person(actor.id)
        issued = people.issue_token(
            actor,
            name="test",
            scopes=scopes or ("read", "write"),
            expires=clock.now() + timedelta(days=1),
            owner=person,
        )
        return Caller(issued.text)

    return make


@pytest.fixture
def writer(mina: Actor, caller: Callable[..., Caller]) -> Caller:
    """The AIMS manager's caller."""
    return caller(mina)


@pytest.fixture
def saved(system: commands.Saved) -> commands.Saved:
    """An AI system in draft at revision 1."""
    return system
