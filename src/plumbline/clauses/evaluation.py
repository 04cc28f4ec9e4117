"""Clause 9, Performance evaluation: what is measured, what people vouch for, what top management decides."""

from __future__ import annotations

from datetime import date

from django.db import models

from plumbline.clauses import choices, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault
from plumbline.kernel.states import AttestedState
from plumbline.kernel.workflow import RECORDED, REVIEWED
from plumbline.records.kinds import Kind, Menu, Section
from plumbline.records.models import Record


class Indicator(Record):
    """Something that is measured to judge the AIMS or an AI system: what, how, how
    often, and when somebody looks at it."""

    record_ptr = parent_link()

    question = fields.text("what it tells", "The question that the figure answers.")
    objective = fields.reference(
        "clauses.Objective", "objective", "Objective whose success it shows.", "indicators", optional=True
    )
    system = fields.system(
        "The system it is about. Empty: the AIMS as a whole, or every system.", "indicators", optional=True
    )
    metric = fields.line(
        "measure", "Name of the measure, where the product takes it by itself.", 120, optional=True
    )
    method = fields.text("method", "How the figure comes about, so that it can be compared over time.")
    source = fields.line("source", "Where the raw facts come from.", 300, optional=True)
    measured_in = fields.line("measured in", "For example percent or days.", 60, optional=True)
    direction = fields.choice(
        "target is", "Which side is good.", choices.Direction.choices, 16, optional=True
    )
    target = fields.figure("target", "The figure aimed at, if there is one.", optional=True)
    cadence = fields.choice(
        "measured", "How often it is measured.", choices.Cadence.choices, 16, default=choices.Cadence.MONTHLY
    )
    analysed = fields.choice(
        "analysed",
        "How often somebody looks at the figures and says what they mean.",
        choices.Cadence.choices,
        16,
        default=choices.Cadence.QUARTERLY,
    )
    value = fields.figure("last figure", "For a measure taken by hand: the last figure.", optional=True)
    measured_on = fields.day("measured on", "Day of the last figure.", optional=True)
    analysis = fields.text("what it means", "The last analysis, with its date.", optional=True)

    class Meta:
        verbose_name = "indicator"
        verbose_name_plural = "indicators"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.target is not None:
            errors.require("direction", self.direction, "Say whether the figure is an upper or a lower end.")
        errors.both_or_neither(("value", "measured_on"), (self.value, self.measured_on))
        errors.raise_any()


class Attestation(Record):
    """What a person vouches for about one requirement: whether it is effective, what they saw, and until when
    the statement holds. It stands beside what is measured and never replaces it."""

    record_ptr = parent_link()

    class Verdict(models.TextChoices):
        """What a person may vouch for."""

        EFFECTIVE = AttestedState.EFFECTIVE.value, "Effective"
        NOT_EFFECTIVE = AttestedState.NOT_EFFECTIVE.value, "Not effective"
        CANNOT_TELL = AttestedState.CANNOT_TELL.value, "Cannot tell"

    requirement = models.CharField(
        "requirement",
        max_length=40,
        db_index=True,
        choices=choices.requirements,
        help_text="Sub-clause or control of ISO/IEC 42001 that it is about.",
    )
    system = fields.system("The system it is about. Empty: the organization.", "attestations", optional=True)
    verdict = fields.choice("judgement", "Your own, whatever the checks read.", Verdict.choices, 16)
    statement = fields.text("statement", "What you vouch for, in your own words.")
    basis = fields.text("what you saw", "Records, samples, talks and observations it rests on.")
    period_from = fields.day("period from", "First day of the period it speaks of.")
    period_until = fields.day("period until", "Last day of that period; not in the future.")
    competence = fields.text("why you can judge it", "Training, experience or role; and independence.")
    valid_until = fields.day("valid until", "After this day the statement is out of date.")

    class Meta:
        verbose_name = "attestation"
        verbose_name_plural = "attestations"

    def clean(self) -> None:
        """Nobody vouches for what is still to come."""
        errors = FieldErrors()
        errors.not_before("period_until", self.period_from, self.period_until, "first day of the period")
        if self.period_until is not None and self.period_until > clock.today():
            errors.add("period_until", "The period cannot end after today.")
        errors.not_before("valid_until", self.period_until, self.valid_until, "end of the period")
        errors.raise_any()


class ManagementReview(Record):
    """Top management's look at the whole AIMS: what was put before it, what it found, what it decided.

    The inputs are frozen by the product when they are gathered; nobody edits them.
    """

    record_ptr = parent_link()

    class Finding(models.TextChoices):
        """Answers to the questions of the review."""

        YES = "yes", "Yes"
        PARTLY = "partly", "In part"
        NO = "no", "No"
        OPEN = "open", "Not judged yet"

    period_from = fields.day("period from", "First day of the period that is reviewed.")
    period_until = fields.day("period until", "Last day of that period.")
    held_on = fields.day("held on", "Day of the review.", optional=True)
    top_management = fields.text(
        "top management present",
        "Names and functions. Without them it is no management review.",
        optional=True,
    )
    attendees = fields.text("others present", "Names and functions; who kept the minutes.", optional=True)
    inputs = models.JSONField(
        "inputs",
        default=dict,
        blank=True,
        help_text="What was put before the review (9.3.2), frozen when it was gathered.",
    )
    inputs_missing = fields.text(
        "inputs that are missing", "Which input could not be given, and why.", optional=True
    )
    discussion = fields.text("what was discussed", "Input by input, objections included.", optional=True)
    suitable = fields.choice(
        "AIMS suitable", "Does it fit the organization and its AI?", Finding.choices, 8, default=Finding.OPEN
    )
    adequate = fields.choice(
        "AIMS adequate", "Is it enough for what is asked?", Finding.choices, 8, default=Finding.OPEN
    )
    effective = fields.choice(
        "AIMS effective", "Does it reach what it is for?", Finding.choices, 8, default=Finding.OPEN
    )
    decisions = fields.text(
        "decisions on improvement", "What is to become better, and how. Say so if nothing is.", optional=True
    )
    changes = fields.text(
        "changes of the AIMS", "What has to change in it. Say so if nothing has.", optional=True
    )
    actions = fields.text("actions", "Each with a person and a day.", optional=True)
    next_review = fields.day("next review", "When the next one is held.", optional=True)

    class Meta:
        verbose_name = "management review"
        verbose_name_plural = "management reviews"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        errors.not_before("period_until", self.period_from, self.period_until, "first day of the period")
        errors.not_before("held_on", self.period_from, self.held_on, "period it reviews")
        errors.not_before("next_review", self.held_on, self.next_review, "day of this review")
        errors.raise_any()


def review_is_complete(actor: Actor, record: Record, reason: str) -> None:
    """A management review has top management, inputs, findings and decisions (9.3)."""
    assert isinstance(record, ManagementReview)
    faults = gates.empty(
        record,
        ("held_on", "say when it was held"),
        ("top_management", "name who of top management was there"),
        ("decisions", "write what was decided, or that nothing was"),
        ("changes", "write what has to change, or that nothing has"),
    )
    if not record.inputs and not record.inputs_missing:
        faults.append(Fault("inputs", "are not gathered", "gather them, or write why they are missing"))
    absent = [part["title"] for part in record.inputs.get("sections", ()) if not part["recorded"]]
    if absent and not record.inputs_missing:
        remedy = "write what was said about it, or why it could not be given"
        faults.append(Fault("inputs_missing", f"is empty; not recorded here: {'; '.join(absent)}", remedy))
    held = record.inputs.get("period")
    period = {"from": record.period_from.isoformat(), "until": record.period_until.isoformat()}
    if held is not None and held != period:
        faults.append(Fault("inputs", "are those of another period", "gather them again"))
    faults += [
        Fault(name, "is not judged", "judge it")
        for name in ("suitable", "adequate", "effective")
        if getattr(record, name) == ManagementReview.Finding.OPEN
    ]
    gates.refuse(record, faults)


def vouched_in_person(actor: Actor, record: Record) -> Answer:
    """An attestation is the word of its owner, who may attest; nobody gives it for somebody else (9.1)."""
    answer = policy.may(actor, "attest", anywhere=True)
    if not answer:
        return answer
    if record.owner_id is None or record.owner_id != actor.person_id:
        reason = "An attestation is made final by its owner; nobody vouches in another's name."
        return Answer(False, reason)
    return Answer(True, "It is your own.")


INDICATOR = Kind(
    model=Indicator,
    prefix="IND",
    slug="indicator",
    access="systems",
    clause="9",
    place=1,
    requirements=("iso42001:9.1", "nist-ai-rmf:MEASURE 1.1"),
    sections=(
        Section("What it tells", ("question", "objective", "system")),
        Section("How it is measured", ("metric", "method", "source", "measured_in", "direction", "target")),
        Section("When", ("cadence", "analysed")),
        Section("Last reading", ("value", "measured_on", "analysis")),
    ),
    columns=("system", "metric", "cadence", "value", "measured_on"),
    filters=("system", "cadence", "metric"),
    workflow=REVIEWED,
    icon="activity",
    menu=Menu("Check", 10),
    example={
        "title": "Overrides of proposals",
        "question": "Do handlers still think for themselves?",
        "objective": "objective",
        "system": "ai-system",
        "metric": "override_rate",
        "method": "Overrides among reviewed proposals.",
        "direction": "at least",
        "target": "0.01",
        "value": "0.034",
        "measured_on": date(2026, 1, 15),
    },
)

ATTESTATION = Kind(
    model=Attestation,
    prefix="ATT",
    slug="attestation",
    access="governance",
    clause="9",
    place=2,
    requirements=("iso42001:9.1",),
    sections=(
        Section("Statement", ("requirement", "system", "verdict", "statement")),
        Section("Basis", ("basis", "period_from", "period_until", "competence", "valid_until")),
    ),
    columns=("requirement", "system", "verdict", "period_until", "valid_until"),
    filters=("requirement", "system", "verdict"),
    workflow=RECORDED,
    icon="user-check",
    menu=Menu("Check", 20),
    deciders={"finalise": vouched_in_person},
    due="valid_until",
    example={
        "title": "Intake of new systems in 2025",
        "requirement": "iso42001:A.9.2",
        "system": "ai-system",
        "verdict": "Effective",
        "statement": "Intake is used for every new case of use.",
        "basis": "Twenty intake records, two talks.",
        "period_from": date(2025, 10, 1),
        "period_until": date(2025, 12, 31),
        "competence": "Internal auditor since 2019; no part in intake.",
        "valid_until": date(2026, 12, 31),
    },
)

MANAGEMENT_REVIEW = Kind(
    model=ManagementReview,
    prefix="MRV",
    slug="management-review",
    access="governance",
    clause="9",
    place=3,
    requirements=("iso42001:9.3.1", "iso42001:9.3.2", "iso42001:9.3.3"),
    sections=(
        Section("Occasion", ("period_from", "period_until", "held_on", "top_management", "attendees")),
        Section("Inputs", ("inputs", "inputs_missing")),
        Section("Findings", ("discussion", "suitable", "adequate", "effective")),
        Section("Results", ("decisions", "changes", "actions", "next_review")),
    ),
    columns=("period_until", "held_on", "effective", "next_review"),
    filters=("effective",),
    workflow=REVIEWED,
    icon="presentation",
    menu=Menu("Check", 30),
    gates={"submit": (review_is_complete,)},
    deciders={"approve": gates.top_management},
    due="next_review",
    example={
        "title": "Management review of 2025",
        "period_from": date(2025, 1, 1),
        "period_until": date(2025, 12, 31),
        "held_on": date(2026, 1, 20),
        "top_management": "I. Halden, chief executive",
        "inputs_missing": "No internal audit yet; planned for March.",
        "suitable": "yes",
        "adequate": "partly",
        "effective": "partly",
        "decisions": "Hire a second reviewer for underwriting.",
        "changes": "None.",
    },
)
