"""What a kind may ask of a step along its workflow: gates, and who may take it at all. Types only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

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
"""Looks at a record before a step, with the reason given; raises `Conflict` or `Invalid` to refuse it.

A plain gate only looks, so it can be asked beforehand too; one that writes or works long is `OnTaking`."""


@dataclass(frozen=True)
class OnTaking:
    """A gate that writes into the record, or works longer than a page may take: it runs only with the step.

    ``question`` is what of it can be asked beforehand, as a gate that only looks; None where nothing can.
    """

    gate: Gate
    question: Gate | None = None

    def __call__(self, actor: Actor, record: Record, reason: str) -> GateResult | None:
        """Run the gate, as part of the step."""
        return self.gate(actor, record, reason)


def question_of(gate: Gate) -> Gate | None:
    """What of ``gate`` can be asked without taking the step; None where nothing can."""
    return gate.question if isinstance(gate, OnTaking) else gate


AmendGate = Callable[[Actor, Record, Mapping[str, Any], Mapping[str, Any]], None]
"""Looks at a change of fields, with the plain values before and after it; raises to refuse it.

The record has the new values already, and is not written yet."""

CreateGate = Callable[[Actor, Record, Mapping[str, Sequence[Model]]], None]
"""Looks at a new record that is not written yet, and at the records that its many-valued fields name, by
field; raises to refuse it."""

Decider = Callable[[Actor, Record], policy.Answer]
"""Says whether somebody may take a step at all, beyond permission and four eyes."""
