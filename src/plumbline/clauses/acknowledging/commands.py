"""Acknowledging a version: an act of one person, of the version that they saw, with an entry."""

from __future__ import annotations

from typing import Final

from plumbline.clauses.acknowledging import queries
from plumbline.clauses.acknowledging.queries import ACKNOWLEDGED, Acknowledged
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, NotAllowed
from plumbline.records import kinds, writing
from plumbline.trail import log

REFUSED: Final = "The version was not acknowledged."


def acknowledge(actor: Actor, reference: str, digest: str) -> Acknowledged:
    """Say that ``actor`` has read the version whose approval has this SHA-256 (``digest``).

    It is said for nobody else, whoever stands in for whom; saying it again gives the first time. Raises
    `NotAllowed` for a part of the installation, a token that only reads, or somebody who is not asked,
    `NotFound`, and `Conflict` where another version is in force by now.
    """
    if actor.person_id is None:
        raise NotAllowed("Only a person acknowledges what they have read.", permission="read")
    if actor.scopes is not None and "write" not in actor.scopes:
        raise NotAllowed("This token only reads. Acknowledging needs the scope write.", permission="write")
    found = queries.status(actor, reference)
    if found is None or found.own is None:
        raise NotAllowed("You are not asked to acknowledge it.", permission="read")
    version = found.version
    if digest.strip().lower() != version.digest:
        text = say("acknowledge.other", "is not of the version in force")
        raise Conflict(REFUSED, [Fault("sha256", text, say("acknowledge.read", "read it again"))])
    if found.own.acknowledged is not None:
        return found.own.acknowledged
    with writing.door():
        record, kind = writing.locked(actor, version.reference)
        entry = log.append(
            ACKNOWLEDGED,
            actor=actor.id,
            subject={"kind": kind.slug, "ref": version.reference, "revision": version.revision},
            requirements=writing.requirements(kinds.get(version.kind), record),
            facts={"digest": version.digest, "person": found.own.handle},
            retention=record.retention,
        )
    return Acknowledged(entry.time, entry.index)
