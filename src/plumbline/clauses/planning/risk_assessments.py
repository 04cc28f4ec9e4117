"""The risk assessment as an act that is kept: when, why, by whom, with which result (6.1.2, 8.2)."""

from __future__ import annotations

from plumbline.clauses import deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.freezing import Freezing
from plumbline.clauses.kind_data import beside
from plumbline.clauses.planning import frozen_risks
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import VERSIONED
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel import intervals
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class RiskAssessment(Record):
    """An assessment of risks that took place: its day, what called for it, who took part, the risks that it
    looked at with their levels, and the result.

    Levels and criteria are frozen when it goes into review, so that what is approved is what was found.
    """

    record_ptr = parent_link()

    trigger = fields.choice("what called for it", "Plan or event.", CHOICES, 24, required=True)
    occasion = fields.text("occasion", "What was to be found out, and what had changed.", required=True)
    assessed_on = fields.day("assessed on", "Day on which it ended.", required=True, done=True)
    participants = fields.text("who took part", "Names and functions, those asked included.", required=True)
    risks = fields.references(
        "clauses.Risk",
        "risks",
        "All that it looked at, the unchanged ones too.",
        "assessments",
        required=True,
    )
    result = fields.choice("result", "What follows from it as a whole.", CHOICES, 24, required=True)
    findings = fields.text("what was found", "What is new, what has changed, what is to do.", required=True)
    content = fields.snapshot("levels", "Criteria and risks as they were when it went into review, frozen.")
    next_review = fields.review(
        "The next one is made by then, and sooner when something calls for it.", intervals.CONTEXT_REVIEW
    )

    class Meta:
        verbose_name = "risk assessment"
        verbose_name_plural = "risk assessments"

    def clean(self) -> None:
        """The next one is later. A draft holds no frozen levels."""
        self.content = {}
        with FieldErrors(self) as errors:
            errors.not_before("next_review", "assessed_on", "day of this assessment")


def _content(record: RiskAssessment) -> dict[str, object]:
    return {
        "criteria": frozen_risks.criteria_now(),
        "risks": frozen_risks.rows(record.risks.select_related("system")),
    }


def risks_are_judged(actor: Actor, record: Record, reason: str) -> None:
    """Each risk that it names has a level by the criteria in force, of a day no later than the assessment."""
    assert isinstance(record, RiskAssessment)
    risks = list(record.risks.order_by("pk"))
    faults = frozen_risks.of_other_units(record, risks, "risks") + frozen_risks.not_judged(risks)
    for risk in risks:
        if risk.assessed_on is not None and risk.assessed_on > record.assessed_on:
            later = say("assessment.later", "lies before {risk} was assessed", risk=Ref(risk.reference))
            faults.append(Fault("assessed_on", later, "give the day on which all of it had been assessed"))
    gates.refuse(record, faults)


LEVELS = Freezing(
    _content,
    fact="levels",
    note=lambda _: say("assessment.frozen", "Criteria and levels frozen with the assessment."),
    changed=Fault(
        "content",
        "have changed since review was asked for",
        "return it to draft and ask for review again, which freezes them anew",
    ),
)


def approved_by_others(actor: Actor, record: Record) -> Answer:
    """Whoever approves an assessment neither recorded it nor owns a risk that it looked at."""
    assert isinstance(record, RiskAssessment)
    involved = deciding.involved_in(record)
    for risk in record.risks.order_by("pk"):
        why = say("own-cause.risk", "You own {risk}.", risk=Ref(risk.reference))
        involved.add([risk.owner_id], why)
    return involved.answer(actor)


RISK_ASSESSMENT = Kind(
    model=RiskAssessment,
    prefix="RAS",
    slug="risk-assessment",
    access="risk",
    clause="6",
    place=12,
    requirements=("iso42001:6.1.2", "iso42001:8.2"),
    titles={"trigger": "Occasion", "risks": "Result", "content": "Levels", "next_review": "Next one"},
    columns=("trigger", "assessed_on", "result", "next_review"),
    filters=("trigger", "result"),
    workflow=VERSIONED,
    icon="scale",
    menu=Menu("Plan", 22),
    gates={
        "submit": (risks_are_judged, LEVELS.freeze),
        "approve": (risks_are_judged, LEVELS.is_current),
    },
    deciders={"approve": approved_by_others},
    due="next_review",
    hubs=(HubSection("risks", "Assessments", 15, ("assessed_on", "trigger", "result")),),
    example=EXAMPLE,
)
