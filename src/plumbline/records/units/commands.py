"""Taking the records about a system along when the system comes to another unit. Part of the one door."""

from __future__ import annotations

from plumbline.identity.actors import Actor
from plumbline.identity.models import Unit
from plumbline.kernel import clock
from plumbline.records import kinds, writing
from plumbline.records.models import Record
from plumbline.records.units import rules
from plumbline.records.writing import Written

VERB = "followed"


def take_along(actor: Actor, leader: Record, before: Unit | None) -> None:
    """Move every record that follows ``leader`` out of the unit ``before``, each with its own trail entry.

    In the transaction of the step that moved the leader, so that there is no moment in which a risk can be
    read by more people than its system.
    """
    for kind in kinds.all_kinds():
        fields = [
            name for name in rules.leading_fields(kind) if kind.field(name).related_model is type(leader)
        ]
        moved: dict[int, tuple[Written, Unit | None]] = {}
        for name in fields:
            rows = kind.model._default_manager.select_for_update(of=("self", "record_ptr"))
            for record in rows.filter(**{name: leader.pk}, unit_apart=False).order_by("pk"):
                present = record.unit
                if record.pk in moved or not rules.follow(record, kind, leader, before):
                    continue
                record.revision, record.updated_at = record.revision + 1, clock.now()
                record.save(update_fields=["unit", "unit_wanted", "unit_change", "revision", "updated_at"])
                moved[record.pk] = Written(record, None, rules.followed(leader.reference)), present
        writing.revise_many(actor, kind, [written for written, _ in moved.values()], VERB)
        for written, present in moved.values():
            if written.record.unit != present:
                take_along(actor, written.record, present)
