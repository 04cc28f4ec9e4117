"""Samples of the world as checks see it: for each kind a complete row, of which a case changes fields."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Sample
from plumbline.controls.verdicts import Measure


def row_of(kind: str, reference: str, *, state: str, fields: dict[str, Any], more: dict[str, Any]) -> Sample:
    """A row of ``kind`` in force: what every row has, its ``fields``, and ``more`` in place of them."""
    facts = {
        "reference": reference,
        "state": state,
        "owner": "per_1",
        "created": "2026-03-01",
        **fields,
        **more,
    }
    return Sample(f"records:{kind}", facts)


def draft(sample: Sample, **more: Any) -> Sample:
    """The same as it is written and approved by nobody: only populations see it."""
    assert not isinstance(sample.value, Measure)
    kind = sample.need.partition(":")[2]
    return Sample(f"claims:{kind}", {**sample.value, "state": "draft", "approved": False, **more})


def in_force(sample: Sample) -> Sample:
    """The same as it is in force, beside whatever is written now."""
    return Sample(sample.need.replace("claims:", "records:"), sample.value)


def system(reference: str = "SYS-0001", **more: Any) -> Sample:
    """A live AI system that was made here and touches people directly."""
    live = more.get("lifecycle", "in operation") == "in operation"
    fields = {
        "live": live,
        "slug": "claims",
        "lifecycle": "in operation",
        "purpose": "Sorts claims by urgency.",
        "human_oversight": "A handler sees every proposal.",
        "stop_procedure": "The duty lead switches it off.",
        "supplier": None,
        "version": "4.2",
        "released_on": "2026-01-10",
        "sourcing": "own",
        "technique": "statistical",
        "effect": "direct",
        "autonomy": "suggests",
        "affected_groups": ["customers"],
        "data_classes": ["personal"],
        "roles": ["customer"],
        "eu_class": "no special duties",
        "eu_role": "deployer",
        "output_kinds": ["score"],
        "not_reported": [],
        "not_reported_why": "",
        "reference_from": None,
        "next_review": "2026-12-01",
    }
    return row_of("ai-system", reference, state="approved", fields=fields, more=more)


def assessment(reference: str = "AIA-1", **more: Any) -> Sample:
    """An approved impact assessment of the release of SYS-0001, made on its day."""
    fields = {
        "system": "SYS-0001",
        "version": "4.2",
        "approved_at": "2026-01-12T09:00:00Z",
        "assessed_on": "2026-01-10",
        "conclusion": "go ahead",
        "groups": ["customers"],
        "individuals": "Late help for people in hardship.",
        "society": "None that we found.",
    }
    return row_of("impact-assessment", reference, state="approved", fields=fields, more=more)


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
        "readers": "",
        "retention_rule": "ten years",
        "dispose_on": None,
        "next_review": "2026-12-31",
        "effective_from": "2026-01-15",
        "approved_at": "2026-02-01T00:00:00Z",
        "recorded": "2026-02-01T00:00:00Z",
    }
    return row_of("document", reference, state="approved", fields=fields, more=more)


def method(reference: str = "DOC-9", **more: Any) -> Sample:
    """The method by which risks are assessed, in its third version."""
    fields = {"type": "method", "version": "3", "requirements": ["iso42001:6.1.2"], "systems": []}
    return document(reference, **{**fields, **more})


def policy(reference: str = "POL-1", **more: Any) -> Sample:
    """An approved AI policy in date."""
    fields = {
        "type": "AI policy",
        "version": "3",
        "purpose": "Says how we build and use AI.",
        "text": "We use AI only where somebody answers for it.",
        "readers": "",
        "next_review": "2027-01-01",
        "approved_at": "2026-01-01T00:00:00Z",
        "recorded": "2026-01-01",
    }
    return row_of("policy", reference, state="approved", fields=fields, more=more)


def document_review(reference: str = "DRV-1", **more: Any) -> Sample:
    """An approved review of the AI policy, by which it stands as it is."""
    fields = {
        "policy": "POL-1",
        "document": None,
        "reviewed_on": "2026-02-01",
        "outcome": "stands",
        "reason": "Read against the law and the incidents of the year.",
        "next_review": "2027-02-01",
        "approved_at": "2026-02-02T00:00:00Z",
    }
    return row_of("document-review", reference, state="approved", fields=fields, more=more)


def policy_approval(on: str, reference: str = "POL-1") -> Sample:
    """A day on which the policy was approved."""
    return Sample("facts:policy-approvals", {"reference": reference, "on": on})


def first_approval(on: str, reference: str = "DOC-1") -> Sample:
    """The day on which a policy or document was first approved."""
    return Sample("facts:first-approvals", {"reference": reference, "on": on})


def reader(person: str, since: str, has: bool = True, reference: str = "POL-1") -> Sample:
    """Somebody who is asked to acknowledge the version in force, and whether they have."""
    row = {"reference": reference, "person": person, "since": since, "has": has}
    return Sample("facts:acknowledgements", row)


def residual(
    planned: int = 2,
    today: int = 2,
    appetite: int = 3,
    reference: str = "RSK-1",
    judged_by: str = "delivered",
    review: str | None = None,
) -> Sample:
    """Levels of a risk as planned and today, from 1 (low), and the highest that the organization accepts."""
    words = ("", "low", "moderate", "elevated", "high", "very high")
    levels: dict[str, Any] = {"planned": planned, "today": today, "appetite": appetite}
    levels |= {"planned_word": words[planned], "today_word": words[today]}
    levels |= {"judged_by": judged_by, "criteria": "delivered", "criteria_review": review}
    return Sample("facts:residual", {"reference": reference, **levels})


def longest(subject: str, months: int) -> Sample:
    """How many months ahead a day may lie at most, by a record in force."""
    return Sample("facts:longest-intervals", {"subject": subject, "months": months})


def component(reference: str = "CMP-1", **more: Any) -> Sample:
    """A model of SYS-0001 with a version."""
    fields = {"type": "model", "systems": ["SYS-0001"], "version": "4", "supplier": None}
    return row_of("component", reference, state="approved", fields=fields, more=more)


def component_change(at: str, reference: str = "CMP-1") -> Sample:
    """When the version or digest of a component was last changed."""
    return Sample("facts:component-changes", {"reference": reference, "at": at})


def dataset(reference: str = "DST-1", **more: Any) -> Sample:
    """A dataset that SYS-0001 was trained with, described in full and found good enough."""
    fields = {
        "systems": ["SYS-0001"],
        "supplier": None,
        "origin": "Claims data warehouse of 2025.",
        "lineage": "Copied nightly, joined with regions.",
        "rights": "Contract with the insured.",
        "uses": ["training"],
        "quality_wanted": "Under 2% missing in each column.",
        "quality_found": "0.9% missing on 3 January.",
        "quality_verdict": "good enough",
        "preparation": "Gaps filled with the median.",
        "next_review": None,
    }
    return row_of("dataset", reference, state="approved", fields=fields, more=more)


def supplier(reference: str = "SUP-1", **more: Any) -> Sample:
    """A supplier that was found suitable and is under contract."""
    fields = {
        "diligence": "suitable",
        "assessed_on": "2026-01-01",
        "assessment": "Security report and model documentation read.",
        "responsibilities": "They answer for the model, we for its use.",
        "contract": "Order FI-778",
        "contract_until": None,
    }
    return row_of("supplier", reference, state="approved", fields=fields, more=more)


def risk(reference: str = "RSK-1", **more: Any) -> Sample:
    """A treated risk about SYS-0001 that is to be reduced, as somebody wrote it down."""
    fields = {
        "system": "SYS-0001",
        "response": "reduce",
        "criteria": "DOC-9",
        "criteria_version": "3",
        "assessed_on": "2026-01-15",
        "next_review": None,
        "accepted_until": None,
    }
    row = row_of("risk", reference, state="treated", fields=fields, more=more)
    return Sample("claims:risk", row.value)


def accepted(reference: str = "RSK-1", **more: Any) -> Sample:
    """The acceptance of the same risk that is in force."""
    row = risk(reference, **{"state": "accepted", "accepted_until": "2026-06-30", **more})
    return in_force(row)


def treatment(reference: str = "TRT-1", **more: Any) -> Sample:
    """An approved treatment of RSK-1 that is due today."""
    fields = {
        "risks": ["RSK-1"],
        "due": "2026-03-03",
        "recorded": "2026-02-01T00:00:00Z",
        "approved_at": "2026-02-01T00:00:00Z",
    }
    return row_of("treatment", reference, state="approved", fields=fields, more=more)


def deviation(reference: str = "DEV-1", **more: Any) -> Sample:
    """An approved deviation whose last day is today, with something that compensates for it."""
    fields = {"system": None, "expires_on": "2026-03-03", "compensation": "a second look"}
    return row_of("deviation", reference, state="approved", fields=fields, more=more)


def objective(reference: str = "OBJ-1", **more: Any) -> Sample:
    """An approved objective that still runs, with a target."""
    fields = {"outcome": "open", "due": "2026-12-31", "target": "0.9", "guides": [], "systems": []}
    return row_of("objective", reference, state="approved", fields=fields, more=more)


def indicator(reference: str = "IND-1", **more: Any) -> Sample:
    """An approved indicator that is measured by hand every month, and was in February."""
    fields = {
        "metric": "",
        "cadence": "monthly",
        "measured_on": "2026-02-10",
        "objective": None,
        "system": None,
    }
    return row_of("indicator", reference, state="approved", fields=fields, more=more)


def measured(metric: str, system: str, on: str) -> Sample:
    """The last day on which the product measured something of a system."""
    return Sample("facts:measured", {"metric": metric, "system": system, "on": on})


REVIEW_INPUTS = (
    *("earlier-actions", "issues", "interested-parties", "nonconformities", "measurements", "audits"),
    *("objectives", "improvement"),
)
"""The sections of the inputs of a management review."""


def frozen(*, without: str = "", unrecorded: str = "", **more: Any) -> dict[str, Any]:
    """Inputs of a management review, gathered the day before it for its period."""
    sections = [{"slug": slug, "recorded": slug != unrecorded} for slug in REVIEW_INPUTS if slug != without]
    period = {"from": "2025-01-01", "until": "2025-12-31"}
    return {"gathered": "2026-01-19T08:00:00Z", "period": period, "sections": sections, **more}


def review(reference: str = "MRV-1", **more: Any) -> Sample:
    """An approved management review of January with everything that is asked of it."""
    fields = {
        "period_from": "2025-01-01",
        "period_until": "2025-12-31",
        "held_on": "2026-01-20",
        "inputs": frozen(),
        "top_management": "I. Halden, chief executive",
        "decisions": "Hire a second reviewer for underwriting.",
        "changes": "None; the processes stay as they are.",
        "actions": "Mina hires by 1 June 2026.",
    }
    return row_of("management-review", reference, state="approved", fields=fields, more=more)


def nonconformity(reference: str = "NCR-1", **more: Any) -> Sample:
    """An open nonconformity of March without cause or due date."""
    fields = {
        "system": None,
        "detected_on": None,
        "due": None,
        "grade": "minor",
        "cause": "",
        "correction": "",
        "no_action": "",
    }
    return row_of("nonconformity", reference, state="open", fields=fields, more=more)


def action(reference: str = "CAR-1", **more: Any) -> Sample:
    """A verified corrective action of NCR-1."""
    return row_of(
        "corrective-action",
        reference,
        state="verified",
        fields={"nonconformity": "NCR-1", "due": None},
        more=more,
    )


def applicability(control: str, **more: Any) -> Sample:
    """An approved row of the statement of applicability that includes a control."""
    fields = {
        "requirement": control,
        "applicable": "yes",
        "justification": "Drift would hurt customers.",
        "exclusion_reason": "",
        "next_review": None,
    }
    return row_of("applicability", f"APP-{control[-3:]}", state="approved", fields=fields, more=more)


def person(handle: str, *roles: str, active: bool = True) -> Sample:
    """Somebody with roles."""
    return Sample("facts:people", {"handle": handle, "active": active, "roles": list(roles)})


def sighting(
    slug: str, *, reference: str = "", dismissed_until: str | None = None, sends: bool = False
) -> Sample:
    """An AI system that telemetry named; ``sends``: also in the last two days."""
    row = {"slug": slug, "reference": reference, "dismissed_until": dismissed_until, "sends": sends}
    return Sample("facts:sightings", row)


def control(number: str) -> Sample:
    """A control of the catalog."""
    return Sample("facts:controls", {"id": f"iso42001:{number}", "title": number})


def attached(reference: str) -> Sample:
    """A document that has a file."""
    return Sample("facts:attached", {"reference": reference})


def asked(number: str, what: str, place: int = 1) -> Sample:
    """A document that a sub-clause asks for."""
    return Sample("facts:documents-asked", {"id": f"iso42001:{number}", "place": place, "what": what})


def rate(metric: str, value: float, count: int) -> Sample:
    """A share measured from so many values."""
    return Sample(f"metric:{metric}", Measure(value, count, value * count, count))


def measure(metric: str, measured: Measure, feature: str = "") -> Sample:
    """Any other measure, of a feature where the metric has them."""
    return Sample(f"metric:{metric}", measured, feature)
