"""Checks on competence: that it is determined, had, and that trainings were evaluated (7.2, A.4.6)."""

from __future__ import annotations

from datetime import date, timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import competence as cases
from plumbline.controls.library.gaps import Facts, thin
from plumbline.controls.library.population import in_force, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_ROLES = {
    "aims-manager": "AIMS managers",
    "system-owner": "system owners",
    "risk-owner": "risk owners",
    "reviewer": "reviewers",
    "internal-auditor": "internal auditors",
}
"""Roles whose work affects how AI systems or the AIMS perform. Top management appoints, viewers read."""


def _holders(role: str, evidence: Evidence) -> list[str]:
    return [row["handle"] for row in evidence.facts["people"] if row["active"] and role in row["roles"]]


def _roles_held(evidence: Evidence) -> list[Member]:
    return [
        Member(Word(title), row={"role": role}) for role, title in _ROLES.items() if _holders(role, evidence)
    ]


ROLES_THAT_ACT = Population(
    "roles-that-act", Word("roles that people hold and that shape AI or the AIMS"), ("facts:people",),
    _roles_held, bare.HOLDER,
)  # fmt: skip


def _asked_of(role: str, evidence: Evidence) -> list[Facts]:
    return [row for row in evidence.records["competence"] if row["position"] == role]


@check(
    "iso42001:7.2",
    "iso42001:A.4.6",
    slug="competence-determined",
    title="What each role has to be able to do is determined",
    finding="Roles without a competence that they need",
    over="organization",
    needs=("records:competence",),
    population=ROLES_THAT_ACT,
    share=share("competence.determined", "For {have} of {total} roles it is determined what they need."),
    strength=Strength.RECORDED,
    cases=cases.COMPETENCE_DETERMINED,
)
def competence_determined(member: Member, evidence: Evidence) -> Message | None:
    """For every role that somebody holds, an approved competence says what its holders need to be able to do
    and how that is shown."""
    asked = _asked_of(member.row["role"], evidence)
    if not asked:
        return say("competence.none", "need a competence that nobody has determined")
    if all(not row["proof"] or thin(row["proof"]) for row in asked):
        return say("competence.no-proof", "need a competence of which nobody says how it is shown")
    return None


def shows(row: Facts, competence: str, person: str, day: date) -> bool:
    """Whether a qualification in force shows that ``person`` has ``competence`` on ``day``."""
    first, last = day_of(row["shown_on"]), day_of(row["valid_until"])
    return (
        row["competence"] == competence
        and row["person"] == person
        and first is not None
        and last is not None
        and first <= day <= last
    )


@check(
    "iso42001:7.2",
    "iso42001:A.4.6",
    slug="people-competent",
    title="Whoever holds a role has the competence for it",
    finding="Holders of roles without current evidence of competence",
    over="organization",
    needs=("records:competence", "records:qualification"),
    population=ROLES_THAT_ACT,
    share=share("competence.held", "All holders of {have} of {total} roles have current evidence."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.PEOPLE_COMPETENT,
)
def people_competent(member: Member, evidence: Evidence) -> Message | None:
    """Every holder of a role has each competence that the role needs, by an approved qualification whose
    evidence holds today.

    Who has what is in the list of qualifications, and not in the result, which many may read.
    """
    role = member.row["role"]
    asked, holders = _asked_of(role, evidence), _holders(role, evidence)
    if not asked:
        return say("competence.none", "need a competence that nobody has determined")
    lacking = [
        person
        for person in holders
        if not all(
            any(
                shows(row, one["reference"], person, evidence.today)
                for row in evidence.records["qualification"]
            )
            for one in asked
        )
    ]
    if not lacking:
        return None
    text = "are {total}, of whom {missing} have no current evidence of what the role needs"
    return say("competence.lacking", text, missing=len(lacking), total=len(holders))


_WORKED = frozenset({"effective", "partly"})


def _held(evidence: Evidence) -> list[Member]:
    """Trainings that were held; one whose evaluation is not due yet is left out, with the day."""
    members = []
    for row in evidence.claims["training"]:
        if row["state"] not in {"held", "in evaluation", "evaluated"}:
            continue
        due, member = _due(row, evidence), owned(row)
        if row["state"] != "evaluated" and due >= evidence.today:
            waits = say("training.not-due", "is to be evaluated by {day}", day=due)
            member = Member(member.name, owner=member.owner, row=member.row, excluded=waits)
        members.append(member)
    return members


def _due(row: Facts, evidence: Evidence) -> date:
    """The last day for the evaluation: the limit runs from the day that was set, and that lies no further
    from the training than the limit again."""
    grace = timedelta(days=evidence.limit("training-evaluated").value)
    held = day_of(row["held_on"]) or evidence.today
    return min(day_of(row["evaluate_on"]) or held, held + grace) + grace


def _followed(row: Facts, evidence: Evidence) -> bool:
    """Whether somebody was trained again, later and for the same, and that worked."""
    return any(
        other["result"] in _WORKED
        and (other["person"], other["holder"]) == (row["person"], row["holder"])
        and {*other["competences"]} & {*row["competences"]}
        and (other["held_on"] or "") > (row["held_on"] or "")
        for other in evidence.records["training"]
    )


@check(
    "iso42001:7.2",
    slug="training-evaluated",
    title="It was found out whether trainings worked",
    finding="Trainings that nobody has evaluated, or that did not work",
    over="organization",
    needs=("records:training",),
    population=Population(
        "trainings-held", Word("trainings that were held and whose evaluation is due"), ("claims:training",),
        _held, bare.TRAINING,
    ),
    share=share("training.share", "{have} of {total} trainings that are due are evaluated and worked."),
    strength=Strength.OPERATING,
    limits=(limit("training-evaluated", 90, "days", why="a quarter shows what stayed of a training"),),
    cases=cases.TRAINING_EVALUATED,
)  # fmt: skip
def training_evaluated(member: Member, evidence: Evidence) -> Message | None:
    """Every training that was held is evaluated in time by its method, which a second person approves who did
    not teach it; where it did not work, another one followed.

    An attendance list shows that somebody was there, and not that it worked.
    """
    row = in_force(evidence, "training", member.row["reference"])
    if row is None:
        day = _due(member.row, evidence)
        return say("training.not-evaluated", "is not evaluated, and was to be by {day}", day=day)
    if row["result"] not in _WORKED and not _followed(row, evidence):
        return say("training.failed", "did not work, and nothing followed")
    return None
