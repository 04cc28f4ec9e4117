"""Secrets that open a door without a password: tokens for machines, and one-time links of the operator."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from plumbline.identity import policy, validation, writing
from plumbline.identity.actors import Actor, secret_digest
from plumbline.identity.models import OneTimeLink, Person, Token
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotSignedIn
from plumbline.trail import log

LINK_MINUTES = 10
_SCOPE_VERBS = {"ingest": "ingest", "read": "read", "write": "comment", "pack": "pack"}


@dataclass(frozen=True)
class Issued:
    """A new token: its text is shown this once and kept nowhere."""

    token: Token
    text: str


def issue_token(
    actor: Actor,
    *,
    name: str,
    scopes: list[str] | tuple[str, ...],
    expires: datetime,
    owner: Person | None = None,
) -> Issued:
    """Make a token that acts for ``owner`` (default: the actor) until ``expires``, at most a year ahead.

    One's own tokens need only the permission that their scopes stand for; those of others need
    ``manage-tokens`` and never write: their holder would decide as a second person. Only the operator at
    the machine issues such a one. Raises `NotAllowed` or `Invalid`.
    """
    if actor.scopes is not None:
        raise NotAllowed("No token may issue another. Sign in as a person to do this.")
    person = owner or Person.objects.filter(pk=actor.person_id or 0).first()
    faults = validation.check_token(name, scopes, expires, person)
    if faults or person is None:
        raise Invalid("The token was not issued.", faults)
    if person.pk == actor.person_id:
        for scope in scopes:
            policy.require(actor, _SCOPE_VERBS[scope], anywhere=True)
    else:
        writing.require_over(actor, "manage-tokens", person)
        if "write" in scopes and not actor.is_stage:
            raise NotAllowed("A token that writes is issued by the person it acts for, and nobody else.")
    secret = secrets.token_hex(32)
    with transaction.atomic():
        token = Token.objects.create(
            name=name.strip(),
            digest=secret_digest(secret),
            scopes=" ".join(sorted(set(scopes))),
            owner=person,
            expires=expires,
        )
        log.append(
            "token.issued",
            actor=actor.id,
            subject={"kind": "token", "ref": token.handle, "person": person.handle},
            facts={"scopes": sorted(set(scopes)), "expires": clock.rfc3339(expires)},
            openings={"name": token.name.encode(), "digest": token.digest.encode()},
        )
    return Issued(token, f"plb_{token.handle.removeprefix('tok_')}_{secret}")


def revoke_token(actor: Actor, handle: str) -> None:
    """Stop a token at once. Raises `NotAllowed`, or `Conflict` when it is unknown or revoked already."""
    if actor.scopes is not None:
        raise NotAllowed("No token may revoke one. Sign in as a person to do this.")
    token = Token.objects.select_related("owner").filter(handle=handle).first()
    if token is None:
        policy.require(actor, "manage-tokens")
    elif token.owner_id != actor.person_id:
        writing.require_over(actor, "manage-tokens", token.owner)
    if token is None or token.revoked_at is not None:
        raise Conflict("There is no such token, or it was revoked already.")
    with transaction.atomic():
        Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=clock.now())
        log.append(
            "token.revoked",
            actor=actor.id,
            subject={"kind": "token", "ref": token.handle, "person": token.owner.handle},
        )


def make_one_time_link(person: Person) -> str:
    """The path of a link that signs ``person`` in once, from this machine, within ten minutes.

    Only who works on the machine itself calls this; the secret has 256 bits and only its digest is kept.
    """
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction.atomic():
        OneTimeLink.objects.filter(expires__lt=now).delete()
        digest = secret_digest(secret)
        OneTimeLink.objects.create(
            digest=digest, person=person, expires=now + timedelta(minutes=LINK_MINUTES)
        )
        writing.append_leaf(Actor.installation(), "link.issued", person, openings={"digest": digest.encode()})
    return f"/sign-in/link/{secret}/"


def redeem_link(secret: str) -> Person:
    """Use up a one-time link. Raises `NotSignedIn`, in the same words whatever is wrong with it."""
    now = clock.now()
    links = OneTimeLink.objects.filter(digest=secret_digest(secret), used_at__isnull=True, expires__gt=now)
    with transaction.atomic():
        link = links.select_related("person").first()
        # The update decides: of two requests with one link, one finds no unused row any more.
        if link is None or not link.person.is_active or not links.update(used_at=now):
            raise NotSignedIn(
                "This link was used, is older than ten minutes or never was one. "
                "Make a new one on the machine itself."
            )
    return link.person
