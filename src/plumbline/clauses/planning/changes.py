"""Changes of the management system itself: planned, approved before they begin, and reviewed (6.3)."""

from __future__ import annotations

from plumbline.clauses import deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import CHANGED
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
RESULT = ("done_on", "result", "outcome")
"""What is written once the change is made; the rest is the plan."""


class Change(Record):
    """A planned change of the AI management system itself: what for, what may follow, how the system stays
    whole, what it takes and who gets which duty.

    It is approved before it begins, and somebody who has no part in it reviews what came of it.
    """

    record_ptr = parent_link()

    purpose = fields.text("purpose", "What is changed in the AIMS, and what for.", required=True)
    parts = fields.many("what it touches", "Parts of the AIMS that it changes.", CHOICES, required=True)
    consequences = fields.text("consequences", "What may follow, wanted or not, for whom.", required=True)
    integrity = fields.text(
        "integrity of the AIMS", "How it goes on working during the change and after it.", required=True
    )
    resources = fields.text("what it takes", "People, money, tools; or that it takes none.", required=True)
    responsibilities = fields.text(
        "who gets what", "Duties that are given, moved or taken away; or that none is.", required=True
    )
    duties = fields.references(
        "clauses.Responsibility", "responsibilities", "Those that it changes.", "changes"
    )
    begins_on = fields.day("begins on", "Planned first day, after its approval.", required=True, ahead=24)
    due = fields.day("due", "By when it is carried out.", required=True, ahead=24)
    done_on = fields.day("carried out on", "Day on which it was complete.", done=True)
    result = fields.choice("as planned?", "Whether it went as it was planned.", CHOICES, 16)
    outcome = fields.text("what came of it", "What was changed, and what followed that nobody had planned.")

    class Meta:
        verbose_name = "change"
        verbose_name_plural = "changes"

    def clean(self) -> None:
        """A change does not end before it begins."""
        with FieldErrors(self) as errors:
            errors.not_before("due", "begins_on", "day on which it begins")
            errors.not_before("done_on", "begins_on", "day on which it begins")


def its_day_has_come(actor: Actor, record: Record, reason: str) -> None:
    """A change begins on its planned day, and not before."""
    assert isinstance(record, Change)
    if record.begins_on is not None and record.begins_on > clock.today():
        early = say("change.early", "is still to come: {day}", day=record.begins_on)
        gates.refuse(record, [Fault("begins_on", early, "wait for that day, or revise the plan")])


CHANGE = Kind(
    model=Change,
    prefix="CHG",
    slug="change",
    access="governance",
    clause="6",
    place=11,
    requirements=("iso42001:6.3",),
    titles={
        "purpose": "Change",
        "integrity": "How the AIMS stays whole",
        "begins_on": "When",
        "done_on": "What came of it",
    },
    columns=("begins_on", "due", "done_on", "result"),
    filters=("result",),
    workflow=CHANGED,
    icon="refresh-cw",
    menu=Menu("Plan", 58),
    gates={
        "approve": (gates.not_passed("begins_on"),),
        "begin": (its_day_has_come,),
        "carry-out": (
            gates.filled(
                done_on="give the day on which it was complete",
                result="say whether it went as planned",
                outcome="write what was changed and what followed",
            ),
        ),
    },
    step_fields={"carry-out": RESULT},
    amend_gates=(gates.stays_as_approved(RESULT),),
    deciders={"review": deciding.has_no_part},
    due="due",
    hubs=(HubSection("duties", "Changes of the AIMS", 40, ("due", "result")),),
    example=EXAMPLE,
)
