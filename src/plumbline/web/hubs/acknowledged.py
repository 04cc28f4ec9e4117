"""The page of a policy or document that asks people to acknowledge it: how many have, and who is missing."""

from __future__ import annotations

from typing import Any

from plumbline.clauses.acknowledging import queries
from plumbline.web.hubs.declaration import Hub, section

MOST_NAMED = 12
"""Names shown beside the record; the page of the version has them all."""
TEMPLATE = "web/hubs/acknowledged.html"


def _panel(hub: Hub) -> dict[str, Any] | None:
    """How far the version in force is acknowledged; who is missing is for those who may see it."""
    # What is no approved version may leave out those whom the version in force asks.
    may_ask = hub.record.readers or hub.record.state not in hub.kind.workflow.approved
    found = queries.status(hub.actor, hub.record.reference) if may_ask else None
    if found is None:
        return None
    missing = [one for one in found.readers if one.acknowledged is None] if found.may_see else []
    more = max(0, len(missing) - MOST_NAMED)
    revision = found.version.revision
    return {"found": found, "revision": revision, "missing": missing[:MOST_NAMED], "more": more}


for _kind in queries.KINDS:
    section(_kind, "acknowledged", "Acknowledged", 4, part="side", template=TEMPLATE)(_panel)
