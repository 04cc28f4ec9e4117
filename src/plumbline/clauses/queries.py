"""What other rooms ask of the kinds beyond what every record answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import memo
from plumbline.records import kinds
from plumbline.records import queries as records

ACTIONS = "clauses.actions_against"
"""With the reference of a nonconformity: under what `plumbline.kernel.memo` keeps `actions_against`."""


def rows(kind: str) -> QuerySet[Any]:
    """All rows of a kind, by its slug, which no other room then has to import. Raises `NotFound`.

    Whoever can do without the kind asks `kinds.exists` first.
    """
    every: QuerySet[Any] = kinds.get(kind).model._default_manager.all()
    return every


def of_system(kind: str, system: int) -> QuerySet[Any]:
    """Records of a kind about one AI system (primary key), in order of recording; none where there is no such
    kind."""
    if not kinds.exists(kind):
        return kinds.get("ai-system").model._default_manager.none()
    return rows(kind).filter(system_id=system).order_by("pk")


def systems_within(actor: Actor, verb: str, slugs: Collection[str]) -> frozenset[str]:
    """Those of ``slugs`` whose AI system is registered and within reach of ``actor`` for ``verb``."""
    if not kinds.exists("ai-system"):
        return frozenset()
    known = rows("ai-system").filter(slug__in=slugs).values_list("slug", "unit_id", "owner_id")
    return frozenset(
        slug
        for slug, unit_id, owner_id in known
        if policy.may(actor, verb, kind="ai-system", unit_id=unit_id, owner_id=owner_id)
    )


def is_treated(risk: str) -> bool:
    """Whether a treatment of the risk is in force, of whatever unit."""
    return any(risk in row["risks"] for row in in_force_if_any("treatment"))


def actions_against(nonconformity: str) -> dict[str, str]:
    """State of each corrective action of a nonconformity by its reference, of whatever unit."""
    return memo.read_once((ACTIONS, nonconformity), lambda: _actions_against(nonconformity))


def _actions_against(nonconformity: str) -> dict[str, str]:
    if not kinds.exists("corrective-action"):
        return {}
    actions = rows("corrective-action").filter(nonconformity__reference=nonconformity)
    return dict(actions.order_by("reference").values_list("reference", "state"))


@dataclass(frozen=True)
class RiskRow:
    """A risk that has been judged before and after treatment, with the controls that should reduce it."""

    reference: str
    system: str
    level: int
    residual_level: int
    controls: tuple[str, ...]


def risks_with_controls(references: Collection[str] | None) -> list[RiskRow]:
    """Judged risks with these references, all by default, each with the controls of treatments in force."""
    if not kinds.exists("risk"):
        return []
    judged = rows("risk").filter(level__isnull=False, residual_level__isnull=False)
    if references is not None:
        judged = judged.filter(reference__in=references)
    controls = controls_by_risk()
    values = judged.order_by("pk").values_list("reference", "system__slug", "level", "residual_level")
    return [
        RiskRow(reference, slug or "", level, residual, controls.get(reference, ()))
        for reference, slug, level, residual in values
    ]


def controls_by_risk(at: datetime | None = None) -> dict[str, tuple[str, ...]]:
    """The controls of treatments in force now, or at the instant ``at``, by reference of the risk."""
    controls: dict[str, set[str]] = {}
    for treatment in in_force_if_any("treatment", at):
        for risk in treatment["risks"]:
            controls.setdefault(risk, set()).update(treatment["controls"])
    return {risk: tuple(sorted(names)) for risk, names in controls.items()}


def treatments_with(control: str) -> list[str]:
    """References of treatments in force, of whatever unit, that put a control of Annex A in place."""
    return sorted(row["reference"] for row in in_force_if_any("treatment") if control in row["controls"])


def left_out(controls: Collection[str]) -> list[tuple[str, str]]:
    """Those of ``controls`` that a row in force leaves out, with the reference of the row."""
    return [
        (row["requirement"], row["reference"])
        for row in in_force_if_any("applicability")
        if row["applicable"] == "no" and row["requirement"] in controls
    ]


def in_force_if_any(kind: str, at: datetime | None = None) -> list[dict[str, Any]]:
    """What is in force of a kind, whatever a newer draft says; none where there is no such kind."""
    return records.in_force(kind, at) if kinds.exists(kind) else []


def in_force_seen(actor: Actor, kind: str) -> list[dict[str, Any]]:
    """What is in force of a kind and ``actor`` may see, in order of recording. Raises `NotAllowed`."""
    if not kinds.exists(kind):
        return []
    policy.require(actor, "read", kind=kind, anywhere=True)
    seen = set(records.visible(actor, kinds.get(kind)).values_list("reference", flat=True))
    return [row for row in in_force_if_any(kind) if row["reference"] in seen]
