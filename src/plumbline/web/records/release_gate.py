"""The panel of a release: what the gate says of it, and what its changes made stale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.records import kinds
from plumbline.records.related import queries as related
from plumbline.reports.gate import report
from plumbline.web import cells
from plumbline.web.hubs import way


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
        "gate_stages": way.stages(actor, record.system, record, answer.needs, _about(actor, record.system)),
        "gate_stale": [
            _Stale(
                one.reference,
                ", ".join(cells.label(kinds.get(one.kind), name) for name in one.fields),
                ", ".join(one.parts),
            )
            for one in answer.stale
        ],
    }


def _about(actor: Actor, system: Any) -> way.Found:
    """The records that name the system and that ``actor`` may see, read when they are first asked for."""

    @cache
    def rows() -> tuple[related.Naming, ...]:
        return related.naming(actor, kinds.get(way.SYSTEM), system, {"validation"})[0]

    def found(kind: str) -> Sequence[Any]:
        return [record for row in rows() if row.kind.slug == kind for record in row.records]

    return found
