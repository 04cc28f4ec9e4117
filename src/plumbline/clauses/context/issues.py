"""Issues: what outside and inside the organization bears on its AI management system (4.1)."""

from __future__ import annotations

from plumbline.clauses import fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.kernel import intervals
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Issue(Record):
    """Something outside or inside the organization that bears on its purpose and on what the AI management
    system is to achieve.

    The context as a whole, with the decision on climate change, is approved with the scope.
    """

    record_ptr = parent_link()

    origin = fields.choice("where it arises", "Outside or inside of us.", CHOICES, 16, required=True)
    topic = fields.choice("topic", "Where it belongs.", CHOICES, 24, required=True)
    description = fields.text("what it is", "Fact or development, in a few sentences.", required=True)
    effect = fields.text(
        "what it means for us", "How it helps or hinders what the AIMS is to achieve.", required=True
    )
    systems = fields.systems("Systems that it concerns. Empty: all.", "issues")
    risks = fields.references("clauses.Risk", "risks", "Risks that follow from it.", "issues")
    next_review = fields.review(
        "Looked at again by then; yearly, and before each management review.", intervals.CONTEXT_REVIEW
    )

    class Meta:
        verbose_name = "issue"
        verbose_name_plural = "issues"


ISSUE = Kind(
    model=Issue,
    prefix="ISS",
    slug="issue",
    access="governance",
    clause="4",
    place=1,
    requirements=("iso42001:4.1",),
    titles={"origin": "Issue", "systems": "What follows", "next_review": "Review"},
    columns=("origin", "topic", "next_review"),
    filters=("origin", "topic"),
    workflow=REVIEWED,
    icon="compass",
    menu=Menu("Plan", 2),
    due="next_review",
    example=EXAMPLE,
)
