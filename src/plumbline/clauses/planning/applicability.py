"""The statement of applicability, one record per control (ISO/IEC 42001 6.1.3)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.fields import MultiChoiceField, parent_link
from plumbline.clauses.validation import FieldErrors
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
    own_control = models.TextField(
        "own control",
        blank=True,
        help_text="For a control beyond Annex A: what it asks for, and where it comes from.",
    )
    applicable = models.CharField(
        "applies", max_length=8, choices=Applies.choices, help_text="Whether the control is needed here."
    )
    reasons = MultiChoiceField(
        "needed because of", options=Reason.choices, blank=True, help_text="Every reason that holds."
    )
    justification = models.TextField(
        "why it is needed", blank=True, help_text="Which risks, laws, contracts or policies call for it."
    )
    exclusion_reason = models.TextField(
        "why it is left out",
        blank=True,
        help_text="Why neither the risk assessment nor an outside requirement calls for it.",
    )
    risks = models.ManyToManyField(
        "clauses.Risk",
        verbose_name="risks",
        blank=True,
        related_name="applicability",
        help_text="Risks whose treatment needs it.",
    )
    implementation = models.CharField(
        "implementation",
        max_length=16,
        choices=Implementation.choices,
        default=Implementation.NOT_STARTED,
        help_text="How far it has come. Whether it works is measured, not stated here.",
    )
    how = models.TextField(
        "how it is carried out", blank=True, help_text="Process, tool, people; where it is written down."
    )
    systems = models.ManyToManyField(
        "clauses.AISystem",
        verbose_name="AI systems",
        blank=True,
        related_name="applicability",
        help_text="Systems that it covers. Empty: all in scope.",
    )
    documents = models.ManyToManyField(
        "clauses.Document",
        verbose_name="documents",
        blank=True,
        related_name="applicability",
        help_text="Documents that describe or prove it.",
    )
    next_review = models.DateField(
        "next review",
        null=True,
        blank=True,
        help_text="When the decision is looked at again; yearly is usual.",
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


APPLICABILITY = Kind(
    model=Applicability,
    prefix="APP",
    slug="applicability",
    clause="6",
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
    due="next_review",
)
