"""What AI systems may do to people and society (ISO/IEC 42001 6.1.4, 8.4, A.5; after ISO/IEC 42005)."""

from __future__ import annotations

from plumbline.clauses import choices, columns, fields, gates, rules
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
HARMS = ("harm_to_individuals", "harm_to_groups", "harm_to_society")


class ImpactAssessment(Record):
    """What one AI system may do to individuals, groups and society, good and bad, in its intended use and in
    foreseeable misuse, and what follows from that."""

    record_ptr = parent_link()

    system = fields.system("The system that was assessed.", "impact_assessments", required=True)
    version = fields.line("release assessed", "Version that was looked at.", 80)
    trigger = fields.choice("reason", "Why it was made now.", CHOICES, 24, default="new system")
    assessed_on = fields.day("assessed on", "Day on which it was finished.", required=True, done=True)
    taking_part = fields.text("who took part", "Functions and fields of knowledge; who led.", required=True)
    consulted = fields.text(
        "who was asked", "Affected people, their speakers, experts; when, and what they said."
    )
    intended_use = fields.text("intended use", "Purpose, users, setting, limits.", required=True)
    misuse = fields.text("foreseeable misuse", "Other use, and what it would do.", required=True)
    setting = fields.text("setting and law", "Technical and social setting; countries and laws.")
    basis = fields.text("data and model", "What it rests on, how good that is, how complex the whole is.")
    groups = fields.many("people affected", "Everybody whom it may touch.", choices.People, required=True)
    benefits = fields.text("benefits", "What is good about it, and for whom.")
    individuals = fields.text("effects on individuals", "On rights, safety, health, money.", required=True)
    group_effects = fields.text(
        "effects on groups", "Whom it may treat worse, and how you looked. Say so if nobody."
    )
    society = fields.text("effects on society", "Environment, work, institutions; or none.", required=True)
    failures = fields.text("predictable failures", "How it may fail, what that does, and what limits it.")
    human_role = fields.text("the part of people", "Who oversees it, with which tools; effects on jobs.")
    likelihood = fields.likelihood("likelihood of the gravest effect", "With safeguards.", required=True)
    harm_to_individuals = fields.severity("gravest harm to individuals", "With safeguards.", required=True)
    harm_to_groups = fields.severity("gravest harm to groups", "With safeguards.", required=True)
    harm_to_society = fields.severity("gravest harm to society", "With safeguards.", required=True)
    reversibility = fields.choice(
        "can it be undone",
        "Whether harm can be put right afterwards.",
        CHOICES,
        16,
        default="with effort",
    )
    safeguards = fields.text("safeguards", "What limits the harm, and where each is proved.", required=True)
    risks = fields.references("clauses.Risk", "risks", "Risks that it feeds.", "impact_assessments")
    conclusion = fields.choice(
        "conclusion", "What follows for the system.", CHOICES, 32, default="not decided"
    )
    conditions = fields.text("conditions", "What must be done first, or kept up.")
    shared_with = fields.text(
        "made available to", "Interested parties that get the result, and in which form."
    )
    retention_rule = fields.line("kept for", "How long the assessment is kept, and why.", 300)
    next_review = fields.day(
        "next assessment",
        "Left empty: in twelve months, in three if people feel the effect directly.",
        ahead=24,
    )
    published_raw = fields.count("published impact score", "As it was published, before any deduction.")
    published_mitigation = fields.count("published mitigation score", "As it was published.")
    published_current = fields.count("published score", "As it was published, after the deduction if any.")
    published_level = fields.count("published impact level", "As it was published.", 1)
    level = fields.level(
        "level", "Level of the gravest effect, 1 (low) to 5 (very high).", "likelihood", *HARMS
    )
    judged_by = fields.judged_by()

    class Meta:
        verbose_name = "impact assessment"
        verbose_name_plural = "impact assessments"

    def clean(self) -> None:
        """What must hold across fields; the level follows from the figures, the next date from the system."""
        columns.set_levels(self)
        with FieldErrors(self) as errors:
            if self.conclusion == "go ahead with conditions":
                errors.require("conditions", "Name the conditions.")
            errors.not_before("next_review", "assessed_on", "day of the assessment")
        if self.next_review is None and self.assessed_on is not None and self.system_id is not None:
            self.next_review = rules.next_review(self.assessed_on, self.system.effect)


def impact_is_concluded(actor: Actor, record: Record, reason: str) -> None:
    """An approved impact assessment says what follows, for groups too, and of which release (6.1.4)."""
    assert isinstance(record, ImpactAssessment)
    faults = gates.empty(record, group_effects="write how it may touch groups, or that it touches none")
    if record.conclusion == "not decided":
        faults.append(Fault("conclusion", "is open", "say whether the system may go ahead"))
    if record.system.version:
        faults += gates.empty(record, version="name the release that was looked at")
    # Of an earlier release it may well be; the check of impacts says that the present one is not assessed.
    for name in ("assessed_on", "effective_from") if record.version == record.system.version else ():
        day, released = getattr(record, name), record.system.released_on
        if day is not None and released is not None and day < released:
            early = say("impact.early", "lies before the release on {released}", released=released)
            faults.append(Fault(name, early, "assess the release once it is there"))
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
    titles={
        "system": "Occasion",
        "intended_use": "Use",
        "groups": "Effects",
        "likelihood": "How grave",
        "safeguards": "What follows",
        "published_raw": "Published result of a questionnaire",
    },
    columns=("system", "version", "assessed_on", "level", "conclusion", "next_review"),
    filters=("system", "level", "conclusion", "trigger"),
    workflow=REVIEWED,
    icon="scan-eye",
    menu=Menu("Plan", 30),
    gates={"approve": (impact_is_concluded,)},
    due="next_review",
    hubs=(
        HubSection(
            "system",
            "Impact assessments",
            30,
            columns=("version", "conclusion", "assessed_on", "next_review"),
            adds="Assess impacts",
            answers={"impact-assessed": {}, "people-assessed": {}},
        ),
        HubSection("risks", "Impact assessments", 40, columns=("system", "version", "conclusion")),
    ),
    example=EXAMPLE,
)
