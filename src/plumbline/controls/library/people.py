"""Checks on people: who owns a system, and who holds the roles of the AIMS (A.3.2)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import people as cases
from plumbline.controls.library.population import LIVE_SYSTEMS, in_force, not_approved
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength


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
    """Every live AI system has a named owner, approved with its record, who is still here."""
    if not member.owner:
        return say("owner.none", "has no owner")
    approved = in_force(evidence, "ai-system", member.system)
    if approved is None:
        return not_approved(member)
    here = {row["handle"] for row in evidence.facts["people"] if row["active"]}
    if not {member.owner, approved["owner"]} <= here:
        return say("owner.gone", "has an owner who is no longer here")
    return None


_MANAGER, _AUDITOR = "aims-manager", "internal-auditor"
_ROLES = {"top-management": "top management", _MANAGER: "AIMS manager", _AUDITOR: "internal auditor"}
"""Roles without which nobody decides, runs or examines the AIMS."""


@check(
    "iso42001:A.3.2",
    slug="roles-held",
    title="The roles of the AIMS are assigned",
    finding="Roles of the AIMS that nobody holds",
    over="organization",
    needs=("facts:people",),
    population=Population(
        "aims-roles",
        Word("roles of the AIMS"),
        (),
        lambda _: [Member(Word(title), row={"role": role}) for role, title in _ROLES.items()],
    ),
    share=share("role.share", "{have} of {total} roles are held."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.ROLES_HELD,
)
def roles_held(member: Member, evidence: Evidence) -> Message | None:
    """There is a top management, an AIMS manager and an internal auditor who does not manage the AIMS.

    A role counts when an active person holds it today.
    """
    people = [set(row["roles"]) for row in evidence.facts["people"] if row["active"]]
    holders = [roles for roles in people if member.row["role"] in roles]
    if not holders:
        return say("role.nobody", "is held by nobody")
    if member.row["role"] == _AUDITOR and all(_MANAGER in roles for roles in holders):
        return say("role.own-work", "is held only by who manages the AIMS and would audit their own work")
    return None
