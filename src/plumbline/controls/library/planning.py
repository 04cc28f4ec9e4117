"""Checks on planning: statement of applicability, risks, treatments, departures, objectives."""

from __future__ import annotations

from plumbline.controls.declare import Evidence, Verdict, check, day_of, every, fails
from plumbline.controls.library.population import named


@check(
    "iso42001:6.1.3",
    slug="soa-complete",
    title="Statement of applicability is complete",
    over="organization",
    needs=("records:applicability", "facts:controls"),
    severity="major",
    required=True,
)
def soa_complete(evidence: Evidence) -> Verdict:
    """Each of the 38 controls of Annex A has an approved row that says whether it applies, and why."""
    rows = {row["requirement"]: row for row in evidence.records["applicability"] if row["requirement"]}
    wanted = [str(row["id"]) for row in evidence.facts["controls"]]
    if not rows:
        return fails(
            "No control has a row.", numerator=0, denominator=len(wanted), population=0, unit="ratio"
        )
    missing = {}
    for control in wanted:
        row = rows.get(control)
        if row is None:
            missing[control] = "has no row"
        elif not (row["justification"] or row["exclusion_reason"]):
            missing[control] = "has no justification"
        elif row["state"] != "approved":
            missing[control] = f"is {row['state']}"
    return every("controls", "have an approved row", wanted, missing)


@check(
    "iso42001:6.1.2",
    "iso42001:6.1.3",
    "iso42001:8.2",
    "iso42001:8.3",
    slug="risks-in-hand",
    title="Risks are assessed, treated and within their dates",
    over="organization",
    needs=("records:risk", "records:treatment"),
    severity="major",
)
def risks_in_hand(evidence: Evidence) -> Verdict:
    """Every open risk is assessed, has a response, is treated or accepted, and its review is not overdue.

    An acceptance ends on its day; a risk that is to be reduced, shared or avoided needs an approved
    treatment.
    """
    today = evidence.now.date()
    done = {"approved", "carried out", "verified"}
    treated = {risk for row in evidence.records["treatment"] if row["state"] in done for risk in row["risks"]}
    risks = [row for row in evidence.records["risk"] if row["state"] != "closed"]
    missing = {}
    for row in risks:
        review, accepted = day_of(row["next_review"]), day_of(row["accepted_until"])
        name = str(row["reference"])
        if row["state"] == "identified":
            missing[name] = "is not assessed"
        elif review is not None and review < today:
            missing[name] = f"was due for review on {review}"
        elif row["state"] == "accepted" and accepted is not None and accepted < today:
            missing[name] = f"was accepted until {accepted}"
        elif row["state"] == "assessed":
            missing[name] = "is neither treated nor accepted"
        elif row["state"] == "treated" and row["response"] != "retain" and name not in treated:
            missing[name] = "has no approved treatment"
    names = [str(row["reference"]) for row in risks]
    return every("open risks", "are assessed, treated and in date", names, missing)


@check(
    "iso42001:6.1.3",
    "iso42001:8.3",
    slug="treatments-in-time",
    title="Treatments are carried out in time",
    over="organization",
    needs=("records:treatment",),
)
def treatments_in_time(evidence: Evidence) -> Verdict:
    """Every treatment of a risk is approved and carried out by its day. Those abandoned are left out."""
    today = evidence.now.date()
    known = evidence.records["treatment"]
    rows = [row for row in known if row["state"] != "abandoned"]
    missing = {}
    for row in rows:
        due = day_of(row["due"])
        if row["state"] not in {"carried out", "verified"} and due is not None and due < today:
            missing[str(row["reference"])] = f"was due on {due} and is {row['state']}"
    return every("treatments", "are in time", named(*rows), missing, len(known) - len(rows))


@check(
    "iso42001:8.1",
    "iso42001:A.2.2",
    slug="deviations-in-date",
    title="Departures from own rules end in time",
    over="organization",
    needs=("records:deviation",),
    severity="major",
)
def deviations_in_date(evidence: Evidence) -> Verdict:
    """No approved departure from an own rule has passed its last day, and something makes up for each."""
    today = evidence.now.date()
    rows = [row for row in evidence.records["deviation"] if row["state"] == "approved"]
    missing = {}
    for row in rows:
        ended = day_of(row["expires_on"])
        if ended is not None and ended < today:
            missing[str(row["reference"])] = f"ended on {ended} and is not retired"
        elif not row["compensation"]:
            missing[str(row["reference"])] = "has nothing that makes up for it"
    return every("approved deviations", "are in date and made up for", named(*rows), missing)


@check(
    "iso42001:6.2",
    "iso42001:A.6.1.2",
    "iso42001:A.9.3",
    slug="objectives-measurable",
    title="Objectives can be measured",
    over="organization",
    needs=("records:objective", "records:indicator"),
)
def objectives_measurable(evidence: Evidence) -> Verdict:
    """Every approved objective that still runs has a target or an indicator, an owner and a date to come."""
    today = evidence.now.date()
    indicated = {row.get("objective") for row in evidence.records["indicator"] if row["state"] != "retired"}
    rows = [row for row in evidence.records["objective"] if row["state"] == "approved"]
    running = [row for row in rows if row["outcome"] == "open"]
    missing = {}
    for row in running:
        due = day_of(row["due"])
        name = str(row["reference"])
        if row["target"] is None and name not in indicated:
            missing[name] = "has neither target nor indicator"
        elif not row["owner"]:
            missing[name] = "has no owner"
        elif due is not None and due < today:
            missing[name] = f"was due on {due} and is not judged"
    names = [str(row["reference"]) for row in running]
    return every("running objectives", "can be measured", names, missing, excluded=len(rows) - len(running))
