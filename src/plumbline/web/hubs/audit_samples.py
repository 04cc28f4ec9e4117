"""The samples of an audit or audit request on its page, in a line each, and the way to draw one."""

from __future__ import annotations

from typing import Any

from plumbline.reports.audit_samples import commands, queries
from plumbline.web.hubs.declaration import Hub, section


def _samples(hub: Hub) -> dict[str, Any] | None:
    """What was drawn; nothing where nothing was and nothing can be."""
    found = queries.summaries(hub.record.reference)
    state = hub.record.state
    begun = state == "under way" if hub.kind.slug == "audit" else state in commands.ASKED
    if not found and not begun:
        return None
    return {"found": found, "record": hub.record, "count": len(found), "begun": begun}


section("audit", "samples", "Samples", 21, tab="Samples")(_samples)
section("audit-request", "samples", "Samples", 21, tab="Samples")(_samples)
