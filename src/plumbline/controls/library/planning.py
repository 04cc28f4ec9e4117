"""Checks on planning: statement of applicability, departures from own rules, objectives (6, 8.1)."""

from __future__ import annotations

from typing import Any

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import planning as cases
from plumbline.controls.library.contradictions import SPEAKS_AGAINST
from plumbline.controls.library.gaps import Facts, overdue_review, says_too_little, was_due
from plumbline.controls.library.population import INVENTORY, Unrecorded, in_force, must_exist, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of
from plumbline.kernel.messages import Message, Requirement, Word, say
from plumbline.kernel.states import Strength

_SOA = (
    *(*INVENTORY, "claims:applicability", "records:applicability", "facts:controls"),
    *("claims:component", "records:component", "claims:dataset", "records:dataset"),
    *("claims:supplier", "records:supplier"),
)


def _controls(evidence: Evidence) -> list[Member]:
    """Each control of Annex A with its row, if there is one, and each control of the organization's own."""
    rows = [row for row in evidence.claims["applicability"] if row["state"] != "retired"]
    known: dict[str, Any] = {row["requirement"]: row for row in rows if row["requirement"]}
    members = []
    for row in evidence.facts["controls"]:
        against = SPEAKS_AGAINST.get(row["id"])
        facts: dict[str, Any] = {"against": against(evidence) if against is not None else None}
        written = known.get(row["id"])
        name = Requirement(row["id"])
        members.append(owned(written, name=name, **facts) if written else Member(name, row=Unrecorded(facts)))
    return members + [owned(row, against=None) for row in rows if not row["requirement"]]


@check(
    "iso42001:6.1.3",
    slug="soa-complete",
    title="Statement of applicability is complete",
    finding="Controls without an approved row in the statement of applicability",
    over="organization",
    needs=(),
    population=Population(
        "controls", Word("controls of Annex A and own controls"), _SOA, _controls, bare.CONTROL
    ),
    share=share("applicability.share", "{have} of {total} controls have an approved row."),
    strength=Strength.RECORDED,
    severity="major",
    required=True,
    cases=cases.SOA_COMPLETE,
)
def soa_complete(member: Member, evidence: Evidence) -> Message | None:
    """Each control of Annex A and each own control has an approved row in date that says why.

    Nothing that is on record speaks against leaving a control out.
    """
    if not member.row["reference"]:
        return say("applicability.no-row", "has no row")
    row = in_force(evidence, "applicability", member.row["reference"])
    if row is None:
        return say("applicability.no-approved-row", "has no approved row")
    if row["applicable"] == "no":
        if member.row["against"] is not None:
            return say("applicability.against", "is left out although {fact}", fact=member.row["against"])
        reason = says_too_little(row, {"exclusion_reason": Word("why it is left out")})
    else:
        reason = says_too_little(row, {"justification": Word("why it is needed")})
    return reason or overdue_review(row, evidence.today)


def _criteria(evidence: Evidence) -> Facts:
    rows = evidence.records["risk-criteria"]
    return max(rows, key=lambda row: str(row["approved_at"]), default={})


@check(
    "iso42001:6.1.1",
    slug="criteria-approved",
    title="Risk criteria are approved and in date",
    finding="Risks are judged by no approved criteria",
    over="organization",
    needs=(),
    population=must_exist("risk-criteria", Word("the risk criteria"), ("records:risk-criteria",), _criteria),
    share=share("criteria.share", "{have} of {total} set of risk criteria is approved and in date."),
    strength=Strength.RECORDED,
    cases=cases.CRITERIA_APPROVED,
)
def criteria_approved(member: Member, evidence: Evidence) -> Message | None:
    """The organization's own risk criteria are approved, say what they rest on, and have a review to come.

    Until there are some, risks are judged by the scales that Plumbline delivers, which nobody here has set.
    """
    if not member.row["reference"]:
        return say("criteria.none", "are not set and approved")
    reason = says_too_little(member.row, {"basis": Word("what they rest on")})
    return reason or overdue_review(member.row, evidence.today)


def _deviations(evidence: Evidence) -> list[Member]:
    return [owned(row, system=row["system"] or "") for row in evidence.records["deviation"]]


@check(
    "iso42001:8.1",
    slug="deviations-in-date",
    title="Deviations from own rules end in time",
    finding="Deviations past their last day or without compensation",
    over="organization",
    needs=(),
    population=Population(
        "deviations",
        Word("approved deviations from own rules"),
        ("records:deviation",),
        _deviations,
        bare.DEVIATION,
    ),
    share=share("deviation.share", "{have} of {total} approved deviations are in date and compensated for."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.DEVIATIONS_IN_DATE,
)
def deviations_in_date(member: Member, evidence: Evidence) -> Message | None:
    """No approved deviation from an own rule has passed its last day, and something compensates for each."""
    ended = day_of(member.row["expires_on"])
    if ended is not None and ended < evidence.today:
        return say("deviation.ended", "ended on {day} and is not retired", day=ended)
    if not member.row["compensation"]:
        return say("deviation.uncompensated", "has nothing that compensates for it")
    return None


def _objectives(evidence: Evidence) -> list[Member]:
    """The objectives that still run; where none is approved, the objectives that have to be set."""
    rows = evidence.records["objective"]
    if not rows:
        return [Member(Word("AI objectives"), row=Unrecorded())]
    return [owned(row) for row in rows if row["outcome"] == "open"]


@check(
    "iso42001:6.2",
    slug="objectives-measurable",
    title="Objectives can be measured",
    finding="Objectives that cannot be measured or are overdue",
    over="organization",
    needs=("records:indicator",),
    population=Population(
        "objectives", Word("AI objectives that still run"), ("records:objective",), _objectives
    ),
    share=share("objective.share", "{have} of {total} running objectives can be measured."),
    strength=Strength.RECORDED,
    cases=cases.OBJECTIVES_MEASURABLE,
    broken=bare.OBJECTIVE,
)
def objectives_measurable(member: Member, evidence: Evidence) -> Message | None:
    """Every approved objective that still runs has a target or an indicator, an owner and a date to come."""
    row, due = member.row, day_of(member.row["due"])
    if not row["reference"]:
        return say("objective.none-approved", "are not set and approved")
    indicated = {indicator["objective"] for indicator in evidence.records["indicator"]}
    if row["target"] is None and row["reference"] not in indicated:
        return say("objective.unmeasured", "has neither target nor indicator")
    if not row["owner"]:
        return say("owner.none", "has no owner")
    return was_due(due) if due is not None and due < evidence.today else None
