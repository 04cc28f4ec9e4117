"""Risks and their treatment (ISO/IEC 42001 6.1.2, 6.1.3, 8.2, 8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline import catalogs
from plumbline.clauses import choices, columns, criteria, deciding, fields, gates, queries, rules
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel.messages import Word, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import TREATED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
HARMS = ("harm_to_individuals", "harm_to_society", "harm_to_organization")
RESIDUAL_HARMS = tuple(f"residual_{harm}" for harm in HARMS)


class Risk(Record):
    """Something uncertain about AI that may harm people, society or the organization, with how likely and
    how grave it is before and after treatment.

    Harm to individuals, society and the organization is judged apart and never netted: the gravest decides.
    """

    record_ptr = parent_link()

    system = fields.system("The system it is about. Empty: the AIMS as a whole.", "risks")
    description = fields.text("what may happen", "Event and effect, in a few sentences.", required=True)
    cause = fields.text("what would bring it about", "Sources, weaknesses, circumstances.")
    family = fields.choice("family", "Where it belongs in the register.", choices.families, 40)
    source = fields.choice("risk source", "Where it comes from (C.3).", choices.risk_sources, 40)
    aims = fields.many("objectives at stake", "What it would spoil (C.2).", choices.ai_objectives)
    seed = fields.line("seed", "Id of the risk in the library it was taken from, such as R-01.", 16)
    people = fields.many("people affected", "Groups that would be harmed.", choices.People)
    existing_controls = fields.text("what is in place already", "Controls that work before any treatment.")
    likelihood = fields.likelihood("likelihood", "Before treatment, realistically.")
    harm_to_individuals = fields.severity("harm to individuals or groups", "If it happens.")
    harm_to_society = fields.severity("harm to society", "If it happens.")
    harm_to_organization = fields.severity("harm to the organization", "If it happens.")
    criteria = fields.reference("clauses.Document", "risk criteria", "Scales, criteria.", "risks_judged")
    criteria_version = fields.line("version of the criteria", "Left empty: the document's present one.", 40)
    rationale = fields.text("why these figures", "Data, experience and assumptions behind them.")
    assessed_on = fields.day("assessed on", "Day of the assessment.", done=True)
    response = fields.choice("response", "What is to be done about it.", choices.RiskOption, 16)
    residual_likelihood = fields.likelihood("likelihood after treatment", "What is expected.")
    residual_harm_to_individuals = fields.severity(
        "harm to individuals or groups after treatment", "As expected."
    )
    residual_harm_to_society = fields.severity("harm to society after treatment", "Expected.")
    residual_harm_to_organization = fields.severity("harm to the organization after treatment", "Expected.")
    accepted_until = fields.day(
        "accepted until", "The acceptance ends on this day; six months is usual.", ahead=24
    )
    acceptance_terms = fields.text("terms of acceptance", "Conditions under which it is accepted.")
    next_review = fields.day("next review", "When it is assessed again.", ahead=24)
    level = fields.level("level", "Level before treatment, 1 (low) to 5 (very high).", "likelihood", *HARMS)
    residual_level = fields.level(
        "residual level", "After treatment.", "residual_likelihood", *RESIDUAL_HARMS
    )
    judged_by = fields.judged_by()

    class Meta:
        verbose_name = "risk"
        verbose_name_plural = "risks"

    def clean(self) -> None:
        """What must hold across fields; the two levels follow from the figures."""
        columns.set_levels(self)
        with FieldErrors(self) as errors:
            if self.seed and self.seed not in {seed.id for seed in catalogs.risk_seeds()}:
                errors.add("seed", "unknown", "The library has no risk with this id.")
            if self.level is not None:
                errors.require("assessed_on", "Say when the figures were judged.")
            if self.level is not None and self.criteria is not None and not self.criteria_version:
                self.criteria_version = self.criteria.version
            errors.not_before("accepted_until", "assessed_on", "day of the assessment")
            if self.residual_level is not None and self.level is None:
                errors.add("residual_likelihood", "early", "Judge the risk before treatment first.")
            for harm in HARMS if self.residual_likelihood is not None else ():
                if getattr(self, harm) is not None:
                    errors.require(f"residual_{harm}", "It was judged before treatment; judge it after.")


def _unjudged(level: int | None, field: str, remedy: str) -> list[Fault]:
    return [] if level is not None else [Fault(field, "is not judged", remedy)]


def risk_is_judged(actor: Actor, record: Record, reason: str) -> None:
    """An assessment has a likelihood, at least one harm and a day (ISO/IEC 42001 6.1.2)."""
    assert isinstance(record, Risk)
    faults = _unjudged(record.level, "likelihood", "give the likelihood and at least one harm")
    gates.refuse(record, faults + gates.empty(record, assessed_on="say when it was judged"))


def risk_has_treatment(actor: Actor, record: Record, reason: str) -> None:
    """A treated risk has a response, a residual level and, unless it is retained, a treatment (6.1.3)."""
    assert isinstance(record, Risk)
    faults = gates.empty(record, response="say what is to be done about it")
    faults += _unjudged(record.residual_level, "residual_likelihood", "judge the risk after treatment")
    judged = [harm for harm in HARMS if getattr(record, harm) is not None]
    faults += gates.empty(record, **{f"residual_{harm}": "judge it after treatment too" for harm in judged})
    treated = queries.is_treated(record.reference)
    if record.response in ("reduce", "share") and not treated:
        remedy = "record a treatment and have it approved"
        faults.append(Fault("treatments", "there is none that was approved", remedy))
    gates.refuse(record, faults)


def acceptance_is_bounded(actor: Actor, record: Record, reason: str) -> None:
    """A risk is accepted with a known residual level and until a day that is still to come (6.1.3)."""
    assert isinstance(record, Risk)
    faults = gates.empty(record, accepted_until="an acceptance needs an end")
    faults += _unjudged(record.residual_level, "residual_likelihood", "judge what is being accepted")
    by = criteria.current()
    if record.residual_level is not None and record.residual_level > by.appetite:
        above = say(
            "risk.above-appetite",
            "is above {level}, the highest that is accepted",
            level=Word(by.appetite.word),
        )
        faults.append(Fault("residual_likelihood", above, "reduce the risk further, or avoid it"))
    elif record.judged_by != by.version:
        other = say("risk.judged-by", "was judged by the risk criteria {by}", by=record.judged_by)
        remedy = say("risk.judge-anew", "assess it again by {criteria}", criteria=by.version)
        faults.append(Fault("likelihood", other, remedy))
    gates.refuse(record, faults + gates.passed(record, "accepted_until"))


def acceptance_is_decided(actor: Actor, record: Record) -> Answer:
    """A risk is accepted by somebody with no part in it whose authority reaches what is left (6.1.3)."""
    assert isinstance(record, Risk)
    level = rules.Level(record.residual_level or rules.Level.VERY_HIGH)
    return deciding.may_decide(actor, record, Act.ACCEPT_RISK, rank=level, rank_name=level.word)


def risk_stays_with_its_system(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """A risk that was ever assessed stays with the system of which it was: what others approved of it, an
    acceptance or a treatment, would otherwise count for a system that nobody has looked at."""
    if before["system"] != after["system"] and record.revisions.filter(verb="moved").exists():
        stays = say("risk.system-stays", "stays as it was when the risk was assessed")
        gates.refuse(record, [Fault("system", stays, "record the risk of the other system by itself")])


RISK = Kind(
    model=Risk,
    prefix="RSK",
    slug="risk",
    access="risk",
    clause="6",
    place=1,
    requirements=(
        "iso42001:6.1.1",
        "iso42001:6.1.2",
        "iso42001:8.2",
        "nist-ai-rmf:MAP 5.1",
        "nist-ai-rmf:MANAGE 1.2",
    ),
    titles={
        "system": "What may happen",
        "existing_controls": "Before treatment",
        "response": "After treatment",
        "accepted_until": "Acceptance and review",
    },
    columns=("system", "family", "level", "response", "residual_level", "next_review"),
    filters=("system", "family", "level", "residual_level", "response"),
    workflow=TREATED,
    icon="triangle-alert",
    menu=Menu("Plan", 20),
    gates={"assess": (risk_is_judged,), "treat": (risk_has_treatment,), "accept": (acceptance_is_bounded,)},
    amend_gates=(risk_stays_with_its_system,),
    deciders={"accept": acceptance_is_decided, "close": deciding.has_no_part},
    step_fields={
        "assess": ("likelihood", *HARMS, "rationale", "assessed_on"),
        "treat": ("response", "residual_likelihood", *RESIDUAL_HARMS, "accepted_until", "acceptance_terms"),
    },
    due="next_review",
    hubs=(HubSection("system", "Risks", 20, adds="Add a risk", answers={"risks-assessed": {}}),),
    example=EXAMPLE,
)
