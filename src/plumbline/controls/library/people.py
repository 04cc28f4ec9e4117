"""Checks on people: who owns a system, and who holds the roles of the AIMS (5.3, A.3.2)."""

from __future__ import annotations

from plumbline.controls.declare import Evidence, Verdict, check, every, unknown
from plumbline.controls.library.population import live, named

_ROLES = {
    "top-management": "top management",
    "aims-manager": "AIMS manager",
    "internal-auditor": "internal auditor",
}
"""Roles without which nobody decides, runs or examines the AIMS."""


@check(
    "iso42001:5.3",
    "iso42001:A.3.2",
    slug="systems-owned",
    title="Every live system has an owner",
    over="organization",
    needs=("records:ai-system", "facts:people"),
    severity="major",
    required=True,
)
def systems_owned(evidence: Evidence) -> Verdict:
    """Every live AI system has a named person who answers for it and who is still here."""
    here = {row["handle"] for row in evidence.facts["people"] if row["active"]}
    systems, missing = live(evidence), {}
    for row in systems:
        if not row["owner"]:
            missing[str(row["reference"])] = "has no owner"
        elif row["owner"] not in here:
            missing[str(row["reference"])] = "has an owner who is not here any more"
    return every("live systems", "have an owner", named(*systems), missing)


@check(
    "iso42001:5.3",
    "iso42001:A.3.2",
    slug="roles-held",
    title="The roles of the AIMS are held",
    over="organization",
    needs=("records:ai-system", "facts:people"),
    severity="major",
)
def roles_held(evidence: Evidence) -> Verdict:
    """While an AI system is live, there is a top management, an AIMS manager and an internal auditor.

    A role counts when an active person holds it today.
    """
    if not live(evidence):
        return unknown("There are no live systems.", population=0, unit="ratio")
    held = {role for row in evidence.facts["people"] if row["active"] for role in row["roles"]}
    missing = {title: "is held by nobody" for role, title in _ROLES.items() if role not in held}
    return every("roles", "are held", list(_ROLES.values()), missing)
