"""Interested parties: who has a stake in the AI management system, and what they need of it (4.2)."""

from __future__ import annotations

from plumbline.clauses import fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.kernel import intervals
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class InterestedParty(Record):
    """A person, group or organization to whom the AI management system matters, with what they need and
    expect of it.

    What is taken on of that becomes obligations; what is not is named here with the reason.
    """

    record_ptr = parent_link()

    type = fields.choice("type", "Which sort of party it is.", CHOICES, 24, required=True)
    relevance = fields.text("why it matters", "What it has to do with our AI, and we with it.", required=True)
    needs = fields.text("needs and expectations", "What it asks of us, each in a line.", required=True)
    climate = fields.choice("climate change", "Is it among what it asks of us?", CHOICES, 8, required=True)
    declined = fields.text("what we do not take on", "Which of its needs, and why not.")
    heard = fields.text("how it is heard", "Who speaks with it, how and how often.")
    systems = fields.systems("Systems that it has a stake in. Empty: all.", "interested_parties")
    next_review = fields.review(
        "Looked at again by then; yearly, or with a new contract or law.", intervals.CONTEXT_REVIEW
    )

    class Meta:
        verbose_name = "interested party"
        verbose_name_plural = "interested parties"


INTERESTED_PARTY = Kind(
    model=InterestedParty,
    prefix="PTY",
    slug="interested-party",
    access="governance",
    clause="4",
    place=2,
    requirements=("iso42001:4.2",),
    titles={"type": "Party", "needs": "What it asks", "heard": "Contact and review"},
    columns=("type", "climate", "next_review"),
    filters=("type", "climate"),
    workflow=REVIEWED,
    icon="users",
    menu=Menu("Plan", 4),
    due="next_review",
    example=EXAMPLE,
)
