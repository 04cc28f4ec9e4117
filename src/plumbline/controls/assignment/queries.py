"""Which suspicions have to go on to somebody: overdue ones, and those whose system has another owner now."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from plumbline.clauses import queries as clauses
from plumbline.controls import queries
from plumbline.controls.models import Escalation, Raised
from plumbline.controls.queries import REVISED, SystemRow
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records.approved import queries as approved
from plumbline.records.models import Record, Revision
from plumbline.records.ownership.commands import VERB
from plumbline.trail import log

KIND = "nonconformity"
UNDONE = ("suspected", "open", "contained")
"""States in which a suspicion waits for whoever answers for it."""
DEPUTIES = ("aims-manager", "top-management")
"""Whoever answers where neither a system nor a requirement has an owner who is here, in that order; and to
whom it goes on when the day has passed."""
TRIAGE = "stage:triage"


def raised() -> QuerySet[Any]:
    """What checks raised and nobody has decided or corrected yet."""
    return clauses.rows(KIND).filter(source="check", state__in=UNDONE)


def _here() -> set[str]:
    """Handles of everybody whose account is active."""
    return {handle for handle, active, _ in queries.people(clock.today()) if active}


# Escalation


@dataclass(frozen=True)
class OverdueRow:
    """A nonconformity that is not decided or corrected by its day; ``person`` is the handle of whoever it
    goes on to, empty where there is nobody."""

    reference: str
    due: date
    person: str


def newest_escalation(field: str) -> Subquery:
    """``field`` of the newest escalation of a nonconformity for the day that it is due now."""
    rows = Escalation.objects.filter(reference=OuterRef("reference"), due=OuterRef("due"))
    return Subquery(rows.order_by("-pk").values(field)[:1])


def overdue(today: date, limit: int) -> list[OverdueRow]:
    """What checks raised whose day has passed and that did not go on to anybody who is here."""
    if not kinds.exists(KIND):
        return []
    rows = raised().filter(due__lt=today).annotate(went_to=newest_escalation("person"))
    columns = rows.order_by("due", "pk").values_list(
        "reference", "due", "unit_id", "owner__handle", "owner_id", "went_to"
    )
    deputies, here = _deputies(today), _here()
    found = []
    for reference, due, unit_id, owner, owner_id, went_to in columns:
        if went_to in here:
            continue
        person = next(
            (
                actor.id
                for actor in deputies
                if actor.id != owner
                # Whoever does not reach the record could neither read nor answer what went on to them.
                and policy.may(actor, "comment", kind=KIND, unit_id=unit_id, owner_id=owner_id)
            ),
            "",
        )
        # None: it was never escalated, so the trail says at least that there is nobody.
        if person != went_to:
            found.append(OverdueRow(reference, due, person))
    return found[:limit]


def _deputies(today: date) -> list[Actor]:
    here = [(handle, roles) for handle, active, roles in queries.people(today) if active]
    handles = dict.fromkeys(handle for role in DEPUTIES for handle, roles in here if role in roles)
    return [actor_of_person(identity.person(handle)) for handle in handles]


# Taking over


@dataclass(frozen=True)
class TakeOver:
    """A nonconformity that comes under a system, or to that system's owner; ``owner`` is a handle, empty
    where nobody who is here owns the system. ``registered`` says that the system had no record before."""

    reference: str
    system: SystemRow
    owner: str
    registered: bool


def take_overs(limit: int) -> list[TakeOver]:
    """What was raised on a system before it was registered, or before its owner changed."""
    if not (kinds.exists(KIND) and kinds.exists("ai-system")):
        return []
    here = _here()
    found = [*_registered_since(here, limit), *_with_another_owner(here, limit)]
    return found[:limit]


def _registered_since(here: Container[str], limit: int) -> Iterator[TakeOver]:
    alone = raised().filter(system=None)
    slugs = clauses.rows("ai-system").values("slug")
    rows = Raised.objects.exclude(subject=ORGANIZATION).filter(
        reference__in=alone.values("reference"), subject__in=slugs
    )
    for reference, slug in dict(rows.values_list("reference", "subject").distinct()[:limit]).items():
        system = queries.system(slug)
        if system is not None:
            owner = owner_in_force(system)
            yield TakeOver(reference, system, owner if owner in here else "", registered=True)


def _with_another_owner(here: Container[str], limit: int) -> Iterator[TakeOver]:
    """Whoever it was given to by hand keeps it, as long as they are here: only what triage itself gave to
    somebody goes on when the system changes hands."""
    rows = raised().filter(system__owner__is_active=True)
    rows = rows.filter(Q(owner=None) | ~Q(owner=F("system__owner")))
    yielded = 0
    for key, reference, system_reference, owner in rows.values_list(
        "pk", "reference", "system__reference", "owner__handle"
    ):
        system = queries.system_by_reference(system_reference)
        heir = owner_in_force(system) if system is not None else ""
        if system is None or heir not in here or heir == owner or yielded == limit:
            continue
        if owner not in here or owner == _given_by_triage(key):
            yielded += 1
            yield TakeOver(reference, system, heir, registered=False)


def owner_in_force(system: SystemRow) -> str:
    """Handle of the owner of a system: a draft beside an approved revision gives it to nobody else yet."""
    rows = Record.objects.filter(reference=system.reference, state__in=REVISED, approvals__isnull=False)
    record = rows.first()
    row = approved.in_force_of(record, kinds.get("ai-system")) if record is not None else None
    return str(row["owner"] or "") if row is not None else system.owner


def _given_by_triage(key: int) -> str:
    """Handle of whoever triage gave a record to last; empty where nobody can read that any more."""
    rows = Revision.objects.filter(record_id=key, actor=TRIAGE, verb__in=("created", VERB))
    leaf = rows.order_by("-number").values_list("leaf", flat=True).first()
    return owner_at(leaf) if leaf is not None else ""


def owner_at(leaf: int) -> str:
    """Handle of the owner of a record in the revision of trail entry ``leaf``; empty for none."""
    body = log.opening(leaf, "revision")
    return str(json.loads(body)["values"].get("owner") or "") if body is not None else ""
