"""Checks on responsible development: its objectives, and the account of the design (A.6.1.2, A.6.2.3)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import development as cases
from plumbline.controls.library.gaps import (
    DOCUMENT_REVIEW,
    LONGEST_INTERVALS,
    Facts,
    ref,
    review_too_far,
    thin,
    was_due,
)
from plumbline.controls.library.life_cycle import specification_in_force
from plumbline.controls.library.population import DEVELOPED_HERE, in_force, not_approved
from plumbline.controls.library.written import answering
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, listing, say
from plumbline.kernel.states import Strength

_ACCOUNTS = ("design", "report")
"""Types of a document that can tell how a system was designed."""


def _objectives(member: Member, evidence: Evidence) -> list[Facts] | Message:
    """The objectives in force that guide the development of a system and still run, or why none does."""
    rows = [
        row
        for row in evidence.records["objective"]
        if "development" in row["guides"] and (not row["systems"] or member.system in row["systems"])
    ]
    running = [row for row in rows if row["outcome"] == "open"]
    if not running:
        return say("development.no-objective", "has no approved objective that guides its development")
    late = {row["reference"]: day_of(row["due"]) for row in running}
    in_time = [row for row in running if (late[row["reference"]] or evidence.today) >= evidence.today]
    if in_time:
        return in_time
    text = "is guided by {record} alone, which {fault}"
    row = max(running, key=lambda one: str(one["due"]))
    return say(
        "development.late", text, record=ref(row), fault=was_due(late[row["reference"]] or evidence.today)
    )


@check(
    "iso42001:A.6.1.2",
    slug="development-guided",
    title="Objectives for responsible development reach the requirements",
    finding="Systems developed here that no objective guides",
    over="organization",
    needs=("records:objective", "records:specification", LONGEST_INTERVALS),
    population=DEVELOPED_HERE,
    share=share(
        "development.share",
        "{have} of {total} live systems developed here carry an objective for responsible development.",
    ),
    strength=Strength.RECORDED,
    cases=cases.DEVELOPMENT_GUIDED,
)
def development_guided(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system that was developed here or for us has an approved objective that guides its
    development and still runs, and its specification in force says that it carries one of them.

    An objective that only stands in a plan reaches nobody who builds. Whether the requirements do justice to
    it is for people.
    """
    if in_force(evidence, "ai-system", member.system) is None:
        return not_approved(member)
    guiding = _objectives(member, evidence)
    if isinstance(guiding, Message):
        return guiding
    specified = specification_in_force(member, evidence)
    if isinstance(specified, Message):
        return specified
    if {row["reference"] for row in guiding}.isdisjoint(specified["objectives"]):
        text = "is specified by {record}, which carries none of {objectives}"
        names = listing([ref(row) for row in guiding], conjunction="and")
        return say("development.not-carried", text, record=ref(specified), objectives=names)
    return None


@check(
    "iso42001:A.6.2.3",
    slug="design-documented",
    title="Design and development are accounted for in writing",
    finding="Systems developed here without an account of their design",
    over="organization",
    needs=("records:specification", "records:document", LONGEST_INTERVALS),
    population=DEVELOPED_HERE,
    share=share(
        "design.share",
        "{have} of {total} live systems developed here have an approved account of their design.",
    ),
    strength=Strength.RECORDED,
    cases=cases.DESIGN_DOCUMENTED,
)
def design_documented(member: Member, evidence: Evidence) -> Message | None:
    """The design that was chosen for every live AI system developed here or for us, and why, stands in its
    specification in force or in an approved document about it that names A.6.2.3 and is looked at in time."""
    if in_force(evidence, "ai-system", member.system) is None:
        return not_approved(member)
    late = None
    for row in answering(evidence, "iso42001:A.6.2.3", _ACCOUNTS):
        if member.system in row["systems"]:
            fault = review_too_far(row, evidence, DOCUMENT_REVIEW)
            if fault is None:
                return None
            late = say(
                "design.late", "has its design in {record}, which {fault}", record=ref(row), fault=fault
            )
    specified = specification_in_force(member, evidence)
    if isinstance(specified, Message):
        return late or say("design.none", "has no approved account of its design")
    if specified["design"] and not thin(specified["design"]):
        return None
    text = "is specified by {record}, which says too little of the design"
    return late or say("design.thin", text, record=ref(specified))
