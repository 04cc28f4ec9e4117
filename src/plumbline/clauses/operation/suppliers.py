"""Suppliers of data, models, components and services (ISO/IEC 42001 8.1, A.10)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.fields import MultiChoiceField, parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
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

    supplies = MultiChoiceField("supplies", options=Supplies.choices, help_text="Everything that occurs.")
    services = models.TextField("what exactly", blank=True, help_text="Products and services that we use.")
    contact = models.CharField(
        "contact", max_length=200, blank=True, help_text="Function or mailbox to turn to; no private data."
    )
    regions = MultiChoiceField(
        "places",
        options=choices.Region.choices,
        blank=True,
        help_text="Where the supplier works on our behalf.",
    )
    importance = models.CharField(
        "importance",
        max_length=16,
        choices=Importance.choices,
        default=Importance.MEDIUM,
        help_text="What would happen if it failed.",
    )
    diligence = models.CharField(
        "result of the assessment",
        max_length=32,
        choices=Diligence.choices,
        default=Diligence.OPEN,
        help_text="Whether it fits our way of responsible AI.",
    )
    assessed_on = models.DateField(
        "assessed on", null=True, blank=True, help_text="Day of the last assessment."
    )
    assessment = models.TextField(
        "what was looked into",
        blank=True,
        help_text="Documents seen, questions answered, certificates, conditions.",
    )
    contract = models.CharField(
        "contract", max_length=200, blank=True, help_text="Where the contract is found."
    )
    contract_until = models.DateField("contract until", null=True, blank=True, help_text="When it ends.")
    terms = MultiChoiceField(
        "terms agreed", options=Terms.choices, blank=True, help_text="What the contract really holds."
    )
    incident_hours = models.PositiveIntegerField(
        "incident notice, hours",
        null=True,
        blank=True,
        help_text="Within how many hours incidents are reported.",
    )
    responsibilities = models.TextField(
        "who is responsible for what",
        blank=True,
        help_text="The split between supplier, us and customers over the life cycle.",
    )
    monitoring = models.TextField(
        "how it is watched", blank=True, help_text="What is looked at, how often, and what was found."
    )
    exit_plan = models.TextField(
        "way out", blank=True, help_text="What replaces it, and how long that takes."
    )
    next_review = models.DateField(
        "next review", null=True, blank=True, help_text="When the supplier is assessed again."
    )

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
    clause="8",
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
    due="next_review",
)
