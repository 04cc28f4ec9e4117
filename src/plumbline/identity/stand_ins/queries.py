"""Who stands in for whom today, for the rules about second persons: read by `policy`, so it asks no rule.

Somebody and whoever stands in for them are one side: neither is a second person for the other's work. A
deputy who could approve what the absent person wrote would be named deputy for just that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from plumbline.identity import queries
from plumbline.identity.models import Absence, Person
from plumbline.kernel import clock, memo


def today_with_deputy() -> list[Absence]:
    """Every absence of today in which somebody stands in, those that end first first: a handful of rows."""
    return memo.read_once("identity.stand_ins", _today_with_deputy)


def _today_with_deputy() -> list[Absence]:
    today = clock.today()
    rows = Absence.objects.filter(ended_at__isnull=True, deputy__isnull=False)
    rows = rows.filter(starts__lte=today, ends__gte=today, deputy__is_active=True)
    return list(rows.select_related("person", "deputy").order_by("ends", "pk"))


def deputies_of(people: Collection[int], kind: str | None) -> frozenset[int]:
    """Every account of those who stand in today for one of ``people`` (primary keys) in work on ``kind``."""
    if not people:
        return frozenset()
    found = [row.deputy_id for row in today_with_deputy() if row.person_id in people and row.covers(kind)]
    return queries.same_person(found) if found else frozenset()


def side_of(person_ids: Iterable[int | None], kind: str | None) -> frozenset[int]:
    """Some people with all their accounts, and with those who stand in for them today in work on ``kind``."""
    people = queries.same_person(person_ids)
    return people | deputies_of(people, kind)


def acting_for(person_id: int | None, kind: str) -> dict[int, Person]:
    """The people for whom somebody stands in today in work on ``kind``, by primary key."""
    if person_id is None:
        return {}
    rows = (row for row in today_with_deputy() if row.deputy_id == person_id and row.covers(kind))
    return {row.person_id: row.person for row in rows}
