"""Clause 9, Performance evaluation: what is measured, what people vouch for, what top management decides."""

from __future__ import annotations

from plumbline.clauses import choices, easing, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Indicator(Record):
    """Something that is measured to judge the AIMS or an AI system: what, how, how
    often, and when somebody looks at it."""

    record_ptr = parent_link()

    question = fields.text("what it tells", "The question that the figure answers.", required=True)
    objective = fields.reference(
        "clauses.Objective", "objective", "Objective whose success it shows.", "indicators"
    )
    system = fields.system(
        "The system it is about. Empty: the AIMS as a whole, or every system.", "indicators"
    )
    metric = fields.line("measure", "Name of the measure, where the product takes it by itself.", 120)
    method = fields.text(
        "method", "How the figure comes about, so that it can be compared over time.", required=True
    )
    source = fields.line("source", "Where the raw facts come from.", 300)
    measured_in = fields.line("measured in", "For example percent or days.", 60)
    direction = fields.choice("target is", "Which side is good.", choices.Direction, 16)
    target = fields.figure("target", "The figure aimed at, if there is one.")
    cadence = fields.choice(
        "measured", "How often it is measured.", choices.Cadence, 16, default=choices.Cadence.MONTHLY
    )
    analysed = fields.choice(
        "analysed",
        "How often somebody looks at the figures and says what they mean.",
        choices.Cadence,
        16,
        default=choices.Cadence.QUARTERLY,
    )
    value = fields.figure("last figure", "For a measure taken by hand: the last figure.")
    measured_on = fields.day("measured on", "Day of the last figure.", done=True)
    analysis = fields.text("what it means", "The last analysis, with its date.")
    change_reason = easing.change_reason("measured less often")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "indicator"
        verbose_name_plural = "indicators"

    def clean(self) -> None:
        """A target has a direction, a figure its day. Nobody writes what the product computes of a
        revision."""
        easing.forget(self)
        with FieldErrors(self) as errors:
            if self.target is not None:
                errors.require("direction", "Say whether the figure is an upper or a lower end.")
            errors.both_or_neither("value", "measured_on")


INDICATOR = Kind(
    model=Indicator,
    prefix="IND",
    slug="indicator",
    access="systems",
    clause="9",
    place=1,
    requirements=("iso42001:9.1", "nist-ai-rmf:MEASURE 1.1"),
    titles={
        "question": "What it tells",
        "metric": "How it is measured",
        "cadence": "When",
        "value": "Last reading",
        "change_reason": "What a revision makes easier",
    },
    columns=("system", "metric", "cadence", "value", "measured_on"),
    filters=("system", "cadence", "metric"),
    workflow=REVIEWED,
    icon="activity",
    menu=Menu("Check", 10),
    hubs=(
        HubSection(
            "system",
            "Indicators",
            65,
            columns=("metric", "value", "target", "measured_on"),
            adds="Add an indicator",
            answers={"monitoring-planned": {}},
        ),
        HubSection("objective", "Indicators", 30, columns=("metric", "value", "target", "measured_on")),
    ),
    scope=("system", "cadence"),
    example=EXAMPLE,
)
