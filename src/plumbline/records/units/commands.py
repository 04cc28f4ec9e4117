"""Taking the records about a system along when the system comes to another unit. Part of the one door."""

from __future__ import annotations

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import kinds, writing
from plumbline.records.models import Record
from plumbline.records.units import rules
from plumbline.records.writing import Written

VERB = "followed"


def take_along(actor: Actor, leader: Record) -> None:
    """Move every record that follows ``leader`` to where it belongs now, each with its own trail entry.

    In the transaction of the step that moved the leader, so that there is no moment in which a risk can be
    read by more people than its system.
    """
    for kind in kinds.all_kinds():
        fields = [
            name for name in rules.leading_fields(kind) if kind.field(name).related_model is type(leader)
        ]
        moved: dict[int, Written] = {}
        for name in fields:
            rows = kind.model._default_manager.select_for_update(of=("self", "record_ptr"))
            for record in rows.filter(**{name: leader.pk}, unit_apart=False).order_by("pk"):
                leaders = rules.leaders_of(record, kind)
                unit = rules.common_unit([other.unit for other in leaders])
                if record.pk in moved or record.unit == unit:
                    continue
                record.unit, record.revision, record.updated_at = unit, record.revision + 1, clock.now()
                record.save(update_fields=["unit", "revision", "updated_at"])
                moved[record.pk] = Written(record, None, rules.followed(leader.reference))
        writing.revise_many(actor, kind, list(moved.values()), VERB)
        for written in moved.values():
            take_along(actor, written.record)
