"""Clause 5, Leadership: the AI policy and the policies around it (5.2, A.2)."""

from __future__ import annotations

from plumbline.clauses import fields, gates
from plumbline.clauses.acknowledging import groups
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel import intervals
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Policy(Record):
    """A policy: what the organization binds itself to in its work with AI, approved by top management.

    Its text is fixed once it is approved; a new version starts by revising it.
    """

    record_ptr = parent_link()

    type = fields.choice("type", "What type of policy it is.", CHOICES, 16, default="AI policy")
    version = fields.line("version", "As readers of the policy know it.", 40)
    purpose = fields.text(
        "purpose", "Why it exists, and how it fits what the organization does.", required=True
    )
    text = fields.text("text", "The policy itself. Markdown.", required=True)
    commitments = fields.many("it commits us", "An AI policy needs both.", CHOICES)
    objectives_frame = fields.text("frame for objectives", "How AI objectives follow from it.")
    applies_to = fields.text("applies to", "Who and what it binds.")
    exceptions = fields.text("exceptions", "How a departure from it is asked for, approved and ended.")
    related = fields.references(
        "self",
        "related policies",
        "Policies that touch the same matter, so that they can be kept in line.",
        "related_from",
        symmetrical=False,
    )
    communicated = fields.text(
        "how it is made known", "To whom inside, by which way, and how it is acknowledged."
    )
    readers = groups.field()
    available_to = fields.text("available outside", "Interested parties that can read it, and where.")
    address = fields.address("address", "Where the published text is found.")
    next_review = fields.day(
        "next review",
        "By when its fitness is looked at again; yearly is usual.",
        required=True,
        ahead=intervals.POLICY_REVIEW,
    )

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policies"

    def clean(self) -> None:
        """An AI policy commits to two things (ISO/IEC 42001 5.2)."""
        with FieldErrors(self) as errors:
            groups.check(self, errors)
            if self.type == "AI policy" and len(self.commitments) < len(CHOICES["commitments"]):
                missing = "An AI policy commits to meeting requirements and to improving the AIMS."
                errors.add("commitments", "required", missing)
            errors.not_before("next_review", "effective_from", "day from which it is effective")


def policy_is_set_by_top_management(actor: Actor, record: Record) -> Answer:
    """The AI policy is set by top management (5.2); other policies by whoever may approve."""
    assert isinstance(record, Policy)
    if record.type != "AI policy":
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
    titles={
        "type": "Policy",
        "applies_to": "Reach",
        "communicated": "Making it known",
        "next_review": "Review",
    },
    columns=("type", "version", "next_review"),
    filters=("type",),
    workflow=REVIEWED,
    icon="landmark",
    menu=Menu("Plan", 50),
    deciders={"approve": policy_is_set_by_top_management},
    due="next_review",
    example=EXAMPLE,
)
