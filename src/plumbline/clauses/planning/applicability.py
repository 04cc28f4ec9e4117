"""The statement of applicability, one record per control (ISO/IEC 42001 6.1.3)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record


class Applicability(Record):
    """A row of the statement of applicability: whether a control applies here, why, and how it is carried
    out.

    Each of the 38 controls of Annex A needs a row; so does every control of the organization's own.
    """

    record_ptr = parent_link()

    class Applies(models.TextChoices):
        """Whether a control applies."""

        YES = "yes", "Yes"
        NO = "no", "No"

    class Reason(models.TextChoices):
        """Reasons for a control."""

        RISK = "risk treatment", "Risk treatment needs it"
        LAW = "law", "Law asks for it"
        CONTRACT = "contract", "A contract asks for it"
        POLICY = "own policy", "Our own policy asks for it"
        PRACTICE = "good practice", "Good practice"

    class Implementation(models.TextChoices):
        """How far a control has come."""

        NOT_STARTED = "not started", "Not started"
        IN_PROGRESS = "in progress", "In progress"
        IMPLEMENTED = "implemented", "Implemented"

    requirement = models.CharField(
        "control of Annex A",
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        choices=choices.controls,
        help_text="One row for each of the 38 controls. Leave empty for a control of your own.",
    )
    own_control = fields.text(
        "own control",
        "For a control beyond Annex A: what it asks for, and where it comes from.",
        optional=True,
    )
    applicable = fields.choice("applies", "Whether the control is needed here.", Applies.choices, 8)
    reasons = fields.many("needed because of", "Every reason that holds.", Reason.choices, optional=True)
    justification = fields.text(
        "why it is needed", "Which risks, laws, contracts or policies call for it.", optional=True
    )
    exclusion_reason = fields.text(
        "why it is left out",
        "Why neither the risk assessment nor an outside requirement calls for it.",
        optional=True,
    )
    risks = fields.references(
        "clauses.Risk", "risks", "Risks whose treatment needs it.", "applicability", optional=True
    )
    implementation = fields.choice(
        "implementation",
        "How far it has come. Whether it works is measured, not stated here.",
        Implementation.choices,
        16,
        default=Implementation.NOT_STARTED,
    )
    how = fields.text(
        "how it is carried out", "Process, tool, people; where it is written down.", optional=True
    )
    systems = fields.references(
        "clauses.AISystem",
        "AI systems",
        "Systems that it covers. Empty: all in scope.",
        "applicability",
        optional=True,
    )
    documents = fields.references(
        "clauses.Document",
        "documents",
        "Documents that describe or prove it.",
        "applicability",
        optional=True,
    )
    next_review = fields.day(
        "next review", "When the decision is looked at again; yearly is usual.", optional=True
    )

    class Meta:
        verbose_name = "applicability row"
        verbose_name_plural = "applicability rows"

    def clean(self) -> None:
        """A row names one control; what applies says why it is there, the rest why it is left out."""
        errors = FieldErrors()
        if not self.requirement:
            errors.require(
                "requirement", self.own_control, "Choose a control of Annex A or describe one of your own."
            )
        elif self.own_control:
            errors.add(
                "own_control", "A row is about a control of Annex A or about one of your own, not both."
            )
        if self.applicable == self.Applies.YES:
            errors.require("reasons", self.reasons, "Choose at least one reason why the control is needed.")
            errors.require("justification", self.justification, "Say why the control is needed.")
            if self.exclusion_reason:
                errors.add("exclusion_reason", "A control that applies is not left out; remove this.")
            if self.implementation == self.Implementation.IMPLEMENTED:
                errors.require("how", self.how, "Say how it is carried out.")
        elif self.applicable == self.Applies.NO:
            errors.require("exclusion_reason", self.exclusion_reason, "Say why the control is left out.")
        errors.raise_any()


def decision_is_traced(actor: Actor, record: Record, reason: str) -> None:
    """A control that risk treatment needs names the risks; none is left out that a treatment rests on."""
    assert isinstance(record, Applicability)
    faults = []
    if Applicability.Reason.RISK in record.reasons and not record.risks.exists():
        faults.append(Fault("risks", "are not named", "name the risks whose treatment needs the control"))
    if record.applicable == Applicability.Applies.NO and record.requirement:
        faults += [
            Fault(
                "applicable",
                say(
                    "applicability.treated", "{treatment} puts the control in place", treatment=Ref(treatment)
                ),
                "decide one of the two anew",
            )
            for treatment in queries.treatments_with(record.requirement)
        ]
    gates.refuse(record, faults)


APPLICABILITY = Kind(
    model=Applicability,
    prefix="APP",
    slug="applicability",
    access="governance",
    clause="6",
    place=4,
    requirements=("iso42001:6.1.3",),
    sections=(
        Section("Control", ("requirement", "own_control", "applicable")),
        Section("Why", ("reasons", "justification", "exclusion_reason", "risks")),
        Section("How", ("implementation", "how", "systems", "documents", "next_review")),
    ),
    columns=("requirement", "applicable", "implementation", "next_review"),
    filters=("applicable", "implementation"),
    workflow=REVIEWED,
    icon="list-checks",
    gates={"approve": (decision_is_traced,)},
    due="next_review",
    example={
        "title": "Operation and monitoring of AI systems",
        "requirement": "iso42001:A.6.2.6",
        "applicable": "yes",
        "reasons": ["risk treatment", "law"],
        "justification": "Drift would hurt customers.",
        "risks": "risk",
        "implementation": "implemented",
        "how": "Hourly measures, limits, a duty rota.",
        "documents": "document",
    },
)
