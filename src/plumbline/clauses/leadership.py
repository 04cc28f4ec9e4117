"""Clause 5, Leadership: the AI policy and the policies around it (5.2, A.2)."""

from __future__ import annotations

from datetime import date

from django.db import models

from plumbline.clauses import fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
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

    type = fields.choice("type", "What type of policy it is.", Type.choices, 16, default=Type.AI)
    version = fields.line("version", "As readers of the policy know it.", 40, optional=True)
    purpose = fields.text("purpose", "Why it exists, and how it fits what the organization does.")
    text = fields.text("text", "The policy itself. Markdown.")
    commitments = fields.many("it commits us", "An AI policy needs both.", Commitment.choices, optional=True)
    objectives_frame = fields.text("frame for objectives", "How AI objectives follow from it.", optional=True)
    exceptions = fields.text(
        "exceptions", "How a departure from it is asked for, approved and ended.", optional=True
    )
    applies_to = fields.text("applies to", "Who and what it binds.", optional=True)
    related = fields.references(
        "self",
        "related policies",
        "Policies that touch the same matter, so that they can be kept in line.",
        "related_from",
        optional=True,
        symmetrical=False,
    )
    communicated = fields.text(
        "how it is made known", "To whom inside, by which way, and how it is acknowledged.", optional=True
    )
    available_to = fields.text(
        "available outside", "Interested parties that can read it, and where.", optional=True
    )
    address = fields.address("address", "Where the published text is found.", optional=True)
    next_review = fields.day("next review", "By when its fitness is looked at again; yearly is usual.")

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


def policy_is_set_by_top_management(actor: Actor, record: Record) -> Answer:
    """The AI policy is set by top management (5.2); other policies by whoever may approve."""
    assert isinstance(record, Policy)
    if record.type != Policy.Type.AI:
        return Answer(True, "Whoever may approve, approves a policy on one topic.")
    return gates.top_management(actor, record)


POLICY = Kind(
    model=Policy,
    prefix="POL",
    slug="policy",
    access="governance",
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
    menu=Menu("Plan", 50),
    deciders={"approve": policy_is_set_by_top_management},
    due="next_review",
    example={
        "title": "AI policy",
        "type": "AI policy",
        "purpose": "Says how Halden builds and uses AI.",
        "text": "We build and use AI only where somebody answers for it and can stop it.",
        "commitments": ["meet requirements", "improve"],
        "next_review": date(2027, 1, 15),
    },
)
