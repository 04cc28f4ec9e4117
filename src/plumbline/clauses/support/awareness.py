"""Clause 7, Support: awareness of the policy, of one's own part and of what follows otherwise (7.3)."""

from __future__ import annotations

from plumbline.clauses import fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Awareness(Record):
    """What was done so that people know the AI policy, what they can contribute and what happens otherwise:
    whom it was for, how many it reached, and how it was found out whether they know."""

    record_ptr = parent_link()

    topics = fields.many("makes aware of", "Everything that it is about.", CHOICES, required=True)
    audience = fields.text(
        "whom it is for", "People who work under your control, here or elsewhere.", required=True
    )
    channel = fields.choice("how", "In what form.", CHOICES, 24, required=True)
    content = fields.text("what was said", "Message and material, and where it is found.")
    done_on = fields.day("done on", "Day on which it ended.", required=True, done=True)
    invited = fields.count(
        "people it is for", "How many there are, with those who missed it.", least=1, required=True
    )
    reached = fields.count("people reached", "How many of them it reached.", required=True)
    asked = fields.count("people asked afterwards", "How many were asked whether they know.")
    knew = fields.count("of whom knew", "How many of those could say it.")
    seen = fields.text("what was seen", "How it was found out, and what follows from it.")
    next_due = fields.day("next", "When it is done again.", ahead=24)

    class Meta:
        verbose_name = "awareness measure"
        verbose_name_plural = "awareness measures"

    def clean(self) -> None:
        """It reaches no more people than it is for, and no more knew than were asked."""
        with FieldErrors(self) as errors:
            errors.at_most("reached", "invited", "This is more than the people it is for.")
            errors.at_most("asked", "reached", "This is more than the people it reached.")
            errors.both_or_neither("asked", "knew")
            errors.at_most("knew", "asked", "This is more than were asked.")
            if self.asked:
                errors.require("seen", "Say how it was found out.")


AWARENESS = Kind(
    model=Awareness,
    prefix="AWR",
    slug="awareness",
    access="governance",
    clause="7",
    place=20,
    requirements=("iso42001:7.3",),
    titles={"topics": "What for", "done_on": "Whom it reached", "next_due": "Again"},
    columns=("channel", "done_on", "invited", "reached", "next_due"),
    filters=("channel",),
    workflow=REVIEWED,
    icon="lightbulb",
    menu=Menu("Do", 56),
    due="next_due",
    example=EXAMPLE,
)
