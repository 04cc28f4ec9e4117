"""Clause 7, Support: documented information, own and from outside (7.5)."""

from __future__ import annotations

from plumbline.clauses import choices, easing, fields
from plumbline.clauses.acknowledging import groups
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel import intervals
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Document(Record):
    """A document of the AIMS, own or of outside origin, with its version, where it is, who may see it and how
    long it is kept. The file itself can be attached, or stay where it is."""

    record_ptr = parent_link()

    type = fields.choice("type", "What type of document it is.", CHOICES, 24, required=True)
    origin = fields.choice("origin", "Own, or from outside.", CHOICES, 16, default="own")
    issuer = fields.line("issuer", "For one from outside: who issued it, and which edition.", 200)
    version = fields.line("version", "Version or edition in force.", 40)
    summary = fields.text("what it says", "In a few sentences.")
    text = fields.text("text", "The text itself, if it is kept here. Markdown.")
    address = fields.address("address", "Where it is kept, if elsewhere.")
    media = fields.line("format and medium", "For example PDF, wiki page, paper.", 120)
    language = fields.line("language", "Language of the text.", 60)
    requirements = fields.many(
        "gives evidence for", "Requirements of ISO/IEC 42001 that it answers.", choices.requirements
    )
    systems = fields.systems("Systems it is about. Empty: the AIMS as a whole.", "documents")
    classification = fields.choice("who may see it", "How it is protected.", CHOICES, 16, default="internal")
    distribution = fields.text("given to", "Who gets it, and how they use and find it.")
    readers = groups.field()
    retention_rule = fields.line("kept for", "How long, why, and how it is disposed of.", 300)
    dispose_on = fields.day("dispose of on", "Last day of keeping, if fixed.")
    next_review = fields.day(
        "next review", "When it is checked for fitness.", ahead=intervals.DOCUMENT_REVIEW
    )
    change_reason = easing.change_reason("another type")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "document"
        verbose_name_plural = "documents"

    def clean(self) -> None:
        """A document from outside has an issuer. Nobody writes what the product computes of a revision."""
        easing.forget(self)
        with FieldErrors(self) as errors:
            groups.check(self, errors)
            if self.origin == "external":
                errors.require("issuer", "Say who issued it.")
            errors.not_before("dispose_on", "effective_from", "day from which it is effective")


DOCUMENT = Kind(
    model=Document,
    prefix="DOC",
    slug="document",
    access="governance",
    clause="7",
    requirements=("iso42001:7.5.1", "iso42001:7.5.2", "iso42001:7.5.3"),
    titles={
        "type": "Document",
        "address": "Where and how",
        "requirements": "What it is for",
        "classification": "Control",
        "change_reason": "What a revision makes easier",
    },
    columns=("type", "origin", "version", "classification", "next_review"),
    filters=("type", "origin", "classification"),
    workflow=REVIEWED,
    icon="files",
    menu=Menu("Do", 40),
    due="next_review",
    hubs=(
        HubSection(
            "systems",
            "Documents",
            70,
            columns=("type", "version", "next_review"),
            adds="Add a document",
            answers={
                "users-informed": {"type": "instructions"},
                "technical-documentation": {"type": "design"},
            },
        ),
    ),
    scope=("type", "origin", "classification", "dispose_on", "readers"),
    example=EXAMPLE,
)
