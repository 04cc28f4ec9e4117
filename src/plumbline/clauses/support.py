"""Clause 7, Support: documented information, own and from outside (7.5)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
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

    type = fields.choice("type", "What type of document it is.", Type.choices, 24)
    origin = fields.choice("origin", "Own, or from outside.", Origin.choices, 16, default=Origin.OWN)
    issuer = fields.line(
        "issuer", "For one from outside: who issued it, and which edition.", 200, optional=True
    )
    version = fields.line("version", "Version or edition in force.", 40, optional=True)
    summary = fields.text("what it says", "In a few sentences.", optional=True)
    text = fields.text("text", "The text itself, if it is kept here. Markdown.", optional=True)
    address = fields.address("address", "Where it is kept, if elsewhere.", optional=True)
    media = fields.line("format and medium", "For example PDF, wiki page, paper.", 120, optional=True)
    language = fields.line("language", "Language of the text.", 60, optional=True)
    requirements = fields.many(
        "gives evidence for",
        "Requirements of ISO/IEC 42001 that it answers.",
        choices.requirements,
        optional=True,
    )
    systems = fields.references(
        "clauses.AISystem",
        "AI systems",
        "Systems it is about. Empty: the AIMS as a whole.",
        "documents",
        optional=True,
    )
    classification = fields.choice(
        "who may see it", "How it is protected.", Classification.choices, 16, default=Classification.INTERNAL
    )
    distribution = fields.text("given to", "Who gets it, and how they use and find it.", optional=True)
    retention_rule = fields.line("kept for", "How long, why, and how it is disposed of.", 300, optional=True)
    dispose_on = fields.day("dispose of on", "Last day of keeping, if fixed.", optional=True)
    next_review = fields.day("next review", "When it is checked for fitness.", optional=True)

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


DOCUMENT = Kind(
    model=Document,
    prefix="DOC",
    slug="document",
    access="governance",
    clause="7",
    requirements=("iso42001:7.5.1", "iso42001:7.5.2", "iso42001:7.5.3"),
    sections=(
        Section("Document", ("type", "origin", "issuer", "version", "summary", "text")),
        Section("Where and how", ("address", "media", "language")),
        Section("What it is for", ("requirements", "systems")),
        Section("Control", ("classification", "distribution", "retention_rule", "dispose_on", "next_review")),
    ),
    columns=("type", "origin", "version", "classification", "next_review"),
    filters=("type", "origin", "classification"),
    workflow=REVIEWED,
    icon="files",
    menu=Menu("Do", 40),
    due="next_review",
    example={
        "title": "Process for releasing AI systems",
        "type": "process",
        "origin": "external",
        "issuer": "Halden Standards Board, 2nd edition",
        "requirements": ["iso42001:8.1", "iso42001:A.6.2.6"],
        "systems": "ai-system",
    },
)
