"""Checks on suppliers of AI systems and their parts: assessed, and with agreed duties (A.10)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import suppliers as cases
from plumbline.controls.library.gaps import (
    LONGEST_INTERVALS,
    Facts,
    aged,
    lacks,
    ref,
    review_too_far,
    says_too_little,
)
from plumbline.controls.library.population import SUPPLIERS, in_force, not_approved
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Ref, Word, listing, say
from plumbline.kernel.states import Strength

_SUITABLE = frozenset({"suitable", "suitable with conditions"})


def approved_supplier(member: Member, evidence: Evidence) -> Facts | Message:
    """The supplier in force, or why there is none: the system names none, or nobody has approved it."""
    if not member.row["is_supplier"]:
        if not member.system:
            return not_approved(member)
        return say("supplier.unnamed", "comes from outside and names no supplier")
    row = in_force(evidence, "supplier", member.row["reference"])
    return say("record.not-approved", "is not approved") if row is None else row


@check(
    "iso42001:A.10.3",
    "iso42001:8.1",
    slug="suppliers-assessed",
    title="Suppliers of live systems are assessed",
    finding="Suppliers without a current assessment",
    over="organization",
    needs=(),
    population=SUPPLIERS,
    share=share("supplier.share", "{have} of {total} suppliers of live systems are assessed and suitable."),
    strength=Strength.OPERATING,
    limits=(limit("suppliers-assessed", 365, "days", why="suppliers are assessed at least yearly"),),
    cases=cases.SUPPLIERS_ASSESSED,
)
def suppliers_assessed(member: Member, evidence: Evidence) -> Message | None:
    """Every supplier behind a live AI system was assessed, found suitable, and not too long ago.

    Suppliers count through the system itself, its components and its data. A live system from outside that
    names no supplier is one that nobody has assessed.
    """
    row = approved_supplier(member, evidence)
    if isinstance(row, Message):
        return row
    day = day_of(row["assessed_on"])
    if day is None or row["diligence"] == "not done":
        return say("supplier.never", "was never assessed")
    if row["diligence"] not in _SUITABLE:
        return say("supplier.found", "was found {finding}", finding=Word(row["diligence"]))
    return aged(day, evidence, "suppliers-assessed") or says_too_little(
        row, {"assessment": Word("what was looked into")}
    )


@check(
    "iso42001:A.10.2",
    slug="duties-shared-out",
    title="Responsibilities are agreed with suppliers",
    finding="Suppliers without agreed responsibilities",
    over="organization",
    needs=(),
    population=SUPPLIERS,
    share=share(
        "supplier.duties", "{have} of {total} suppliers of live systems have agreed responsibilities."
    ),
    strength=Strength.RECORDED,
    cases=cases.DUTIES_SHARED_OUT,
)
def duties_shared_out(member: Member, evidence: Evidence) -> Message | None:
    """With every supplier behind a live AI system it is written who does what, under a contract that runs."""
    row = approved_supplier(member, evidence)
    if isinstance(row, Message):
        return row
    ends = day_of(row["contract_until"])
    if not row["contract"]:
        return lacks([Word("a contract")])
    if ends is not None and ends < evidence.today:
        return say("supplier.contract-ended", "has a contract that ended on {day}", day=ends)
    return says_too_little(row, {"responsibilities": Word("who is responsible for what")})


@check(
    "iso42001:A.10.3",
    slug="supplier-assessments",
    title="Each assessment of a supplier is recorded and covers the systems that use it",
    finding="Suppliers without a recorded assessment that covers their systems",
    over="organization",
    needs=("records:supplier-assessment", LONGEST_INTERVALS),
    population=SUPPLIERS,
    share=share("supplier.acts", "{have} of {total} suppliers of live systems have a recorded assessment."),
    strength=Strength.RECORDED,
    limits=(limit("supplier-assessments", 365, "days", why="suppliers are assessed at least yearly"),),
    cases=cases.SUPPLIER_ASSESSMENTS,
)
def supplier_assessments(member: Member, evidence: Evidence) -> Message | None:
    """The newest approved assessment of every supplier behind a live AI system is in date, finds it suitable,
    says what was seen, and names each live system that inherits its risk.

    Conditions count until the day by which they are to be met; from then on another assessment is asked for.
    """
    supplier = approved_supplier(member, evidence)
    if isinstance(supplier, Message):
        return supplier
    made = [
        row for row in evidence.records["supplier-assessment"] if row["supplier"] == supplier["reference"]
    ]
    if not made:
        return say("supplier.no-act", "has no approved assessment of its own")
    # Of two that were made on one day the later record counts.
    newest = max(made, key=lambda row: (str(row["assessed_on"]), len(row["reference"]), row["reference"]))
    fault = _assessment_fault(newest, member, evidence)
    if fault is None:
        return None
    return say("supplier.act", "has {assessment}, which {fault}", assessment=ref(newest), fault=fault)


def _assessment_fault(row: Facts, member: Member, evidence: Evidence) -> Message | None:
    if row["verdict"] not in _SUITABLE:
        return say("supplier.verdict", "found it {finding}", finding=Word(row["verdict"]))
    by = day_of(row["conditions_by"])
    if row["verdict"] != "suitable" and (by is None or by < evidence.today):
        return say("supplier.conditions", "set conditions that nobody has seen met since")
    absent = sorted({*member.systems} - {*row["systems"]})
    if absent:
        return say("supplier.uncovered", "leaves out {systems}", systems=listing(list(map(Ref, absent))))
    texts = {"findings": Word("what was found"), "evidence": Word("the evidence")}
    texts["inherited"] = Word("the risk inherited")
    late = aged(day_of(row["assessed_on"]), evidence, "supplier-assessments")
    return (
        late
        or says_too_little(row, texts)
        or review_too_far(row, evidence, "supplier-assessment.next_review")
    )
