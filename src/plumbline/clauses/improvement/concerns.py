"""Clause 10, Improvement: concerns of people inside, reports from outside, and contests (A.3.3, A.8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.clauses import fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import HEARD
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
RECEIVED = ("channel", "received_on", "concern", "reporter")
"""What came in, and by which way: kept as it came."""


class Concern(Record):
    """What somebody is worried about or contests: a concern of people inside, harm that people outside
    report, or a decision that somebody wants looked at again. One that came anonymously names nobody."""

    record_ptr = parent_link()

    channel = fields.choice(
        "channel", "By which way it came; they are kept apart.", CHOICES, 16, required=True
    )
    received_on = fields.day("received on", "Day on which it came in.", required=True, done=True)
    system = fields.system("The system it is about, if it is about one.", "concerns")
    topic = fields.choice("about", "What it is about, as whoever takes it reads it.", CHOICES, 24)
    concern = fields.text("what was said", "In the words in which it came.", required=True)
    decision = fields.line("decision contested", "Number or receipt of the decision.", 120)
    reporter = fields.choice("who reports", "How far the name goes.", CHOICES, 16, required=True)
    name = fields.line("name and way to answer", "Left empty for one that is anonymous.", 200)
    protection = fields.text("protection", "What is done so that nobody is worse off for it.")
    assessment = fields.text("what was looked into", "Whom you asked, what you saw, and what it means.")
    outcome = fields.choice("outcome", "What became of it.", CHOICES, 24)
    answered_on = fields.day(
        "answered on", "Day on which whoever reported it could read the answer.", done=True
    )
    answer = fields.text("answer", "What was said to them, or put up where they can read it.")
    incident = fields.reference("clauses.Incident", "incident", "The incident that it shows.", "concerns")
    nonconformity = fields.reference(
        "clauses.Nonconformity", "nonconformity", "What of it is taken on as one.", "concerns"
    )

    class Meta:
        verbose_name = "concern"
        verbose_name_plural = "concerns"

    def clean(self) -> None:
        """An anonymous one names nobody, and a contest says which decision."""
        with FieldErrors(self) as errors:
            if self.reporter == "anonymous" and self.name:
                errors.add("name", "anonymous", "An anonymous concern names nobody. Leave this empty.")
            if self.reporter == "named":
                errors.require("name", "Say who reports it, or choose another answer above.")
            if self.channel == "contest":
                errors.require("decision", "Say which decision is contested.")
            errors.not_before("answered_on", "received_on", "day on which it came in")


def what_came_in_stays(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Nobody rewrites a concern, moves it into another channel, or finds out afterwards who it was."""
    text, remedy = say("concern.stays", "stays as it came in"), "write your view into what was looked into"
    changed = [name for name in RECEIVED if before[name] != after[name]]
    gates.refuse(record, [Fault(name, text, remedy) for name in changed])


CONCERN = Kind(
    model=Concern,
    prefix="CCN",
    slug="concern",
    access="improvement",
    clause="10",
    place=0,
    requirements=("iso42001:A.3.3", "iso42001:A.8.3"),
    titles={"channel": "What came in", "reporter": "Who reports", "assessment": "What became of it"},
    columns=("channel", "reporter", "topic", "system", "received_on", "answered_on"),
    filters=("channel", "reporter", "topic", "system", "outcome"),
    workflow=HEARD,
    sensitive=True,
    icon="at-sign",
    menu=Menu("Act", 7),
    shown_when={"decision": ("channel", ("contest",))},
    gates={
        "answer": (
            gates.filled(
                assessment="write what was looked into",
                outcome="say what became of it",
                answered_on="give the day of the answer",
                answer="write what was said",
            ),
        ),
    },
    step_fields={
        "take": ("owner", "topic", "protection"),
        "answer": ("assessment", "outcome", "answered_on", "answer", "incident", "nonconformity"),
    },
    amend_gates=(what_came_in_stays,),
    hubs=(
        HubSection("system", "Concerns", 27, columns=("channel", "topic", "received_on")),
        HubSection("incident", "Concerns", 40, columns=("channel", "received_on")),
    ),
    example=EXAMPLE,
)
