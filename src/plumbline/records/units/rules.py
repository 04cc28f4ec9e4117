"""Where a record belongs: with the AI system that it is about, and never elsewhere by one person's word.

A unit decides who reads a record. Whoever could empty it alone would show the record to everybody, and
whoever could change it would hide it. So a unit that is set changes only with the next approval, by a second
person; until then the record stays where it is. A record about a system follows the system, unless a second
person has approved that it lies elsewhere (`Record.unit_apart`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db import models

from plumbline.identity.models import Unit
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

LEADERS = ("ai-system", "nonconformity")
"""Kinds that take the records about them along: an AI system, and a nonconformity that is about one."""
Many = Mapping[str, Sequence[models.Model]] | None


def leading_fields(kind: Kind) -> list[str]:
    """The fields of ``kind`` by which a record follows another one, the most direct first."""
    if kind.slug == LEADERS[0]:
        return []
    leaders = [kinds.get(slug).model for slug in LEADERS if kinds.exists(slug)]
    return [name for model in leaders for name in kind.own_fields if kind.field(name).related_model is model]


def leaders_of(record: Record, kind: Kind, many: Many = None) -> list[Record]:
    """The records that ``record`` follows: those of its first field that names any."""
    for name in leading_fields(kind):
        leaders = [other for other in _named(record, kind, name, many) if isinstance(other, Record)]
        if leaders:
            return leaders
    return []


def _named(record: Record, kind: Kind, name: str, many: Many) -> Iterable[models.Model | None]:
    if not kind.field(name).many_to_many:
        return [getattr(record, name)]
    if many is not None and name in many:
        return many[name]
    rows: Iterable[models.Model] = getattr(record, name).all() if record.pk else ()
    return rows


def place_new(record: Record, kind: Kind, many: Many) -> None:
    """Put a new record where what it is about belongs; another unit waits for an approval."""
    leaders = leaders_of(record, kind, many)
    if leaders:
        asked = record.unit
        record.unit = common_unit([leader.unit for leader in leaders])
        if asked is not None and asked != record.unit:
            _ask(record, kind, asked)


def place_amended(record: Record, kind: Kind, many: Many, before: Unit | None, written: Unit | None) -> None:
    """Settle the unit of an amended record, which was in the unit ``before`` and said ``written``."""
    asked, record.unit = record.unit, before
    leaders = leaders_of(record, kind, many)
    if leaders and not record.unit_apart and asked == written and not record.unit_change:
        asked = common_unit([leader.unit for leader in leaders])
    record.unit_change, record.unit_wanted = False, None
    if asked == before:
        return
    home = common_unit([leader.unit for leader in leaders])
    if before is None and (not leaders or asked == home):  # what was empty only narrows who reads it
        record.unit = asked
        return
    _ask(record, kind, asked)


def _ask(record: Record, kind: Kind, unit: Unit | None) -> None:
    if not kind.workflow.approving:
        raise Conflict(
            say("unit.fixed", "The unit was not changed."),
            [
                Fault(
                    "unit",
                    say("unit.one-person", "is not changed by one person"),
                    say("unit.leave", "leave it as it is: a record about an AI system follows the system"),
                )
            ],
        )
    record.unit_change, record.unit_wanted = True, unit


def apply_change(record: Record, kind: Kind) -> None:
    """Put an approved record into the unit that it asked for, if it asked for one."""
    if not record.unit_change:
        return
    record.unit = record.unit_wanted
    leaders = leaders_of(record, kind)
    record.unit_apart = bool(leaders) and record.unit != common_unit([leader.unit for leader in leaders])
    record.unit_change, record.unit_wanted = False, None


def follow(record: Record, kind: Kind, leader: Record, before: Unit | None) -> bool:
    """Put ``record`` where it belongs since ``leader`` has left the unit ``before``; whether it has changed.

    A record that one person has put under the leader without an approval does not lie where the leader lay.
    It goes on waiting for its own approval, and asks for the leader's new unit.
    """
    leaders = leaders_of(record, kind)
    home = common_unit([other.unit for other in leaders])
    was = common_unit([before if other.pk == leader.pk else other.unit for other in leaders])
    present = (record.unit, record.unit_wanted, record.unit_change)
    waits = record.unit_change and record.unit != was
    if not waits:
        record.unit = home
    elif record.unit_wanted == was:
        record.unit_wanted = home
    if record.unit_change and record.unit_wanted == record.unit:
        record.unit_change, record.unit_wanted = False, None
    return present != (record.unit, record.unit_wanted, record.unit_change)


def common_unit(units: Sequence[Unit | None]) -> Unit | None:
    """The smallest unit that contains all of ``units``; None where only the whole organization does."""
    ways = [list(_upwards(unit)) for unit in units]
    shared = [unit for unit in ways[0] if all(unit in way for way in ways)] if ways else []
    return shared[0] if shared else None


def narrows(present: Unit | None, home: Unit | None) -> bool:
    """Whether fewer people, and no others, read what lies in ``home`` than what lies in ``present``."""
    return home is not None and home != present and (present is None or present in _upwards(home))


def _upwards(unit: Unit | None) -> Iterator[Unit]:
    while unit is not None:
        yield unit
        unit = unit.parent


def followed(reference: str) -> str:
    """The note of a revision that only moved a record along with what it is about."""
    return str(say("unit.followed", "The unit follows {record}.", record=Ref(reference)))
