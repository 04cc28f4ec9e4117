"""Checks on people: who owns a system, and who holds the roles of the AIMS (5.3, A.3.2)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import people as cases
from plumbline.controls.library.population import LIVE_SYSTEMS, NO_LIVE_SYSTEMS, live
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence, Verdict, every, unknown
from plumbline.kernel.messages import Message, Name, Word, say
from plumbline.kernel.states import Strength

_ROLES = {
    "top-management": Word("top management"),
    "aims-manager": Word("AIMS manager"),
    "internal-auditor": Word("internal auditor"),
}
"""Roles without which nobody decides, runs or examines the AIMS."""


@check(
    "iso42001:A.3.2",
    slug="systems-owned",
    title="Every live system has an owner",
    finding="Live systems without an owner",
    over="organization",
    needs=("facts:people",),
    population=LIVE_SYSTEMS,
    share=share("owner.share", "{have} of {total} live systems have an owner."),
    strength=Strength.RECORDED,
    severity="major",
    required=True,
    cases=cases.SYSTEMS_OWNED,
)
def systems_owned(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has a named owner who answers for it and who is still here."""
    if not member.owner:
        return say("owner.none", "has no owner")
    here = {row["handle"] for row in evidence.facts["people"] if row["active"]}
    return None if member.owner in here else say("owner.gone", "has an owner who is no longer here")


@check(
    "iso42001:A.3.2",
    slug="roles-held",
    title="The roles of the AIMS are assigned",
    finding="Roles of the AIMS that nobody holds",
    over="organization",
    needs=("claims:ai-system", "facts:people"),
    severity="major",
    cases=cases.ROLES_HELD,
)
def roles_held(evidence: Evidence) -> Verdict:
    """While an AI system is live, there is a top management, an AIMS manager and an internal auditor.

    A role counts when an active person holds it today.
    """
    if not live(evidence):
        return unknown(NO_LIVE_SYSTEMS, population=0, unit="ratio")
    assigned = {role for row in evidence.facts["people"] if row["active"] for role in row["roles"]}
    nobody = say("role.nobody", "is held by nobody")
    missing: dict[Name, Message] = {title: nobody for role, title in _ROLES.items() if role not in assigned}
    roles = list(_ROLES.values())
    return every("role.share", "{have} of {total} roles are held.", roles, missing, none=NO_LIVE_SYSTEMS)
