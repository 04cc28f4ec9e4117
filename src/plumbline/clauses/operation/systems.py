"""The AI system: what everything else in the AIMS is about."""

from __future__ import annotations

from datetime import date

from django.core.validators import RegexValidator
from django.db import models

from plumbline.clauses import choices, fields, gates, rules
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
from plumbline.records.models import Record


class Role(models.TextChoices):
    """Roles towards an AI system, after ISO/IEC 22989."""

    PROVIDER = "provider", "AI provider: offers the system or a platform to others"
    PRODUCER = "producer", "AI producer: designs, builds, tests or deploys it"
    CUSTOMER = "customer", "AI customer: uses it, or has it used"
    INTEGRATOR = "integrator", "AI partner: integrates it into something larger"
    DATA_PROVIDER = "data provider", "AI partner: supplies data for it"
    EVALUATOR = "evaluator", "AI partner: evaluates or audits it"
    SUBJECT = "subject", "AI subject: its decisions are about us"
    AUTHORITY = "authority", "Relevant authority: sets rules for it"


class Lifecycle(models.TextChoices):
    """Where a system stands in its life."""

    PLANNED = "planned", "Planned"
    DEVELOPMENT = "in development", "In development"
    VERIFICATION = "in verification", "In verification"
    OPERATION = "in operation", "In operation"
    SUSPENDED = "suspended", "Suspended"
    RETIRED = "retired", "Retired"


class Technique(models.TextChoices):
    """How it works, roughly."""

    RULES = "rules", "Rules and expert knowledge"
    STATISTICAL = "statistical", "Statistical or classical machine learning"
    DEEP = "deep learning", "Deep learning"
    GENERATIVE = "generative", "Generative model"
    AGENT = "agent", "Agent that plans and uses tools"
    MIXED = "mixed", "Several of these"
    OTHER = "other", "Something else"
    UNKNOWN = "unknown", "Not known"


class Sourcing(models.TextChoices):
    """Where it comes from."""

    OWN = "own", "Developed here"
    CONTRACTED = "contracted", "Developed for us under contract"
    BOUGHT = "bought", "Bought or subscribed to"
    EMBEDDED = "embedded", "Part of other software that we bought"
    OPEN = "open source", "Open source, run by us"
    MIXED = "mixed", "Developed here together with a supplier"
    UNKNOWN = "unknown", "Not known"


class Autonomy(models.TextChoices):
    """How far it acts by itself."""

    SUGGESTS = "suggests", "Suggests; a person decides"
    WITH_APPROVAL = "acts with approval", "Acts once a person has approved"
    ALONE = "acts alone", "Acts alone"
    UNKNOWN = "unknown", "Not known"


class Effect(models.TextChoices):
    """What its output does to people."""

    NONE = "none", "None"
    INDIRECT = "indirect", "Indirect: it informs work that touches people"
    DIRECT = "direct", "Direct: people notice the result"
    LEGAL = "legal or similar", "Legal or similarly significant: access, money, work, health, rights"
    UNKNOWN = "unknown", "Not known"


class EuRole(models.TextChoices):
    """Role under the EU AI Act, as somebody decided it."""

    PROVIDER = "provider", "Provider"
    DEPLOYER = "deployer", "Deployer"
    BOTH = "provider and deployer", "Provider and deployer"
    IMPORTER = "importer", "Importer"
    DISTRIBUTOR = "distributor", "Distributor"
    MANUFACTURER = "product manufacturer", "Product manufacturer"
    REPRESENTATIVE = "authorised representative", "Authorised representative"
    NONE = "none", "None: the Act does not reach it"
    OPEN = "not decided", "Not decided yet"


class EuClass(models.TextChoices):
    """Class under the EU AI Act, as somebody decided it."""

    PROHIBITED = "prohibited practice", "Prohibited practice (Article 5)"
    HIGH_PRODUCT = "high-risk product", "High-risk: product or safety component (Article 6(1))"
    HIGH_USE = "high-risk use", "High-risk: use listed in Annex III (Article 6(2))"
    EXEMPTED = "annex III, not high-risk", "Listed in Annex III but held not to be high-risk (Article 6(3))"
    TRANSPARENCY = "transparency duties", "Transparency duties (Article 50)"
    GENERAL_PURPOSE = "general-purpose model", "General-purpose AI model"
    OTHER = "no special duties", "No special duties"
    OUTSIDE = "outside the Act", "Outside the Act"
    OPEN = "not decided", "Not decided yet"


class AISystem(Record):
    """An AI system that the organization builds, supplies or uses, with what it is for, whom it touches and
    who watches it.

    The slug joins what the system sends (decisions, outcomes, reviews) to this record.
    """

    record_ptr = parent_link()

    slug = models.CharField(
        "slug",
        max_length=rules.SLUG_LENGTH,
        unique=True,
        validators=[
            RegexValidator(
                rf"^{rules.SLUG.pattern}$",
                "Small letters, digits, dots, hyphens and underscores only, such as claims-triage.",
            )
        ],
        help_text="Short name under which the system sends what it does: small letters, digits, dots, "
        "hyphens. Do not change it once events arrive.",
    )
    purpose = fields.text(
        "purpose", "What it is meant to do, for whom, and where its use ends.", optional=True
    )
    benefits = fields.text("benefits", "What it is expected to be good for.", optional=True)
    outputs = fields.text(
        "outputs", "What it produces: a score, a proposal, a text, an action.", optional=True
    )
    topic = fields.line("field of use", "For example claims handling or recruitment.", 200, optional=True)
    business_area = fields.line("business area", "Part of the organization that uses it.", 200, optional=True)
    technique = fields.choice(
        "technique", "How it works, roughly.", Technique.choices, 24, default=Technique.UNKNOWN
    )
    roles = fields.many(
        "our roles",
        "What we are towards this system, in the words of ISO/IEC 22989.",
        Role.choices,
        optional=True,
    )
    lifecycle = fields.choice(
        "life-cycle state",
        "Where it stands. Checks of live systems look at those in operation; that one no longer is counts "
        "once somebody else has approved it.",
        Lifecycle.choices,
        24,
        default=Lifecycle.PLANNED,
    )
    live = models.BooleanField(
        "counted as live",
        default=False,
        editable=False,
        db_index=True,
        help_text="A revision says that it is in operation, and no revision approved since says otherwise.",
    )
    started_on = fields.day("begun on", "When work on it began.", optional=True)
    operating_since = fields.day("in operation since", "When it first went live.", optional=True)
    retired_on = fields.day("retired on", "When it was switched off for good.", optional=True)
    autonomy = fields.choice(
        "autonomy", "How far it acts without a person.", Autonomy.choices, 24, default=Autonomy.UNKNOWN
    )
    effect = fields.choice(
        "effect on people",
        "What its output does to people. A direct effect shortens the time to the next review.",
        Effect.choices,
        24,
        default=Effect.UNKNOWN,
    )
    affected_groups = fields.many(
        "people affected",
        "Groups of people that its output may touch.",
        choices.People.choices,
        optional=True,
    )
    affected_note = fields.text(
        "how they are affected", "Who is touched, how many, and in what way.", optional=True
    )
    human_oversight = fields.text(
        "human oversight",
        "Who watches it, what they see, when they must decide themselves, how they override it.",
        optional=True,
    )
    stop_procedure = fields.text(
        "how to stop it", "Who may switch it off, how, and what happens then instead.", optional=True
    )
    data_classes = fields.many(
        "data it handles", "Every class that occurs.", choices.DataClass.choices, optional=True
    )
    regions = fields.many(
        "regions", "Where it is used or takes effect.", choices.Region.choices, optional=True
    )
    sourcing = fields.choice(
        "origin",
        "Whether it was built here or comes from outside.",
        Sourcing.choices,
        24,
        default=Sourcing.UNKNOWN,
    )
    supplier = fields.reference(
        "clauses.Supplier", "supplier", "Who supplies it, if it comes from outside.", "systems", optional=True
    )
    version = fields.line("current release", "Version that is in operation now.", 80, optional=True)
    released_on = fields.day(
        "released on",
        "When the current release went live. Impact assessments have to be at least as recent.",
        optional=True,
    )
    reference_from = fields.day(
        "reference period from",
        "First day of the decisions that later ones are compared with to see drift.",
        optional=True,
    )
    reference_until = fields.day("reference period until", "Last day of the reference period.", optional=True)
    eu_role = fields.choice(
        "role under the EU AI Act",
        "As a person decided it; the product does not give legal advice.",
        EuRole.choices,
        32,
        default=EuRole.OPEN,
    )
    eu_class = fields.choice(
        "class under the EU AI Act", "As a person decided it.", EuClass.choices, 32, default=EuClass.OPEN
    )
    eu_basis = fields.text(
        "basis of the class", "Who decided it, when, on which facts and articles.", optional=True
    )
    next_review = fields.day(
        "next review",
        "When this record is looked at again. Left empty, it becomes twelve months from today, three if "
        "the effect on people is direct.",
        optional=True,
    )
    source_register = fields.line(
        "source register", "Register or tool that this entry came from.", 200, optional=True
    )
    source_id = fields.line("id in the source", "How that register calls it.", 200, optional=True)

    class Meta:
        verbose_name = "AI system"
        verbose_name_plural = "AI systems"

    def clean(self) -> None:
        """What must hold across fields, and the date of the next review where nobody gave one."""
        errors = FieldErrors()
        errors.both_or_neither(
            ("reference_from", "reference_until"), (self.reference_from, self.reference_until)
        )
        errors.not_before(
            "reference_until", self.reference_from, self.reference_until, "first day of the period"
        )
        errors.not_before("operating_since", self.started_on, self.operating_since, "day on which work began")
        errors.not_before(
            "retired_on", self.operating_since or self.started_on, self.retired_on, "first day of operation"
        )
        if self.released_on is not None:
            errors.require("version", self.version, "Name the release that the date belongs to.")
        if self.retired_on is not None and self.lifecycle != Lifecycle.RETIRED:
            errors.add("lifecycle", "A system with a day of retirement is retired.")
        errors.raise_any()
        if self.next_review is None:
            self.next_review = rules.next_review(clock.today(), self.effect)
        self.live = self.live or self.lifecycle == Lifecycle.OPERATION


def life_cycle_is_approved(actor: Actor, record: Record, reason: str) -> None:
    """From here on checks go by what was approved: a system that no longer operates leaves them."""
    assert isinstance(record, AISystem)
    record.live = record.lifecycle == "in operation"
    record.save(update_fields=["live"])


def nothing_runs(actor: Actor, record: Record, reason: str) -> None:
    """Nobody alone takes a live system out of the checks by retiring its record."""
    assert isinstance(record, AISystem)
    if record.live:
        remedy = "give its new life-cycle state and have that approved; then retire the record"
        gates.refuse(record, [Fault("lifecycle", "was in operation when last approved or since", remedy)])


AI_SYSTEM = Kind(
    model=AISystem,
    prefix="SYS",
    slug="ai-system",
    access="systems",
    clause="8",
    place=1,
    requirements=(
        "iso42001:4.1",
        "iso42001:8.1",
        "iso42001:A.4.2",
        "iso42001:A.6.2.6",
        "iso42001:A.9.4",
        "nist-ai-rmf:GOVERN 1.6",
        "nist-ai-rmf:MAP 1.1",
    ),
    sections=(
        Section(
            "What it is", ("slug", "purpose", "benefits", "outputs", "topic", "business_area", "technique")
        ),
        Section("Role and life cycle", ("roles", "lifecycle", "started_on", "operating_since", "retired_on")),
        Section(
            "People",
            ("autonomy", "effect", "affected_groups", "affected_note", "human_oversight", "stop_procedure"),
        ),
        Section("Data, place and supply", ("data_classes", "regions", "sourcing", "supplier")),
        Section("Release and reference", ("version", "released_on", "reference_from", "reference_until")),
        Section("EU AI Act, as decided", ("eu_role", "eu_class", "eu_basis")),
        Section("Review and source", ("next_review", "source_register", "source_id")),
    ),
    columns=("slug", "lifecycle", "effect", "autonomy", "version", "next_review"),
    filters=("lifecycle", "effect", "autonomy", "technique", "sourcing", "eu_class", "supplier"),
    workflow=REVIEWED,
    icon="bot",
    menu=Menu("Plan", 10),
    gates={"approve": (life_cycle_is_approved,), "retire": (nothing_runs,)},
    due="next_review",
    derived={"live": lambda values: values["lifecycle"] == Lifecycle.OPERATION},
    example={
        "title": "Claims triage",
        "slug": "claims-triage",
        "purpose": "Sorts motor claims by urgency for the desk in Bergen.",
        "roles": ["producer", "customer"],
        "technique": "statistical",
        "lifecycle": "in operation",
        "operating_since": date(2026, 1, 15),
        "autonomy": "suggests",
        "effect": "direct",
        "affected_groups": ["customers"],
        "human_oversight": "A handler sees every proposal and decides.",
        "stop_procedure": "The duty lead switches the queue to plain order of arrival.",
        "data_classes": ["personal", "confidential"],
        "regions": ["other europe"],
        "sourcing": "own",
        "supplier": "supplier",
        "version": "4.2",
        "released_on": date(2026, 1, 15),
        "reference_from": date(2025, 9, 1),
        "reference_until": date(2025, 11, 30),
        "eu_role": "provider and deployer",
        "eu_class": "no special duties",
        "eu_basis": "Decided by legal on 2026-01-10.",
    },
)
