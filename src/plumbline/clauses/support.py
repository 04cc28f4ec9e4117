"""Clause 7, Support: documented information, own and from outside (7.5)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.fields import MultiChoiceField, WebAddressField, parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record


class Document(Record):
    """A document of the AIMS, own or of outside origin, with its version, where it is, who may see it and how
    long it is kept. The file itself can be attached, or stay where it is."""

    record_ptr = parent_link()

    class Type(models.TextChoices):
        """Types to choose from."""

        SCOPE = "scope", "Scope of the AIMS"
        PROCESS = "process", "Process or procedure"
        METHOD = "method", "Method or criteria"
        PLAN = "plan", "Plan"
        SPECIFICATION = "specification", "Requirements or specification"
        DESIGN = "design", "Design or technical documentation"
        INSTRUCTIONS = "instructions", "Instructions for users"
        REPORT = "report", "Report or minutes"
        EVIDENCE = "evidence", "Record of something done"
        CONTRACT = "contract", "Contract"
        LAW = "law or standard", "Law or standard"
        OTHER = "other", "Other"

    class Origin(models.TextChoices):
        """Own or from outside."""

        OWN = "own", "Own"
        EXTERNAL = "external", "From outside"

    class Classification(models.TextChoices):
        """Who may see a document."""

        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Internal"
        CONFIDENTIAL = "confidential", "Confidential"
        RESTRICTED = "restricted", "Restricted to named people"

    type = models.CharField(
        "type", max_length=24, choices=Type.choices, help_text="What type of document it is."
    )
    origin = models.CharField(
        "origin", max_length=16, choices=Origin.choices, default=Origin.OWN, help_text="Own, or from outside."
    )
    issuer = models.CharField(
        "issuer",
        max_length=200,
        blank=True,
        help_text="For one from outside: who issued it, and which edition.",
    )
    version = models.CharField("version", max_length=40, blank=True, help_text="Version or edition in force.")
    summary = models.TextField("what it says", blank=True, help_text="In a few sentences.")
    text = models.TextField("text", blank=True, help_text="The text itself, if it is kept here. Markdown.")
    address = WebAddressField("address", blank=True, help_text="Where it is kept, if elsewhere.")
    media = models.CharField(
        "format and medium", max_length=120, blank=True, help_text="For example PDF, wiki page, paper."
    )
    language = models.CharField("language", max_length=60, blank=True, help_text="Language of the text.")
    requirements = MultiChoiceField(
        "gives evidence for",
        options=choices.requirements,
        blank=True,
        help_text="Requirements of ISO/IEC 42001 that it answers.",
    )
    systems = models.ManyToManyField(
        "clauses.AISystem",
        verbose_name="AI systems",
        blank=True,
        related_name="documents",
        help_text="Systems it is about. Empty: the AIMS as a whole.",
    )
    classification = models.CharField(
        "who may see it",
        max_length=16,
        choices=Classification.choices,
        default=Classification.INTERNAL,
        help_text="How it is protected.",
    )
    distribution = models.TextField(
        "given to", blank=True, help_text="Who gets it, and how they use and find it."
    )
    retention_rule = models.CharField(
        "kept for", max_length=300, blank=True, help_text="How long, why, and how it is disposed of."
    )
    dispose_on = models.DateField(
        "dispose of on", null=True, blank=True, help_text="Last day of keeping, if fixed."
    )
    next_review = models.DateField(
        "next review", null=True, blank=True, help_text="When it is checked for fitness."
    )

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.origin == self.Origin.EXTERNAL:
            errors.require("issuer", self.issuer, "Say who issued it.")
        errors.not_before(
            "dispose_on", self.effective_from, self.dispose_on, "day from which it is effective"
        )
        errors.raise_any()


KINDS = (
    Kind(
        model=Document,
        prefix="DOC",
        slug="document",
        clause="7",
        requirements=("iso42001:7.5.1", "iso42001:7.5.2", "iso42001:7.5.3"),
        sections=(
            Section("Document", ("type", "origin", "issuer", "version", "summary", "text")),
            Section("Where and how", ("address", "media", "language")),
            Section("What it is for", ("requirements", "systems")),
            Section(
                "Control", ("classification", "distribution", "retention_rule", "dispose_on", "next_review")
            ),
        ),
        columns=("type", "origin", "version", "classification", "next_review"),
        filters=("type", "origin", "classification"),
        workflow=REVIEWED,
        icon="files",
        due="next_review",
    ),
)
