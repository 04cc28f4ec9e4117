"""Samples of what clause 6 plans: complete rows, of which a case changes fields."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample
from plumbline.controls.library.cases.samples import row_of


def change(reference: str = "CHG-1", **more: Any) -> Sample:
    """An approved change of the AIMS that begins tomorrow and is due in May."""
    fields = {
        "purpose": "The owner of the chat moves to customer service.",
        "consequences": "Answers to complaints come sooner.",
        "integrity": "The way to stop the chat stays as it is.",
        "resources": "Two days of handover.",
        "responsibilities": "Head of service answers for the chat.",
        "begins_on": "2026-03-04",
        "due": "2026-05-31",
        "done_on": None,
        "approved_at": "2026-02-20T00:00:00Z",
    }
    return row_of("change", reference, state="approved", fields=fields, more=more)
