"""Committees: who meets to steer the work with AI, with which terms (5.1, 5.3, A.3.2)."""

from __future__ import annotations

from plumbline.clauses import fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.identity.actors import Actor
from plumbline.kernel import intervals
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Committee(Record):
    """A group that meets to steer, advise or decide on AI: its terms of reference and who sits on it.

    Its owner chairs it. Members sit on it for the responsibilities that they have, so that it never rests on
    somebody who left.
    """

    record_ptr = parent_link()

    purpose = fields.text("purpose", "What it is there for.", required=True)
    mandate = fields.text("what it may decide", "And what it puts before whom.", required=True)
    members = fields.references(
        "clauses.Responsibility", "members", "Each by the responsibility that they sit for.", "committees",
        required=True,
    )  # fmt: skip
    others = fields.text("others who take part", "Guests, advisers, people from outside.")
    quorum = fields.count("quorum", "Members who have to be there for a decision.", 1, required=True)
    cadence = fields.choice("meets", "How often at least.", CHOICES, 16, required=True)
    next_review = fields.review("Terms and members are looked at again by then.", intervals.CONTEXT_REVIEW)

    class Meta:
        verbose_name = "committee"
        verbose_name_plural = "committees"


def members_are_enough(actor: Actor, record: Record, reason: str) -> None:
    """A committee has members, and as many as it needs to decide anything (5.3)."""
    assert isinstance(record, Committee)
    sitting = record.members.count()
    faults = []
    if not sitting:
        faults.append(Fault("members", "are none", "choose the responsibilities whose people sit on it"))
    elif record.quorum is not None and record.quorum > sitting:
        too_many = say("committee.quorum", "is more than the {count} members that it has", count=sitting)
        faults.append(Fault("quorum", too_many, "choose more members, or a smaller quorum"))
    gates.refuse(record, faults)


COMMITTEE = Kind(
    model=Committee,
    prefix="CTE",
    slug="committee",
    access="governance",
    clause="5",
    place=4,
    requirements=("iso42001:5.1", "iso42001:5.3", "iso42001:A.3.2"),
    titles={"purpose": "Terms of reference", "members": "Members and meetings"},
    columns=("cadence", "quorum", "next_review"),
    filters=("cadence",),
    workflow=REVIEWED,
    icon="users",
    menu=Menu("Plan", 56),
    gates={"submit": (gates.filled(owner="name the person who chairs it"), members_are_enough)},
    deciders={"approve": gates.top_management},
    due="next_review",
    example=EXAMPLE,
)
