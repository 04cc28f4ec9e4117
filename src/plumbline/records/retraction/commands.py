"""Taking back the last act on a record. Part of the one door: an entry of its own, in one transaction."""

from __future__ import annotations

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.records import steps, writing
from plumbline.records.approved.commands import put_back
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.retraction import queries
from plumbline.records.retraction.queries import RETRACTED, Retractable
from plumbline.records.writing import Saved, Written


def take_back(actor: Actor, reference: str, *, revision: int | None) -> Saved:
    """Take back what the actor has just done to a record; both the act and its taking back stay in the trail.

    ``revision`` is the one that the actor saw. Raises `Stale`, or `Conflict` when there is nothing to take
    back: it is too late, somebody else has acted, or something has left the house.
    """
    with writing.door():
        record, kind = writing.locked(actor, reference)
        writing.check_revision(record, revision)
        found = queries.require(actor, kind, record)
        writing.require(actor, _permission(kind, found), kind, record)
        many = put_back(record, kind, found.snapshot["values"])
        _put_back_system(record, kind, found)
        record.state = str(found.snapshot["state"])
        record.revision += 1
        record.updated_at = clock.now()
        record.author = actor.id
        record.save()
        note = say("retraction.note", "Took back revision {revision}.", revision=found.revision)
        facts = {"retracts": found.revision, "back-to": found.back_to}
        (saved,) = writing.revise_many(actor, kind, [Written(record, many, str(note), facts)], RETRACTED)
    return saved


def _permission(kind: Kind, found: Retractable) -> str:
    """What the act itself needed: whoever has lost that since takes nothing back either."""
    return steps.permission(kind.workflow.by_name[found.step]) if found.step else "amend"


def _put_back_system(record: Record, kind: Kind, found: Retractable) -> None:
    """What gates had worked out on the way goes back too: columns of the kind that no person fills in."""
    for field in kind.model._meta.local_concrete_fields:
        name = field.name
        if name in kind.field_names or field.primary_key or field.is_relation:
            continue
        if name in found.snapshot["system"]:
            setattr(record, name, field.to_python(found.snapshot["system"][name]))
