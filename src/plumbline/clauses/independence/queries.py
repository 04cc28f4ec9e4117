"""Who has a part in what an audit looks at: by ownership, approvals and revisions, whatever they say of it.

ISO/IEC 42001 9.2.2 asks for auditors who are objective and impartial, ISO 19011 for nobody who audits their
own work. Asked from the side of the person, so that it costs the same in a register of thousands.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from plumbline.identity import queries as people
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, say
from plumbline.records import kinds
from plumbline.records.kinds import Kind
from plumbline.records.models import Approval, Record, Revision

OF_AUDITS = frozenset({"audit", "audit-finding", "audit-request", "attestation"})
"""Kinds that auditors write themselves; having written them makes nobody part of what is audited."""
FOUND = frozenset({"nonconformity"})
"""Kinds in which auditors record what they found: only who owns one of these has a part in it."""
PLANS = frozenset({"audit-programme"})
"""Kinds whose requirements are what is planned to be audited, and not what they are evidence for."""
SYSTEM = "ai-system"
CHUNK = 500


@dataclass(frozen=True)
class AuditScope:
    """What an audit looks at: its criteria (requirement ids), the AI systems (primary keys; none: all of
    them), and the first day of the period that is audited."""

    criteria: frozenset[str]
    systems: frozenset[int]
    since: date | None

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of which a record may lie in it."""
        return tuple(kind for kind in kinds.all_kinds() if kind.slug not in OF_AUDITS)

    def holds(self, kind: Kind, record: Any) -> bool:
        """Whether ``record`` lies in it: one of its systems, or evidence for one of the criteria that is
        about one of its systems or about none."""
        if self.systems and kind.slug == SYSTEM:
            return record.pk in self.systems
        # What a programme covers is no statement of how that is met.
        own = {getattr(record, "requirement", "") or "", *(getattr(record, "requirements", None) or ())}
        own = set() if kind.slug in PLANS else own
        if not self.criteria & {*kind.requirements, *own}:
            return False
        about = set(_systems_of(kind, record))
        return not self.systems or not about or bool(about & self.systems)


def _systems_of(kind: Kind, record: Any) -> Iterator[int]:
    names = {field.name for field in kind.model._meta.get_fields()}
    if "system" in names and record.system_id is not None:
        yield record.system_id
    if "systems" in kind.many_valued:
        yield from (one.pk for one in record.systems.all())


def part_of(person: int, scope: AuditScope) -> Message | None:
    """Why the person (primary key), by any account, is part of what ``scope`` holds, by the name of the first
    such record; ``None`` for nobody's part."""
    if not scope.criteria and not scope.systems:
        return None
    accounts = people.same_person([person])
    if any(ROLES[slug].operates for slug in people.roles_today(accounts)):
        return say("audit.operates", "runs the management system that is audited")
    owned = Record.objects.filter(owner_id__in=accounts)
    first = _first_in(_open(owned), scope)
    if first is not None:
        return say("audit.owns", "owns {record}, which this audit looks at", record=Ref(first))
    since = Q() if scope.since is None else Q(at__gte=clock.day_start(scope.since))
    approved = Approval.objects.filter(since, person_id__in=accounts)
    first = _first_in(_of(approved.values("record_id")), scope)
    if first is not None:
        return say("audit.approved", "approved {record} in the audited period or since", record=Ref(first))
    wrote = Revision.objects.filter(since, Q(person_id__in=accounts) | Q(deputy_for_id__in=accounts))
    first = _first_in(_of(wrote.values("record_id")), scope)
    if first is not None:
        return say("audit.wrote", "changed {record} in the audited period or since", record=Ref(first))
    return None


def _of(keys: Any) -> Any:
    return Record.objects.filter(pk__in=keys).exclude(kind__in=FOUND)


def _open(rows: Any) -> Any:
    over = Q(pk__in=[])
    for kind in kinds.all_kinds():
        over |= Q(kind=kind.slug, state__in=kind.workflow.final)
    return rows.exclude(over)


def _first_in(rows: Any, scope: AuditScope) -> str | None:
    """The reference of the first of ``rows`` that lies in ``scope``: an AI system before anything else."""
    keys: dict[str, list[int]] = {}
    for pk, slug in rows.order_by("pk").values_list("pk", "kind"):
        keys.setdefault(slug, []).append(pk)
    for kind in sorted(scope.kinds, key=lambda kind: kind.slug != SYSTEM):
        found = keys.get(kind.slug, [])
        if found and (reference := _first_of(kind, found, scope)) is not None:
            return reference
    return None


def _first_of(kind: Kind, keys: Collection[int], scope: AuditScope) -> str | None:
    many = ["systems"] if "systems" in kind.many_valued else []
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        rows = kind.model._default_manager.filter(pk__in=ordered[start : start + CHUNK])
        for record in rows.order_by("pk").prefetch_related(*many):
            if scope.holds(kind, record):
                return str(record.reference)
    return None


def names_a_record(text: str) -> bool:
    """Whether ``text`` names a record that there is, by its reference."""
    found = re.findall(kinds.REFERENCE, text)
    return bool(found) and Record.objects.filter(reference__in=found).exists()
