"""What AI systems may do to people and society (ISO/IEC 42001 6.1.4, 8.4, A.5; after ISO/IEC 42005)."""

from __future__ import annotations

from datetime import date

from django.db import models

from plumbline.clauses import choices, fields, gates, rules
from plumbline.clauses.fields import parent_link
from plumbline.clauses.rules import Level
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
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

    system = fields.system("The system that was assessed.", "impact_assessments")
    version = fields.line("release assessed", "Version that was looked at.", 80, optional=True)
    trigger = fields.choice("reason", "Why it was made now.", Trigger.choices, 24, default=Trigger.NEW)
    assessed_on = fields.day(
        "assessed on",
        "Day on which the assessment was finished. It has to be no older than the current release.",
    )
    taking_part = fields.text("who took part", "Functions and fields of knowledge; who led.")
    consulted = fields.text(
        "who was asked",
        "Affected people, those who speak for them, experts; when, and what they said.",
        optional=True,
    )
    intended_use = fields.text("intended use", "Purpose, users, setting, limits.")
    misuse = fields.text("foreseeable misuse", "How it might be used otherwise, and with what effect.")
    setting = fields.text(
        "setting and law", "Technical and social setting; countries and laws that bear on it.", optional=True
    )
    basis = fields.text(
        "data and model",
        "What data and model it rests on, how good they are, how complex the whole is.",
        optional=True,
    )
    groups = fields.many("people affected", "Every group that its output may touch.", choices.People.choices)
    benefits = fields.text("benefits", "What is good about it, and for whom.", optional=True)
    individuals = fields.text(
        "effects on individuals",
        "Fair treatment, explanation, privacy, safety, health, money, access, rights; people who need "
        "special care.",
    )
    group_effects = fields.text(
        "effects on groups",
        "Whom of the people affected it may treat worse than others, and how that was looked at. Say so if "
        "there are none.",
        optional=True,
    )
    society = fields.text(
        "effects on society",
        "Environment, economy, work, institutions, health, culture. Say so if there are none.",
    )
    failures = fields.text(
        "predictable failures", "How it may fail, what that does, and what limits it.", optional=True
    )
    human_role = fields.text(
        "the part of people", "Who oversees it, with which tools; effects on jobs and skills.", optional=True
    )
    likelihood = fields.scale(
        "likelihood of the gravest effect", "With the safeguards in place.", choices.likelihoods
    )
    harm_to_individuals = fields.scale(
        "gravest harm to individuals", "With the safeguards in place.", choices.severities
    )
    harm_to_groups = fields.scale(
        "gravest harm to groups", "With the safeguards in place.", choices.severities
    )
    harm_to_society = fields.scale(
        "gravest harm to society", "With the safeguards in place.", choices.severities
    )
    reversibility = fields.choice(
        "can it be undone",
        "Whether harm can be put right afterwards.",
        Reversibility.choices,
        16,
        default=Reversibility.EFFORT,
    )
    safeguards = fields.text("safeguards", "What limits the harm, and where each is proved.")
    risks = fields.references(
        "clauses.Risk", "risks", "Risks that this assessment feeds.", "impact_assessments", optional=True
    )
    conclusion = fields.choice(
        "conclusion", "What follows for the system.", Conclusion.choices, 32, default=Conclusion.OPEN
    )
    conditions = fields.text("conditions", "What must be done first, or kept up.", optional=True)
    shared_with = fields.text(
        "made available to", "Interested parties that get the result, and in which form.", optional=True
    )
    retention_rule = fields.line("kept for", "How long the assessment is kept, and why.", 300, optional=True)
    next_review = fields.day(
        "next assessment",
        "When it is made again if nothing changes before. Left empty, it becomes twelve months after the "
        "assessment, three if the system's effect on people is direct.",
        optional=True,
    )
    level = fields.derived_level("level", "Level of the gravest effect, 1 (low) to 5 (very high).")

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
        if self.assessed_on is not None and self.assessed_on > clock.today():
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


def impact_is_concluded(actor: Actor, record: Record, reason: str) -> None:
    """An approved impact assessment says what follows, for groups too, and of which release (6.1.4)."""
    assert isinstance(record, ImpactAssessment)
    faults = gates.empty(record, ("group_effects", "write how it may touch groups, or that it touches none"))
    if record.conclusion == ImpactAssessment.Conclusion.OPEN:
        faults.append(Fault("conclusion", "is open", "say whether the system may go ahead"))
    if record.system.version:
        faults += gates.empty(record, ("version", "name the release that was looked at"))
    gates.refuse(record, faults)


IMPACT_ASSESSMENT = Kind(
    model=ImpactAssessment,
    prefix="AIA",
    slug="impact-assessment",
    access="risk",
    clause="6",
    place=3,
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
    menu=Menu("Plan", 30),
    gates={"approve": (impact_is_concluded,)},
    due="next_review",
    example={
        "title": "Impacts of claims triage",
        "system": "ai-system",
        "version": "4.2",
        "assessed_on": date(2026, 1, 15),
        "taking_part": "Claims, data science, legal; led by the AIMS manager.",
        "intended_use": "Ordering of the queue.",
        "misuse": "Turning claims down by score.",
        "groups": ["customers"],
        "individuals": "Late help for people in hardship.",
        "group_effects": "Claims from rural districts wait longer; compared by month.",
        "society": "None seen beyond the customers.",
        "likelihood": 2,
        "harm_to_individuals": 3,
        "harm_to_groups": 2,
        "harm_to_society": 1,
        "safeguards": "Every claim is seen within two days whatever its score.",
        "risks": "risk",
        "conclusion": "go ahead",
    },
)
