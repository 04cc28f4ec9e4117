"""Who acts: a person in a session, a token for its owner, or a stage of the flow.

An `Actor` is built for every request from what the database says then, and never kept, so that a revoked
grant counts from the next request on.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from plumbline.identity import queries
from plumbline.identity.models import Person
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.problems import NotSignedIn

INSTALLATION = "installation"
_TOKEN = re.compile(r"plb_([0-9a-f]{20})_([0-9a-f]{64})")


@dataclass(frozen=True)
class EffectiveGrant:
    """One grant as it counts for a request.

    ``units`` are the ids of the unit and all beneath it; ``None`` means the whole organization.
    """

    role: str
    units: frozenset[int] | None = None
    scope: str = ""
    starts: date = date.min
    ends: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether ``day`` lies between the first and the last day of the grant."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class Actor:
    """Somebody or something that asks for an act.

    ``id`` is opaque (``per_…``, ``tok_…`` or ``stage:<name>``) and is what the trail shows. ``scopes``
    limits a token; ``None`` means no such limit.
    """

    id: str
    person_id: int | None
    name: str
    grants: tuple[EffectiveGrant, ...] = ()
    scopes: frozenset[str] | None = None

    @property
    def is_stage(self) -> bool:
        """Whether this is a part of the installation and no person."""
        return self.id.startswith("stage:")

    @classmethod
    def stage(cls, name: str) -> Actor:
        """The actor of a stage of the flow."""
        return cls(id=f"stage:{name}", person_id=None, name=name)

    @classmethod
    def installation(cls) -> Actor:
        """The operator at the machine itself: somebody with the rights of the data folder's owner."""
        return cls.stage(INSTALLATION)


def _effective_grants(person_id: int) -> tuple[EffectiveGrant, ...]:
    return _of_known_roles(queries.grant_rows(person_id))


def _of_known_roles(rows: list[dict[str, Any]]) -> tuple[EffectiveGrant, ...]:
    """Grants of roles that this version knows.

    After a return to an older version, or without the plugin that declared it, an unknown role must give
    nothing rather than be guessed.
    """
    return tuple(EffectiveGrant(**row) for row in rows if row["role"] in ROLES)


def actor_of_person(person: Person) -> Actor:
    """The actor of a signed-in person. Raises `NotSignedIn` when the person is inactive."""
    if not person.is_active:
        raise NotSignedIn("This account is not active. Ask an AIMS manager.")
    return Actor(person.handle, person.pk, person.full_name, _effective_grants(person.pk))


def actors_of_people(people: Sequence[Person]) -> list[Actor]:
    """The actors of people, active or not, in the same order; their grants are read in one query."""
    granted = queries.grant_rows_of([person.pk for person in people])
    return [
        Actor(person.handle, person.pk, person.full_name, _of_known_roles(granted.get(person.pk, [])))
        for person in people
    ]


def actor_of_request(request: HttpRequest) -> Actor:
    """The actor of a request with a session, read once per request. Raises `NotSignedIn` without one."""
    actor: Actor | None = getattr(request, "_plumbline_actor", None)
    if actor is None:
        if not isinstance(request.user, Person):
            raise NotSignedIn("Sign in first.")
        actor = actor_of_person(request.user)
        request._plumbline_actor = actor  # type: ignore[attr-defined]
    return actor


def secret_digest(secret: str) -> str:
    """How a random secret is stored: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def claimed_token(authorization: str) -> str:
    """The opaque id of the token that an ``Authorization`` header names, or an empty text.

    Nothing is proved by it: the secret was not looked at.
    """
    matched = _TOKEN.fullmatch(authorization.partition(" ")[2].strip())
    return f"tok_{matched[1]}" if matched else ""


def actor_of_token(text: str) -> Actor:
    """The actor of a bearer token ``plb_<id>_<secret>``.

    Raises `NotSignedIn` for a token that is malformed or unknown (one answer for both), revoked,
    expired, or whose owner is inactive.
    """
    # The id finds the row, the secret proves the token. Comparing digests in constant time, and one answer
    # for an unknown id and a wrong secret, leave nothing to learn from trying.
    matched = _TOKEN.fullmatch(text.strip())
    token = queries.token_credentials(f"tok_{matched[1]}") if matched else None
    if matched is None or token is None or not hmac.compare_digest(token.digest, secret_digest(matched[2])):
        raise NotSignedIn("The token is not known. Check that it was copied whole, or issue a new one.")
    if token.revoked_at is not None:
        raise NotSignedIn("The token was revoked. Issue a new one.")
    if token.expires <= clock.now():
        raise NotSignedIn("The token has expired. Issue a new one.")
    if not token.owner_is_active:
        raise NotSignedIn("The owner of the token is not active. Ask an AIMS manager.")
    queries.record_use(token)
    return Actor(
        token.handle,
        token.owner_id,
        f"{token.owner_name} ({token.name})",
        _of_known_roles(token.grants),
        frozenset(token.scopes.split()),
    )
