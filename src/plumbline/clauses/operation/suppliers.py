"""Suppliers of data, models, components and services (ISO/IEC 42001 8.1, A.10)."""

from __future__ import annotations

from datetime import date

from django.db import models

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
from plumbline.records.models import Record


class Supplier(Record):
    """Somebody outside who supplies data, models, components or services for our AI systems, with what was
    agreed, what was looked into and who is responsible for what."""

    record_ptr = parent_link()

    class Supplies(models.TextChoices):
        """What a supplier supplies."""

        DATA = "data", "Data"
        MODELS = "models", "Models"
        COMPONENTS = "components", "Components or software"
        SERVICES = "services", "Services"
        COMPUTING = "computing", "Computing"
        PEOPLE = "people", "People: labelling, development, review"

    class Importance(models.TextChoices):
        """What its failure would mean."""

        LOW = "low", "Low: we would hardly notice"
        MEDIUM = "medium", "Medium: work would slow down"
        HIGH = "high", "High: a system would stop"

    class Diligence(models.TextChoices):
        """Results of the assessment."""

        OPEN = "not done", "Not done yet"
        PASSED = "suitable", "Suitable"
        CONDITIONS = "suitable with conditions", "Suitable with conditions"
        FAILED = "not suitable", "Not suitable"

    class Terms(models.TextChoices):
        """Terms that a contract may hold."""

        NO_TRAINING = "no training on our data", "Our data is not used for training"
        CHANGE_NOTICE = "notice of model change", "Changes of a model are announced"
        INCIDENT_NOTICE = "notice of incidents", "Incidents are reported within a set time"
        AUDIT = "right to audit", "We may audit, or get independent reports"
        DELETION = "deletion", "Our data is deleted at the end"
        SUBPROCESSORS = "subcontractors named", "Subcontractors are named and changes announced"
        REGION = "place of processing", "The place of processing is fixed"
        DOCUMENTS = "documentation", "Technical documentation and limits are handed over"
        CORRECTION = "correction of faults", "Faults that we report are corrected"
        EXIT = "help on exit", "Help on exit, data handed back"

    supplies = fields.many("supplies", "Everything that occurs.", Supplies.choices)
    services = fields.text("what exactly", "Products and services that we use.", optional=True)
    contact = fields.line("contact", "Function or mailbox to turn to; no private data.", 200, optional=True)
    regions = fields.many(
        "places", "Where the supplier works on our behalf.", choices.Region.choices, optional=True
    )
    importance = fields.choice(
        "importance", "What would happen if it failed.", Importance.choices, 16, default=Importance.MEDIUM
    )
    diligence = fields.choice(
        "result of the assessment",
        "Whether it fits our way of responsible AI.",
        Diligence.choices,
        32,
        default=Diligence.OPEN,
    )
    assessed_on = fields.day("assessed on", "Day of the last assessment.", optional=True)
    assessment = fields.text(
        "what was looked into", "Documents seen, questions answered, certificates, conditions.", optional=True
    )
    contract = fields.line("contract", "Where the contract is found.", 200, optional=True)
    contract_until = fields.day("contract until", "When it ends.", optional=True)
    terms = fields.many("terms agreed", "What the contract really holds.", Terms.choices, optional=True)
    incident_hours = models.PositiveIntegerField(
        "incident notice, hours",
        null=True,
        blank=True,
        help_text="Within how many hours incidents are reported.",
    )
    responsibilities = fields.text(
        "who is responsible for what",
        "The split between supplier, us and customers over the life cycle.",
        optional=True,
    )
    monitoring = fields.text(
        "how it is watched", "What is looked at, how often, and what was found.", optional=True
    )
    exit_plan = fields.text("way out", "What replaces it, and how long that takes.", optional=True)
    next_review = fields.day("next review", "When the supplier is assessed again.", optional=True)

    class Meta:
        verbose_name = "supplier"
        verbose_name_plural = "suppliers"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.diligence != self.Diligence.OPEN:
            errors.require("assessed_on", self.assessed_on, "Say when the assessment was made.")
            errors.require("assessment", self.assessment, "Say what the result rests on.")
        if self.Terms.INCIDENT_NOTICE in self.terms:
            errors.require("incident_hours", self.incident_hours, "Say within how many hours.")
        errors.raise_any()


SUPPLIER = Kind(
    model=Supplier,
    prefix="SUP",
    slug="supplier",
    access="systems",
    clause="8",
    place=4,
    requirements=(
        "iso42001:8.1",
        "iso42001:A.10.2",
        "iso42001:A.10.3",
        "nist-ai-rmf:GOVERN 6.1",
        "nist-ai-rmf:MANAGE 3.1",
    ),
    sections=(
        Section("What it supplies", ("supplies", "services", "contact", "regions", "importance")),
        Section("Assessment", ("diligence", "assessed_on", "assessment")),
        Section("Contract", ("contract", "contract_until", "terms", "incident_hours")),
        Section("Working together", ("responsibilities", "monitoring", "exit_plan", "next_review")),
    ),
    columns=("importance", "diligence", "assessed_on", "contract_until", "next_review"),
    filters=("importance", "diligence"),
    workflow=REVIEWED,
    icon="handshake",
    menu=Menu("Do", 30),
    due="next_review",
    example={
        "title": "Nordlys Models AS",
        "supplies": ["models", "services"],
        "diligence": "suitable",
        "assessed_on": date(2026, 1, 15),
        "assessment": "Independent report of 2025, answers to our list.",
        "terms": ["notice of incidents", "no training on our data"],
        "incident_hours": 24,
    },
)
