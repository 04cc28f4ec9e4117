"""Clause 8, Operation: what an AI system shall do, so that it can be tested (A.6.2.2, A.6.2.3)."""

from __future__ import annotations

from plumbline.clauses import fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel import acceptance_lines as lines
from plumbline.kernel import intervals
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

_, EXAMPLE = beside(__file__)


class Specification(Record):
    """What one AI system shall do, for whom and within which limits: requirements, each with a criterion that
    can be measured, and the design that was chosen to meet them."""

    record_ptr = parent_link()

    system = fields.system("The system that is specified.", "specifications", required=True)
    need = fields.text("what it is for", "The need behind it, and who has it.", required=True)
    use = fields.text("intended use", "Users, setting, what goes in and what comes out.", required=True)
    bounds = fields.text("not intended", "What it must not be used for, and what is out of its reach.")
    asked = fields.text(
        "requirements",
        "A line for each: id, what it shall do, and how that is measured, such as "
        "R1: sorts claims by urgency | 95 of 100 as an expert would.",
        required=True,
    )
    objectives = fields.references(
        "clauses.Objective",
        "objectives",
        "Objectives for responsible development that these requirements carry into the system (A.6.1.2).",
        "specifications",
    )
    data_needs = fields.text("data", "Which data it needs, how good, and what must not be in it.")
    oversight = fields.text("oversight and transparency", "What people see, and how they override it.")
    design = fields.text("design", "Method and structure chosen, with the reasons; or where that is kept.")
    sources = fields.text("where requirements come from", "Law, contract, risks, impact, people asked.")
    next_review = fields.review(
        "When it is looked at again, and with each new purpose.", intervals.SPECIFICATION_REVIEW
    )

    class Meta:
        verbose_name = "specification"
        verbose_name_plural = "specifications"

    def clean(self) -> None:
        """Each requirement has an id of its own and a criterion with a figure."""
        with FieldErrors(self) as errors:
            if self.asked and not lines.requirements(self.asked):
                text = (
                    "Write a line for each: an id of its own, a colon, what it shall do, a bar, and a "
                    "criterion with a figure, such as R1: answers in time | 2 seconds at most."
                )
                errors.add("asked", "form", text)
            errors.not_before("next_review", "effective_from", "day from which it is effective")


SPECIFICATION = Kind(
    model=Specification,
    prefix="SPC",
    slug="specification",
    access="systems",
    clause="8",
    place=20,
    requirements=("iso42001:A.6.1.2", "iso42001:A.6.2.2", "iso42001:A.6.2.3", "iso42001:8.1"),
    titles={
        "system": "What it is for",
        "asked": "Requirements",
        "data_needs": "How they are met",
        "sources": "Sources and review",
    },
    columns=("system", "next_review"),
    filters=("system",),
    workflow=REVIEWED,
    icon="list-checks",
    menu=Menu("Do", 12),
    due="next_review",
    hubs=(HubSection("system", "Specification", 54, columns=("next_review",), adds="Specify the system"),),
    example=EXAMPLE,
)
