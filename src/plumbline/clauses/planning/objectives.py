"""AI objectives and how they will be reached (ISO/IEC 42001 6.2, A.6.1.2, A.9.3)."""

from __future__ import annotations

from datetime import date

from django.db import models

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
from plumbline.records.models import Record


class Objective(Record):
    """Something the organization wants to reach with or for its AI, with what is done, by whom, by when, and
    how success is judged."""

    record_ptr = parent_link()

    class Outcome(models.TextChoices):
        """How an objective ended."""

        OPEN = "open", "Still running"
        REACHED = "reached", "Reached"
        PARTLY = "partly reached", "Partly reached"
        MISSED = "missed", "Missed"

    statement = fields.text("what we want", "One sentence, consistent with the AI policy.")
    aims = fields.many(
        "serves", "Objectives of ISO/IEC 42001 C.2 that it serves.", choices.ai_objectives, optional=True
    )
    applies_to = fields.line(
        "function or level", "Part of the organization it is set for.", 200, optional=True
    )
    systems = fields.references(
        "clauses.AISystem", "AI systems", "Systems it is about. Empty: all.", "objectives", optional=True
    )
    policy = fields.reference(
        "clauses.Policy", "policy", "Policy that it follows from.", "objectives", optional=True
    )
    measure = fields.text("how success is judged", "Figure or observation, and where it comes from.")
    direction = fields.choice(
        "target is", "Which side is good.", choices.Direction.choices, 16, optional=True
    )
    target = fields.figure("target", "The figure to reach, if there is one.", optional=True)
    baseline = fields.figure("baseline", "The figure at the start.", optional=True)
    measured_in = fields.line(
        "measured in", "For example percent, days or cases per month.", 60, optional=True
    )
    actions = fields.text("what will be done", "Steps to get there.")
    resources = fields.text("what it takes", "People, money, tools.", optional=True)
    due = fields.day("due", "By when it is reached.")
    cadence = fields.choice(
        "looked at",
        "How often progress is looked at.",
        choices.Cadence.choices,
        16,
        default=choices.Cadence.QUARTERLY,
    )
    communicated_to = fields.text("made known to", "Who knows of it, and how.", optional=True)
    outcome = fields.choice("outcome", "How it ended.", Outcome.choices, 16, default=Outcome.OPEN)
    judged_on = fields.day("judged on", "Day of that judgement.", optional=True)
    outcome_note = fields.text("what was found", "Figures and reasons behind the outcome.", optional=True)

    class Meta:
        verbose_name = "objective"
        verbose_name_plural = "objectives"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.target is not None:
            errors.require("direction", self.direction, "Say whether the figure is an upper or a lower end.")
            errors.require("measured_in", self.measured_in, "Say what the figure counts.")
        if self.outcome != self.Outcome.OPEN:
            errors.require("judged_on", self.judged_on, "Say when that was judged.")
            errors.require("outcome_note", self.outcome_note, "Say what the judgement rests on.")
        errors.raise_any()


OBJECTIVE = Kind(
    model=Objective,
    prefix="OBJ",
    slug="objective",
    access="governance",
    clause="6",
    place=5,
    requirements=("iso42001:6.2", "iso42001:A.6.1.2", "iso42001:A.9.3"),
    sections=(
        Section("What we want", ("statement", "aims", "applies_to", "systems", "policy")),
        Section("How it is judged", ("measure", "direction", "target", "baseline", "measured_in", "cadence")),
        Section("How we get there", ("actions", "resources", "due", "communicated_to")),
        Section("Outcome", ("outcome", "judged_on", "outcome_note")),
    ),
    columns=("target", "measured_in", "due", "outcome"),
    filters=("outcome", "cadence"),
    workflow=REVIEWED,
    icon="target",
    menu=Menu("Plan", 40),
    due="due",
    example={
        "title": "Hardship claims in time",
        "statement": "Hardship claims are never late.",
        "aims": ["iso42001:C.2.5"],
        "policy": "policy",
        "measure": "Share of hardship claims seen within a day.",
        "direction": "at least",
        "target": "0.990",
        "measured_in": "share",
        "actions": "Flag hardship at intake; weekly sample.",
        "due": date(2026, 12, 31),
    },
)
