"""Checks on risks: assessed by a method in force, treated or accepted, and treatments that work (6.1, 8)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import risks as cases
from plumbline.controls.library.gaps import Facts, aged, overdue_review, ref
from plumbline.controls.library.population import INVENTORY, in_force, live_systems, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.kernel.states import Strength

_RISKS = ("records:risk", "records:treatment", "records:document", "facts:residual")


def _open_risks(evidence: Evidence) -> list[Facts]:
    return [row for row in evidence.claims["risk"] if row["state"] != "closed"]


def _to_assess(evidence: Evidence) -> list[Member]:
    """Every live system with the open risks about it."""
    risks = _open_risks(evidence)
    return [
        owned(
            member.row,
            system=member.system,
            name=member.name,
            risks=[row for row in risks if member.system and row["system"] == member.system],
        )
        for member in live_systems(evidence)
    ]


@check(
    "iso42001:6.1.2",
    "iso42001:8.2",
    slug="risks-assessed",
    title="The risks of live systems are assessed by the method in force",
    finding="Live systems without a current risk assessment",
    over="organization",
    needs=_RISKS,
    population=Population(
        "to-assess",
        Word("live AI systems whose risks are to be assessed"),
        (*INVENTORY, "claims:risk"),
        _to_assess,
        bare.SYSTEM,
    ),
    share=share("risk.assessed-share", "{have} of {total} live systems have a current risk assessment."),
    strength=Strength.OPERATING,
    severity="major",
    limits=(
        limit("risks-assessed", 400, "days", why="the risks of a system are assessed within a year or so"),
    ),
    cases=cases.RISKS_ASSESSED,
)
def risks_assessed(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system has a risk that was assessed in time, by the method in force.

    An assessment counts once a second person has approved what follows from it: acceptance or treatment.
    """
    risks: list[Facts] = member.row["risks"]
    if not risks:
        return say("risk.none-about", "has no risk on record")
    faults = [(row, _assessment_fault(row, evidence)) for row in risks]
    if any(fault is None for _, fault in faults):
        return None
    row, fault = faults[-1]
    return say("risk.about", "has {risk}, which {fault}", risk=ref(row), fault=fault or "")


def _assessment_fault(row: Facts, evidence: Evidence) -> Message | None:
    """Why the assessment of a risk does not count; None if it does."""
    if row["state"] == "identified":
        return say("risk.unassessed", "is not assessed")
    accepted = in_force(evidence, "risk", row["reference"])
    if not _treatments(row, evidence) and accepted is None:
        return say("risk.one-person", "was assessed by one person alone and is neither treated nor accepted")
    # What was accepted has to hold too: one person would otherwise write it another day or method.
    for version in (row,) if accepted is None else (row, accepted):
        fault = (
            _method_gone(version, evidence)
            or _other_criteria(row, evidence)
            or aged(day_of(version["assessed_on"]), evidence, "risks-assessed")
        )
        if fault is not None:
            return fault
    if accepted is None and (anew := _assessed_anew(row, evidence)) is not None:
        return anew
    return _overtaken(row, evidence)


def _assessed_anew(row: Facts, evidence: Evidence) -> Message | None:
    """That a risk which nobody accepted was assessed after its treatments were approved; None if it was not.

    They followed from an earlier assessment, so that only one person stands behind the newest one.
    """
    on = day_of(row["assessed_on"])
    approved = [day_of(one["approved_at"]) for one in _treatments(row, evidence)]
    if on is None or any(day is not None and day >= on for day in approved):
        return None
    return say(
        "risk.assessed-anew",
        "was assessed anew on {day} by one person alone, after its treatments were approved",
        day=on,
    )


def _other_criteria(row: Facts, evidence: Evidence) -> Message | None:
    """That a risk was judged by other scales or another matrix than those in force, or by some whose own
    review is overdue; None if it was not."""
    levels = {one["reference"]: one for one in evidence.facts["residual"]}.get(row["reference"])
    if levels is None:
        return None
    if levels["judged_by"] == levels["criteria"]:
        review = day_of(levels["criteria_review"])
        if review is None or review >= evidence.today:
            return None
        return say(
            "risk.criteria-overdue", "was judged by the risk criteria {by}, whose review was due on {day}",
            by=levels["judged_by"], day=review,
        )  # fmt: skip
    return say(
        "risk.other-criteria", "was judged by the risk criteria {by}, and {criteria} are in force",
        by=levels["judged_by"], criteria=levels["criteria"],
    )  # fmt: skip


def _method_gone(row: Facts, evidence: Evidence) -> Message | None:
    """That the method by which a risk was judged is not in force; None if it is."""
    if row["criteria"] is None:
        return say("risk.no-criteria", "does not say by which criteria it was judged")
    document = in_force(evidence, "document", row["criteria"])
    if document is None:
        return say(
            "risk.method-gone",
            "was judged by {document}, which is not in force",
            document=Ref(row["criteria"]),
        )
    if row["criteria_version"] != document["version"]:
        return say(
            "risk.method-changed", "was judged by another version of {document}", document=ref(document)
        )
    return None


def _treatments(row: Facts, evidence: Evidence) -> list[Facts]:
    """Approved treatments of a risk."""
    return [one for one in evidence.records["treatment"] if row["reference"] in one["risks"]]


def _overtaken(row: Facts, evidence: Evidence) -> Message | None:
    """That more is left of an accepted risk today than was accepted, or than may be; None if neither is."""
    levels = {one["reference"]: one for one in evidence.facts["residual"]}.get(row["reference"])
    if levels is None or in_force(evidence, "risk", row["reference"]) is None:
        return None
    now = Word(levels["today_word"])
    if levels["today"] > levels["planned"]:
        planned = Word(levels["planned_word"])
        return say(
            "risk.lapsed", "was accepted as {planned} and is {now} today, so the acceptance has lapsed",
            planned=planned, now=now,
        )  # fmt: skip
    if levels["today"] > levels["appetite"]:
        return say("risk.over-appetite", "is {now}, more than the organization accepts", now=now)
    return None


def _unowned(row: Facts, evidence: Evidence) -> Message | None:
    """That nobody answers for a risk, or nobody who is still here; None if somebody does."""
    if not row["owner"]:
        return say("owner.none", "has no owner")
    here = {person["handle"] for person in evidence.facts["people"] if person["active"]}
    return None if row["owner"] in here else say("owner.gone", "has an owner who is no longer here")


def _to_handle(evidence: Evidence) -> list[Member]:
    """Every open risk, and every live system that has none on record."""
    risks = _open_risks(evidence)
    about = {row["system"] for row in risks}
    members = [owned(row, system=row["system"] or "", risk=True) for row in risks]
    return members + [
        owned(member.row, system=member.system, name=member.name, risk=False)
        for member in live_systems(evidence)
        if not member.system or member.system not in about
    ]


@check(
    "iso42001:6.1.3",
    "iso42001:8.3",
    slug="risks-in-hand",
    title="Risks are treated or accepted, and within their dates",
    finding="Risks that are not treated, not accepted or overdue",
    over="organization",
    needs=(*_RISKS, "facts:people"),
    population=Population(
        "to-treat",
        Word("open risks, and live AI systems without one"),
        (*INVENTORY, "claims:risk"),
        _to_handle,
        bare.SYSTEM,
    ),
    share=share("risk.share", "{have} of {total} open risks are treated or accepted, and in date."),
    strength=Strength.OPERATING,
    severity="major",
    cases=cases.RISKS_IN_HAND,
)
def risks_in_hand(member: Member, evidence: Evidence) -> Message | None:
    """Every open risk has an owner, is treated or accepted, and is in date; every live system has one.

    An acceptance ends on its day. A risk that is to be reduced, shared or avoided needs an approved
    treatment, one that is retained an acceptance.
    """
    row = member.row
    if not row["risk"]:
        return say("risk.none-about", "has no risk on record")
    if row["state"] == "identified":
        return say("risk.unassessed", "is not assessed")
    accepted = in_force(evidence, "risk", row["reference"])
    late = _unowned(row, evidence) or overdue_review(row, evidence.today)
    # Whoever writes the review a later day beside an acceptance that stays in force does not put it off.
    if late is None and accepted is not None:
        late = overdue_review(accepted, evidence.today)
    if late is not None:
        return late
    until = day_of(accepted["accepted_until"]) if accepted is not None else None
    if until is not None and until < evidence.today:
        return say("risk.acceptance-ended", "was accepted until {day}", day=until)
    if (lapsed := _overtaken(row, evidence)) is not None:
        return lapsed
    if accepted is not None or (row["response"] != "retain" and _treatments(row, evidence)):
        return None
    if row["state"] == "treated" and row["response"] != "retain":
        return say("risk.no-treatment", "has no approved treatment")
    return say("risk.undecided", "is neither treated nor accepted")


def _treatments_to_carry_out(evidence: Evidence) -> list[Member]:
    """Every treatment as it was approved, and those that nobody has approved yet as they are written.

    A draft beside an approved treatment does not give it another day.
    """
    in_force = {row["reference"]: row for row in evidence.records["treatment"]}
    rows = [row for row in evidence.claims["treatment"] if row["state"] != "abandoned"]
    return [owned(in_force.get(row["reference"], row), moved=row["recorded"]) for row in rows]


@check(
    "iso42001:8.3",
    slug="treatments-in-time",
    title="Treatments are carried out and verified in time",
    finding="Overdue treatments of risks",
    over="organization",
    needs=(),
    population=Population(
        "treatments",
        Word("treatments of risks"),
        ("claims:treatment", "records:treatment"),
        _treatments_to_carry_out,
        bare.TREATMENT,
    ),
    share=share("treatment.share", "{have} of {total} treatments are in time."),
    strength=Strength.OPERATING,
    limits=(
        limit("treatments-in-time", 90, "days", why="a quarter shows whether what was carried out works"),
    ),
    cases=cases.TREATMENTS_IN_TIME,
)
def treatments_in_time(member: Member, evidence: Evidence) -> Message | None:
    """Every treatment is carried out by its day, and verified by a second person soon after that."""
    row, due = member.row, day_of(member.row["due"])
    if row["state"] == "carried out":
        since = day_of(row["moved"])
        if since is not None and (evidence.today - since).days > evidence.limit("treatments-in-time").value:
            return say("treatment.unverified", "was carried out on {day} and never verified", day=since)
        return None
    if row["state"] != "verified" and due is not None and due < evidence.today:
        return say("treatment.late", "was due on {day} and is {state}", day=due, state=Word(row["state"]))
    return None
