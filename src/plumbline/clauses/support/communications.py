"""Clause 7, Support: what is communicated about the AIMS, when, to whom and how (7.4)."""

from __future__ import annotations

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Communication(Record):
    """A row of the plan of communication: what is said about the AIMS or an AI system, to whom inside or
    outside, when, how and by whom."""

    record_ptr = parent_link()

    side = fields.choice("inside or outside", "Where those are who hear it.", CHOICES, 16, required=True)
    audience = fields.text(
        "to whom", "Groups or functions, as exactly as somebody could send it.", required=True
    )
    what = fields.text("what", "What is said, and what is kept back.", required=True)
    cadence = fields.choice("when", "How often, or on what occasion.", choices.Cadence, 16, required=True)
    occasion = fields.text("occasion", "For one on an occasion: which, and within what time.")
    channel = fields.line("how", "Mail, meeting, page, letter, authority's form.", 200, required=True)
    speaker = fields.line("by whom", "Function that may say it.", 200)
    basis = fields.line("what asks for it", "Law, contract or own rule, if any.", 200)
    systems = fields.systems("Systems it is about. Empty: the AIMS as a whole.", "communications")
    said_on = fields.day("last done", "Day on which it was last said.", done=True)
    said_what = fields.text("what was said then", "In a sentence, and where it is kept.")
    next_due = fields.day("next", "When it is said again.", ahead=24)

    class Meta:
        verbose_name = "communication"
        verbose_name_plural = "communications"

    def clean(self) -> None:
        """One on an occasion says on which."""
        with FieldErrors(self) as errors:
            if self.cadence == choices.Cadence.ON_EVENT:
                errors.require("occasion", "Say on what occasion, and within what time.")


COMMUNICATION = Kind(
    model=Communication,
    prefix="COM",
    slug="communication",
    access="governance",
    clause="7",
    place=21,
    requirements=("iso42001:7.4", "iso42001:A.8.5"),
    titles={"side": "What is planned", "said_on": "What was done"},
    columns=("side", "cadence", "channel", "said_on", "next_due"),
    filters=("side", "cadence"),
    workflow=REVIEWED,
    icon="message-square",
    menu=Menu("Do", 58),
    due="next_due",
    hubs=(HubSection("systems", "Communication", 75, columns=("side", "cadence", "said_on")),),
    example=EXAMPLE,
)
