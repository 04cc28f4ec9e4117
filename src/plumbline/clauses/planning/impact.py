"""What AI systems may do to people and society (ISO/IEC 42001 6.1.4, 8.4, A.5; after ISO/IEC 42005)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices, rules
from plumbline.clauses.fields import MultiChoiceField, parent_link
from plumbline.clauses.rules import Level
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel import clock
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record


class ImpactAssessment(Record):
    """What one AI system may do to individuals, groups and society, good and bad, in its intended use and in
    foreseeable misuse, and what follows from that."""

    record_ptr = parent_link()

    class Trigger(models.TextChoices):
        """Reasons to assess."""

        NEW = "new system", "New system"
        RELEASE = "new release", "New release or changed model"
        DATA = "changed data", "Changed data"
        PURPOSE = "changed purpose", "Changed purpose, users or region"
        INCIDENT = "incident", "Incident or complaint"
        PLANNED = "planned", "Planned interval"
        OTHER = "other", "Other"

    class Reversibility(models.TextChoices):
        """Whether harm can be undone."""

        EASY = "easily", "Easily"
        EFFORT = "with effort", "With effort"
        NEVER = "not at all", "Not at all"

    class Conclusion(models.TextChoices):
        """What follows from an assessment."""

        OPEN = "not decided", "Not decided yet"
        GO = "go ahead", "Go ahead"
        CONDITIONS = "go ahead with conditions", "Go ahead with conditions"
        STOP = "do not go ahead", "Do not go ahead"

    system = models.ForeignKey(
        "clauses.AISystem",
        verbose_name="AI system",
        on_delete=models.PROTECT,
        related_name="impact_assessments",
        help_text="The system that was assessed.",
    )
    version = models.CharField(
        "release assessed", max_length=80, blank=True, help_text="Version that was looked at."
    )
    trigger = models.CharField(
        "reason",
        max_length=24,
        choices=Trigger.choices,
        default=Trigger.NEW,
        help_text="Why it was made now.",
    )
    assessed_on = models.DateField(
        "assessed on",
        help_text="Day on which the assessment was finished. It has to be no older than the current release.",
    )
    taking_part = models.TextField("who took part", help_text="Functions and fields of knowledge; who led.")
    consulted = models.TextField(
        "who was asked",
        blank=True,
        help_text="Affected people, those who speak for them, experts; when, and what they said.",
    )
    intended_use = models.TextField("intended use", help_text="Purpose, users, setting, limits.")
    misuse = models.TextField(
        "foreseeable misuse", help_text="How it might be used otherwise, and with what effect."
    )
    setting = models.TextField(
        "setting and law",
        blank=True,
        help_text="Technical and social setting; countries and laws that bear on it.",
    )
    basis = models.TextField(
        "data and model",
        blank=True,
        help_text="What data and model it rests on, how good they are, how complex the whole is.",
    )
    groups = MultiChoiceField(
        "people affected", options=choices.People.choices, help_text="Every group that its output may touch."
    )
    benefits = models.TextField("benefits", blank=True, help_text="What is good about it, and for whom.")
    individuals = models.TextField(
        "effects on individuals",
        help_text="Fair treatment, explanation, privacy, safety, health, money, access, rights; people "
        "who need special care.",
    )
    group_effects = models.TextField(
        "effects on groups",
        blank=True,
        help_text="Whom of the people affected it may treat worse than others, and how that was looked at. "
        "Say so if there are none.",
    )
    society = models.TextField(
        "effects on society",
        help_text="Environment, economy, work, institutions, health, culture. Say so if there are none.",
    )
    failures = models.TextField(
        "predictable failures", blank=True, help_text="How it may fail, what that does, and what limits it."
    )
    human_role = models.TextField(
        "the part of people",
        blank=True,
        help_text="Who oversees it, with which tools; effects on jobs and skills.",
    )
    likelihood = models.PositiveSmallIntegerField(
        "likelihood of the gravest effect",
        choices=choices.likelihoods,
        help_text="With the safeguards in place.",
    )
    harm_to_individuals = models.PositiveSmallIntegerField(
        "gravest harm to individuals", choices=choices.severities, help_text="With the safeguards in place."
    )
    harm_to_groups = models.PositiveSmallIntegerField(
        "gravest harm to groups", choices=choices.severities, help_text="With the safeguards in place."
    )
    harm_to_society = models.PositiveSmallIntegerField(
        "gravest harm to society", choices=choices.severities, help_text="With the safeguards in place."
    )
    reversibility = models.CharField(
        "can it be undone",
        max_length=16,
        choices=Reversibility.choices,
        default=Reversibility.EFFORT,
        help_text="Whether harm can be put right afterwards.",
    )
    safeguards = models.TextField("safeguards", help_text="What limits the harm, and where each is proved.")
    risks = models.ManyToManyField(
        "clauses.Risk",
        verbose_name="risks",
        blank=True,
        related_name="impact_assessments",
        help_text="Risks that this assessment feeds.",
    )
    conclusion = models.CharField(
        "conclusion",
        max_length=32,
        choices=Conclusion.choices,
        default=Conclusion.OPEN,
        help_text="What follows for the system.",
    )
    conditions = models.TextField("conditions", blank=True, help_text="What must be done first, or kept up.")
    shared_with = models.TextField(
        "made available to",
        blank=True,
        help_text="Interested parties that get the result, and in which form.",
    )
    retention_rule = models.CharField(
        "kept for", max_length=300, blank=True, help_text="How long the assessment is kept, and why."
    )
    next_review = models.DateField(
        "next assessment",
        null=True,
        blank=True,
        help_text="When it is made again if nothing changes before. Left empty, it becomes twelve "
        "months after the assessment, three if the system's effect on people is direct.",
    )
    level = models.PositiveSmallIntegerField(
        "level", null=True, editable=False, help_text="Level of the gravest effect, 1 (low) to 5 (very high)."
    )

    class Meta:
        verbose_name = "impact assessment"
        verbose_name_plural = "impact assessments"

    @property
    def gravest(self) -> Level | None:
        """Level of the gravest effect."""
        return rules.gravest_level(
            self.likelihood, (self.harm_to_individuals, self.harm_to_groups, self.harm_to_society)
        )

    def get_level_display(self) -> str:
        """The level of the gravest effect in words."""
        return Level(self.level).word if self.level else ""

    def clean(self) -> None:
        """What must hold across fields; the level follows from the figures, the next date from the system."""
        errors = FieldErrors()
        if self.assessed_on is not None and self.assessed_on > clock.now().date():
            errors.add(
                "assessed_on", "An assessment is recorded once it is finished; this day is still to come."
            )
        if self.conclusion == self.Conclusion.CONDITIONS:
            errors.require("conditions", self.conditions, "Name the conditions.")
        errors.not_before("next_review", self.assessed_on, self.next_review, "day of the assessment")
        errors.raise_any()
        self.level = self.gravest
        if self.next_review is None and self.assessed_on is not None and self.system_id is not None:
            self.next_review = rules.next_review(self.assessed_on, self.system.effect)


IMPACT_ASSESSMENT = Kind(
    model=ImpactAssessment,
    prefix="AIA",
    slug="impact-assessment",
    clause="6",
    requirements=(
        "iso42001:6.1.4",
        "iso42001:8.4",
        "iso42001:A.5.2",
        "iso42001:A.5.3",
        "iso42001:A.5.4",
        "iso42001:A.5.5",
        "nist-ai-rmf:MAP 5.1",
    ),
    sections=(
        Section("Occasion", ("system", "version", "trigger", "assessed_on", "taking_part", "consulted")),
        Section("Use", ("intended_use", "misuse", "setting", "basis")),
        Section(
            "Effects",
            ("groups", "benefits", "individuals", "group_effects", "society", "failures", "human_role"),
        ),
        Section(
            "How grave",
            ("likelihood", "harm_to_individuals", "harm_to_groups", "harm_to_society", "reversibility"),
        ),
        Section(
            "What follows",
            (
                "safeguards",
                "risks",
                "conclusion",
                "conditions",
                "shared_with",
                "retention_rule",
                "next_review",
            ),
        ),
    ),
    columns=("system", "version", "assessed_on", "level", "conclusion", "next_review"),
    filters=("system", "level", "conclusion", "trigger"),
    workflow=REVIEWED,
    icon="scan-eye",
    due="next_review",
)
