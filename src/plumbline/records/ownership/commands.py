"""Giving a record to whoever answers for it now. Part of the one door, and for stages of the flow alone.

A person gives a record away by amending it. A stage never changes what a person wrote, so it has no verb to
amend; what it may settle is who answers, and which AI system the record turned out to be about.
"""

from __future__ import annotations

from datetime import date

from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.problems import NotAllowed
from plumbline.records import kinds, writing
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.units import rules as units
from plumbline.records.units.commands import take_along
from plumbline.records.writing import Saved, Written

VERB = "assigned"


def assign(actor: Actor, reference: str, *, owner: str = "", system: str = "", note: str) -> Saved:
    """Give a record to ``owner`` (a handle; empty: as it is), and say that it is about ``system``.

    A record that is about no AI system yet comes to the unit of ``system`` (a reference), with all that
    follows it. Raises `NotAllowed` for everybody but a stage, and `NotFound`.
    """
    _require_stage(actor)
    with writing.door():
        record, kind = writing.locked(actor, reference)
        before = record.unit
        if owner:
            record.owner_id = identity.people_with([owner])[owner]
        if system:
            _put_under(record, kind, system)
        record.revision += 1
        record.updated_at = clock.now()
        # Not the author: whoever wrote the content stays no second pair of eyes for it.
        record.save()
        (saved,) = writing.revise_many(actor, kind, [Written(record, None, note)], VERB)
        if record.unit != before:
            take_along(actor, record, before)
    return saved


def escalate(actor: Actor, reference: str, due: date, to: str) -> int:
    """Say in the trail that a record was not dealt with by ``due`` and went on ``to`` somebody (a handle;
    empty: there is nobody); the number of the entry. Raises `NotAllowed` for everybody but a stage."""
    _require_stage(actor)
    facts = {"due": due.isoformat(), "to": to}
    with writing.door():
        record, kind = writing.locked(actor, reference)
        return writing.entry(actor, kind, record, "escalated", "escalation", canonical(facts), facts).index


def _put_under(record: Record, kind: Kind, system: str) -> None:
    leader = kinds.get(units.LEADERS[0]).model
    field = next(name for name in units.leading_fields(kind) if kind.field(name).related_model is leader)
    row = leader._default_manager.get(reference=system)
    setattr(record, field, row)
    if not record.unit_apart:
        record.unit, record.unit_wanted, record.unit_change = row.unit, None, False


def _require_stage(actor: Actor) -> None:
    # The operator is an actor of the installation too, and amends in their own name.
    if not actor.is_stage or actor.id == Actor.installation().id:
        raise NotAllowed("Only the flow gives a record to somebody without amending it.", permission="amend")
