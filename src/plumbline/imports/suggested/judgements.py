"""Maps of formats that judge: OSCAL, and the answers of Canada's Algorithmic Impact Assessment."""

from __future__ import annotations

from plumbline.imports.suggested.rules import Take, TypedMap, every, first, words

_PART = {
    "title": every("title"),
    "type": words("type", service="service", software="software", hardware="computing"),
    "purpose": every("purpose", "description"),
}
_RISK = {
    "title": every("title"),
    "description": every("description", "statement"),
    "existing_controls": every("mitigating-factors.description"),
}
_SOURCE = Take(constant="observation")
"""What claims least: a file does not say whether whoever assessed came from inside or outside."""
_RESULTS, _PLAN = "assessment-results.results.", "plan-of-action-and-milestones."
OSCAL = (
    TypedMap("OSCAL", "component-definition.components", "component", _PART, (("uuid",),)),
    TypedMap(
        "OSCAL", "system-security-plan.system-implementation.components", "component", _PART, (("uuid",),)
    ),
    TypedMap(
        "OSCAL", "system-security-plan.system-characteristics", "ai-system",
        {
            "title": every("system-name"),
            "slug": first("system-name-short", "system-name"),
            "purpose": every("description"),
        },
        (("system-ids.id",), ("system-name",)),
    ),
    TypedMap(
        "OSCAL", f"{_RESULTS}findings", "nonconformity",
        {
            "title": every("title"),
            "source": _SOURCE,
            "description": every("description", "target.description", "remarks"),
            "own_rule": every("target.type", "target.target-id", join=" "),
        },
        (("uuid",),),
        skip=("target.status.state", ("satisfied",)),
    ),
    TypedMap("OSCAL", f"{_RESULTS}risks", "risk", _RISK, (("uuid",),)),
    TypedMap(
        "OSCAL", f"{_PLAN}poam-items", "nonconformity",
        {
            "title": every("title"),
            "source": _SOURCE,
            "description": every("description", "remarks"),
            "own_rule": Take(constant="not said in the plan of action and milestones"),
        },
        (("uuid",), ("title",)),
    ),
    TypedMap("OSCAL", f"{_PLAN}risks", "risk", _RISK, (("uuid",),)),
)  # fmt: skip
_REPORTED = every(
    "description.value", "affects.deployer", "affects.developer", "references.url", labelled=True
)
AVID = (
    TypedMap(
        "AVID", "", "incident",
        {
            "title": every("problemtype.description.value"),
            "description": _REPORTED,
        },
        (("metadata.vuln_id",),),
    ),
    TypedMap(
        "AVID", "", "risk",
        {"title": every("problemtype.description.value"), "description": _REPORTED},
        (("metadata.vuln_id",),),
    ),
)  # fmt: skip
ANSWERS = (
    TypedMap(
        "Algorithmic Impact Assessment", "data", "impact-assessment",
        {
            "title": every("projectDetailsTitle"),
            "consulted": every("Consultations"),
            "intended_use": every("projectDetailsDescription", "About the Decision"),
            "setting": every("Project Authority", "Risk Profile"),
            "basis": every("About The System", "About the Algorithm", "About the Data"),
            "benefits": every("Reasons for Automation"),
            "individuals": every("Impact Assessment"),
            "safeguards": every("De-Risking and Mitigation Measures"),
        },
        (("projectDetailsTitle",),),
    ),
)  # fmt: skip
