"""The scored questionnaire on the page of an impact assessment: the result, and the way to its answers."""

from __future__ import annotations

from typing import Any

from plumbline.clauses.questionnaires import queries
from plumbline.web.hubs.declaration import Hub, section


@section(queries.KIND, "questionnaire", "Scored questionnaire", 25, tab="Questionnaire")
def questionnaire(hub: Hub) -> dict[str, Any] | None:
    """What the answers that the record carries come to; without any, the way to give some."""
    found = queries.carried(hub.record, queries.published_of(hub.record))
    if found is None and "attach" not in hub.allowed:
        return None
    return {"carried": found, "record": hub.record, "may_add": "attach" in hub.allowed}
