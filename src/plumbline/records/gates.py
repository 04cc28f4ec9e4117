"""What a kind may ask of a step along its workflow: gates, and who may take it at all. Types only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import JSON
from plumbline.records.models import Record


@dataclass(frozen=True)
class GateResult:
    """What a gate let a step pass on: words for the note of the revision, facts for its trail entry."""

    note: str
    facts: Mapping[str, JSON]


Gate = Callable[[Actor, Record, str], GateResult | None]
"""Looks at a record before a step, with the reason given; raises `Conflict` or `Invalid` to refuse it."""

Decider = Callable[[Actor, Record], policy.Answer]
"""Says whether somebody may take a step at all, beyond permission and four eyes."""
