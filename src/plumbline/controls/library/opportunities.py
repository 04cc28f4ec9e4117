"""Checks on what issues lead to, on opportunities, and on whether anything became better (6.1.1, 10.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import opportunities as cases
from plumbline.controls.library.gaps import Facts, says_too_little, unseen_since, was_due
from plumbline.controls.library.population import in_force, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

_SHOWN = 400
"""Days for which an opportunity whose evaluation was approved is still shown."""


@check(
    "iso42001:6.1.1",
    slug="issues-addressed",
    title="Issues lead to risks or opportunities",
    finding="Issues that lead to no risk and no opportunity",
    over="organization",
    needs=("records:risk", "records:risk-assessment", "records:opportunity"),
    population=Population(
        "issues-in-force",
        Word("issues of the context"),
        ("records:issue",),
        lambda evidence: [owned(row) for row in evidence.records["issue"]],
        bare.ISSUE,
    ),
    share=share("issue.addressed-share", "{have} of {total} issues lead to a risk or an opportunity."),
    strength=Strength.RECORDED,
    cases=cases.ISSUES_ADDRESSED,
)
def issues_addressed(member: Member, evidence: Evidence) -> Message | None:
    """Every approved issue names a risk that is accepted or stands in an approved assessment, or an approved
    opportunity comes from it.

    What parties need is answered by obligations (4.2).
    """
    assessed = {row["reference"] for row in evidence.records["risk"]}
    for act in evidence.records["risk-assessment"]:
        assessed |= {one["reference"] for one in act["content"]["risks"]}
    if assessed.intersection(member.row["risks"]):
        return None
    if any(member.row["reference"] in row["issues"] for row in evidence.records["opportunity"]):
        return None
    if member.row["risks"]:
        return say("issue.unassessed", "leads to no risk in an approved assessment, and to no opportunity")
    return say("issue.unaddressed", "leads to no risk and to no opportunity")


def _opportunities(evidence: Evidence) -> list[Member]:
    """Approved opportunities, without those whose evaluation was approved longer ago than is shown."""
    since = evidence.today - timedelta(days=_SHOWN)
    return [
        owned(row)
        for row in evidence.records["opportunity"]
        if row["state"] != "reviewed" or (day_of(row["evaluated_on"]) or since) >= since
    ]


@check(
    "iso42001:6.1.1",
    slug="opportunities-pursued",
    title="Opportunities are pursued and evaluated in time",
    finding="Opportunities that nobody has evaluated",
    over="organization",
    needs=("facts:people",),
    population=Population(
        "opportunities", Word("opportunities"), ("records:opportunity",), _opportunities, bare.OPPORTUNITY
    ),
    share=share("opportunity.share", "{have} of {total} opportunities are in time or evaluated."),
    strength=Strength.OPERATING,
    limits=(
        limit(
            "opportunities-pursued.reviewed", 90, "days", why="a quarter is time for a second person to look"
        ),
    ),
    cases=cases.OPPORTUNITIES_PURSUED,
)
def opportunities_pursued(member: Member, evidence: Evidence) -> Message | None:
    """Every approved opportunity says why it is taken or left, has an owner who is here, and is evaluated, or
    looked at again, by its day; the evaluation is approved by somebody without a part in it."""
    row = in_force(evidence, "opportunity", member.row["reference"])
    if row is None:
        return say("record.not-approved", "is not approved")
    wanting = says_too_little(row, {"benefit": Word("what it would bring"), "reason": Word("why")})
    if wanting is not None or row["state"] == "reviewed":
        return wanting
    if row["owner"] not in {one["handle"] for one in evidence.facts["people"] if one["active"]}:
        return say("decision.owner-gone", "has no owner who is here")
    due = day_of(row["due"]) or evidence.today
    if row["state"] == "carried out":
        given = timedelta(days=evidence.limit("opportunities-pursued.reviewed").value)
        return unseen_since(due + given, evidence)
    return was_due(due) if due < evidence.today else None


_SOURCES: Mapping[str, Word] = {
    "objective": Word("objectives that were reached"),
    "management-review": Word("decisions of a management review"),
    "corrective-action": Word("corrective actions that were verified"),
    "opportunity": Word("opportunities that made something better"),
    "action": Word("actions whose result was reviewed"),
}
"""What shows that the AIMS becomes better, by the kind of record in which it does."""


def _sources(evidence: Evidence) -> list[Member]:
    """The sources of improvement; actions and corrective actions only where there are any."""
    absent = {kind for kind in ("corrective-action", "action") if not evidence.claims[kind]}
    return [Member(text, row={"kind": kind}) for kind, text in _SOURCES.items() if kind not in absent]


def _improved(kind: str, row: Facts) -> date | None:
    """The day on which a record in force shows that something became better; None if it shows nothing.

    That of an action or a corrective action is the day on which it was approved."""
    if kind == "objective":
        return day_of(row["judged_on"]) if row["outcome"] in {"reached", "partly reached"} else None
    if kind == "management-review":
        return None if says_too_little(row, {"decisions": Word("decisions")}) else day_of(row["held_on"])
    if kind in ("corrective-action", "action"):
        return day_of(row["recorded"]) if row["state"] in {"verified", "reviewed"} else None
    better = row["state"] == "reviewed" and row["effect"] in {"better", "in part"}
    return day_of(row["evaluated_on"]) if better else None


@check(
    "iso42001:10.1",
    slug="improvement-shown",
    title="The AIMS has become better within the year",
    finding="Sources of improvement of which nothing came",
    over="organization",
    needs=tuple(f"records:{kind}" for kind in _SOURCES),
    population=Population(
        "improvement",
        Word("sources of improvement"),
        ("claims:corrective-action", "claims:action"),
        _sources,
        beside=("claims:corrective-action", "claims:action"),
    ),
    share=share("improvement.share", "Something came of {have} of {total} sources of improvement."),
    strength=Strength.OPERATING,
    limits=(limit("improvement-shown", 400, "days", why="each source gives something within a year or so"),),
    cases=cases.IMPROVEMENT_SHOWN,
)
def improvement_shown(member: Member, evidence: Evidence) -> Message | None:
    """Within the limit an objective was reached, a management review decided something, an opportunity was
    found to have made something better, and, where there was something to correct, an action was verified.

    Each takes two people. Whether the AIMS as a whole became better is for people to attest.
    """
    kind = member.row["kind"]
    days = (_improved(kind, row) for row in evidence.records[kind])
    last = max((day for day in days if day is not None), default=None)
    if last is None:
        return say("improvement.none", "are not there")
    if (evidence.today - last).days > evidence.limit("improvement-shown").value:
        return say("improvement.old", "are from {day} at the latest", day=last)
    return None
