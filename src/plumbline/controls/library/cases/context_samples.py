"""Samples of the context and of leadership: complete rows in force, of which a case changes fields."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample
from plumbline.controls.library.cases.samples import row_of


def issue(reference: str = "ISS-1", **more: Any) -> Sample:
    """An approved external issue that is looked at again in time."""
    fields = {
        "origin": "external",
        "topic": "law",
        "description": "A law on high-risk uses of AI applies from August on.",
        "effect": "Oversight and logs have to be shown for each such system.",
        "next_review": "2026-12-01",
    }
    return row_of("issue", reference, state="approved", fields=fields, more=more)


def party(reference: str = "PTY-1", **more: Any) -> Sample:
    """An approved interested party whom AI systems touch."""
    fields = {
        "type": "affected people",
        "relevance": "Our systems decide how soon their claim is looked at.",
        "needs": "A fair and timely decision, and a person to turn to.",
        "declined": "",
        "next_review": "2026-12-01",
    }
    return row_of("interested-party", reference, state="approved", fields=fields, more=more)


def obligation(reference: str = "OBL-1", **more: Any) -> Sample:
    """An approved obligation that answers PTY-1."""
    fields: dict[str, Any] = {
        "party": "PTY-1",
        "text": "Whoever writes to our chat has to learn that no person answers.",
        "how": "Notice above the first message; checked with each release.",
        "ends_on": None,
        "controls": [],
        "next_review": "2026-12-01",
    }
    return row_of("obligation", reference, state="approved", fields=fields, more=more)


def scope(reference: str = "SCP-1", **more: Any) -> Sample:
    """An approved scope with SYS-0001 within it."""
    fields = {
        "statement": "Development, purchase and use of AI for insurance.",
        "activities": "We build two systems, buy the others and use all of them.",
        "boundaries": "All units; reinsurers and hosting are outside, by contract.",
        "sites": "Head office in Gothenburg and work from home.",
        "climate": "yes",
        "climate_reason": "Storms change claims, so that models drift.",
        "content": {"ai-system": [{"reference": "SYS-0001", "within": True, "roles": ["customer"]}]},
        "next_review": "2026-12-01",
        "approved_at": "2026-01-20T00:00:00Z",
    }
    return row_of("scope", reference, state="approved", fields=fields, more=more)


def responsibility(reference: str = "RSP-1", **more: Any) -> Sample:
    """An approved responsibility for risk management."""
    fields = {
        "area": "risk",
        "duty": "Sees to it that each risk is assessed and treated; may ask for a stop.",
        "next_review": "2026-12-01",
        "approved_at": "2026-01-20T00:00:00Z",
    }
    return row_of("responsibility", reference, state="approved", fields=fields, more=more)


def committee(reference: str = "CTE-1", **more: Any) -> Sample:
    """A committee approved long ago that meets each quarter and on which RSP-1 sits."""
    fields = {
        "mandate": "Decides on new uses up to elevated risk.",
        "members": ["RSP-1"],
        "quorum": 1,
        "cadence": "quarterly",
        "next_review": "2026-12-01",
        "approved_at": "2025-03-20T00:00:00Z",
    }
    return row_of("committee", reference, state="approved", fields=fields, more=more)


def meeting(reference: str = "MTG-1", **more: Any) -> Sample:
    """The minutes of a meeting of CTE-1 in February."""
    fields = {"committee": "CTE-1", "held_on": "2026-02-10"}
    return row_of("committee-meeting", reference, state="approved", fields=fields, more=more)


def decision(reference: str = "DCN-1", **more: Any) -> Sample:
    """An approved decision of a committee that is due in April."""
    fields = {"meeting": "MTG-1", "due": "2026-04-30"}
    return row_of("committee-decision", reference, state="approved", fields=fields, more=more)
