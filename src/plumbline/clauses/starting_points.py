"""The library of starting points: risks, objectives, policies, procedures and context to pick from.

What is picked becomes a draft of the person who picked it. It is never approved by that, so that it is no
evidence of anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml
from django.db import transaction

from plumbline import catalogs
from plumbline.catalogs.shapes import RiskSeed
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Conflict, NotFound
from plumbline.records import commands, kinds
from plumbline.records.commands import Saved
from plumbline.records.qualified import queries as qualified

DATA = Path(__file__).parent / "data" / "starting_points.yaml"
YEAR = timedelta(days=365)
_DATES = {
    **dict.fromkeys(("objective", "action"), "due"),
    **dict.fromkeys(
        ("policy", "document", "issue", "interested-party", "obligation", "risk-criteria", "monitoring-plan"),
        "next_review",
    ),
}
"""The day that a kind needs: a year ahead until somebody sets it."""
_SUMMARIES = (
    "statement",
    "subject",
    "purpose",
    "summary",
    "needed",
    "content",
    "what",
    "description",
    "effect",
    "needs",
    "text",
    "basis",
    "need",
    "method",
    "watched",
    "reason",
    "benefit",
    "findings",
)
OWN = "Plumbline, own words"


class _Row(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    id: str
    kind: str
    title: str
    requirements: tuple[str, ...]
    values: dict[str, Any]


@dataclass(frozen=True)
class StartingPoint:
    """One thing to pick: what it becomes, what it says, what it serves, and where it is from."""

    id: str
    kind: str
    title: str
    text: str
    requirements: tuple[str, ...]
    source: str
    values: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What identifies the record that it became: each can be picked once."""
        return f"library:{self.id}"


def _of_seed(seed: RiskSeed) -> StartingPoint:
    served = [
        "iso42001:6.1.2",
        *(served for treatment in seed.treatments for served in treatment.requirements),
    ]
    ids = (
        *(f"MIT AI Risk Repository {number}" for number in seed.mit),
        *(f"NIST AI 600-1 risk {number}" for number in seed.nist_600_1),
        *(f"OWASP {number}" for number in (*seed.owasp_llm_2026, *seed.owasp_agentic_2026)),
    )
    values: dict[str, Any] = {
        "description": seed.description,
        "family": seed.family,
        "seed": seed.id,
        "aims": list(seed.objectives),
    }
    if seed.risk_sources:
        values["source"] = seed.risk_sources[0]
    source = f"{OWN}; compare {', '.join(ids)}" if ids else OWN
    return StartingPoint(
        seed.id, "risk", seed.title, seed.description, tuple(dict.fromkeys(served)), source, values
    )


def starting_points() -> tuple[StartingPoint, ...]:
    """Everything to pick from, of the kinds that this installation has: risks first, then objectives,
    policies, documents and the context."""
    return tuple(point for point in _all_points() if kinds.exists(point.kind))


@cache
def _all_points() -> tuple[StartingPoint, ...]:
    written = msgspec.convert(yaml.safe_load(DATA.read_text(encoding="utf-8")), tuple[_Row, ...])
    return (
        *map(_of_seed, catalogs.risk_seeds()),
        *(
            StartingPoint(
                row.id,
                row.kind,
                row.title,
                next((str(row.values[name]) for name in _SUMMARIES if name in row.values), ""),
                row.requirements,
                OWN,
                row.values | ({"requirements": list(row.requirements)} if row.kind == "document" else {}),
            )
            for row in written
        ),
    )


def taken() -> dict[str, str]:
    """References of the records that starting points became already, by the id of the starting point."""
    found: dict[str, str] = {}
    for kind in dict.fromkeys(point.kind for point in starting_points()):
        by_key = {point.key: point.id for point in starting_points() if point.kind == kind}
        for key, reference in qualified.by_keys(kind, by_key).items():
            found[by_key[key]] = reference
    return found


def take(actor: Actor, ids: Sequence[str]) -> list[tuple[StartingPoint, Saved]]:
    """Make a draft of each of these, owned by whoever picks it; all of them or none.

    Raises `NotFound` for an id that is none, `Conflict` for one that was picked before, `NotAllowed` and
    `Invalid`.
    """
    known = {point.id: point for point in starting_points()}
    wanted = list(dict.fromkeys(ids))
    if unknown := [name for name in wanted if name not in known]:
        text = "The library has nothing of this name: {names}."
        raise NotFound(say("library.unknown", text, names=listing(unknown)))
    if again := sorted(set(wanted) & taken().keys()):
        text = "These are in your records already: {names}."
        raise Conflict(say("library.taken", text, names=listing(again)))
    owner = people.handle_of(actor.person_id) if actor.person_id is not None else ""
    with transaction.atomic():
        return [(known[name], _draft(actor, known[name], owner)) for name in wanted]


def _draft(actor: Actor, point: StartingPoint, owner: str) -> Saved:
    values: dict[str, Any] = {"title": point.title, **point.values}
    if point.kind in _DATES:
        values[_DATES[point.kind]] = (clock.today() + YEAR).isoformat()
    if owner:
        values["owner"] = owner
    note = f"From the library of starting points: {point.id}."
    return commands.create(actor, point.kind, values, note=note, key=point.key)
