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
    fields = {
        "party": "PTY-1",
        "text": "Whoever writes to our chat has to learn that no person answers.",
        "how": "Notice above the first message; checked with each release.",
        "ends_on": None,
        "next_review": "2026-12-01",
    }
    return row_of("obligation", reference, state="approved", fields=fields, more=more)
