"""Samples of the world as checks see it: for each kind a complete row, of which a case changes fields."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample
from plumbline.controls.verdicts import Measure


def _row(kind: str, reference: str, *, state: str, fields: dict[str, Any], more: dict[str, Any]) -> Sample:
    facts = {
        "reference": reference,
        "state": state,
        "owner": "per_1",
        "created": "2026-03-01",
        **fields,
        **more,
    }
    return Sample(f"records:{kind}", facts)


def system(reference: str = "SYS-0001", **more: Any) -> Sample:
    """A live AI system that was made here and touches people directly."""
    live = more.get("lifecycle", "in operation") == "in operation"
    fields = {
        "live": live,
        "slug": "claims",
        "lifecycle": "in operation",
        "purpose": "p",
        "human_oversight": "h",
        "stop_procedure": "s",
        "supplier": None,
        "released_on": "2026-01-10",
        "sourcing": "own",
        "technique": "statistical",
        "effect": "direct",
        "autonomy": "suggests",
        "affected_groups": ["customers"],
    }
    return _row("ai-system", reference, state="draft", fields=fields, more=more)


def claimed(sample: Sample) -> Sample:
    """The record of a sample as it is written now, beside what is in force of it."""
    return Sample(sample.need.replace("records:", "claims:", 1), sample.value)


def assessment(reference: str = "AIA-1", **more: Any) -> Sample:
    """An approved impact assessment of SYS-0001, made on the day of its release."""
    fields = {
        "system": "SYS-0001",
        "assessed_on": "2026-01-10",
        "conclusion": "go ahead",
        "groups": ["customers"],
        "individuals": "i",
        "society": "none",
    }
    return _row("impact-assessment", reference, state="approved", fields=fields, more=more)


def document(reference: str = "DOC-1", **more: Any) -> Sample:
    """An approved process of our own about SYS-0001, in date and with everything that is asked of it."""
    fields = {
        "type": "process",
        "origin": "own",
        "issuer": "",
        "version": "1",
        "text": "",
        "address": "https://wiki.example/1",
        "requirements": [],
        "systems": ["SYS-0001"],
        "classification": "internal",
        "distribution": "",
        "retention_rule": "ten years",
        "dispose_on": None,
        "next_review": "2026-12-31",
        "effective_from": "2026-01-15",
        "approved_at": "2026-02-01T00:00:00Z",
        "recorded": "2026-02-01T00:00:00Z",
    }
    return _row("document", reference, state="approved", fields=fields, more=more)


def policy(reference: str = "POL-1", **more: Any) -> Sample:
    """An approved AI policy in date."""
    fields = {"type": "AI policy", "version": "3", "next_review": "2027-01-01", "recorded": "2026-01-01"}
    return _row("policy", reference, state="approved", fields=fields, more=more)


def component(reference: str = "CMP-1", **more: Any) -> Sample:
    """A component of SYS-0001 with a version."""
    fields = {"systems": ["SYS-0001"], "version": "4", "supplier": None}
    return _row("component", reference, state="draft", fields=fields, more=more)


def dataset(reference: str = "DST-1", **more: Any) -> Sample:
    """A dataset that SYS-0001 was trained with, described in full."""
    fields = {
        "systems": ["SYS-0001"],
        "supplier": None,
        "origin": "o",
        "lineage": "l",
        "rights": "r",
        "uses": ["training"],
        "quality_wanted": "under 2% missing",
        "quality_found": "0.9%",
        "preparation": "imputed",
        "next_review": None,
    }
    return _row("dataset", reference, state="draft", fields=fields, more=more)


def supplier(reference: str = "SUP-1", **more: Any) -> Sample:
    """A supplier that was found suitable and is under contract."""
    fields = {
        "diligence": "suitable",
        "assessed_on": "2026-01-01",
        "responsibilities": "r",
        "contract": "c",
        "contract_until": None,
    }
    return _row("supplier", reference, state="draft", fields=fields, more=more)


def risk(reference: str = "RSK-1", **more: Any) -> Sample:
    """A treated risk that is to be reduced."""
    fields = {"response": "reduce", "next_review": None, "accepted_until": None}
    return _row("risk", reference, state="treated", fields=fields, more=more)


def treatment(reference: str = "TRT-1", **more: Any) -> Sample:
    """An approved treatment of RSK-1 that is due today."""
    return _row(
        "treatment", reference, state="approved", fields={"risks": ["RSK-1"], "due": "2026-03-03"}, more=more
    )


def deviation(reference: str = "DEV-1", **more: Any) -> Sample:
    """An approved deviation whose last day is today, with something that compensates for it."""
    fields = {"expires_on": "2026-03-03", "compensation": "a second look"}
    return _row("deviation", reference, state="approved", fields=fields, more=more)


def objective(reference: str = "OBJ-1", **more: Any) -> Sample:
    """An approved objective that still runs, with a target."""
    fields = {"outcome": "open", "due": "2026-12-31", "target": "0.9"}
    return _row("objective", reference, state="approved", fields=fields, more=more)


def indicator(reference: str = "IND-1", **more: Any) -> Sample:
    """An approved indicator that is measured by hand every month, and was in February."""
    fields = {
        "metric": "",
        "cadence": "monthly",
        "measured_on": "2026-02-10",
        "objective": None,
        "system": None,
    }
    return _row("indicator", reference, state="approved", fields=fields, more=more)


def review(reference: str = "MRV-1", **more: Any) -> Sample:
    """An approved management review of January with everything that is asked of it."""
    fields = {"held_on": "2026-01-20", "inputs": {"sections": []}, "top_management": "t", "decisions": "d"}
    return _row("management-review", reference, state="approved", fields=fields, more=more)


def nonconformity(reference: str = "NCR-1", **more: Any) -> Sample:
    """An open nonconformity of March without cause or due date."""
    return _row(
        "nonconformity",
        reference,
        state="open",
        fields={"detected_on": None, "due": None, "cause": ""},
        more=more,
    )


def action(reference: str = "CAR-1", **more: Any) -> Sample:
    """A verified corrective action of NCR-1."""
    return _row(
        "corrective-action", reference, state="verified", fields={"nonconformity": "NCR-1"}, more=more
    )


def applicability(control: str, **more: Any) -> Sample:
    """An approved row of the statement of applicability that includes a control."""
    fields = {"requirement": control, "justification": "j", "exclusion_reason": ""}
    return _row("applicability", f"APP-{control[-3:]}", state="approved", fields=fields, more=more)


def person(handle: str, *roles: str, active: bool = True) -> Sample:
    """Somebody with roles."""
    return Sample("facts:people", {"handle": handle, "active": active, "roles": list(roles)})


def sighting(slug: str, *, dismissed_until: str | None = None) -> Sample:
    """An AI system that telemetry named."""
    return Sample("facts:sightings", {"slug": slug, "reference": "", "dismissed_until": dismissed_until})


def control(number: str) -> Sample:
    """A control of the catalog."""
    return Sample("facts:controls", {"id": f"iso42001:{number}", "title": number})


def attached(reference: str) -> Sample:
    """A document that has a file."""
    return Sample("facts:attached", {"reference": reference})


def asked(number: str, what: str) -> Sample:
    """A document that a sub-clause asks for."""
    return Sample("facts:documents-asked", {"id": f"iso42001:{number}", "what": what})


def rate(metric: str, value: float, count: int) -> Sample:
    """A share measured from so many values."""
    return Sample(f"metric:{metric}", Measure(value, count, value * count, count))


def measure(metric: str, measured: Measure, feature: str = "") -> Sample:
    """Any other measure, of a feature where the metric has them."""
    return Sample(f"metric:{metric}", measured, feature)
