"""The page of a risk: the three matrices, what its level today rests on, and its treatments."""

from __future__ import annotations

from typing import Any

from plumbline.clauses.rules import Level
from plumbline.records import kinds
from plumbline.web.hubs import matrices
from plumbline.web.hubs.declaration import Hub, section
from plumbline.web.records.residual import residual_today
from plumbline.web.requirements import related

UNTREATED = frozenset({"identified", "assessed"})


@section("risk", "left", "Before, after and today", 10, tab="Today", template="web/hubs/risk.html")
def levels(hub: Hub) -> dict[str, Any]:
    """Its level before treatment, as planned and today, and the controls that today depends on."""
    found = residual_today(hub.actor, hub.record)
    left = found.get("left")
    today = Level[left.today.upper().replace(" ", "_")] if left else None
    plot = matrices.plotted(hub.record, 1, today) if hub.record.level is not None else None
    return {
        **found,
        "plot": plot,
        "matrices": matrices.matrices([plot]) if plot else None,
        "plan_href": _plan_href(hub),
    }


def _plan_href(hub: Hub) -> str:
    """The form of a treatment of this risk, begun with it; empty where nothing is left to treat."""
    if hub.record.state == "closed" or not kinds.exists("treatment"):
        return ""
    return related.new_href(hub.actor, "treatment", risks=hub.record.reference)
