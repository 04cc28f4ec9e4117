"""Who wrote a row, compared with the entry it follows from: the actor, and the person behind."""

from __future__ import annotations

from typing import Protocol

from plumbline.identity import queries
from plumbline.identity.models import Person


class Authored(Protocol):
    """A row that says who wrote it."""

    @property
    def actor(self) -> str:
        """The opaque id under which it was written."""
        ...

    @property
    def person(self) -> Person | None:
        """Who that was."""
        ...


def of_row(row: Authored) -> dict[str, object]:
    """Who wrote a row, and the person behind: a token writes for its owner, a stage for nobody."""
    return {"actor": row.actor, "person": row.person.handle if row.person else None}


def of_actor(actor: str) -> dict[str, object]:
    """The same by the opaque id in an entry."""
    person = None
    if actor.startswith("per_"):
        person = actor
    elif actor.startswith("tok_"):
        token = queries.token(actor)
        person = None if token is None else token.owner.handle
    return {"actor": actor, "person": person}
