"""Risks and their treatment (ISO/IEC 42001 6.1.2, 6.1.3, 8.2, 8.3)."""

from __future__ import annotations

from datetime import date

from django.db import models

from plumbline import catalogs
from plumbline.clauses import choices, fields, gates, queries, rules
from plumbline.clauses.fields import parent_link
from plumbline.clauses.rules import Level
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import IN_PLACE, PLANNED
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Ref, Requirement, say
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import TREATED
from plumbline.records.kinds import Kind, Menu, Section
from plumbline.records.models import Record


class Option(models.TextChoices):
    """What can be done about a risk."""

    AVOID = "avoid", "Avoid: do not do it, or stop"
    REDUCE = "reduce", "Reduce: make it rarer or milder"
    SHARE = "share", "Share: contract or insure"
    RETAIN = "retain", "Retain: accept it as it is"


class Risk(Record):
    """Something uncertain about AI that may harm people, society or the organization, with how likely and
    how grave it is before and after treatment.

    Harm to individuals, society and the organization is judged apart and never netted: the gravest decides.
    """

    record_ptr = parent_link()

    system = fields.system("The system it is about. Empty: the AIMS as a whole.", "risks", optional=True)
    description = fields.text("what may happen", "Event and effect, in two or three sentences.")
    cause = fields.text("what would bring it about", "Sources, weaknesses, circumstances.", optional=True)
    family = fields.choice("family", "Where it belongs in the register.", choices.families, 40, optional=True)
    source = fields.choice(
        "risk source",
        "The source it comes from (ISO/IEC 42001 C.3).",
        choices.risk_sources,
        40,
        optional=True,
    )
    aims = fields.many(
        "objectives at stake",
        "What it would spoil (ISO/IEC 42001 C.2).",
        choices.ai_objectives,
        optional=True,
    )
    seed = fields.line(
        "seed", "Id of the risk in the library it was taken from, such as R-01.", 16, optional=True
    )
    people = fields.many(
        "people affected", "Groups that would be harmed.", choices.People.choices, optional=True
    )
    existing_controls = fields.text(
        "what is in place already", "Controls that work today, before any treatment.", optional=True
    )
    likelihood = fields.scale(
        "likelihood", "Before treatment, realistically.", choices.likelihoods, optional=True
    )
    harm_to_individuals = fields.scale(
        "harm to individuals or groups", "If it happens.", choices.severities, optional=True
    )
    harm_to_society = fields.scale("harm to society", "If it happens.", choices.severities, optional=True)
    harm_to_organization = fields.scale(
        "harm to the organization", "If it happens.", choices.severities, optional=True
    )
    criteria = fields.reference(
        "clauses.Document",
        "risk criteria",
        "Document with the criteria and scales by which it was judged (ISO/IEC 42001 6.1.1).",
        "risks_judged",
        optional=True,
    )
    criteria_version = fields.line(
        "version of the criteria",
        "As they stood on the day of the assessment. Left empty, it becomes the version that the document "
        "has now.",
        40,
        optional=True,
    )
    rationale = fields.text(
        "why these figures", "Data, experience and assumptions that they rest on.", optional=True
    )
    assessed_on = fields.day("assessed on", "Day of the assessment.", optional=True)
    response = fields.choice("response", "What is to be done about it.", Option.choices, 16, optional=True)
    residual_likelihood = fields.scale(
        "likelihood after treatment", "What is expected.", choices.likelihoods, optional=True
    )
    residual_harm_to_individuals = fields.scale(
        "harm to individuals or groups after treatment",
        "What is expected.",
        choices.severities,
        optional=True,
    )
    residual_harm_to_society = fields.scale(
        "harm to society after treatment", "What is expected.", choices.severities, optional=True
    )
    residual_harm_to_organization = fields.scale(
        "harm to the organization after treatment", "What is expected.", choices.severities, optional=True
    )
    accepted_until = fields.day(
        "accepted until", "An acceptance ends by itself on this day. Six months is usual.", optional=True
    )
    acceptance_terms = fields.text(
        "terms of acceptance", "Conditions under which the residual risk is accepted.", optional=True
    )
    next_review = fields.day("next review", "When it is assessed again.", optional=True)
    level = fields.derived_level("level", "Level before treatment, 1 (low) to 5 (very high).")
    residual_level = fields.derived_level(
        "residual level", "Level after treatment, 1 (low) to 5 (very high)."
    )

    class Meta:
        verbose_name = "risk"
        verbose_name_plural = "risks"

    @property
    def inherent(self) -> Level | None:
        """Level before treatment, if it has been judged."""
        harms = (self.harm_to_individuals, self.harm_to_society, self.harm_to_organization)
        return rules.gravest_level(self.likelihood, harms)

    @property
    def residual(self) -> Level | None:
        """Level after treatment, if it has been judged."""
        harms = (
            self.residual_harm_to_individuals,
            self.residual_harm_to_society,
            self.residual_harm_to_organization,
        )
        return rules.gravest_level(self.residual_likelihood, harms)

    def get_level_display(self) -> str:
        """The level before treatment in words."""
        return Level(self.level).word if self.level else ""

    def get_residual_level_display(self) -> str:
        """The level after treatment in words."""
        return Level(self.residual_level).word if self.residual_level else ""

    def clean(self) -> None:
        """What must hold across fields; the two levels follow from the figures."""
        errors = FieldErrors()
        if self.seed and self.seed not in {seed.id for seed in catalogs.risk_seeds()}:
            errors.add("seed", "The library has no risk with this id.")
        if self.inherent is not None:
            errors.require("assessed_on", self.assessed_on, "Say when the figures were judged.")
            if self.criteria is not None and not self.criteria_version:
                self.criteria_version = self.criteria.version
        errors.not_before("accepted_until", self.assessed_on, self.accepted_until, "day of the assessment")
        if self.residual is not None and self.inherent is None:
            errors.add("residual_likelihood", "Judge the risk before treatment first.")
        if self.residual_likelihood is not None:
            for name in ("harm_to_individuals", "harm_to_society", "harm_to_organization"):
                if getattr(self, name) is not None:
                    after = f"residual_{name}"
                    errors.require(
                        after, getattr(self, after), "It was judged before treatment; judge it after."
                    )
        errors.raise_any()
        self.level, self.residual_level = self.inherent, self.residual


class Treatment(Record):
    """What is done about risks: the plan, the controls it puts in place, and how it will be seen that it
    works.

    Designated management approves it. Once approved its text is fixed; carrying it out and verifying it are
    steps of their own.
    """

    record_ptr = parent_link()

    risks = models.ManyToManyField(  # written out, so that type checkers know ``Risk.treatments``
        "clauses.Risk", verbose_name="risks", related_name="treatments", help_text="Risks that it treats."
    )
    option = fields.choice("option", "Which way it goes.", Option.choices, 16, default=Option.REDUCE)
    action = fields.text("what is done", "Steps, in enough detail to be carried out by somebody else.")
    controls = fields.many(
        "controls of Annex A",
        "Controls that this puts in place. Each has to apply in the statement of applicability.",
        choices.controls,
        optional=True,
    )
    own_controls = fields.text(
        "other controls", "Controls needed beyond Annex A, own or from elsewhere.", optional=True
    )
    resources = fields.text("what it takes", "People, money, tools.", optional=True)
    due = fields.day("due", "By when it is carried out.")
    measure = fields.text("how success is seen", "Check, figure or observation that will show it.")

    class Meta:
        verbose_name = "treatment"
        verbose_name_plural = "treatments"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.option == Option.REDUCE and not self.controls:
            errors.require("own_controls", self.own_controls, "Name a control of Annex A or one of your own.")
        errors.raise_any()


def risk_is_judged(actor: Actor, record: Record, reason: str) -> None:
    """An assessment has a likelihood, at least one harm and a day (ISO/IEC 42001 6.1.2)."""
    assert isinstance(record, Risk)
    if record.inherent is None:
        gates.refuse(
            record, [Fault("likelihood", "is not judged", "give the likelihood and at least one harm")]
        )
    gates.refuse(record, gates.empty(record, ("assessed_on", "say when it was judged")))


def risk_has_treatment(actor: Actor, record: Record, reason: str) -> None:
    """A treated risk has a response, a residual level and, unless it is retained, a treatment (6.1.3)."""
    assert isinstance(record, Risk)
    faults = gates.empty(record, ("response", "say what is to be done about it"))
    if record.residual is None:
        faults.append(Fault("residual_likelihood", "is not judged", "judge the risk after treatment"))
    treated = record.treatments.filter(state__in=IN_PLACE).exists()
    if record.response in ("reduce", "share") and not treated:
        faults.append(
            Fault("response", "has no approved treatment", "record a treatment and have it approved")
        )
    gates.refuse(record, faults)


def acceptance_is_bounded(actor: Actor, record: Record, reason: str) -> None:
    """A risk is accepted with a known residual level and until a day that is still to come (6.1.3)."""
    assert isinstance(record, Risk)
    faults = gates.empty(record, ("accepted_until", "an acceptance needs an end"))
    if clock.passed(record.accepted_until):
        faults.append(Fault("accepted_until", "has passed", "give a day that is still to come"))
    if record.residual is None:
        faults.append(Fault("residual_likelihood", "is not judged", "judge what is being accepted"))
    gates.refuse(record, faults)


def controls_apply(actor: Actor, record: Record, reason: str) -> None:
    """A treatment rests on no control that the statement of applicability leaves out (6.1.3)."""
    assert isinstance(record, Treatment)
    gates.refuse(
        record,
        [
            Fault(
                "controls",
                say(
                    "treatment.control-left-out",
                    "{row} leaves {control} out",
                    row=Ref(row),
                    control=Requirement(control),
                ),
                "decide one of the two anew",
            )
            for control, row in queries.left_out(record.controls)
        ],
    )


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
    sections=(
        Section(
            "What may happen",
            ("system", "description", "cause", "family", "source", "aims", "seed", "people"),
        ),
        Section(
            "Before treatment",
            (
                "existing_controls",
                "likelihood",
                "harm_to_individuals",
                "harm_to_society",
                "harm_to_organization",
                "criteria",
                "criteria_version",
                "rationale",
                "assessed_on",
            ),
        ),
        Section(
            "After treatment",
            (
                "response",
                "residual_likelihood",
                "residual_harm_to_individuals",
                "residual_harm_to_society",
                "residual_harm_to_organization",
            ),
        ),
        Section("Acceptance and review", ("accepted_until", "acceptance_terms", "next_review")),
    ),
    columns=("system", "family", "level", "response", "residual_level", "next_review"),
    filters=("system", "family", "level", "residual_level", "response"),
    workflow=TREATED,
    icon="triangle-alert",
    menu=Menu("Plan", 20),
    gates={"assess": (risk_is_judged,), "treat": (risk_has_treatment,), "accept": (acceptance_is_bounded,)},
    due="next_review",
    example={
        "title": "Claims of one region wait longer",
        "system": "ai-system",
        "description": "Claims of one region are sorted as less urgent than they are.",
        "family": "Fairness",
        "source": "iso42001:C.3.4",
        "aims": ["iso42001:C.2.5"],
        "seed": "R-01",
        "likelihood": 3,
        "harm_to_individuals": 4,
        "harm_to_society": 1,
        "harm_to_organization": 2,
        "criteria": "document",
        "criteria_version": "3",
        "assessed_on": date(2026, 1, 15),
        "response": "reduce",
        "residual_likelihood": 2,
        "residual_harm_to_individuals": 3,
        "residual_harm_to_society": 1,
        "residual_harm_to_organization": 2,
        "accepted_until": date(2099, 1, 1),
    },
)

TREATMENT = Kind(
    model=Treatment,
    prefix="TRT",
    slug="treatment",
    access="risk",
    clause="6",
    place=2,
    requirements=("iso42001:6.1.3", "iso42001:8.3", "nist-ai-rmf:MANAGE 1.3"),
    sections=(
        Section("Plan", ("risks", "option", "action", "controls", "own_controls")),
        Section("Means and time", ("resources", "due", "measure")),
    ),
    columns=("option", "due"),
    filters=("option",),
    workflow=PLANNED,
    icon="wrench",
    gates={"approve": (controls_apply,)},
    due="due",
    example={
        "title": "Comparison of waiting times by region",
        "risks": "risk",
        "option": "reduce",
        "action": "Compare waiting times by region every month; retrain if they part.",
        "controls": ["iso42001:A.6.2.4", "iso42001:A.5.4"],
        "due": date(2026, 3, 1),
        "measure": "Difference of mean waiting time below one day.",
    },
)
