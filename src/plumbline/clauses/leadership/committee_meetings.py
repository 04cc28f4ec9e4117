"""Meetings of committees, with their minutes (5.1, 5.3, 7.4)."""

from __future__ import annotations

from plumbline.clauses import fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class CommitteeMeeting(Record):
    """A meeting of a committee: when it was held, who was there, and what was said.

    Each decision is a record of its own, with the person and the day where something has to be done.
    """

    record_ptr = parent_link()

    committee = fields.reference(
        "clauses.Committee", "committee", "The committee that met.", "meetings", required=True
    )
    held_on = fields.day("held on", "Day of the meeting.", required=True, done=True)
    present = fields.text("present", "Who was there; who kept the minutes.", required=True)
    quorate = fields.choice("quorum reached", "Were enough members there?", CHOICES, 8, required=True)
    minutes = fields.text("minutes", "Point by point, objections included. Markdown.", required=True)

    class Meta:
        verbose_name = "committee meeting"
        verbose_name_plural = "committee meetings"


COMMITTEE_MEETING = Kind(
    model=CommitteeMeeting,
    prefix="MTG",
    slug="committee-meeting",
    access="governance",
    clause="5",
    place=5,
    requirements=("iso42001:5.1", "iso42001:5.3"),
    titles={"committee": "Meeting", "minutes": "Minutes"},
    columns=("committee", "held_on", "quorate"),
    filters=("committee", "quorate"),
    workflow=REVIEWED,
    icon="presentation",
    hubs=(
        HubSection(
            "committee",
            "Meetings",
            20,
            ("held_on", "quorate"),
            adds="Record a meeting",
            answers={"committees-meet": {}},
        ),
    ),
    example=EXAMPLE,
)
