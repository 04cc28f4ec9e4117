"""What AI systems are made of: components and data (ISO/IEC 42001 A.4, A.7)."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from plumbline.clauses import choices, easing, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
DIGEST = RegexValidator(r"^[0-9a-f]{64}$", "A SHA-256 digest has 64 digits, 0-9 and a-f.")


class Dataset(Record):
    """Data that an AI system is built, tested or run with: where it comes from, whether it may be used, how
    good it is and what was done to it."""

    record_ptr = parent_link()

    uses = fields.many("used for", "Every use that occurs.", CHOICES, required=True)
    systems = fields.systems("Systems that use it.", "datasets")
    content = fields.text("content", "What one row or item is, and which facts it holds.", required=True)
    data_classes = fields.many("classes of data", "Every class that occurs.", choices.DataClass)
    people = fields.many("people in it", "Whom the data is about.", choices.People)
    source = fields.choice("source", "Type of source.", CHOICES, 24, default="internal")
    origin = fields.line("origin", "System, supplier or address it was taken from.", 500)
    supplier = fields.reference(
        "clauses.Supplier", "supplier", "Who supplied it, if it comes from outside.", "datasets"
    )
    reason = fields.text("why this data", "Why it was picked, and what it lacks.")
    rights = fields.text("right to use it", "Licence, contract, consent or other basis, with its limits.")
    acquired_on = fields.day("acquired on", "When we got it.", done=True)
    covers_from = fields.day("covers from", "First day in the data.")
    covers_until = fields.day("covers until", "Last day in the data.")
    rows = models.PositiveBigIntegerField(
        "rows or items", null=True, blank=True, help_text="How many there are."
    )
    version = fields.line("version", "Version or snapshot in use.", 120)
    changed_on = fields.day("last changed on", "Last update of the content.", done=True)
    digest = models.CharField(
        "SHA-256", max_length=64, blank=True, validators=[DIGEST], help_text="Digest of this version."
    )
    lineage = fields.text(
        "provenance", "What happened to it on its way here: copied, joined, filtered, by whom."
    )
    preparation = fields.text(
        "preparation", "Cleaning, filling of gaps, scaling, encoding, and why these methods."
    )
    labelling = fields.text("labelling", "Who labelled it, by which guide, and how well they agreed.")
    quality_wanted = fields.text("quality asked for", "How good it must be, in figures where there are any.")
    quality_found = fields.text("quality found", "What the last look showed, with its date.")
    quality_verdict = fields.choice(
        "is it good enough", "What was found against what is asked for.", CHOICES, 24, default="not judged"
    )
    known_bias = fields.text(
        "known or possible bias", "Who is missing or misdrawn, and what is done about it."
    )
    retention_rule = fields.line("kept until", "How long it is kept, and how it is disposed of.", 300)
    next_review = fields.day("next review", "When quality and rights are looked at again.", ahead=24)
    change_reason = easing.change_reason("other systems")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "dataset"
        verbose_name_plural = "datasets"

    def clean(self) -> None:
        """Personal data is used on a stated basis. Nobody writes what the product computes of a revision."""
        easing.forget(self)
        with FieldErrors(self) as errors:
            errors.not_before("covers_until", "covers_from", "first day in the data")
            if {"personal", "special category"}.intersection(self.data_classes):
                errors.require("rights", "Personal data needs a stated basis for its use.")


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
    titles={
        "uses": "What it is",
        "source": "Where it comes from",
        "covers_from": "Extent and version",
        "lineage": "What was done to it",
        "quality_wanted": "How good it is",
        "retention_rule": "Keeping",
        "change_reason": "What a revision makes easier",
    },
    columns=("source", "version", "changed_on", "next_review"),
    filters=("source", "supplier"),
    workflow=REVIEWED,
    icon="database",
    menu=Menu("Do", 20),
    due="next_review",
    hubs=(
        HubSection(
            "systems",
            "Data",
            52,
            columns=("source", "version", "quality_verdict", "next_review"),
            adds="Add a dataset",
            answers={"data-registered": {}},
        ),
        HubSection("supplier", "Data supplied", 40, columns=("source", "version", "quality_verdict")),
    ),
    scope=("uses", "systems", "supplier"),
    example=EXAMPLE,
)
