"""Clause 7, Support: the review of a policy or document is an act with an outcome (A.2.4, 7.5.2)."""

from __future__ import annotations

from plumbline.clauses import fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.leadership.policies import policy_is_set_by_top_management
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import VERSIONED
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel import clock, intervals
from plumbline.kernel.problems import Fault
from plumbline.records import kinds
from plumbline.records.approved import queries as approved
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LISTED = ("outcome", "reviewed_on", "next_review")


class DocumentReview(Record):
    """One review of a policy or document on one day: whether what is in force is still fit, or is to be
    changed or withdrawn, why, and when it is looked at again.

    The day of the next review moves by this act alone: a later day in the text reviews nothing.
    """

    record_ptr = parent_link()

    policy = fields.reference("clauses.Policy", "policy", "The policy that was reviewed.", "reviews")
    document = fields.reference("clauses.Document", "document", "Or the document that was.", "reviews")
    reviewed_on = fields.day("reviewed on", "Day on which it was finished.", required=True, done=True)
    looked_at = fields.text("looked at", "What it was read against: changes, incidents, findings, opinions.")
    outcome = fields.choice(
        "outcome", "What is to become of the version in force.", CHOICES, 16, required=True
    )
    reason = fields.text("why", "What speaks for this outcome.", required=True)
    next_review = fields.review(
        "Looked at again by then; for one that is to be changed or withdrawn, by when that is done.",
        intervals.POLICY_REVIEW,
    )

    class Meta:
        verbose_name = "document review"
        verbose_name_plural = "document reviews"

    def clean(self) -> None:
        """It is not about a policy and a document at once."""
        with FieldErrors(self) as errors:
            if self.policy_id is not None and self.document_id is not None:
                errors.add("policy", "one", "Name one policy or one document, and not both.")
            errors.not_before("next_review", "reviewed_on", "day of the review")


def reviewed(record: DocumentReview) -> Record | None:
    """The policy or document that a review is about; None where a draft names neither yet."""
    found: Record | None = record.policy if record.policy_id is not None else record.document
    return found


def it_is_of_something(actor: Actor, record: Record, reason: str) -> None:
    """A review is about one policy or one document."""
    assert isinstance(record, DocumentReview)
    if reviewed(record) is None:
        gates.refuse(record, [Fault("policy", "is empty", "name the policy or document that was reviewed")])


def it_was_in_force(actor: Actor, record: Record, reason: str) -> None:
    """What is reviewed is in force, and was approved by the day of the review: nobody has reviewed what was
    not there yet."""
    assert isinstance(record, DocumentReview)
    about = reviewed(record)
    if about is None:
        return  # the gate beside this one says so
    name = "policy" if record.policy_id is not None else "document"
    given = about.approvals.order_by("revision").first()
    if given is None or not approved.records_in_force(kinds.get(about.kind)).filter(pk=about.pk).exists():
        gates.refuse(record, [Fault(name, "is not in force", "review what is approved")])
    elif clock.day_of(given.at) > record.reviewed_on:
        remedy = "give the day on which the approved text was reviewed"
        gates.refuse(record, [Fault("reviewed_on", "is before the first approval of it", remedy)])


def top_management_reviews_its_policy(actor: Actor, record: Record) -> Answer:
    """Whoever sets a policy decides on its review: of the AI policy that is top management (5.2, A.2.4)."""
    assert isinstance(record, DocumentReview)
    about = reviewed(record)
    if about is None or record.policy_id is None:
        return Answer(True, "Whoever may approve, approves the review of a document.")
    return policy_is_set_by_top_management(actor, about)


DOCUMENT_REVIEW = Kind(
    model=DocumentReview,
    prefix="DRV",
    slug="document-review",
    access="governance",
    clause="7",
    place=1,
    requirements=("iso42001:7.5.2", "iso42001:A.2.4", "nist-ai-rmf:GOVERN 1.5"),
    titles={"policy": "What was reviewed", "outcome": "Outcome"},
    columns=("policy", "document", *LISTED),
    filters=("policy", "document", "outcome"),
    workflow=VERSIONED,
    icon="clipboard-check",
    menu=Menu("Do", 41),
    gates={
        "submit": (it_is_of_something,),
        "approve": (it_is_of_something, it_was_in_force, gates.not_passed("next_review")),
    },
    deciders={"approve": top_management_reviews_its_policy},
    due="next_review",
    renews=("policy", "document"),
    hubs=(
        HubSection(
            "policy", "Reviews", 20, LISTED, adds="Record its review", answers={"policy-reviewed": {}}
        ),
        HubSection("document", "Reviews", 20, LISTED, adds="Record its review"),
    ),
    example=EXAMPLE,
)
