"""Samples of the kinds of clause 7 and of what happens in operation, each a complete row."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample
from plumbline.controls.library.cases.samples import row_of


def competence(reference: str = "CMT-1", **more: Any) -> Sample:
    """An approved competence that every reviewer needs."""
    fields = {"position": "reviewer", "proof": "Ten past cases decided without the proposal."}
    return row_of("competence", reference, state="approved", fields=fields, more=more)


def qualification(reference: str = "QLF-1", **more: Any) -> Sample:
    """An approved qualification: per_1 has CMT-1 since January."""
    fields = {
        "competence": "CMT-1",
        "person": "per_1",
        "shown_on": "2026-01-12",
        "valid_until": "2027-01-12",
    }
    return row_of("qualification", reference, state="approved", fields=fields, more=more)


def training(reference: str = "TRN-1", **more: Any) -> Sample:
    """A training of per_1 in November that was evaluated in December and worked."""
    fields = {
        "competences": ["CMT-1"],
        "person": "per_1",
        "holder": "",
        "held_on": "2025-11-02",
        "evaluate_on": "2025-12-02",
        "result": "effective",
    }
    return row_of("training", reference, state="evaluated", fields=fields, more=more)


def awareness(reference: str = "AWR-1", **more: Any) -> Sample:
    """An approved measure of January about all three topics, which reached 90 of 100 people."""
    fields = {
        "topics": ["policy", "contribution", "consequences"],
        "done_on": "2026-01-20",
        "invited": 100,
        "reached": 90,
    }
    return row_of("awareness", reference, state="approved", fields=fields, more=more)


def communication(reference: str = "COM-1", **more: Any) -> Sample:
    """An approved row of the plan of communication inside."""
    fields = {"side": "inside", "speaker": "AIMS manager", "next_due": None}
    return row_of("communication", reference, state="approved", fields=fields, more=more)


def resource(reference: str = "RES-1", **more: Any) -> Sample:
    """People for the AIMS as a whole, approved, of whom there are enough."""
    fields = {"type": "people", "systems": [], "enough": "yes"}
    return row_of("resource", reference, state="approved", fields=fields, more=more)


def incident(reference: str = "INC-1", **more: Any) -> Sample:
    """A serious incident of February of which users heard the next day, closed and taken on."""
    fields = {
        "system": "SYS-0001",
        "severity": "serious",
        "noticed_on": "2026-02-10",
        "tell": "yes",
        "told_on": "2026-02-11",
        "told": "Everybody whose letter it was got a call and a letter.",
        "cause": "Letters that it does not know count as nothing.",
        "lessons": "Test sets hold every language.",
        "nonconformities": ["NCR-1"],
    }
    return row_of("incident", reference, state="closed", fields=fields, more=more)


def concern(reference: str = "CCN-1", **more: Any) -> Sample:
    """A concern of somebody inside that was answered after ten days."""
    fields = {"channel": "inside", "received_on": "2026-01-10", "answered_on": "2026-01-20"}
    return row_of("concern", reference, state="answered", fields=fields, more=more)
