"""Clause 10, Improvement: what is done to become better where nothing is wrong (10.1)."""

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
_SOURCES = {
    "management review": "review",
    "committee": "decision",
    "audit": "finding",
    "concern": "concern",
    "measurement": "indicator",
    "other": "source",
}
"""The field that says where an action comes from, by its origin."""
_MISSING = "Name what it comes from, as said above."


class Action(Record):
    """Something that is done so that the AIMS becomes better, and that answers no nonconformity: where it was
    decided or seen, who does it by when, what is expected of it, and what came of it.

    What answers a nonconformity is a corrective action. A decision of a committee keeps its own person and
    day; an action is one more step that follows from it.
    """

    record_ptr = parent_link()

    description = fields.text("what becomes better", "And for whom, in a few sentences.", required=True)
    origin = fields.choice("comes from", "Where it was decided or seen.", CHOICES, 24, required=True)
    review = fields.reference(
        "clauses.ManagementReview", "management review", "The review that decided it.", "improvements"
    )
    decision = fields.reference(
        "clauses.CommitteeDecision",
        "committee decision",
        "The decision that it follows from.",
        "improvements",
    )
    finding = fields.reference(
        "clauses.AuditFinding", "audit finding", "The opportunity that the audit saw.", "improvements"
    )
    concern = fields.reference("clauses.Concern", "concern", "The concern that led to it.", "improvements")
    indicator = fields.reference(
        "clauses.Indicator", "indicator", "The measure whose results led to it.", "improvements"
    )
    source = fields.text("where else it was seen", "Who had the idea, and on which occasion.")
    expected = fields.text(
        "what is expected", "Figure or observation by which somebody else sees that it worked.", required=True
    )
    steps = fields.text("what is done", "Steps that somebody else could carry out.", required=True)
    due = fields.day("due", "By when it is carried out.", required=True, ahead=24)
    done_on = fields.day("carried out on", "Day on which it was carried out.", done=True)
    result = fields.text("what came of it", "Compared with what was expected.")

    class Meta:
        verbose_name = "action"
        verbose_name_plural = "actions"

    def clean(self) -> None:
        """It names what it comes from."""
        with FieldErrors(self) as errors:
            if self.origin in _SOURCES:
                errors.require(_SOURCES[self.origin], _MISSING)


def it_is_an_improvement(actor: Actor, record: Record, reason: str) -> None:
    """Somebody answers for it, and it takes the place of no corrective action (10.1, 10.2)."""
    assert isinstance(record, Action)
    faults = gates.empty(record, owner="name the person who carries it out")
    if record.finding is not None and record.finding.grade != "opportunity":
        text = say("improvement.no-opportunity", "is no opportunity for improvement")
        faults.append(Fault("finding", text, "answer what was found with a corrective action"))
    gates.refuse(record, faults)


def it_was_done_since_it_was_approved(actor: Actor, record: Record, reason: str) -> None:
    """What is reported was done after somebody else approved it, and not before."""
    assert isinstance(record, Action)
    approved = record.approvals.order_by("revision").last()
    if approved is None or record.done_on is None or record.done_on >= clock.day_of(approved.at):
        return
    before = say("improvement.before", "lies before its approval")
    gates.refuse(record, [Fault("done_on", before, "give the day on which it was carried out since")])


_REPORT = ("done_on", "result")
_LISTED = ("origin", "due", "done_on")
ACTION = Kind(
    model=Action,
    prefix="ACT",
    slug="action",
    access="improvement",
    clause="10",
    place=3,
    requirements=("iso42001:10.1",),
    titles={"description": "Improvement", "expected": "Plan", "done_on": "Result"},
    columns=_LISTED,
    filters=("origin",),
    workflow=CHANGED,
    icon="list-checks",
    menu=Menu("Act", 15),
    gates={
        "submit": (it_is_an_improvement,),
        "approve": (gates.not_passed("due"),),
        "carry-out": (
            gates.filled(done_on="give the day on which it was carried out", result="say what came of it"),
            it_was_done_since_it_was_approved,
        ),
    },
    step_fields={"carry-out": _REPORT},
    amend_gates=(gates.stays_as_approved(_REPORT),),
    deciders={"review": deciding.has_no_part},
    due="due",
    shown_when={field: ("origin", (word,)) for word, field in _SOURCES.items()},
    hubs=(
        HubSection("review", "Actions", 30, _LISTED, adds="Plan an action"),
        HubSection("decision", "Actions", 30, _LISTED, adds="Plan an action"),
        HubSection("finding", "Actions", 40, _LISTED, adds="Plan an action"),
        HubSection("concern", "Actions", 40, _LISTED, adds="Plan an action"),
        HubSection("indicator", "Actions", 45, _LISTED, adds="Plan an action"),
    ),
    example=EXAMPLE,
)
