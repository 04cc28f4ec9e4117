"""Taking the records about a system along when the system comes to another unit. Part of the one door."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q

from plumbline.identity.actors import Actor
from plumbline.identity.models import Unit
from plumbline.kernel import clock
from plumbline.records import kinds, writing
from plumbline.records.kinds import Kind
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


def place_misplaced(actor: Actor) -> int:
    """Put every record that follows another one where that one belongs, each with its own trail entry; how
    many moved.

    For records from before they followed anything, which would wait until their system moves. Only a unit
    that narrows who reads is given so: where more people would read the record, it stays, since that takes a
    second person.
    """
    count = 0
    # A nonconformity may move itself, and takes what follows it along.
    for kind in sorted(kinds.all_kinds(), key=lambda kind: kind.slug not in rules.LEADERS):
        with writing.door():
            moved: list[tuple[Written, Unit | None]] = []
            for record in _misplaced(kind):
                leaders = rules.leaders_of(record, kind)
                home, present = rules.common_unit([leader.unit for leader in leaders]), record.unit
                if not leaders or not rules.narrows(present, home):
                    continue
                record.unit = home
                record.revision, record.updated_at = record.revision + 1, clock.now()
                record.save(update_fields=["unit", "revision", "updated_at"])
                moved.append((Written(record, None, rules.followed(leaders[0].reference)), present))
            writing.revise_many(actor, kind, [written for written, _ in moved], VERB)
            for written, present in moved:
                take_along(actor, written.record, present)
            count += len(moved)
    return count


def _misplaced(kind: Kind) -> Iterator[Record]:
    """The records of ``kind``, locked, that may lie elsewhere than what they follow."""
    names = rules.leading_fields(kind)
    if not names:
        return
    elsewhere = Q()
    for name in names:
        led = Q(**{f"{name}__isnull": False, f"{name}__unit__isnull": False})
        elsewhere |= led & (Q(unit=None) | ~Q(unit=F(f"{name}__unit")))
    rows = kind.model._default_manager.filter(elsewhere, unit_apart=False, unit_change=False)
    keys = rows.order_by("pk").values_list("pk", flat=True).distinct()
    locked = kind.model._default_manager.select_for_update(of=("self", "record_ptr"))
    yield from locked.filter(pk__in=list(keys)).order_by("pk")
