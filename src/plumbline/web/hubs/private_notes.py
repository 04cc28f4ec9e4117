"""The way from an audit or audit request to the private notes of the auditor who reads it."""

from __future__ import annotations

from typing import Any

from plumbline.reports.private_notes import queries
from plumbline.web.hubs.declaration import Hub, section


def _notes(hub: Hub) -> dict[str, Any] | None:
    """For auditors only; nobody else is shown anything, since no note says what it is about."""
    return {} if queries.audits(hub.actor) else None


section("audit", "private-notes", "Private notes", 24, part="side")(_notes)
section("audit-request", "private-notes", "Private notes", 24, part="side")(_notes)
