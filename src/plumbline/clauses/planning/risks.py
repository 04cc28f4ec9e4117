"""Risks and their treatment (ISO/IEC 42001 6.1.2, 6.1.3, 8.2, 8.3)."""

from __future__ import annotations

from django.db import models

from plumbline import catalogs
from plumbline.clauses import choices, rules
from plumbline.clauses.fields import MultiChoiceField, parent_link
from plumbline.clauses.rules import Level
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import PLANNED
from plumbline.kernel.workflow import TREATED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record


class Option(models.TextChoices):
    """What can be done about a risk."""

    AVOID = "avoid", "Avoid: do not do it, or stop"
    REDUCE = "reduce", "Reduce: make it rarer or milder"
    SHARE = "share", "Share: contract or insure"
    RETAIN = "retain", "Retain: accept it as it is"


class Risk(Record):
    """Something uncertain about AI that may harm people, society or the organization, with how likely and
    how grave it is before and after treatment.

    Harm to individuals, society and the organization is judged apart and never netted: the gravest decides.
    """

    record_ptr = parent_link()

    system = models.ForeignKey(
        "clauses.AISystem",
        verbose_name="AI system",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="risks",
        help_text="The system it is about. Empty: the AIMS as a whole.",
    )
    description = models.TextField(
        "what may happen", help_text="Event and effect, in two or three sentences."
    )
    cause = models.TextField(
        "what would bring it about", blank=True, help_text="Sources, weaknesses, circumstances."
    )
    family = models.CharField(
        "family",
        max_length=40,
        blank=True,
        choices=choices.families,
        help_text="Where it belongs in the register.",
    )
    source = models.CharField(
        "risk source",
        max_length=40,
        blank=True,
        choices=choices.risk_sources,
        help_text="The source it comes from (ISO/IEC 42001 C.3).",
    )
    aims = MultiChoiceField(
        "objectives at stake",
        options=choices.ai_objectives,
        blank=True,
        help_text="What it would spoil (ISO/IEC 42001 C.2).",
    )
    seed = models.CharField(
        "seed",
        max_length=16,
        blank=True,
        help_text="Id of the risk in the library it was taken from, such as R-01.",
    )
    people = MultiChoiceField(
        "people affected",
        options=choices.People.choices,
        blank=True,
        help_text="Groups that would be harmed.",
    )
    existing_controls = models.TextField(
        "what is in place already", blank=True, help_text="Controls that work today, before any treatment."
    )
    likelihood = models.PositiveSmallIntegerField(
        "likelihood",
        null=True,
        blank=True,
        choices=choices.likelihoods,
        help_text="Before treatment, realistically.",
    )
    harm_to_individuals = models.PositiveSmallIntegerField(
        "harm to individuals or groups",
        null=True,
        blank=True,
        choices=choices.severities,
        help_text="If it happens.",
    )
    harm_to_society = models.PositiveSmallIntegerField(
        "harm to society", null=True, blank=True, choices=choices.severities, help_text="If it happens."
    )
    harm_to_organization = models.PositiveSmallIntegerField(
        "harm to the organization",
        null=True,
        blank=True,
        choices=choices.severities,
        help_text="If it happens.",
    )
    criteria = models.ForeignKey(
        "clauses.Document",
        verbose_name="risk criteria",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="risks_judged",
        help_text="Document with the criteria and scales by which it was judged (ISO/IEC 42001 6.1.1).",
    )
    criteria_version = models.CharField(
        "version of the criteria",
        max_length=40,
        blank=True,
        help_text="As they stood on the day of the assessment. Left empty, it becomes the version that the "
        "document has now.",
    )
    rationale = models.TextField(
        "why these figures", blank=True, help_text="Data, experience and assumptions that they rest on."
    )
    assessed_on = models.DateField("assessed on", null=True, blank=True, help_text="Day of the assessment.")
    response = models.CharField(
        "response",
        max_length=16,
        blank=True,
        choices=Option.choices,
        help_text="What is to be done about it.",
    )
    residual_likelihood = models.PositiveSmallIntegerField(
        "likelihood after treatment",
        null=True,
        blank=True,
        choices=choices.likelihoods,
        help_text="What is expected.",
    )
    residual_harm_to_individuals = models.PositiveSmallIntegerField(
        "harm to individuals or groups after treatment",
        null=True,
        blank=True,
        choices=choices.severities,
        help_text="What is expected.",
    )
    residual_harm_to_society = models.PositiveSmallIntegerField(
        "harm to society after treatment",
        null=True,
        blank=True,
        choices=choices.severities,
        help_text="What is expected.",
    )
    residual_harm_to_organization = models.PositiveSmallIntegerField(
        "harm to the organization after treatment",
        null=True,
        blank=True,
        choices=choices.severities,
        help_text="What is expected.",
    )
    accepted_until = models.DateField(
        "accepted until",
        null=True,
        blank=True,
        help_text="An acceptance ends by itself on this day. Six months is usual.",
    )
    acceptance_terms = models.TextField(
        "terms of acceptance", blank=True, help_text="Conditions under which the residual risk is accepted."
    )
    next_review = models.DateField(
        "next review", null=True, blank=True, help_text="When it is assessed again."
    )
    level = models.PositiveSmallIntegerField(
        "level", null=True, editable=False, help_text="Level before treatment, 1 (low) to 5 (very high)."
    )
    residual_level = models.PositiveSmallIntegerField(
        "residual level",
        null=True,
        editable=False,
        help_text="Level after treatment, 1 (low) to 5 (very high).",
    )

    class Meta:
        verbose_name = "risk"
        verbose_name_plural = "risks"

    @property
    def inherent(self) -> Level | None:
        """Level before treatment, if it has been judged."""
        harms = (self.harm_to_individuals, self.harm_to_society, self.harm_to_organization)
        return rules.gravest_level(self.likelihood, harms)

    @property
    def residual(self) -> Level | None:
        """Level after treatment, if it has been judged."""
        harms = (
            self.residual_harm_to_individuals,
            self.residual_harm_to_society,
            self.residual_harm_to_organization,
        )
        return rules.gravest_level(self.residual_likelihood, harms)

    def get_level_display(self) -> str:
        """The level before treatment in words."""
        return Level(self.level).word if self.level else ""

    def get_residual_level_display(self) -> str:
        """The level after treatment in words."""
        return Level(self.residual_level).word if self.residual_level else ""

    def clean(self) -> None:
        """What must hold across fields; the two levels follow from the figures."""
        errors = FieldErrors()
        if self.seed and self.seed not in {seed.id for seed in catalogs.risk_seeds()}:
            errors.add("seed", "The library has no risk with this id.")
        if self.inherent is not None:
            errors.require("assessed_on", self.assessed_on, "Say when the figures were judged.")
            if self.criteria is not None and not self.criteria_version:
                self.criteria_version = self.criteria.version
        errors.not_before("accepted_until", self.assessed_on, self.accepted_until, "day of the assessment")
        if self.residual is not None and self.inherent is None:
            errors.add("residual_likelihood", "Judge the risk before treatment first.")
        if self.residual_likelihood is not None:
            for name in ("harm_to_individuals", "harm_to_society", "harm_to_organization"):
                if getattr(self, name) is not None:
                    after = f"residual_{name}"
                    errors.require(
                        after, getattr(self, after), "It was judged before treatment; judge it after."
                    )
        errors.raise_any()
        self.level, self.residual_level = self.inherent, self.residual


class Treatment(Record):
    """What is done about risks: the plan, the controls it puts in place, and how it will be seen that it
    works.

    Designated management approves it. Once approved its text is fixed; carrying it out and verifying it are
    steps of their own.
    """

    record_ptr = parent_link()

    risks = models.ManyToManyField(
        "clauses.Risk", verbose_name="risks", related_name="treatments", help_text="Risks that it treats."
    )
    option = models.CharField(
        "option", max_length=16, choices=Option.choices, default=Option.REDUCE, help_text="Which way it goes."
    )
    action = models.TextField(
        "what is done", help_text="Steps, in enough detail to be carried out by somebody else."
    )
    controls = MultiChoiceField(
        "controls of Annex A",
        options=choices.controls,
        blank=True,
        help_text="Controls that this puts in place. Each has to apply in the statement of applicability.",
    )
    own_controls = models.TextField(
        "other controls", blank=True, help_text="Controls needed beyond Annex A, own or from elsewhere."
    )
    resources = models.TextField("what it takes", blank=True, help_text="People, money, tools.")
    due = models.DateField("due", help_text="By when it is carried out.")
    measure = models.TextField(
        "how success is seen", help_text="Check, figure or observation that will show it."
    )

    class Meta:
        verbose_name = "treatment"
        verbose_name_plural = "treatments"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.option == Option.REDUCE and not self.controls:
            errors.require("own_controls", self.own_controls, "Name a control of Annex A or one of your own.")
        errors.raise_any()


RISK = Kind(
    model=Risk,
    prefix="RSK",
    slug="risk",
    clause="6",
    requirements=(
        "iso42001:6.1.1",
        "iso42001:6.1.2",
        "iso42001:8.2",
        "nist-ai-rmf:MAP 5.1",
        "nist-ai-rmf:MANAGE 1.2",
    ),
    sections=(
        Section(
            "What may happen",
            ("system", "description", "cause", "family", "source", "aims", "seed", "people"),
        ),
        Section(
            "Before treatment",
            (
                "existing_controls",
                "likelihood",
                "harm_to_individuals",
                "harm_to_society",
                "harm_to_organization",
                "criteria",
                "criteria_version",
                "rationale",
                "assessed_on",
            ),
        ),
        Section(
            "After treatment",
            (
                "response",
                "residual_likelihood",
                "residual_harm_to_individuals",
                "residual_harm_to_society",
                "residual_harm_to_organization",
            ),
        ),
        Section("Acceptance and review", ("accepted_until", "acceptance_terms", "next_review")),
    ),
    columns=("system", "family", "level", "response", "residual_level", "next_review"),
    filters=("system", "family", "level", "residual_level", "response"),
    workflow=TREATED,
    icon="triangle-alert",
    due="next_review",
)

TREATMENT = Kind(
    model=Treatment,
    prefix="TRT",
    slug="treatment",
    clause="6",
    requirements=("iso42001:6.1.3", "iso42001:8.3", "nist-ai-rmf:MANAGE 1.3"),
    sections=(
        Section("Plan", ("risks", "option", "action", "controls", "own_controls")),
        Section("Means and time", ("resources", "due", "measure")),
    ),
    columns=("option", "due"),
    filters=("option",),
    workflow=PLANNED,
    icon="wrench",
    due="due",
)
