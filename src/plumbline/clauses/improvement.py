"""Clause 10, Improvement: nonconformities and what is done so that they do not come back (10.2)."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.fields import MultiChoiceField, parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import PLANNED
from plumbline.kernel.workflow import ACTIONED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record


class Nonconformity(Record):
    """Something that is not as a requirement asks, from first suspicion to closing: what was seen, what was
    done at once, why it happened and what was put right.

    A failing result only raises a suspicion; a named person confirms, regrades or dismisses it with a reason,
    and a second person closes it.
    """

    record_ptr = parent_link()

    class Source(models.TextChoices):
        """Where it comes from."""

        CHECK = "check", "Result of a check"
        INTERNAL_AUDIT = "internal audit", "Internal audit"
        EXTERNAL_AUDIT = "external audit", "External audit"
        INCIDENT = "incident", "Incident"
        COMPLAINT = "complaint", "Complaint or concern"
        REVIEW = "management review", "Management review"
        OBSERVATION = "observation", "Somebody noticed it"
        SUPPLIER = "supplier", "Supplier"

    class Grade(models.TextChoices):
        """How grave a nonconformity is."""

        OPEN = "not graded", "Not graded yet"
        MINOR = "minor", "Minor: a single lapse"
        MAJOR = "major", "Major: missing or broken as a whole"

    class CauseMethod(models.TextChoices):
        """Ways to find a cause."""

        WHYS = "five whys", "Five whys"
        FISHBONE = "cause and effect", "Cause-and-effect diagram"
        TIMELINE = "timeline", "Timeline"
        OTHER = "other", "Other"

    source = models.CharField(
        "found by",
        max_length=24,
        choices=Source.choices,
        default=Source.OBSERVATION,
        help_text="How it came to light.",
    )
    check_name = models.CharField(
        "check",
        max_length=120,
        blank=True,
        db_index=True,
        help_text="Name of the check whose result raised it.",
    )
    window = models.CharField(
        "period of the result",
        max_length=40,
        blank=True,
        help_text="Day or month that the failing result is about.",
    )
    system = models.ForeignKey(
        "clauses.AISystem",
        verbose_name="AI system",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="nonconformities",
        help_text="The system it is about. Empty: the AIMS as a whole.",
    )
    requirements = MultiChoiceField(
        "requirements",
        options=choices.requirements,
        blank=True,
        help_text="What of ISO/IEC 42001 is not met, as far as is known.",
    )
    own_rule = models.TextField(
        "own rule",
        blank=True,
        help_text="Own rule, law or contract that is not met, if it is not the standard.",
    )
    description = models.TextField(
        "what was seen", help_text="What is asked, what was found instead, and the evidence."
    )
    detected_on = models.DateField(
        "seen on", null=True, blank=True, help_text="Day on which it came to light."
    )
    grade = models.CharField(
        "grade",
        max_length=16,
        choices=Grade.choices,
        default=Grade.OPEN,
        help_text="How much of the AIMS it touches.",
    )
    consequences = models.TextField(
        "consequences", blank=True, help_text="Harm done, to whom, and what was done about it."
    )
    containment = models.TextField(
        "containment", blank=True, help_text="What was done at once so that it does no more harm."
    )
    correction = models.TextField("correction", blank=True, help_text="How the thing itself was put right.")
    cause_method = models.CharField(
        "how the cause was found",
        max_length=24,
        blank=True,
        choices=CauseMethod.choices,
        help_text="Method used.",
    )
    cause = models.TextField("cause", blank=True, help_text="Why it happened, and why nobody saw it before.")
    similar = models.TextField(
        "similar cases", blank=True, help_text="Where else it exists or could happen; where you looked."
    )
    aims_change = models.TextField(
        "change of the AIMS",
        blank=True,
        help_text="Rule, process or risk that has to change. Say so if none has.",
    )
    due = models.DateField("due", null=True, blank=True, help_text="By when it is corrected.")
    no_action = models.TextField(
        "why no corrective action is needed",
        blank=True,
        help_text="If the cause need not be removed: why, in proportion to what it did.",
    )

    class Meta:
        verbose_name = "nonconformity"
        verbose_name_plural = "nonconformities"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.source == self.Source.CHECK:
            errors.require("check_name", self.check_name, "Name the check.")
        if not self.requirements:
            errors.require(
                "requirements", self.own_rule, "Name what is not met: a requirement or an own rule."
            )
        errors.not_before("due", self.detected_on, self.due, "day on which it came to light")
        errors.raise_any()


class CorrectiveAction(Record):
    """What is done so that a nonconformity does not come back, and how it will be proved that it worked.

    The proof is set beforehand: a check that has to pass over a period, or, where no check exists, what
    somebody other than its owner will look at. Approval fixes both.
    """

    record_ptr = parent_link()

    nonconformity = models.ForeignKey(
        "clauses.Nonconformity",
        verbose_name="nonconformity",
        on_delete=models.PROTECT,
        related_name="corrective_actions",
        help_text="The nonconformity whose cause it removes.",
    )
    cause = models.TextField("cause it removes", help_text="The cause, as far as this action deals with it.")
    action = models.TextField(
        "what is done", help_text="Steps, in enough detail to be carried out by somebody else."
    )
    resources = models.TextField("what it takes", blank=True, help_text="People, money, tools.")
    due = models.DateField("due", help_text="By when it is carried out.")
    effectiveness_check = models.CharField(
        "check that proves it",
        max_length=120,
        blank=True,
        help_text="Name of the check that has to pass. Empty: nothing measures it, a second person verifies.",
    )
    effectiveness_from = models.DateField(
        "proof from", null=True, blank=True, help_text="First day on which results count."
    )
    effectiveness_until = models.DateField(
        "proof until", null=True, blank=True, help_text="Last day on which results count."
    )
    minimum_results = models.PositiveIntegerField(
        "passing results needed",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How many results must lie in that period, all of them within limits.",
    )
    effectiveness_measure = models.TextField(
        "what else shows it",
        blank=True,
        help_text="Where no check exists: what the second person will look at.",
    )

    class Meta:
        verbose_name = "corrective action"
        verbose_name_plural = "corrective actions"

    def clean(self) -> None:
        """The proof is set beforehand: a check with its period, or what a person will look at."""
        errors = FieldErrors()
        if self.effectiveness_check:
            errors.require("effectiveness_from", self.effectiveness_from, "Say from when results count.")
            errors.require("effectiveness_until", self.effectiveness_until, "Say until when results count.")
            errors.require("minimum_results", self.minimum_results, "Say how many results must pass.")
        else:
            errors.require(
                "effectiveness_measure",
                self.effectiveness_measure,
                "Name a check, or what a person will look at.",
            )
        errors.not_before(
            "effectiveness_until", self.effectiveness_from, self.effectiveness_until, "first day"
        )
        errors.raise_any()


NONCONFORMITY = Kind(
    model=Nonconformity,
    prefix="NCR",
    slug="nonconformity",
    clause="10",
    requirements=("iso42001:10.2",),
    sections=(
        Section(
            "What was seen",
            (
                "source",
                "check_name",
                "window",
                "system",
                "requirements",
                "own_rule",
                "description",
                "detected_on",
                "grade",
            ),
        ),
        Section("At once", ("consequences", "containment", "due")),
        Section(
            "Cause and correction",
            ("cause_method", "cause", "similar", "correction", "no_action", "aims_change"),
        ),
    ),
    columns=("system", "check_name", "grade", "detected_on", "due"),
    filters=("system", "check_name", "grade", "source"),
    workflow=ACTIONED,
    icon="flag",
    due="due",
)

CORRECTIVE_ACTION = Kind(
    model=CorrectiveAction,
    prefix="CAR",
    slug="corrective-action",
    clause="10",
    requirements=("iso42001:10.2",),
    sections=(
        Section("Action", ("nonconformity", "cause", "action", "resources", "due")),
        Section(
            "Proof that it worked",
            (
                "effectiveness_check",
                "effectiveness_from",
                "effectiveness_until",
                "minimum_results",
                "effectiveness_measure",
            ),
        ),
    ),
    columns=("nonconformity", "due", "effectiveness_check", "effectiveness_until"),
    filters=("nonconformity", "effectiveness_check"),
    workflow=PLANNED,
    icon="list-todo",
    due="due",
)

KINDS = (NONCONFORMITY, CORRECTIVE_ACTION)
