"""What other rooms ask of the kinds beyond what every record answers."""

from __future__ import annotations

from collections.abc import Collection

from plumbline.clauses.operation.systems import AISystem
from plumbline.clauses.planning import Treatment
from plumbline.clauses.workflows import IN_PLACE
from plumbline.identity import policy
from plumbline.identity.actors import Actor


def systems_within(actor: Actor, verb: str, slugs: Collection[str]) -> frozenset[str]:
    """Those of ``slugs`` whose AI system is registered and within reach of ``actor`` for ``verb``."""
    rows = AISystem._default_manager.filter(slug__in=slugs).values_list("slug", "unit_id", "owner_id")
    return frozenset(
        slug
        for slug, unit_id, owner_id in rows
        if policy.may(actor, verb, kind="ai-system", unit_id=unit_id, owner_id=owner_id)
    )


def controls_of(risk: str) -> list[str]:
    """The controls of Annex A that treatments of a risk put in place, of whatever unit, by requirement id."""
    rows = Treatment._default_manager.filter(risks__reference=risk, state__in=IN_PLACE)
    return sorted({control for held in rows.values_list("controls", flat=True) for control in held})
