"""Letting a suspicion go on to somebody, with its entries: an escalation, and a take-over."""

from __future__ import annotations

from django.db import transaction

from plumbline.controls.assignment.queries import OverdueRow, TakeOver
from plumbline.controls.models import Escalation
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, say
from plumbline.records import commands as door
from plumbline.records.ownership import commands as ownership

ABOUT = "about"
"""How a nonconformity is tied to a system that was registered after it was raised."""


def escalate(actor: Actor, row: OverdueRow) -> None:
    """Let an overdue nonconformity go on to whoever comes next, who has it in *My work* from then on."""
    with transaction.atomic():
        leaf = ownership.escalate(actor, row.reference, row.due, row.person)
        Escalation.objects.create(reference=row.reference, due=row.due, person=row.person, leaf=leaf)
        door.comment(actor, row.reference, str(_escalated(row)))


def take_over(actor: Actor, row: TakeOver) -> None:
    """Put a nonconformity under its system and give it to the system's owner."""
    text = str(_taken_over(row))
    with transaction.atomic():
        if row.registered:
            # Before it lies under the system: the link says that it did not when it was raised.
            door.link(actor, row.reference, ABOUT, row.system.reference)
        system = row.system.reference if row.registered else ""
        ownership.assign(actor, row.reference, owner=row.owner, system=system, note=text)
        door.comment(actor, row.reference, text)


def _escalated(row: OverdueRow) -> Message:
    if not row.person:
        return say(
            "triage.overdue", "Overdue since {day}. There is nobody to whom it could go on.", day=row.due
        )
    person = identity.names([row.person])[row.person]
    return say("triage.escalated", "Overdue since {day}. It goes on to {person}.", day=row.due, person=person)


def _taken_over(row: TakeOver) -> Message:
    system = Ref(row.system.reference)
    if not row.owner:
        text = "The system is registered now as {system}. Nobody who is here owns it: name its owner."
        return say("triage.registered-without-owner", text, system=system)
    person = identity.names([row.owner])[row.owner]
    if row.registered:
        text = "The system is registered now as {system}. {person}, who owns it, takes this over."
        return say("triage.registered", text, system=system, person=person)
    text = "{person} owns {system} now and takes this over."
    return say("triage.another-owner", text, system=system, person=person)
