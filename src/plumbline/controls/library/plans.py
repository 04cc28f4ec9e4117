"""Checks on risk assessments as acts, and on plans of treatment that are approved as one (6.1, 8.2, 8.3)."""

from __future__ import annotations

from datetime import date, timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import plans as cases
from plumbline.controls.library.gaps import (
    LONGEST_INTERVALS,
    Facts,
    aged,
    ref,
    review_too_far,
    says_too_little,
)
from plumbline.controls.library.population import LIVE_SYSTEMS, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.kernel.states import Strength

_GRAVE = frozenset({"serious", "critical"})


def _event(member: Member, evidence: Evidence, last: date) -> Message | None:
    """What has called for a new assessment since the last one, longer ago than the limit allows."""
    given = timedelta(days=evidence.limit("assessments-held.event").value)
    released = [day_of(row["released_on"]) for row in member.row["versions"]]
    for day in sorted(day for day in released if day is not None):
        if last < day and day + given < evidence.today:
            return say("assessment.release", "was not assessed after its release of {day}", day=day)
    for row in evidence.records["incident"]:
        noticed = day_of(row["noticed_on"])
        if row["system"] != member.system or row["severity"] not in _GRAVE or noticed is None:
            continue
        if last < noticed and noticed + given < evidence.today:
            return say("assessment.incident", "was not assessed after {incident}", incident=ref(row))
    return None


@check(
    "iso42001:6.1.2",
    "iso42001:8.2",
    slug="assessments-held",
    title="Risk assessments are held in time, and after what calls for one",
    finding="Live systems whose risks nobody has assessed anew",
    over="organization",
    needs=("records:risk-assessment", "records:incident", LONGEST_INTERVALS),
    population=LIVE_SYSTEMS,
    share=share(
        "assessment.held-share", "{have} of {total} live systems have an assessment that was held in time."
    ),
    strength=Strength.OPERATING,
    severity="major",
    limits=(
        limit("assessments-held", 400, "days", why="the risks of a system are assessed within a year or so"),
        limit("assessments-held.event", 30, "days", why="a month is enough to assess what has changed"),
    ),
    cases=cases.ASSESSMENTS_HELD,
)
def assessments_held(member: Member, evidence: Evidence) -> Message | None:
    """Every live system stands, with the level of a risk of its own, in an approved assessment that says who
    took part and what was found, lies within the limit, and follows the last release and grave incident."""
    acts = [
        row
        for row in evidence.records["risk-assessment"]
        if member.system and member.system in {one["system"] for one in row["content"]["risks"]}
    ]
    if not acts:
        return say("assessment.none-held", "stands in no approved risk assessment")
    row = max(acts, key=lambda one: str(one["assessed_on"]))
    day = day_of(row["assessed_on"])
    wanting = (
        says_too_little(row, {"participants": Word("who took part"), "findings": Word("what was found")})
        or aged(day, evidence, "assessments-held")
        or review_too_far(row, evidence, "risk-assessment.next_review")
    )
    if wanting is not None:
        return say(
            "assessment.held-in", "was assessed in {record}, which {fault}", record=ref(row), fault=wanting
        )
    return _event(member, evidence, day or evidence.today)


_TREATED = frozenset({"reduce", "share", "avoid"})


def _to_plan(evidence: Evidence) -> list[Member]:
    """Each open risk that is to be treated, as it is written now or in force."""
    in_force = {row["reference"]: row for row in evidence.records["risk"]}
    return [
        owned(row, system=row["system"] or "")
        for row in evidence.claims["risk"]
        if row["state"] != "closed"
        and _TREATED.intersection({row["response"], in_force.get(row["reference"], row)["response"]})
    ]


@check(
    "iso42001:6.1.3",
    "iso42001:8.3",
    slug="plans-approved",
    title="Risks are treated by an approved plan that is up to date",
    finding="Risks without an approved treatment plan",
    over="organization",
    needs=("records:treatment-plan", "records:treatment", "facts:residual", LONGEST_INTERVALS),
    population=Population(
        "to-plan",
        Word("open risks that are to be treated"),
        ("claims:risk", "records:risk"),
        _to_plan,
        bare.RISK,
    ),
    share=share(
        "plan.share", "{have} of {total} risks to be treated stand in an approved plan that is up to date."
    ),
    strength=Strength.OPERATING,
    severity="major",
    cases=cases.PLANS_APPROVED,
)
def plans_approved(member: Member, evidence: Evidence) -> Message | None:
    """Every open risk that is to be treated stands in a plan that whoever may accept what is left approved,
    that is looked at in time, and whose treatments and residual level are still those of today."""
    risk = member.row["reference"]
    plans = [
        row
        for row in evidence.records["treatment-plan"]
        if risk in {one["reference"] for one in row["content"]["risks"]}
    ]
    if not plans:
        return say("plan.none", "stands in no approved treatment plan")
    faults = [_wanting(row, risk, evidence) for row in plans]
    if any(fault is None for fault in faults):
        return None
    return say("plan.in", "stands in {plan}, which {fault}", plan=ref(plans[-1]), fault=faults[-1] or "")


def _wanting(plan: Facts, risk: str, evidence: Evidence) -> Message | None:
    """Why a plan does not count for a risk; None if it does."""
    late = says_too_little(plan, {"residual": Word("what is left")})
    late = late or review_too_far(plan, evidence, "treatment-plan.next_review")
    if late is not None:
        return late
    frozen = {
        row["reference"]: row["revision"] for row in plan["content"]["treatments"] if risk in row["risks"]
    }
    now = {
        row["reference"]: row["approved_revision"]
        for row in evidence.records["treatment"]
        if risk in row["risks"]
    }
    for name in sorted(frozen.keys() | now.keys()):
        if name not in now:
            return say("plan.gone", "is out of date: {treatment} is no longer in force", treatment=Ref(name))
        if frozen.get(name) != now[name]:
            text = "is out of date: {treatment} was approved after it was frozen"
            return say("plan.out-of-date", text, treatment=Ref(name))
    left = {row["reference"]: row["planned"] for row in evidence.facts["residual"]}
    then = {row["reference"]: row["residual_level"] for row in plan["content"]["risks"]}
    if left.get(risk, then[risk]) != then[risk]:
        return say("plan.other-level", "is out of date: another level is left of the risk")
    return None
