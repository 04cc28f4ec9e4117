"""Clause 8, Operation: incidents with AI systems, from the first word to the lesson (8.1, A.8.4, 10.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from plumbline.clauses import choices, deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import ACTIONED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?) \S")
"""How a line of a timeline begins: a day, a time if it is known, and what happened."""
KEPT = ("evidence_on", "evidence")
"""What was kept of the evidence, once it is written."""
FACTS = ("system", "happened_on", "description")
"""What happened with what, once it is confirmed."""


class Incident(Record):
    """Harm that an AI system did or nearly did: what happened and to whom, what was done at once, what was
    kept as evidence, why it happened, who was told, and what was learned."""

    record_ptr = parent_link()

    system = fields.system("The system that it happened with.", "incidents")
    happened_on = fields.day("happened on", "Day of the event.", done=True)
    noticed_on = fields.day("noticed on", "Day on which somebody became aware of it.", done=True)
    description = fields.text("what happened", "Event and effect, in a few sentences.", required=True)
    type = fields.choice("type", "What sort of event it is.", CHOICES, 24)
    severity = fields.choice("severity", "By the harm done or nearly done, not by a figure.", CHOICES, 16)
    harmed = fields.many("who was affected", "Every group that was touched.", choices.People)
    people = fields.count("people affected", "How many, as far as known.")
    containment = fields.text("what was done at once", "Stop, roll back, inform; and what went on.")
    evidence_on = fields.day(
        "evidence kept on", "Day on which it was put aside, before anything changed.", done=True
    )
    evidence = fields.text("what was kept", "Logs, inputs, version and settings: what, where, and by whom.")
    timeline = fields.text("timeline", "A line for each step: day, time if known, and what happened.")
    cause_method = fields.choice("how the cause was found", "Method used.", CHOICES, 24)
    cause = fields.text("cause", "Why it happened, and why nobody saw it before.")
    lessons = fields.text("what was learned", "What has to change, here and elsewhere.")
    tell = fields.choice("are users told?", "By the plan for telling people of incidents.", CHOICES, 16)
    told_on = fields.day("users told on", "Day on which they were first told.", done=True)
    told = fields.text("what they were told", "To whom, how, in what words; or why nobody is told.")
    authority = fields.line("authority told", "Name and day, if the law asks for it.", 200)
    risks = fields.references("clauses.Risk", "risks", "Risks that came true, or that it shows.", "incidents")
    nonconformities = fields.references(
        "clauses.Nonconformity", "nonconformities", "What of it is taken on as one.", "incidents"
    )

    class Meta:
        verbose_name = "incident"
        verbose_name_plural = "incidents"

    def clean(self) -> None:
        """It is no older than its system, noticed no earlier than it happened, and its steps are in order."""
        with FieldErrors(self) as errors:
            errors.not_before("noticed_on", "happened_on", "event")
            errors.not_before("evidence_on", "happened_on", "event")
            errors.not_before("told_on", "noticed_on", "day on which it was noticed")
            begun = self._system_begun()
            if begun is not None and self.happened_on is not None and self.happened_on < begun:
                text = "The system did not exist yet. Correct this day, the system, or its first day."
                errors.add("happened_on", "before-system", text)
            if self.tell:
                errors.require("told", "Say what they were told, or why nobody is told.")
            if self.tell == "yes":
                errors.require("told_on", "Say when they were told.")
            steps = [_LINE.match(line) for line in self.timeline.splitlines() if line.strip()]
            days = [step[1] for step in steps if step is not None]
            if len(days) < len(steps) or days != sorted(days):
                text = "Begin each line with its day (2026-01-31, or 2026-01-31 14:05), the earliest first."
                errors.add("timeline", "order", text)

    def _system_begun(self) -> Any:
        """The first day of which the record of the system knows; None where it knows of none."""
        system = self.system if self.system_id is not None else None
        days = [] if system is None else [system.started_on, system.operating_since, system.released_on]
        return min((day for day in days if day is not None), default=None)


def what_happened_stays(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """What was confirmed and what was kept as evidence stay as they were; it was noticed no later, and it is
    called less grave only by somebody without a part in it."""
    known = FACTS if record.state != "suspected" else ()
    changed = [name for name in known if before[name] != after[name]]
    changed += [name for name in KEPT if before[name] and before[name] != after[name]]
    changed += ["noticed_on"] if known and (after["noticed_on"] or "9999") > before["noticed_on"] else []
    text = say("incident.stays", "stays as it was recorded")
    faults = [Fault(name, text, "add what is new to the timeline") for name in changed]
    if known and _rank(after) < _rank(before) and not deciding.has_no_part(actor, record):
        lower = say("incident.less-grave", "is lowered by somebody who has no part in it")
        faults.append(Fault("severity", lower, "have somebody else judge it"))
    gates.refuse(record, faults)


def _rank(row: Mapping[str, Any]) -> int:
    """How grave, from the least; one that nobody has judged may be the gravest."""
    known = [word for word, _ in CHOICES["severity"]]
    return known.index(row["severity"]) if row["severity"] in known else len(known)


def deciding_whom_to_tell(actor: Actor, record: Record, reason: str) -> None:
    """Before it is over somebody has decided whether users are told (A.8.4)."""
    gates.refuse(record, gates.empty(record, tell="decide whether users are told, by your plan"))


INCIDENT = Kind(
    model=Incident,
    prefix="INC",
    slug="incident",
    access="systems improvement",
    clause="8",
    place=90,
    requirements=("iso42001:8.1", "iso42001:A.8.4", "iso42001:10.2", "nist-ai-rmf:MANAGE 4.3"),
    titles={
        "system": "What happened",
        "containment": "At once",
        "timeline": "Cause and lessons",
        "tell": "Who was told",
        "risks": "What follows",
    },
    columns=("system", "type", "severity", "happened_on", "told_on"),
    filters=("system", "type", "severity", "tell"),
    workflow=ACTIONED,
    icon="siren",
    menu=Menu("Act", 5),
    gates={
        "confirm": (
            gates.filled(
                system="name the system that it happened with",
                happened_on="give the day of the event",
                noticed_on="give the day on which somebody became aware of it",
                type="say what sort of event it is",
                severity="say how grave it is",
            ),
        ),
        "contain": (
            gates.filled(
                containment="write what was done at once",
                evidence="write what was kept, before anything changes",
                evidence_on="give the day on which it was put aside",
            ),
        ),
        "correct": (
            gates.filled(
                timeline="write what happened when",
                cause="write why it happened",
                lessons="write what was learned",
            ),
            deciding_whom_to_tell,
        ),
    },
    step_fields={
        "confirm": ("system", "happened_on", "noticed_on", "type", "severity", "harmed", "people", "owner"),
        "contain": ("containment", "evidence_on", "evidence"),
        "correct": ("timeline", "cause_method", "cause", "lessons", "tell", "told_on", "told"),
    },
    amend_gates=(what_happened_stays,),
    deciders=dict.fromkeys(("dismiss", "withdraw", "verify", "close"), deciding.has_no_part),
    hubs=(
        HubSection(
            "system", "Incidents", 25, columns=("type", "severity", "happened_on"), adds="Report an incident"
        ),
        HubSection("risks", "Incidents", 45, columns=("system", "severity", "happened_on")),
        HubSection("nonconformities", "Incidents", 25, columns=("system", "severity", "happened_on")),
    ),
    example=EXAMPLE,
)
