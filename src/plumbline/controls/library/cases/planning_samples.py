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


def act(reference: str = "RAS-1", *, system: str = "SYS-0001", **more: Any) -> Sample:
    """An approved risk assessment of January in which a risk about SYS-0001 stands."""
    fields = {
        "assessed_on": "2026-01-20",
        "participants": "Owner, data protection, two handlers.",
        "findings": "Late help is likelier than a year ago.",
        "content": {
            "criteria": {"version": "delivered"},
            "risks": [{"reference": "RSK-1", "system": system}],
        },
        "next_review": "2026-12-01",
    }
    return row_of("risk-assessment", reference, state="approved", fields=fields, more=more)


def plan(reference: str = "TPL-1", *, risk: str = "RSK-1", left: int = 2, **more: Any) -> Sample:
    """An approved plan in which TRT-1, in its second revision, treats RSK-1 and leaves it moderate."""
    fields = {
        "residual": "Late help remains moderate; a person sees each claim.",
        "content": {
            "risks": [{"reference": risk, "residual_level": left}],
            "treatments": [{"reference": "TRT-1", "revision": 2, "risks": [risk]}],
        },
        "next_review": "2026-12-01",
    }
    return row_of("treatment-plan", reference, state="approved", fields=fields, more=more)


def opportunity(reference: str = "OPP-1", **more: Any) -> Sample:
    """An approved opportunity that comes from ISS-1 and is taken until September."""
    fields = {
        "issues": ["ISS-1"],
        "benefit": "Better reasons for audits.",
        "decision": "take",
        "reason": "The trial of January went well.",
        "due": "2026-09-30",
        "evaluated_on": None,
        "effect": "",
        "approved_at": "2026-02-20T00:00:00Z",
    }
    return row_of("opportunity", reference, state="approved", fields=fields, more=more)


def criteria(reference: str = "CRI-1", **more: Any) -> Sample:
    """Approved risk criteria that are looked at again in November."""
    fields = {
        "basis": "Supervision asks for lasting harm to be rare.",
        "next_review": "2026-11-30",
        "approved_at": "2026-01-05T00:00:00Z",
    }
    return row_of("risk-criteria", reference, state="approved", fields=fields, more=more)
