"""What AI systems are made of: components and data (ISO/IEC 42001 A.4, A.7)."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.fields import MultiChoiceField, parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
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

    type = models.CharField(
        "type", max_length=24, choices=Type.choices, default=Type.MODEL, help_text="What type of part it is."
    )
    systems = models.ManyToManyField(
        "clauses.AISystem",
        verbose_name="AI systems",
        blank=True,
        related_name="components",
        help_text="Systems that use it.",
    )
    purpose = models.TextField("what it does there", blank=True, help_text="Its part in those systems.")
    version = models.CharField("version", max_length=120, blank=True, help_text="Version or tag in use.")
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
    origin = models.CharField(
        "origin", max_length=500, blank=True, help_text="Registry, repository or address it comes from."
    )
    licence = models.CharField("licence", max_length=200, blank=True, help_text="Terms it is used under.")
    supplier = models.ForeignKey(
        "clauses.Supplier",
        verbose_name="supplier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="components",
        help_text="Who supplies it, if it comes from outside.",
    )
    method = models.TextField(
        "method", blank=True, help_text="For a model: algorithm, training, main design choices and why."
    )
    limits_of_use = models.TextField(
        "limits of use", blank=True, help_text="What it must not be used for; where it is known to be weak."
    )
    place = models.CharField(
        "where it runs", max_length=200, blank=True, help_text="Own machines, cloud and region, device."
    )
    environment_note = models.TextField(
        "energy and environment",
        blank=True,
        help_text="What running it uses, measured or estimated, and how.",
    )
    supported_until = models.DateField(
        "supported until", null=True, blank=True, help_text="When the maker stops supporting this version."
    )
    datasets = models.ManyToManyField(
        "clauses.Dataset",
        verbose_name="datasets",
        blank=True,
        related_name="components",
        help_text="Data it was made or tested with.",
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

    uses = MultiChoiceField("used for", options=Use.choices, help_text="Every use that occurs.")
    systems = models.ManyToManyField(
        "clauses.AISystem",
        verbose_name="AI systems",
        blank=True,
        related_name="datasets",
        help_text="Systems that use it.",
    )
    content = models.TextField("content", help_text="What one row or item is, and which facts it holds.")
    data_classes = MultiChoiceField(
        "classes of data", options=choices.DataClass.choices, blank=True, help_text="Every class that occurs."
    )
    people = MultiChoiceField(
        "people in it", options=choices.People.choices, blank=True, help_text="Whom the data is about."
    )
    source = models.CharField(
        "source", max_length=24, choices=Source.choices, default=Source.INTERNAL, help_text="Type of source."
    )
    origin = models.CharField(
        "origin", max_length=500, blank=True, help_text="System, supplier or address it was taken from."
    )
    supplier = models.ForeignKey(
        "clauses.Supplier",
        verbose_name="supplier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="datasets",
        help_text="Who supplied it, if it comes from outside.",
    )
    reason = models.TextField("why this data", blank=True, help_text="Why it was picked, and what it lacks.")
    rights = models.TextField(
        "right to use it", blank=True, help_text="Licence, contract, consent or other basis, with its limits."
    )
    acquired_on = models.DateField("acquired on", null=True, blank=True, help_text="When we got it.")
    covers_from = models.DateField("covers from", null=True, blank=True, help_text="First day in the data.")
    covers_until = models.DateField("covers until", null=True, blank=True, help_text="Last day in the data.")
    rows = models.PositiveBigIntegerField(
        "rows or items", null=True, blank=True, help_text="How many there are."
    )
    version = models.CharField("version", max_length=120, blank=True, help_text="Version or snapshot in use.")
    changed_on = models.DateField(
        "last changed on", null=True, blank=True, help_text="Last update of the content."
    )
    digest = models.CharField(
        "SHA-256", max_length=64, blank=True, validators=[DIGEST], help_text="Digest of this version."
    )
    lineage = models.TextField(
        "provenance",
        blank=True,
        help_text="What happened to it on its way here: copied, joined, filtered, by whom.",
    )
    preparation = models.TextField(
        "preparation",
        blank=True,
        help_text="Cleaning, filling of gaps, scaling, encoding, and why these methods.",
    )
    labelling = models.TextField(
        "labelling", blank=True, help_text="Who labelled it, by which guide, and how well they agreed."
    )
    quality_wanted = models.TextField(
        "quality asked for", blank=True, help_text="How good it must be, in figures where there are any."
    )
    quality_found = models.TextField(
        "quality found", blank=True, help_text="What the last look showed, with its date."
    )
    known_bias = models.TextField(
        "known or possible bias",
        blank=True,
        help_text="Who is missing or misdrawn, and what is done about it.",
    )
    retention_rule = models.CharField(
        "kept until", max_length=300, blank=True, help_text="How long it is kept, and how it is disposed of."
    )
    next_review = models.DateField(
        "next review", null=True, blank=True, help_text="When quality and rights are looked at again."
    )

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
    clause="8",
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
    due="supported_until",
)

DATASET = Kind(
    model=Dataset,
    prefix="DST",
    slug="dataset",
    clause="8",
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
    due="next_review",
)
