"""Checks on planning: statement of applicability, risks, treatments, departures, objectives."""

from __future__ import annotations

from datetime import date

from plumbline.controls.declare import check
from plumbline.controls.library.cases import planning as cases
from plumbline.controls.library.population import Facts, in_state, overdue_review, ref, refs, was_due
from plumbline.controls.verdicts import Evidence, Verdict, day_of, every, fails
from plumbline.kernel.messages import Message, Name, Requirement, Word, say


@check(
    "iso42001:6.1.3",
    slug="soa-complete",
    title="Statement of applicability is complete",
    finding="Controls without an approved row in the statement of applicability",
    over="organization",
    needs=("records:applicability", "facts:controls"),
    severity="major",
    required=True,
    decides=True,
    cases=cases.SOA_COMPLETE,
)
def soa_complete(evidence: Evidence) -> Verdict:
    """Each of the 38 controls of Annex A has an approved row that says whether it applies, and why."""
    rows = {row["requirement"]: row for row in evidence.records["applicability"] if row["requirement"]}
    controls = [str(row["id"]) for row in evidence.facts["controls"]]
    none = say("applicability.none", "No control has a row.")
    if not rows:
        return fails(none, numerator=0, denominator=len(controls), population=0, unit="ratio")
    missing: dict[Name, Message] = {}
    for control in controls:
        row, name = rows.get(control), Requirement(control)
        if row is None:
            missing[name] = say("applicability.no-row", "has no row")
        elif not (row["justification"] or row["exclusion_reason"]):
            missing[name] = say("applicability.no-reason", "has no justification")
        elif row["state"] != "approved":
            missing[name] = in_state(row)
    return every(
        "applicability.share", "{have} of {total} controls have an approved row.",
        [Requirement(control) for control in controls], missing, none=none,
    )  # fmt: skip


@check(
    "iso42001:6.1.2",
    "iso42001:6.1.3",
    "iso42001:8.2",
    "iso42001:8.3",
    slug="risks-in-hand",
    title="Risks are assessed, treated and within their dates",
    finding="Risks that are not assessed, not treated or overdue",
    over="organization",
    needs=("records:risk", "records:treatment"),
    severity="major",
    cases=cases.RISKS_IN_HAND,
)
def risks_in_hand(evidence: Evidence) -> Verdict:
    """Every open risk is assessed, has a response, is treated or accepted, and its review is not overdue.

    An acceptance ends on its day; a risk that is to be reduced, shared or avoided needs an approved
    treatment.
    """
    done = {"approved", "carried out", "verified"}
    treated = {risk for row in evidence.records["treatment"] if row["state"] in done for risk in row["risks"]}
    risks = [row for row in evidence.records["risk"] if row["state"] != "closed"]
    faults = {ref(row): _risk_fault(row, evidence.today, treated) for row in risks}
    missing: dict[Name, Message] = {name: message for name, message in faults.items() if message is not None}
    return every(
        "risk.share", "{have} of {total} open risks are assessed, treated and in date.", refs(risks), missing,
        none=say("risk.none-open", "There are no open risks."),
    )  # fmt: skip


def _risk_fault(row: Facts, today: date, treated: set[str]) -> Message | None:
    """What is wrong with how one open risk is handled; None for nothing."""
    accepted, late = day_of(row["accepted_until"]), overdue_review(row, today)
    if row["state"] == "identified":
        return say("risk.unassessed", "is not assessed")
    if late is not None:
        return late
    if row["state"] == "accepted" and accepted is not None and accepted < today:
        return say("risk.acceptance-ended", "was accepted until {day}", day=accepted)
    if row["state"] == "assessed":
        return say("risk.undecided", "is neither treated nor accepted")
    if row["state"] == "treated" and row["response"] != "retain" and row["reference"] not in treated:
        return say("risk.no-treatment", "has no approved treatment")
    return None


@check(
    "iso42001:8.3",
    slug="treatments-in-time",
    title="Treatments are carried out in time",
    finding="Overdue treatments of risks",
    over="organization",
    needs=("records:treatment",),
    cases=cases.TREATMENTS_IN_TIME,
)
def treatments_in_time(evidence: Evidence) -> Verdict:
    """Every treatment of a risk is approved and carried out by its day. Those abandoned are left out."""
    today = evidence.today
    known = evidence.records["treatment"]
    rows = [row for row in known if row["state"] != "abandoned"]
    missing: dict[Name, Message] = {}
    for row in rows:
        due = day_of(row["due"])
        if row["state"] not in {"carried out", "verified"} and due is not None and due < today:
            state = Word(row["state"])
            missing[ref(row)] = say("treatment.late", "was due on {day} and is {state}", day=due, state=state)
    return every(
        "treatment.share", "{have} of {total} treatments are in time.", refs(rows), missing,
        none=say("treatment.none", "There are no treatments."), excluded=len(known) - len(rows),
    )  # fmt: skip


@check(
    "iso42001:8.1",
    slug="deviations-in-date",
    title="Deviations from own rules end in time",
    finding="Deviations past their last day or without compensation",
    over="organization",
    needs=("records:deviation",),
    severity="major",
    cases=cases.DEVIATIONS_IN_DATE,
)
def deviations_in_date(evidence: Evidence) -> Verdict:
    """No approved deviation from an own rule has passed its last day, and something compensates for each."""
    today = evidence.today
    rows = [row for row in evidence.records["deviation"] if row["state"] == "approved"]
    missing: dict[Name, Message] = {}
    for row in rows:
        ended = day_of(row["expires_on"])
        if ended is not None and ended < today:
            missing[ref(row)] = say("deviation.ended", "ended on {day} and is not retired", day=ended)
        elif not row["compensation"]:
            missing[ref(row)] = say("deviation.uncompensated", "has nothing that compensates for it")
    return every(
        "deviation.share",
        "{have} of {total} approved deviations are in date and compensated for.",
        refs(rows),
        missing,
        none=say("deviation.none", "There are no approved deviations."),
    )


@check(
    "iso42001:6.2",
    slug="objectives-measurable",
    title="Objectives can be measured",
    finding="Objectives that cannot be measured or are overdue",
    over="organization",
    needs=("records:objective", "records:indicator"),
    cases=cases.OBJECTIVES_MEASURABLE,
)
def objectives_measurable(evidence: Evidence) -> Verdict:
    """Every approved objective that still runs has a target or an indicator, an owner and a date to come."""
    today = evidence.today
    indicated = {row.get("objective") for row in evidence.records["indicator"] if row["state"] != "retired"}
    rows = [row for row in evidence.records["objective"] if row["state"] == "approved"]
    running = [row for row in rows if row["outcome"] == "open"]
    missing: dict[Name, Message] = {}
    for row in running:
        due = day_of(row["due"])
        if row["target"] is None and row["reference"] not in indicated:
            missing[ref(row)] = say("objective.unmeasured", "has neither target nor indicator")
        elif not row["owner"]:
            missing[ref(row)] = say("owner.none", "has no owner")
        elif due is not None and due < today:
            missing[ref(row)] = was_due(due)
    return every(
        "objective.share", "{have} of {total} running objectives can be measured.", refs(running), missing,
        none=say("objective.none", "There are no running objectives."), excluded=len(rows) - len(running),
    )  # fmt: skip
