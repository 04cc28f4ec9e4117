"""What AI systems are made of: components and data (ISO/IEC 42001 A.4, A.7)."""

from __future__ import annotations

from datetime import date

from django.core.validators import RegexValidator
from django.db import models

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
from plumbline.records.models import Record

DIGEST = RegexValidator(r"^[0-9a-f]{64}$", "A SHA-256 digest has 64 digits, 0-9 and a-f.")


class Component(Record):
    """A part of AI systems: a model, prompt, tool, service, library or machine, with its version and
    origin."""

    record_ptr = parent_link()

    class Type(models.TextChoices):
        """Types to choose from."""

        MODEL = "model", "Model"
        PROMPT = "prompt", "Prompt or instruction"
        TOOL = "tool", "Tool that the system may call"
        SERVICE = "service", "Service or interface of others"
        RULES = "rules", "Rules or thresholds"
        INDEX = "index", "Search index or vector store"
        SOFTWARE = "software", "Software or library"
        COMPUTING = "computing", "Computing, storage or network"

    type = fields.choice("type", "What type of part it is.", Type.choices, 24, default=Type.MODEL)
    systems = fields.references(
        "clauses.AISystem", "AI systems", "Systems that use it.", "components", optional=True
    )
    purpose = fields.text("what it does there", "Its part in those systems.", optional=True)
    version = fields.line("version", "Version or tag in use.", 120, optional=True)
    digest = models.CharField(
        "SHA-256",
        max_length=64,
        blank=True,
        validators=[DIGEST],
        help_text="Digest of the file in use, so that a swap is seen.",
    )
    pinned = models.BooleanField(
        "version is pinned", default=False, help_text="The supplier cannot change it without our doing."
    )
    origin = fields.line("origin", "Registry, repository or address it comes from.", 500, optional=True)
    licence = fields.line("licence", "Terms it is used under.", 200, optional=True)
    supplier = fields.reference(
        "clauses.Supplier",
        "supplier",
        "Who supplies it, if it comes from outside.",
        "components",
        optional=True,
    )
    method = fields.text(
        "method", "For a model: algorithm, training, main design choices and why.", optional=True
    )
    limits_of_use = fields.text(
        "limits of use", "What it must not be used for; where it is known to be weak.", optional=True
    )
    place = fields.line("where it runs", "Own machines, cloud and region, device.", 200, optional=True)
    environment_note = fields.text(
        "energy and environment", "What running it uses, measured or estimated, and how.", optional=True
    )
    supported_until = fields.day(
        "supported until", "When the maker stops supporting this version.", optional=True
    )
    datasets = fields.references(
        "clauses.Dataset", "datasets", "Data it was made or tested with.", "components", optional=True
    )

    class Meta:
        verbose_name = "component"
        verbose_name_plural = "components"

    def clean(self) -> None:
        """A version can be pinned only if it is known."""
        errors = FieldErrors()
        if self.pinned and not self.digest:
            errors.require("version", self.version, "Name the version that is pinned, or its digest.")
        errors.raise_any()


class Dataset(Record):
    """Data that an AI system is built, tested or run with: where it comes from, whether it may be used, how
    good it is and what was done to it."""

    record_ptr = parent_link()

    class Use(models.TextChoices):
        """What data is used for."""

        TRAINING = "training", "Training"
        VALIDATION = "validation", "Validation"
        TEST = "test", "Test"
        RETRIEVAL = "retrieval", "Retrieval"
        REFERENCE = "reference", "Reference for drift"
        PRODUCTION = "production", "Live input"

    class Source(models.TextChoices):
        """Where it comes from."""

        INTERNAL = "internal", "From our own business"
        COLLECTED = "collected", "Gathered for this purpose"
        BOUGHT = "bought", "Bought or licensed"
        SHARED = "shared", "Shared by a partner or customer"
        OPEN = "open", "Open data"
        SYNTHETIC = "synthetic", "Made artificially"
        OTHER = "other", "Other"

    uses = fields.many("used for", "Every use that occurs.", Use.choices)
    systems = fields.references(
        "clauses.AISystem", "AI systems", "Systems that use it.", "datasets", optional=True
    )
    content = fields.text("content", "What one row or item is, and which facts it holds.")
    data_classes = fields.many(
        "classes of data", "Every class that occurs.", choices.DataClass.choices, optional=True
    )
    people = fields.many("people in it", "Whom the data is about.", choices.People.choices, optional=True)
    source = fields.choice("source", "Type of source.", Source.choices, 24, default=Source.INTERNAL)
    origin = fields.line("origin", "System, supplier or address it was taken from.", 500, optional=True)
    supplier = fields.reference(
        "clauses.Supplier",
        "supplier",
        "Who supplied it, if it comes from outside.",
        "datasets",
        optional=True,
    )
    reason = fields.text("why this data", "Why it was picked, and what it lacks.", optional=True)
    rights = fields.text(
        "right to use it", "Licence, contract, consent or other basis, with its limits.", optional=True
    )
    acquired_on = fields.day("acquired on", "When we got it.", optional=True)
    covers_from = fields.day("covers from", "First day in the data.", optional=True)
    covers_until = fields.day("covers until", "Last day in the data.", optional=True)
    rows = models.PositiveBigIntegerField(
        "rows or items", null=True, blank=True, help_text="How many there are."
    )
    version = fields.line("version", "Version or snapshot in use.", 120, optional=True)
    changed_on = fields.day("last changed on", "Last update of the content.", optional=True)
    digest = models.CharField(
        "SHA-256", max_length=64, blank=True, validators=[DIGEST], help_text="Digest of this version."
    )
    lineage = fields.text(
        "provenance", "What happened to it on its way here: copied, joined, filtered, by whom.", optional=True
    )
    preparation = fields.text(
        "preparation", "Cleaning, filling of gaps, scaling, encoding, and why these methods.", optional=True
    )
    labelling = fields.text(
        "labelling", "Who labelled it, by which guide, and how well they agreed.", optional=True
    )
    quality_wanted = fields.text(
        "quality asked for", "How good it must be, in figures where there are any.", optional=True
    )
    quality_found = fields.text("quality found", "What the last look showed, with its date.", optional=True)
    known_bias = fields.text(
        "known or possible bias", "Who is missing or misdrawn, and what is done about it.", optional=True
    )
    retention_rule = fields.line(
        "kept until", "How long it is kept, and how it is disposed of.", 300, optional=True
    )
    next_review = fields.day("next review", "When quality and rights are looked at again.", optional=True)

    class Meta:
        verbose_name = "dataset"
        verbose_name_plural = "datasets"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        errors.not_before("covers_until", self.covers_from, self.covers_until, "first day in the data")
        if choices.DataClass.PERSONAL in self.data_classes or choices.DataClass.SPECIAL in self.data_classes:
            errors.require("rights", self.rights, "Personal data needs a stated basis for its use.")
        errors.raise_any()


COMPONENT = Kind(
    model=Component,
    prefix="CMP",
    slug="component",
    access="systems",
    clause="8",
    place=2,
    requirements=(
        "iso42001:A.4.2",
        "iso42001:A.4.4",
        "iso42001:A.4.5",
        "iso42001:A.6.2.3",
        "nist-ai-rmf:MAP 4.1",
    ),
    sections=(
        Section("What it is", ("type", "systems", "purpose", "method", "limits_of_use")),
        Section("Version and origin", ("version", "digest", "pinned", "origin", "licence", "supplier")),
        Section("Where it runs", ("place", "environment_note", "supported_until")),
        Section("Data", ("datasets",)),
    ),
    columns=("type", "version", "pinned", "supplier", "supported_until"),
    filters=("type", "pinned", "supplier"),
    workflow=REVIEWED,
    icon="boxes",
    menu=Menu("Do", 10),
    due="supported_until",
    example={
        "title": "Triage model",
        "type": "model",
        "systems": "ai-system",
        "version": "4.2",
        "digest": "9f2c7e41d8b05a6394e1c07fb25d8a3697c04e1fa8d35b62e790c1d4f8a6b253",
        "pinned": True,
        "supplier": "supplier",
        "datasets": "dataset",
    },
)

DATASET = Kind(
    model=Dataset,
    prefix="DST",
    slug="dataset",
    access="systems",
    clause="8",
    place=3,
    requirements=(
        "iso42001:A.4.3",
        "iso42001:A.7.2",
        "iso42001:A.7.3",
        "iso42001:A.7.4",
        "iso42001:A.7.5",
        "iso42001:A.7.6",
    ),
    sections=(
        Section("What it is", ("uses", "systems", "content", "data_classes", "people")),
        Section("Where it comes from", ("source", "origin", "supplier", "reason", "rights", "acquired_on")),
        Section(
            "Extent and version", ("covers_from", "covers_until", "rows", "version", "changed_on", "digest")
        ),
        Section("What was done to it", ("lineage", "preparation", "labelling")),
        Section("How good it is", ("quality_wanted", "quality_found", "known_bias")),
        Section("Keeping", ("retention_rule", "next_review")),
    ),
    columns=("source", "version", "changed_on", "next_review"),
    filters=("source", "supplier"),
    workflow=REVIEWED,
    icon="database",
    menu=Menu("Do", 20),
    due="next_review",
    example={
        "title": "Motor claims 2020 to 2025",
        "uses": ["training", "reference"],
        "content": "One motor claim per row: amounts, dates, region, cause.",
        "data_classes": ["personal"],
        "rights": "Contract with the insured; balancing test of 2025.",
        "source": "internal",
        "covers_from": date(2020, 1, 1),
        "covers_until": date(2025, 8, 31),
        "rows": 412_000,
    },
)
