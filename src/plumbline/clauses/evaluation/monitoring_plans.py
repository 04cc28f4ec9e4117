"""Clause 9, Performance evaluation: what is monitored and measured, how, when, and who evaluates it (9.1)."""

from __future__ import annotations

from plumbline.clauses import easing, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import intervals
from plumbline.kernel.listed import names_in
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class MonitoringPlan(Record):
    """What of the AIMS or of its systems is monitored and measured, by which methods, how often and by whom,
    and when and by whom the results are evaluated.

    Results of the checks, indicators and objectives that it names are read where they are recorded. An
    evaluation is written into the plan, which somebody else then approves anew.
    """

    record_ptr = parent_link()

    subject = fields.text("what is watched", "What is monitored and measured.", required=True)
    purpose = fields.text("what it is to tell", "What is decided by the results, and when.", required=True)
    systems = fields.systems("Systems that it is about. Empty: the AIMS as a whole.", "monitoring_plans")
    checks = fields.text("checks", "Names of checks that run here, one a line, as their pages show them.")
    indicators = fields.references(
        "clauses.Indicator", "indicators", "Indicators that it rests on.", "monitoring_plans"
    )
    objectives = fields.references(
        "clauses.Objective",
        "objectives",
        "Objectives whose indicators it rests on; each needs one.",
        "monitoring_plans",
    )
    methods = fields.text(
        "methods", "How it is measured and analysed, so that results are valid and comparable.", required=True
    )
    cadence = fields.choice("measured", "How often.", CHOICES, 16, default="monthly")
    measured_by = fields.line("measured by", "Who takes the figures, or sees to it.", 200, required=True)
    source = fields.line("results taken by hand", "Where they are kept, if any are.", 300)
    measured_on = fields.day("last taken by hand", "Day of the last of those results.", done=True)
    evaluated = fields.choice(
        "evaluated", "How often somebody says what the results mean.", CHOICES["cadence"], 16,
        default="quarterly",
    )  # fmt: skip
    evaluator = fields.person("evaluated by", "Who says what the results mean.")
    evaluated_on = fields.day("evaluated on", "Day of the last evaluation.", done=True)
    evaluation = fields.text("what they mean", "The last evaluation, and what follows from it.")
    next_review = fields.review(
        "When somebody looks again whether this is what has to be watched.", intervals.CONTEXT_REVIEW
    )
    change_reason = easing.change_reason("measured less often")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "monitoring plan"
        verbose_name_plural = "monitoring plans"

    @property
    def check_names(self) -> list[str]:
        """The names of checks that it names, in their order."""
        return names_in(self.checks)

    def clean(self) -> None:
        """Results taken by hand are somewhere, and an evaluation has a day and a text. Nobody writes what the
        product computes of a revision."""
        easing.forget(self)
        with FieldErrors(self) as errors:
            errors.both_or_neither("measured_on", "source")
            errors.both_or_neither("evaluated_on", "evaluation")


def it_has_results_and_somebody_who_reads_them(actor: Actor, record: Record, reason: str) -> None:
    """A plan says where its results are, and who evaluates them (9.1)."""
    assert isinstance(record, MonitoringPlan)
    faults = gates.empty(record, evaluator="name the person who says what the results mean")
    named = record.check_names or record.indicators.exists() or record.objectives.exists()
    if not named and record.measured_on is None:
        remedy = "name checks, indicators or objectives, or give the day of the last results taken by hand"
        faults.append(Fault("checks", "are empty, and no results are taken by hand", remedy))
    gates.refuse(record, faults)


_LISTED = ("cadence", "evaluated", "evaluated_on", "next_review")
MONITORING_PLAN = Kind(
    model=MonitoringPlan,
    prefix="MPL",
    slug="monitoring-plan",
    access="systems",
    clause="9",
    place=0,
    requirements=("iso42001:9.1", "iso42001:A.6.2.6", "nist-ai-rmf:MEASURE 1.1"),
    titles={
        "subject": "What is watched",
        "checks": "What it rests on",
        "methods": "How, when and by whom",
        "evaluated": "Evaluation",
        "change_reason": "What a revision makes easier",
    },
    columns=_LISTED,
    filters=("cadence", "evaluated"),
    workflow=REVIEWED,
    icon="monitor",
    menu=Menu("Check", 5),
    gates={
        "submit": (it_has_results_and_somebody_who_reads_them,),
        "approve": (gates.not_passed("next_review"),),
    },
    due="next_review",
    scope=("systems", "checks", "indicators", "objectives", "cadence", "evaluated"),
    hubs=(
        HubSection("systems", "Monitoring plans", 64, _LISTED, adds="Plan its monitoring"),
        HubSection("indicators", "Monitoring plans", 30, _LISTED),
        HubSection("objectives", "Monitoring plans", 40, _LISTED),
    ),
    example=EXAMPLE,
)
