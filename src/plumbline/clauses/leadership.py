"""Clause 5, Leadership: the AI policy and the policies around it (5.2, A.2)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses.fields import MultiChoiceField, WebAddressField, parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record


class Policy(Record):
    """A policy: what the organization binds itself to in its work with AI, approved by top management.

    Its text is fixed once it is approved; a new version starts by revising it.
    """

    record_ptr = parent_link()

    class Type(models.TextChoices):
        """Types to choose from."""

        AI = "AI policy", "The AI policy"
        TOPIC = "topic policy", "A policy on one topic of AI"
        OTHER = "other policy", "A policy of another field that touches AI"

    class Commitment(models.TextChoices):
        """What an AI policy commits to."""

        REQUIREMENTS = "meet requirements", "To meet the requirements that apply"
        IMPROVEMENT = "improve", "To keep improving the AIMS"

    type = models.CharField(
        "type", max_length=16, choices=Type.choices, default=Type.AI, help_text="What type of policy it is."
    )
    version = models.CharField(
        "version", max_length=40, blank=True, help_text="As readers of the policy know it."
    )
    purpose = models.TextField(
        "purpose", help_text="Why it exists, and how it fits what the organization does."
    )
    text = models.TextField("text", help_text="The policy itself. Markdown.")
    commitments = MultiChoiceField(
        "it commits us", options=Commitment.choices, blank=True, help_text="An AI policy needs both."
    )
    objectives_frame = models.TextField(
        "frame for objectives", blank=True, help_text="How AI objectives follow from it."
    )
    exceptions = models.TextField(
        "exceptions", blank=True, help_text="How a departure from it is asked for, approved and ended."
    )
    applies_to = models.TextField("applies to", blank=True, help_text="Who and what it binds.")
    related = models.ManyToManyField(
        "self",
        verbose_name="related policies",
        blank=True,
        symmetrical=False,
        related_name="related_from",
        help_text="Policies that touch the same matter, so that they can be kept in line.",
    )
    communicated = models.TextField(
        "how it is made known",
        blank=True,
        help_text="To whom inside, by which way, and how it is acknowledged.",
    )
    available_to = models.TextField(
        "available outside", blank=True, help_text="Interested parties that can read it, and where."
    )
    address = WebAddressField("address", blank=True, help_text="Where the published text is found.")
    next_review = models.DateField(
        "next review", help_text="By when its fitness is looked at again; yearly is usual."
    )

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policies"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.type == self.Type.AI and set(self.Commitment.values) - set(self.commitments):
            errors.add(
                "commitments", "An AI policy commits to meeting requirements and to improving the AIMS."
            )
        errors.not_before(
            "next_review", self.effective_from, self.next_review, "day from which it is effective"
        )
        errors.raise_any()


KINDS = (
    Kind(
        model=Policy,
        prefix="POL",
        slug="policy",
        clause="5",
        requirements=(
            "iso42001:5.2",
            "iso42001:A.2.2",
            "iso42001:A.2.3",
            "iso42001:A.2.4",
            "nist-ai-rmf:GOVERN 1.2",
        ),
        sections=(
            Section("Policy", ("type", "version", "purpose", "text", "commitments", "objectives_frame")),
            Section("Reach", ("applies_to", "exceptions", "related")),
            Section("Making it known", ("communicated", "available_to", "address")),
            Section("Review", ("next_review",)),
        ),
        columns=("type", "version", "next_review"),
        filters=("type",),
        workflow=REVIEWED,
        icon="landmark",
        due="next_review",
    ),
)
