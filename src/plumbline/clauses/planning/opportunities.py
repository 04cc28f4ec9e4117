"""Opportunities: what could become better, where that was seen, and whether it did (6.1.1, 10.1)."""

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
REPORT = ("evaluated_on", "effect", "findings")
"""What is written once the effect can be seen; the rest is what was decided."""


class Opportunity(Record):
    """Something that could become better with or for our AI: where it was seen, what it would bring, whether
    we take it, and what came of it.

    One that is taken has actions and a measure; its effect is evaluated by its day, and somebody who has no
    part in it approves the evaluation.
    """

    record_ptr = parent_link()

    description = fields.text("what could become better", "And for whom, in a few sentences.", required=True)
    issues = fields.references("clauses.Issue", "issues", "Issues that it comes from.", "opportunities")
    parties = fields.references(
        "clauses.InterestedParty", "parties", "Parties whose needs it meets.", "opportunities"
    )
    source = fields.text("where else it was seen", "Audit, review, incident, or an idea of somebody.")
    benefit = fields.text("what it would bring", "For people, for us, for the AIMS.", required=True)
    downside = fields.text("what it could cost", "Money, time, and new risks.")
    decision = fields.choice("do we take it?", "What was decided.", CHOICES, 16, required=True)
    reason = fields.text("why", "What the decision rests on.", required=True)
    actions = fields.text("what is done", "Steps that somebody else could carry out.")
    measure = fields.text("how its effect is seen", "Figure or observation, set beforehand.")
    due = fields.day(
        "due", "By when its effect is evaluated, or it is looked at again.", required=True, ahead=24
    )
    evaluated_on = fields.day("evaluated on", "Day on which its effect was evaluated.", done=True)
    effect = fields.choice("did it become better?", "What the evaluation showed.", CHOICES, 16)
    findings = fields.text("what was seen", "Figures, and what follows from them.")

    class Meta:
        verbose_name = "opportunity"
        verbose_name_plural = "opportunities"

    def clean(self) -> None:
        """What is taken has actions and a measure."""
        with FieldErrors(self) as errors:
            if self.decision == "take":
                errors.require("actions", "Say what is done to take it.")
                errors.require("measure", "Say how its effect will be seen.")


def it_comes_from_somewhere(actor: Actor, record: Record, reason: str) -> None:
    """An opportunity names an issue, a party or another source (6.1.1)."""
    assert isinstance(record, Opportunity)
    if not (record.source or record.issues.exists() or record.parties.exists()):
        remedy = "name an issue, a party, or where else it was seen"
        gates.refuse(record, [Fault("issues", "are empty, and no other source is given", remedy)])


def it_is_taken(actor: Actor, record: Record, reason: str) -> None:
    """Nobody begins what was decided not to be taken."""
    assert isinstance(record, Opportunity)
    if record.decision != "take":
        gates.refuse(record, [Fault("decision", "is not to take it", "revise the decision first")])


def its_effect_was_seen_afterwards(actor: Actor, record: Record, reason: str) -> None:
    """An effect is evaluated after the decision to take the opportunity, and not before."""
    assert isinstance(record, Opportunity)
    approved = record.approvals.order_by("revision").last()
    if approved is None or record.evaluated_on is None or record.evaluated_on >= clock.day_of(approved.at):
        return
    before = say("opportunity.before", "lies before the decision to take it")
    gates.refuse(record, [Fault("evaluated_on", before, "give the day of the evaluation")])


OPPORTUNITY = Kind(
    model=Opportunity,
    prefix="OPP",
    slug="opportunity",
    access="risk",
    clause="6",
    place=14,
    requirements=("iso42001:6.1.1", "iso42001:10.1"),
    titles={
        "description": "Opportunity",
        "decision": "Decision",
        "evaluated_on": "What came of it",
    },
    columns=("decision", "due", "evaluated_on", "effect"),
    filters=("decision", "effect"),
    workflow=CHANGED,
    icon="lightbulb",
    menu=Menu("Plan", 26),
    gates={
        "submit": (it_comes_from_somewhere,),
        "approve": (gates.not_passed("due"),),
        "begin": (it_is_taken,),
        "carry-out": (
            gates.filled(
                evaluated_on="give the day of the evaluation",
                effect="say whether it became better",
                findings="write what was seen",
            ),
            its_effect_was_seen_afterwards,
        ),
    },
    step_fields={"carry-out": REPORT},
    amend_gates=(gates.stays_as_approved(REPORT),),
    deciders={"review": deciding.has_no_part},
    due="due",
    hubs=(
        HubSection("issues", "Opportunities", 30, ("decision", "due", "effect"), adds="Add an opportunity"),
        HubSection("parties", "Opportunities", 40, ("decision", "due", "effect"), adds="Add an opportunity"),
    ),
    example=EXAMPLE,
)
