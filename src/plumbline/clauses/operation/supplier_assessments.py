"""Clause 8, Operation: suppliers are assessed, and what their systems inherit is said (A.10.3)."""

from __future__ import annotations

from plumbline.clauses import fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.operation.suppliers import CHOICES as SUPPLIER
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import intervals
from plumbline.kernel.messages import Ref, listing, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
CONDITIONAL = "suitable with conditions"
LISTED = ("supplier", "verdict", "assessed_on", "next_review")


class SupplierAssessment(Record):
    """One assessment of a supplier on one day: what was looked at, which duties of the contract it keeps,
    what it announced, what the AI systems that use it inherit, and whether it is suitable."""

    record_ptr = parent_link()

    supplier = fields.reference(
        "clauses.Supplier", "supplier", "Whom the assessment is about.", "assessments", required=True
    )
    assessed_on = fields.day("assessed on", "Day on which it was finished.", required=True, done=True)
    occasion = fields.choice("occasion", "Why it was assessed.", CHOICES, 24, required=True)
    areas = fields.many("looked at", "Everything that was really looked at.", CHOICES, required=True)
    findings = fields.text("what was found", "By area, good and bad, in a few sentences.", required=True)
    evidence = fields.text("evidence", "Reports, answers and tests seen: which, of when.", required=True)
    duties = fields.many("duties kept", "Terms of the contract that it was seen to keep.", SUPPLIER["terms"])
    breaches = fields.text("duties not kept", "Which duty, since when, and what is done about it.")
    change_notice = fields.text(
        "changes announced", "What the supplier has said will change, from when, and what it means for us."
    )
    systems = fields.systems("Systems that use it, and inherit its risk.", "supplier_assessments")
    inherited = fields.text(
        "risk inherited", "What can go wrong for them through it, and what they do about it.", required=True
    )
    risks = fields.references(
        "clauses.Risk", "risks", "Risks in the register that follow from it.", "supplier_assessments"
    )
    verdict = fields.choice(
        "verdict", "Whether it fits our way of responsible AI.", CHOICES, 32, required=True
    )
    conditions = fields.text("conditions", "What has to be done by whom, so that it is suitable.")
    conditions_by = fields.day("conditions met by", "Last day for that.", ahead=12)
    next_review = fields.review(
        "Assessed again by then; yearly, and when it announces a change.", intervals.SUPPLIER_REVIEW
    )

    class Meta:
        verbose_name = "supplier assessment"
        verbose_name_plural = "supplier assessments"

    def clean(self) -> None:
        """Conditions have a day, and one made on a change says which."""
        with FieldErrors(self) as errors:
            if self.verdict == CONDITIONAL:
                errors.require("conditions", "Say what has to be done.")
                errors.require("conditions_by", "Say by when.")
            if self.occasion == "change notice":
                errors.require("change_notice", "Say what the supplier announced.")
            errors.not_before("conditions_by", "assessed_on", "day of the assessment")
            errors.not_before("next_review", "assessed_on", "day of the assessment")


def using(supplier: str) -> set[str]:
    """References of the AI systems in force that use a supplier: themselves, by a component or by data."""
    found = {row["reference"] for row in queries.in_force_if_any("ai-system") if row["supplier"] == supplier}
    parts = (*queries.in_force_if_any("component"), *queries.in_force_if_any("dataset"))
    return found.union(*(row["systems"] for row in parts if row["supplier"] == supplier))


def its_systems_are_named(actor: Actor, record: Record, reason: str) -> None:
    """Each AI system that uses the supplier, by the inventory in force, stands in the assessment."""
    assert isinstance(record, SupplierAssessment)
    named = set(record.systems.values_list("reference", flat=True))
    absent = sorted(using(record.supplier.reference) - named)
    if absent:
        text = say("supplier.systems", "leave out {systems}", systems=listing(list(map(Ref, absent))))
        gates.refuse(
            record, [Fault("systems", text, "add what uses this supplier, and say what it inherits")]
        )


SUPPLIER_ASSESSMENT = Kind(
    model=SupplierAssessment,
    prefix="SAS",
    slug="supplier-assessment",
    access="systems",
    clause="8",
    place=5,
    requirements=("iso42001:8.1", "iso42001:A.10.3", "nist-ai-rmf:MANAGE 3.1"),
    titles={
        "supplier": "Assessment",
        "areas": "What was looked at",
        "duties": "Contract and changes",
        "systems": "What our systems inherit",
        "verdict": "Verdict",
    },
    columns=("supplier", "verdict", "assessed_on", "next_review"),
    filters=("supplier", "verdict", "occasion"),
    workflow=REVIEWED,
    icon="clipboard-check",
    menu=Menu("Do", 31),
    gates={"submit": (its_systems_are_named,), "approve": (gates.not_passed("next_review"),)},
    due="next_review",
    shown_when={
        "conditions": ("verdict", (CONDITIONAL,)),
        "conditions_by": ("verdict", (CONDITIONAL,)),
    },
    hubs=(
        HubSection(
            "supplier",
            "Assessments",
            10,
            columns=("verdict", "assessed_on", "next_review"),
            adds="Assess it",
            answers={"supplier-assessments": {}},
        ),
        HubSection("systems", "Inherited from suppliers", 54, LISTED),
        HubSection("risks", "Inherited from suppliers", 45, LISTED),
    ),
    example=EXAMPLE,
)
