"""Decisions of committees, and what follows from them (5.1, 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.clauses import deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import PLANNED
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
DECIDED = ("meeting", "decision", "action", "due")


class CommitteeDecision(Record):
    """Something that a committee decided, and the action that follows: what is done, by whom, until when.

    Its owner carries the action out; somebody else verifies that it was.
    """

    record_ptr = parent_link()

    meeting = fields.reference(
        "clauses.CommitteeMeeting", "meeting", "Where it was decided.", "decisions", required=True
    )
    decision = fields.text("what was decided", "And why, with the votes if there were any.", required=True)
    action = fields.text("what is done", "Steps that somebody else could carry out.", required=True)
    due = fields.day("due", "By when it is done.", required=True, ahead=24)
    systems = fields.systems("Systems that it is about. Empty: the AIMS as a whole.", "committee_decisions")

    class Meta:
        verbose_name = "committee decision"
        verbose_name_plural = "committee decisions"

    def clean(self) -> None:
        """Nothing is due before the meeting that decided it."""
        with FieldErrors(self) as errors:
            if self.meeting is not None and self.due is not None and self.due < self.meeting.held_on:
                errors.add("due", "early", "This lies before the meeting. Give a day after it.")


def somebody_carries_it_out(actor: Actor, record: Record, reason: str) -> None:
    """A decision becomes an action once somebody is named who carries it out, and enough members decided."""
    assert isinstance(record, CommitteeDecision)
    faults = gates.empty(record, owner="name the person who carries it out")
    if record.meeting is not None and record.meeting.quorate == "no":
        faults.append(Fault("meeting", "had too few members to decide", "have it decided in another meeting"))
    gates.refuse(record, faults)


def what_was_decided_stays(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Once approved, a decision and its day are what the committee decided: only the committee moves them."""
    if not record.approvals.exists():
        return
    text, remedy = say("decision.stays", "stays as it was decided"), "have the committee decide anew"
    changed = [name for name in DECIDED if before[name] != after[name]]
    gates.refuse(record, [Fault(name, text, remedy) for name in changed])


COMMITTEE_DECISION = Kind(
    model=CommitteeDecision,
    prefix="DCN",
    slug="committee-decision",
    access="governance",
    clause="5",
    place=6,
    requirements=("iso42001:5.1", "iso42001:5.3"),
    titles={"meeting": "Decision", "action": "Action"},
    columns=("meeting", "due"),
    filters=("meeting",),
    workflow=PLANNED,
    icon="list-todo",
    gates={"submit": (somebody_carries_it_out,)},
    amend_gates=(what_was_decided_stays,),
    deciders={"verify": deciding.has_no_part},
    due="due",
    hubs=(
        HubSection("meeting", "Decisions", 20, ("due",), adds="Record a decision"),
        HubSection("systems", "Decisions of committees", 65, ("due",), is_work=True),
    ),
    example=EXAMPLE,
)
