"""Who is away, and who stands in for whom. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from plumbline.identity import policy, queries
from plumbline.identity.actors import Actor
from plumbline.identity.models import Absence, Person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound


def absence(handle: str) -> Absence:
    """The absence with this opaque id. Raises `NotFound`."""
    row = Absence.objects.select_related("person", "deputy").filter(handle=handle).first()
    if row is None:
        raise NotFound("There is no absence with this id.")
    return row


def of_person(person_id: int) -> list[Absence]:
    """The absences of a person that are not over, by their first day."""
    return _present(Q(person_id=person_id))


def concerning(actor: Actor) -> list[Absence]:
    """The absences that are not over and that ``actor`` is told of: their own, those in which they stand in,
    and everybody's for whoever gives roles in the whole organization."""
    if policy.may_everywhere(actor, "grant"):
        return _present(Q())
    return _present(Q(person_id=actor.person_id or 0) | Q(deputy_id=actor.person_id or 0))


def _present(wanted: Q) -> list[Absence]:
    rows = Absence.objects.filter(wanted, ended_at__isnull=True, ends__gte=clock.today())
    return list(rows.select_related("person", "deputy").order_by("starts", "pk"))


def today_of(actor: Actor) -> list[Absence]:
    """The absences of today that are those of ``actor``, or in which they stand in, in one query."""
    mine = Q(person_id=actor.person_id or 0) | Q(deputy_id=actor.person_id or 0)
    return [row for row in _present(mine) if row.starts <= clock.today()]


def away_until(person_ids: Iterable[int]) -> dict[int, Absence]:
    """For those of some people who are away today the absence that ends last."""
    today = clock.today()
    rows = Absence.objects.filter(person__in=list(person_ids), ended_at__isnull=True, starts__lte=today)
    return {
        row.person_id: row for row in rows.filter(ends__gte=today).order_by("ends").select_related("deputy")
    }


def candidates(person: Person) -> list[Person]:
    """Who could stand in for ``person``, by name: everybody else who is here and has a role."""
    own = queries.same_person([person.pk])
    return [other for other in queries.people(active=True) if other.pk not in own and _has_roles(other)]


def _has_roles(person: Person) -> bool:
    grants: list[object] = getattr(person, "open_grants", [])
    return bool(grants)
