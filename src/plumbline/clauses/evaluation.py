"""Clause 9, Performance evaluation: what is measured, what people vouch for, what top management decides."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.fields import FigureField, parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel import clock
from plumbline.kernel.states import AttestedState
from plumbline.kernel.workflow import RECORDED, REVIEWED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record


class Indicator(Record):
    """Something that is measured to judge the AIMS or an AI system: what, how, how
    often, and when somebody looks at it."""

    record_ptr = parent_link()

    question = models.TextField("what it tells", help_text="The question that the figure answers.")
    objective = models.ForeignKey(
        "clauses.Objective",
        verbose_name="objective",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="indicators",
        help_text="Objective whose success it shows.",
    )
    system = models.ForeignKey(
        "clauses.AISystem",
        verbose_name="AI system",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="indicators",
        help_text="The system it is about. Empty: the AIMS as a whole, or every system.",
    )
    metric = models.CharField(
        "measure",
        max_length=120,
        blank=True,
        help_text="Name of the measure, where the product takes it by itself.",
    )
    method = models.TextField(
        "method", help_text="How the figure comes about, so that it can be compared over time."
    )
    source = models.CharField(
        "source", max_length=300, blank=True, help_text="Where the raw facts come from."
    )
    measured_in = models.CharField(
        "measured in", max_length=60, blank=True, help_text="For example percent or days."
    )
    direction = models.CharField(
        "target is",
        max_length=16,
        blank=True,
        choices=choices.Direction.choices,
        help_text="Which side is good.",
    )
    target = FigureField("target", null=True, blank=True, help_text="The figure aimed at, if there is one.")
    cadence = models.CharField(
        "measured",
        max_length=16,
        choices=choices.Cadence.choices,
        default=choices.Cadence.MONTHLY,
        help_text="How often it is measured.",
    )
    analysed = models.CharField(
        "analysed",
        max_length=16,
        choices=choices.Cadence.choices,
        default=choices.Cadence.QUARTERLY,
        help_text="How often somebody looks at the figures and says what they mean.",
    )
    value = FigureField(
        "last figure", null=True, blank=True, help_text="For a measure taken by hand: the last figure."
    )
    measured_on = models.DateField("measured on", null=True, blank=True, help_text="Day of the last figure.")
    analysis = models.TextField("what it means", blank=True, help_text="The last analysis, with its date.")

    class Meta:
        verbose_name = "indicator"
        verbose_name_plural = "indicators"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.target is not None:
            errors.require("direction", self.direction, "Say whether the figure is an upper or a lower end.")
        errors.both_or_neither(("value", "measured_on"), (self.value, self.measured_on))
        errors.raise_any()


class Attestation(Record):
    """What a person vouches for about one requirement: whether it is effective, what they saw, and until when
    the statement holds. It stands beside what is measured and never replaces it."""

    record_ptr = parent_link()

    class Verdict(models.TextChoices):
        """What a person may vouch for."""

        EFFECTIVE = AttestedState.EFFECTIVE.value, "Effective"
        NOT_EFFECTIVE = AttestedState.NOT_EFFECTIVE.value, "Not effective"
        CANNOT_TELL = AttestedState.CANNOT_TELL.value, "Cannot tell"

    requirement = models.CharField(
        "requirement",
        max_length=40,
        db_index=True,
        choices=choices.requirements,
        help_text="Sub-clause or control of ISO/IEC 42001 that it is about.",
    )
    system = models.ForeignKey(
        "clauses.AISystem",
        verbose_name="AI system",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attestations",
        help_text="The system it is about. Empty: the organization.",
    )
    verdict = models.CharField(
        "judgement", max_length=16, choices=Verdict.choices, help_text="Your own, whatever the checks read."
    )
    statement = models.TextField("statement", help_text="What you vouch for, in your own words.")
    basis = models.TextField(
        "what you saw", help_text="Records, samples, talks and observations it rests on."
    )
    period_from = models.DateField("period from", help_text="First day of the period it speaks of.")
    period_until = models.DateField("period until", help_text="Last day of that period; not in the future.")
    competence = models.TextField(
        "why you can judge it", help_text="Training, experience or role; and independence."
    )
    valid_until = models.DateField("valid until", help_text="After this day the statement is out of date.")

    class Meta:
        verbose_name = "attestation"
        verbose_name_plural = "attestations"

    def clean(self) -> None:
        """Nobody vouches for what is still to come."""
        errors = FieldErrors()
        errors.not_before("period_until", self.period_from, self.period_until, "first day of the period")
        if self.period_until is not None and self.period_until > clock.now().date():
            errors.add("period_until", "The period cannot end after today.")
        errors.not_before("valid_until", self.period_until, self.valid_until, "end of the period")
        errors.raise_any()


class ManagementReview(Record):
    """Top management's look at the whole AIMS: what was put before it, what it found, what it decided.

    The inputs are frozen by the product when they are gathered; nobody edits them.
    """

    record_ptr = parent_link()

    class Finding(models.TextChoices):
        """Answers to the questions of the review."""

        YES = "yes", "Yes"
        PARTLY = "partly", "In part"
        NO = "no", "No"
        OPEN = "open", "Not judged yet"

    period_from = models.DateField("period from", help_text="First day of the period that is reviewed.")
    period_until = models.DateField("period until", help_text="Last day of that period.")
    held_on = models.DateField("held on", null=True, blank=True, help_text="Day of the review.")
    top_management = models.TextField(
        "top management present",
        blank=True,
        help_text="Names and functions. Without them it is no management review.",
    )
    attendees = models.TextField(
        "others present", blank=True, help_text="Names and functions; who kept the minutes."
    )
    inputs = models.JSONField(
        "inputs",
        default=dict,
        blank=True,
        help_text="What was put before the review (9.3.2), frozen when it was gathered.",
    )
    inputs_missing = models.TextField(
        "inputs that are missing", blank=True, help_text="Which input could not be given, and why."
    )
    discussion = models.TextField(
        "what was discussed", blank=True, help_text="Input by input, objections included."
    )
    suitable = models.CharField(
        "AIMS suitable",
        max_length=8,
        choices=Finding.choices,
        default=Finding.OPEN,
        help_text="Does it fit the organization and its AI?",
    )
    adequate = models.CharField(
        "AIMS adequate",
        max_length=8,
        choices=Finding.choices,
        default=Finding.OPEN,
        help_text="Is it enough for what is asked?",
    )
    effective = models.CharField(
        "AIMS effective",
        max_length=8,
        choices=Finding.choices,
        default=Finding.OPEN,
        help_text="Does it reach what it is for?",
    )
    decisions = models.TextField(
        "decisions on improvement",
        blank=True,
        help_text="What is to become better, and how. Say so if nothing is.",
    )
    changes = models.TextField(
        "changes of the AIMS", blank=True, help_text="What has to change in it. Say so if nothing has."
    )
    actions = models.TextField("actions", blank=True, help_text="Each with a person and a day.")
    next_review = models.DateField(
        "next review", null=True, blank=True, help_text="When the next one is held."
    )

    class Meta:
        verbose_name = "management review"
        verbose_name_plural = "management reviews"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        errors.not_before("period_until", self.period_from, self.period_until, "first day of the period")
        errors.not_before("held_on", self.period_from, self.held_on, "period it reviews")
        errors.not_before("next_review", self.held_on, self.next_review, "day of this review")
        errors.raise_any()


INDICATOR = Kind(
    model=Indicator,
    prefix="IND",
    slug="indicator",
    clause="9",
    requirements=("iso42001:9.1", "nist-ai-rmf:MEASURE 1.1"),
    sections=(
        Section("What it tells", ("question", "objective", "system")),
        Section("How it is measured", ("metric", "method", "source", "measured_in", "direction", "target")),
        Section("When", ("cadence", "analysed")),
        Section("Last reading", ("value", "measured_on", "analysis")),
    ),
    columns=("system", "metric", "cadence", "value", "measured_on"),
    filters=("system", "cadence", "metric"),
    workflow=REVIEWED,
    icon="activity",
)

ATTESTATION = Kind(
    model=Attestation,
    prefix="ATT",
    slug="attestation",
    clause="9",
    requirements=("iso42001:9.1",),
    sections=(
        Section("Statement", ("requirement", "system", "verdict", "statement")),
        Section("Basis", ("basis", "period_from", "period_until", "competence", "valid_until")),
    ),
    columns=("requirement", "system", "verdict", "period_until", "valid_until"),
    filters=("requirement", "system", "verdict"),
    workflow=RECORDED,
    icon="user-check",
    due="valid_until",
)

MANAGEMENT_REVIEW = Kind(
    model=ManagementReview,
    prefix="MRV",
    slug="management-review",
    clause="9",
    requirements=("iso42001:9.3.1", "iso42001:9.3.2", "iso42001:9.3.3"),
    sections=(
        Section("Occasion", ("period_from", "period_until", "held_on", "top_management", "attendees")),
        Section("Inputs", ("inputs", "inputs_missing")),
        Section("Findings", ("discussion", "suitable", "adequate", "effective")),
        Section("Results", ("decisions", "changes", "actions", "next_review")),
    ),
    columns=("period_until", "held_on", "effective", "next_review"),
    filters=("effective",),
    workflow=REVIEWED,
    icon="presentation",
    due="next_review",
)

KINDS = (INDICATOR, ATTESTATION, MANAGEMENT_REVIEW)
