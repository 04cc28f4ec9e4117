"""Which records belong to a pack about some AI systems, and which of them its author may disclose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.kinds import Kind
from plumbline.reports import queries

SYSTEM = "ai-system"
FOLLOWED = 6
"""How many steps from record to record are followed; a bound, so that a circle of records ends."""


def sampled_kinds() -> list[tuple[str, str]]:
    """Slug and name of every kind whose records can be sampled: those that are not sensitive."""
    return [
        (kind.slug, str(kind.model._meta.verbose_name_plural).capitalize())
        for kind in kinds.all_kinds()
        if not kind.sensitive
    ]


def disclosable(actor: Actor) -> set[str]:
    """References of all records that ``actor`` may see and whose kind is not sensitive."""
    references: set[str] = set()
    for kind in kinds.all_kinds():
        if not kind.sensitive:
            references |= queries.visible_references(actor, kind.slug)
    return references


def system_references(slugs: Iterable[str]) -> dict[str, str]:
    """Reference of each AI system by slug. Raises `Invalid` for a slug that nothing is registered under."""
    known = {row["slug"]: row["reference"] for row in records.claimed(SYSTEM)}
    faults = [
        Fault(
            "systems",
            say("reports.number-is-not-registered", "number {position} is not registered", position=position),
            "give the short name of a registered AI system",
        )
        for position, slug in enumerate(slugs, 1)
        if slug not in known
    ]
    if faults:
        raise Invalid("The pack was not made.", faults)
    return {slug: known[slug] for slug in slugs}


def about_systems(references: Iterable[str]) -> set[str]:
    """The records of these AI systems: those that point at them, directly or through others, and what all of
    these point at. Other AI systems stay out, and so does what is reached only through them."""
    facts = {kind: records.claimed(kind.slug) for kind in kinds.all_kinds()}
    links = {row["reference"]: _targets(kind, row) for kind, rows in facts.items() for row in rows}
    others = {row["reference"] for kind, rows in facts.items() if kind.slug == SYSTEM for row in rows}
    inside = set(references)
    others -= inside
    for _ in range(FOLLOWED):
        more = {
            reference for reference, targets in links.items() if reference not in others and targets & inside
        } - inside
        if not more:
            break
        inside |= more
    outward = {target for reference in inside for target in links.get(reference, ())}
    return inside | (outward - others)


def _targets(kind: Kind, row: Mapping[str, Any]) -> set[str]:
    """References that a record's own fields name."""
    references: set[str] = set()
    for name in kind.own_fields:
        if kind.field(name).is_relation:
            value = row[name]
            references.update(value if isinstance(value, list) else [value] if value else ())
    return references
