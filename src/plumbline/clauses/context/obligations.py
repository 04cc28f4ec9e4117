"""Obligations: what the organization has taken on of the needs of interested parties (4.2, 4.3)."""

from __future__ import annotations

from plumbline.clauses import choices, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel import intervals
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LISTED = ("type", "instrument", "next_review")


class Obligation(Record):
    """Something that the organization has to do by law or by contract, or has bound itself to by choice.

    A requirement is what a framework asks of everybody; an obligation is what this organization has taken on.
    """

    record_ptr = parent_link()

    type = fields.choice("type", "What binds us.", CHOICES, 16, required=True)
    party = fields.reference(
        "clauses.InterestedParty", "interested party", "Whose need it answers.", "obligations", required=True
    )
    instrument = fields.line("source", "Law, contract or code, with article or section.", 300, required=True)
    text = fields.text("what it asks of us", "In our own words.", required=True)
    how = fields.text("how it is met", "By which process, control or system.", required=True)
    controls = fields.many("controls of Annex A", "By which it is met.", choices.controls)
    systems = fields.systems("Systems that it is about. Empty: all.", "obligations")
    ends_on = fields.day("ends on", "Last day on which it binds us, if there is one.")
    next_review = fields.review(
        "Looked at again by then; yearly, or when law or contract change.", intervals.CONTEXT_REVIEW
    )

    class Meta:
        verbose_name = "obligation"
        verbose_name_plural = "obligations"

    def clean(self) -> None:
        """It ends no earlier than it begins."""
        with FieldErrors(self) as errors:
            errors.not_before("ends_on", "effective_from", "day from which it is effective")


OBLIGATION = Kind(
    model=Obligation,
    prefix="OBL",
    slug="obligation",
    access="governance",
    clause="4",
    place=3,
    requirements=("iso42001:4.2", "nist-ai-rmf:GOVERN 1.1"),
    titles={"type": "Obligation", "how": "How it is met", "ends_on": "End and review"},
    columns=("type", "party", "instrument", "next_review"),
    filters=("type", "party"),
    workflow=REVIEWED,
    icon="scale",
    menu=Menu("Plan", 6),
    gates={"approve": (gates.not_passed("ends_on"),)},
    due="next_review",
    hubs=(
        HubSection(
            "party", "Obligations", 20, LISTED, adds="Add an obligation", answers={"parties-determined": {}}
        ),
        HubSection("systems", "Obligations", 60, LISTED),
    ),
    example=EXAMPLE,
)
