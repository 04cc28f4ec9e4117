"""What the commands share: over whom somebody may act, and the leaf that every change leaves.

Leaves name people, grants and tokens by their opaque ids. Names and addresses are personal data and lie
in salted openings, which can be erased without breaking the trail.
"""

from __future__ import annotations

import hashlib

from plumbline.identity import policy, queries
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.problems import NotAllowed
from plumbline.trail import log


def reach(actor: Actor) -> str | None:
    """The units in which ``actor`` may give roles, as `Person.vouched_units` keeps them."""
    if policy.may_everywhere(actor, "grant"):
        return None
    pks = sorted(unit.pk for unit in queries.units())
    return " ".join(str(pk) for pk in pks if policy.may(actor, "grant", kind="person", unit_id=pk))


def vouched(person: Person) -> dict[str, JSON]:
    """The units that an account is vouched for in, by short name, as the fact of an entry."""
    if person.vouched_units is None:
        return {"vouched": None}
    slugs = {str(unit.pk): unit.slug for unit in queries.units()}
    return {"vouched": sorted(slugs.get(pk, pk) for pk in person.vouched_units.split())}


def credential(person: Person) -> dict[str, bytes]:
    """The opening by which an entry commits to a password as it is stored, without telling it."""
    stored = person.password.encode() if person.has_usable_password() else b""
    return {"credential": hashlib.sha256(stored).hexdigest().encode() if stored else b"none"}


def own_actor(person: Person) -> Actor:
    """The actor of a person who changes what is their own, whatever their roles."""
    return Actor(person.handle, person.pk, person.full_name)


def note_role_at_credentials(person: Person) -> None:
    """Remember whether ``person``, who sets a password or second factor now, holds a role at this moment.

    Nobody watches over an account that may do nothing, so its invitation may be taken over unnoticed. A role
    that is given to it later must not fall to whoever took it (`commands.give_grant`).
    """
    person.credentials_before_role = not queries.has_role(person.pk)
    person.save(update_fields=["credentials_before_role"])


def append_leaf(
    actor: Actor,
    event: str,
    person: Person,
    *,
    facts: dict[str, JSON] | None = None,
    openings: dict[str, bytes] | None = None,
) -> None:
    """Append the entry of ``event`` about ``person``; what is personal goes into ``openings``."""
    log.append(
        event,
        actor=actor.id,
        subject={"kind": "person", "ref": person.handle},
        facts=facts or {},
        openings=openings or {},
    )


def personal_data(person: Person) -> dict[str, bytes]:
    """Name and address, as the opening of an entry that can be erased."""
    return {"person": canonical({"email": person.email, "name": person.full_name})}


def require_over(actor: Actor, verb: str, person: Person) -> None:
    """Raise `NotAllowed` unless ``actor`` may do ``verb`` wherever ``person`` has a role.

    Whoever manages one unit could otherwise sign in as, or lock out, somebody with a role in the whole
    organization.
    """
    policy.require(actor, verb)
    for unit_id in queries.units_of(person.pk):
        policy.require(actor, verb, kind="person", unit_id=unit_id)


def refuse_self(actor: Actor, person: Person, text: str) -> None:
    """Raise `NotAllowed` when ``actor`` is ``person``, by this account or another one."""
    if actor.person_id is not None and actor.person_id in queries.same_person([person.pk]):
        raise NotAllowed(text)
