"""Somebody whose confirmed work goes on without them, with the rights that they have at this moment."""

from __future__ import annotations

from dataclasses import replace

from plumbline.identity import queries
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed


def resumed(actor_id: str, person: Person | None, scopes: str | None, refusal: str) -> Actor:
    """The actor again: a stage, a person, or a person's token with its scopes.

    Raises `NotAllowed` with ``refusal`` when the token is no longer valid.
    """
    if person is None:
        return Actor.stage(actor_id.removeprefix("stage:"))
    present = actor_of_person(person)
    if scopes is None:
        return present
    token = queries.token(actor_id)
    if token is None or token.revoked_at is not None or token.expires <= clock.now():
        raise NotAllowed(refusal)
    return replace(present, id=actor_id, scopes=frozenset(scopes.split()))
