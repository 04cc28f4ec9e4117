"""Responsibilities: who answers for what in the AI management system (5.3, A.3.2)."""

from __future__ import annotations

from plumbline.clauses import choices, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.kernel import intervals
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LISTED = ("area", "carried_out_by", "next_review")


class Responsibility(Record):
    """A duty in the work with AI that one person answers for: its owner, with which authority, and who takes
    part.

    Top management assigns it. All of them together are the matrix of responsibilities.
    """

    record_ptr = parent_link()

    area = fields.choice("area", "Each area needs somebody who answers for it.", CHOICES, 24, required=True)
    duty = fields.text("duty and authority", "What has to be done, and what may be decided.", required=True)
    carried_out_by = fields.line("carried out by", "Functions, units or people.", 300, required=True)
    consulted = fields.line("consulted", "Who is asked before.", 300)
    informed = fields.line("informed", "Who is told after.", 300)
    told_on = fields.day("made known on", "Day on which they were told.", required=True, done=True)
    controls = fields.many("controls of Annex A", "That it carries out.", choices.controls)
    systems = fields.systems("Systems that it is about. Empty: all.", "responsibilities")
    next_review = fields.review(
        "Looked at again by then; yearly, and when somebody leaves.", intervals.CONTEXT_REVIEW
    )

    class Meta:
        verbose_name = "responsibility"
        verbose_name_plural = "responsibilities"


RESPONSIBILITY = Kind(
    model=Responsibility,
    prefix="RSP",
    slug="responsibility",
    access="governance",
    clause="5",
    place=3,
    requirements=("iso42001:5.3", "iso42001:A.3.2", "nist-ai-rmf:GOVERN 2.1"),
    titles={"area": "Duty", "carried_out_by": "Who", "controls": "Reach", "next_review": "Review"},
    columns=LISTED,
    filters=("area",),
    workflow=REVIEWED,
    icon="user-check",
    menu=Menu("Plan", 54),
    gates={"submit": (gates.filled(owner="name the one person who answers for it"),)},
    deciders={"approve": gates.top_management},
    due="next_review",
    hubs=(HubSection("systems", "Responsibilities", 55, LISTED, adds="Assign a responsibility"),),
    example=EXAMPLE,
)
