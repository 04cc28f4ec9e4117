"""The page of an incident: the nonconformity on which its cause and corrective action are recorded."""

from __future__ import annotations

from typing import Any

from plumbline.web.hubs.declaration import Hub, section
from plumbline.web.records import answers

INCIDENT = "incident"
NOT_TAKEN_ON = frozenset({"suspected", "dismissed", "dismissal proposed"})
"""States in which nothing is known to have happened."""


@section(INCIDENT, "taken-on", "Taken on as a nonconformity", 5, part="side")
def taken_on(hub: Hub) -> dict[str, Any] | None:
    """Where cause and corrective action of a confirmed incident are recorded, begun with what is known."""
    record = hub.record
    if record.state in NOT_TAKEN_ON or "amend" not in hub.allowed or record.state in hub.kind.workflow.frozen:
        return None
    if record.nonconformities.exists():
        return None
    known = {
        "title": record.title,
        "system": record.system.reference if record.system is not None else "",
        "description": record.description,
        "detected_on": record.noticed_on.isoformat() if record.noticed_on else "",
        "containment": record.containment,
        "cause": record.cause,
    }
    href = answers.new_href(hub.actor, "nonconformity", record.reference, "nonconformities", **known)
    return {"href": href} if href else None
