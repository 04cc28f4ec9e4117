"""The panel of a release: what the gate says of it, and what its changes made stale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.reports.gate import report
from plumbline.web import cells


@dataclass(frozen=True)
class _Stale:
    """A record to be looked at anew: its reference, the labels of the fields concerned, the parts."""

    reference: str
    fields: str
    parts: str


def panel(actor: Actor, record: Any) -> dict[str, Any]:
    """What the page of a release shows of the gate; nothing for a draft, of which nothing is frozen."""
    if not record.content:
        return {}
    answer = report.of(actor, record)
    return {
        "gate": answer,
        "gate_stale": [
            _Stale(
                one.reference,
                ", ".join(cells.label(kinds.get(one.kind), name) for name in one.fields),
                ", ".join(one.parts),
            )
            for one in answer.stale
        ],
    }
