"""What was decided in the past by somebody who needed an authority for it, as the trail recorded it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from plumbline.clauses.improvement.nonconformities import GRADES
from plumbline.controls import queries
from plumbline.controls.models import RestatementAcceptance
from plumbline.identity import queries as identity
from plumbline.identity.authority import Act
from plumbline.kernel import tiers
from plumbline.records.models import Approval, Revision
from plumbline.trail import log

Body = Mapping[str, Any]
APPROVALS: Mapping[str, Act] = {
    "authority": Act.DESIGNATE,
    "limit": Act.APPROVE_LIMIT,
    "deviation": Act.APPROVE_EXCEPTION,
    "statement-version": Act.EXCLUDE_CONTROL,
    "posture-version": Act.APPROVE_POSTURE,
}
"""The kinds of which every approval takes an authority, each with the act that it is."""
GOING_LIVE = frozenset({"release", "deployment"})
"""The kinds whose approval takes an authority up to the tier of their system."""
LET_GO = ("dismissed", "closed")
"""States into which a nonconformity is decided."""


@dataclass(frozen=True)
class PastDecision:
    """One decision: which act, of which rank (0 where the act has none), and of which unit the matter was."""

    act: Act
    rank: int
    unit_id: int | None


def since(instant: datetime) -> list[PastDecision]:
    """The decisions taken since ``instant``: what was approved, accepted, left out, dismissed or closed
    without an action, the restatements that were accepted, and the changes of unit.

    What an erasure emptied is not among them: nobody can tell any more what was decided.
    """
    return [*_approved(instant), *_let_go(instant), *_restatements(instant)]


def _approved(instant: datetime) -> Iterator[PastDecision]:
    before = Revision.objects.filter(record=OuterRef("record"), number=OuterRef("revision"))
    rows = Approval.objects.filter(at__gte=instant).annotate(seen=Subquery(before.values("leaf")[:1]))
    read = list(rows.order_by("leaf").values_list("leaf", "seen", "record__kind", "record__unit_id"))
    bodies = _bodies([leaf for row in read for leaf in row[:2] if leaf is not None])
    units = {unit.slug: unit.pk for unit in identity.units()}
    ranks = _tiers(
        [(leaf, bodies[leaf]) for leaf, _, kind, _ in read if kind in GOING_LIVE and leaf in bodies]
    )
    for leaf, seen, kind, unit_id in read:
        body, was = bodies.get(leaf), bodies.get(seen)
        if body is None or was is None:
            continue
        if leaf in ranks:
            yield PastDecision(Act.GO_LIVE, *ranks[leaf])
        elif (act := _act_of_approval(kind, body)) is not None:
            yield PastDecision(*act, unit_id)
        left = was["system"]["unit_in_force"]
        # Asked where a record leaves, as the door asks it: the unit it comes to is no reason.
        if left != body["system"]["unit_in_force"]:
            yield PastDecision(Act.CHANGE_UNIT, 0, units.get(left))


def _act_of_approval(kind: str, body: Body) -> tuple[Act, int] | None:
    if kind in APPROVALS:
        return APPROVALS[kind], 0
    if kind == "applicability" and body["values"]["applicable"] == "no":
        return Act.EXCLUDE_CONTROL, 0
    if kind == "risk":
        return Act.ACCEPT_RISK, int(body["system"]["residual_level"] or 0)
    return None


def _tiers(approved: list[tuple[int, Body]]) -> dict[int, tuple[int, int | None]]:
    """By entry of the approval of something that goes live: the tier of its system, as it was approved by
    then, and the unit of the system."""
    systems = {body["values"]["system"] for _, body in approved}
    rows = Approval.objects.filter(record__reference__in=systems, record__kind="ai-system").order_by("leaf")
    known = list(rows.values_list("leaf", "record__reference", "record__unit_id"))
    bodies = _bodies([leaf for leaf, _, _ in known])
    found: dict[int, tuple[int, int | None]] = {}
    for leaf, body in approved:
        said = [
            (int(tiers.tier(bodies[at]["values"])), unit)
            for at, name, unit in known
            if name == body["values"]["system"] and at < leaf and at in bodies
        ]
        # Nothing that goes live has a system of which nothing was approved before.
        found[leaf] = said[-1] if said else (int(tiers.Tier.HIGH), None)
    return found


def _let_go(instant: datetime) -> Iterator[PastDecision]:
    rows = Revision.objects.filter(record__kind="nonconformity", verb="moved", state__in=LET_GO)
    read = list(rows.filter(at__gte=instant).order_by("leaf").values_list("leaf", "state", "record__unit_id"))
    bodies = _bodies([leaf for leaf, _, _ in read])
    for leaf, state, unit_id in read:
        values = bodies[leaf]["values"] if leaf in bodies else None
        if values is not None and (state == "dismissed" or values["no_action"]):
            act = Act.DISMISS if state == "dismissed" else Act.NO_ACTION
            yield PastDecision(act, GRADES[values["grade"]], unit_id)


def _restatements(instant: datetime) -> Iterator[PastDecision]:
    rows = RestatementAcceptance.objects.filter(at__gte=instant).order_by("leaf")
    for subject in rows.values_list("result__subject", flat=True):
        system = queries.system(subject)
        yield PastDecision(Act.ACCEPT_RESTATEMENT, 0, system.unit_id if system is not None else None)


def _bodies(leaves: list[int]) -> dict[int, Body]:
    return {leaf: json.loads(body) for leaf, body in log.openings_at(leaves, "revision").items()}
