"""AI objectives and how they will be reached (ISO/IEC 42001 6.2, A.6.1.2, A.9.3)."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices
from plumbline.clauses.fields import FigureField, MultiChoiceField, parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
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

    statement = models.TextField("what we want", help_text="One sentence, consistent with the AI policy.")
    aims = MultiChoiceField(
        "serves",
        options=choices.ai_objectives,
        blank=True,
        help_text="Objectives of ISO/IEC 42001 C.2 that it serves.",
    )
    applies_to = models.CharField(
        "function or level", max_length=200, blank=True, help_text="Part of the organization it is set for."
    )
    systems = models.ManyToManyField(
        "clauses.AISystem",
        verbose_name="AI systems",
        blank=True,
        related_name="objectives",
        help_text="Systems it is about. Empty: all.",
    )
    policy = models.ForeignKey(
        "clauses.Policy",
        verbose_name="policy",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="objectives",
        help_text="Policy that it follows from.",
    )
    measure = models.TextField(
        "how success is judged", help_text="Figure or observation, and where it comes from."
    )
    direction = models.CharField(
        "target is",
        max_length=16,
        blank=True,
        choices=choices.Direction.choices,
        help_text="Which side is good.",
    )
    target = FigureField("target", null=True, blank=True, help_text="The figure to reach, if there is one.")
    baseline = FigureField("baseline", null=True, blank=True, help_text="The figure at the start.")
    measured_in = models.CharField(
        "measured in", max_length=60, blank=True, help_text="For example percent, days or cases per month."
    )
    actions = models.TextField("what will be done", help_text="Steps to get there.")
    resources = models.TextField("what it takes", blank=True, help_text="People, money, tools.")
    due = models.DateField("due", help_text="By when it is reached.")
    cadence = models.CharField(
        "looked at",
        max_length=16,
        choices=choices.Cadence.choices,
        default=choices.Cadence.QUARTERLY,
        help_text="How often progress is looked at.",
    )
    communicated_to = models.TextField("made known to", blank=True, help_text="Who knows of it, and how.")
    outcome = models.CharField(
        "outcome", max_length=16, choices=Outcome.choices, default=Outcome.OPEN, help_text="How it ended."
    )
    judged_on = models.DateField("judged on", null=True, blank=True, help_text="Day of that judgement.")
    outcome_note = models.TextField(
        "what was found", blank=True, help_text="Figures and reasons behind the outcome."
    )

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
    clause="6",
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
    due="due",
)
