"""Clause 9, Performance evaluation: what is measured, what people vouch for, what top management decides."""

from __future__ import annotations

from plumbline.clauses import fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class ManagementReview(Record):
    """Top management's look at the whole AIMS: what was put before it, what it found, what it decided.

    The inputs are frozen by the product when they are gathered; nobody edits them.
    """

    record_ptr = parent_link()

    period_from = fields.day("period from", "First day of the period that is reviewed.", required=True)
    period_until = fields.day("period until", "Last day of that period.", required=True)
    held_on = fields.day("held on", "Day of the review.", done=True)
    top_management = fields.text("top management present", "Names and functions of who was there.")
    attendees = fields.text("others present", "Names and functions; who kept the minutes.")
    inputs = fields.snapshot("inputs", "What was put before the review (9.3.2), frozen when it was gathered.")
    inputs_missing = fields.text("inputs that are missing", "Which input could not be given, and why.")
    discussion = fields.text("what was discussed", "Input by input, objections included.")
    suitable = fields.choice("AIMS suitable", "Does it fit the organization?", CHOICES, 8, default="open")
    adequate = fields.choice("AIMS adequate", "Is it enough?", CHOICES["suitable"], 8, default="open")
    effective = fields.choice("AIMS effective", "Does it work?", CHOICES["suitable"], 8, default="open")
    decisions = fields.text("decisions on improvement", "What becomes better, and how; or nothing.")
    changes = fields.text("changes of the AIMS", "What has to change in it. Say so if nothing has.")
    actions = fields.text("actions", "Each with a person and a day.")
    next_review = fields.day("next review", "When the next one is held.", ahead=24)

    class Meta:
        verbose_name = "management review"
        verbose_name_plural = "management reviews"

    def clean(self) -> None:
        """The days of a review are in order."""
        with FieldErrors(self) as errors:
            errors.not_before("period_until", "period_from", "first day of the period")
            errors.not_before("held_on", "period_from", "period it reviews")
            errors.not_before("next_review", "held_on", "day of this review")


def review_is_complete(actor: Actor, record: Record, reason: str) -> None:
    """A management review has top management, inputs, findings and decisions (9.3)."""
    assert isinstance(record, ManagementReview)
    faults = gates.empty(
        record,
        held_on="say when it was held",
        top_management="name who of top management was there",
        decisions="write what was decided, or that nothing was",
        changes="write what has to change, or that nothing has",
    )
    if not record.inputs and not record.inputs_missing:
        faults.append(Fault("inputs", "are not gathered", "gather them, or write why they are missing"))
    absent = [part["title"] for part in record.inputs.get("sections", ()) if not part["recorded"]]
    if absent and not record.inputs_missing:
        text = say("review.inputs-absent", "is empty; not recorded here: {inputs}", inputs=listing(absent))
        faults.append(Fault("inputs_missing", text, "write what was said about it, or why it is missing"))
    period = {"from": record.period_from.isoformat(), "until": record.period_until.isoformat()}
    if record.inputs.get("period", period) != period:
        faults.append(Fault("inputs", "are those of another period", "gather them again"))
    unjudged = [name for name in ("suitable", "adequate", "effective") if getattr(record, name) == "open"]
    faults += [Fault(name, "is not judged", "judge it") for name in unjudged]
    gates.refuse(record, faults)


MANAGEMENT_REVIEW = Kind(
    model=ManagementReview,
    prefix="MRV",
    slug="management-review",
    access="governance",
    clause="9",
    place=3,
    requirements=("iso42001:9.3.1", "iso42001:9.3.2", "iso42001:9.3.3"),
    titles={"period_from": "Occasion", "inputs": "Inputs", "discussion": "Findings", "decisions": "Results"},
    columns=("period_until", "held_on", "effective", "next_review"),
    filters=("effective",),
    workflow=REVIEWED,
    icon="presentation",
    menu=Menu("Check", 30),
    gates={"submit": (review_is_complete,)},
    step_fields={
        "submit": (
            *("held_on", "top_management", "decisions", "changes"),
            *("suitable", "adequate", "effective", "inputs_missing"),
        )
    },
    deciders={"approve": gates.top_management},
    due="next_review",
    example=EXAMPLE,
)
