"""AI objectives and how they will be reached (ISO/IEC 42001 6.2, A.6.1.2, A.9.3)."""

from __future__ import annotations

from plumbline.clauses import choices, easing, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Objective(Record):
    """Something the organization wants to reach with or for its AI, with what is done, by whom, by when, and
    how success is judged."""

    record_ptr = parent_link()

    statement = fields.text("what we want", "One sentence, consistent with the AI policy.", required=True)
    aims = fields.many("serves", "Objectives of ISO/IEC 42001 C.2 that it serves.", choices.ai_objectives)
    guides = fields.many(
        "guides", "What it guides: how AI is developed (A.6.1.2), how it is used (A.9.3), or both.", CHOICES
    )
    applies_to = fields.line("function or level", "Part of the organization it is set for.", 200)
    systems = fields.systems("Systems it is about. Empty: all.", "objectives")
    policy = fields.reference("clauses.Policy", "policy", "Policy that it follows from.", "objectives")
    measure = fields.text(
        "how success is judged", "Figure or observation, and where it comes from.", required=True
    )
    direction = fields.choice("target is", "Which side is good.", choices.Direction, 16)
    target = fields.figure("target", "The figure to reach, if there is one.")
    baseline = fields.figure("baseline", "The figure at the start.")
    measured_in = fields.line("measured in", "For example percent, days or cases per month.", 60)
    cadence = fields.choice(
        "looked at",
        "How often progress is looked at.",
        choices.Cadence,
        16,
        default=choices.Cadence.QUARTERLY,
    )
    actions = fields.text("what will be done", "Steps to get there.", required=True)
    resources = fields.text("what it takes", "People, money, tools.")
    due = fields.day("due", "By when it is reached.", required=True, ahead=24)
    communicated_to = fields.text("made known to", "Who knows of it, and how.")
    outcome = fields.choice("outcome", "How it ended.", CHOICES, 16, default="open")
    judged_on = fields.day("judged on", "Day of that judgement.", done=True)
    outcome_note = fields.text("what was found", "Figures and reasons behind the outcome.")
    change_reason = easing.change_reason("a later day")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "objective"
        verbose_name_plural = "objectives"

    def clean(self) -> None:
        """A target has a direction and a unit, an outcome a day and a basis. What guides development or use
        says which objectives of responsible AI it serves.

        Nobody writes what the product computes of a revision.
        """
        easing.forget(self)
        with FieldErrors(self) as errors:
            if self.target is not None:
                errors.require("direction", "Say whether the figure is an upper or a lower end.")
                errors.require("measured_in", "Say what the figure counts.")
            if self.guides:
                errors.require("aims", "Say which objectives of responsible AI it serves.")
            if self.outcome != "open":
                errors.require("judged_on", "Say when that was judged.")
                errors.require("outcome_note", "Say what the judgement rests on.")


OBJECTIVE = Kind(
    model=Objective,
    prefix="OBJ",
    slug="objective",
    access="governance",
    clause="6",
    place=5,
    requirements=("iso42001:6.2", "iso42001:A.6.1.2", "iso42001:A.9.3"),
    titles={
        "statement": "What we want",
        "measure": "How it is judged",
        "actions": "How we get there",
        "outcome": "Outcome",
        "change_reason": "What a revision makes easier",
    },
    columns=("target", "measured_in", "due", "outcome"),
    filters=("outcome", "cadence"),
    workflow=REVIEWED,
    icon="target",
    menu=Menu("Plan", 40),
    due="due",
    scope=("due",),
    example=EXAMPLE,
)
