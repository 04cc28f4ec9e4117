"""What other rooms ask of the kinds beyond what every record answers."""

from __future__ import annotations

from collections.abc import Collection

from plumbline.clauses.operation.systems import AISystem
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
