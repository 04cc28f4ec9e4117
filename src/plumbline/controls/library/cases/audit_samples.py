"""Samples of internal audits: complete rows, of which a case changes fields."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample
from plumbline.controls.library.cases.samples import row_of


def subclause(number: str) -> Sample:
    """A sub-clause of ISO/IEC 42001."""
    return Sample("facts:subclauses", {"id": f"iso42001:{number}"})


def programme(reference: str = "APR-1", **more: Any) -> Sample:
    """An approved programme of 2026 that covers 6.1.2 and A.2.2."""
    fields = {
        "period_from": "2026-01-01",
        "period_until": "2026-12-31",
        "objectives": "Whether the AIMS meets the standard.",
        "requirements": ["iso42001:6.1.2", "iso42001:A.2.2"],
        "importance": "Claims decide about money, so they come first.",
        "frequency": "Everything once, claims twice.",
        "method": "Records, samples, talks and observation.",
        "responsibilities": "Internal audit plans and leads.",
        "reporting": "To top management within a month.",
    }
    return row_of("audit-programme", reference, state="approved", fields=fields, more=more)


def audit(reference: str = "IAU-1", **more: Any) -> Sample:
    """An audit of 6.1.2 and A.2.2 in February that a manager has acknowledged."""
    fields = {
        "programme": "APR-1",
        "planned_from": "2026-02-02",
        "due": "2026-02-20",
        "criteria": ["iso42001:6.1.2", "iso42001:A.2.2"],
        "ended_on": "2026-02-18",
        "approved_at": "2026-02-20T09:00:00Z",
    }
    return row_of("audit", reference, state="acknowledged", fields=fields, more=more)


def finding(reference: str = "FND-1", **more: Any) -> Sample:
    """A minor nonconformity of IAU-1, answered a week after the audit."""
    fields = {
        "audit": "IAU-1",
        "grade": "minor",
        "nonconformity": "NCR-1",
        "answered_on": "2026-02-25",
        "answer": "Both risks are judged by the end of March.",
        "follow_up": "",
    }
    return row_of("audit-finding", reference, state="answered", fields=fields, more=more)
