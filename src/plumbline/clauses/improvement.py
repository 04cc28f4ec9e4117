"""Clause 10, Improvement: nonconformities and what is done so that they do not come back (10.2)."""

from __future__ import annotations

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models

from plumbline.clauses import choices, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import PLANNED
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import ACTIONED
from plumbline.records.kinds import Kind, Menu, Section
from plumbline.records.models import Record


class Nonconformity(Record):
    """Something that is not as a requirement asks, from first suspicion to closing: what was seen, what was
    done at once, why it happened and what was put right.

    A failing result only raises a suspicion; a named person confirms, regrades or dismisses it with a reason,
    and a second person closes it.
    """

    record_ptr = parent_link()

    class Source(models.TextChoices):
        """Where it comes from."""

        CHECK = "check", "Result of a check"
        INTERNAL_AUDIT = "internal audit", "Internal audit"
        EXTERNAL_AUDIT = "external audit", "External audit"
        INCIDENT = "incident", "Incident"
        COMPLAINT = "complaint", "Complaint or concern"
        REVIEW = "management review", "Management review"
        OBSERVATION = "observation", "Somebody noticed it"
        SUPPLIER = "supplier", "Supplier"

    class Grade(models.TextChoices):
        """How grave a nonconformity is."""

        OPEN = "not graded", "Not graded yet"
        MINOR = "minor", "Minor: a single lapse"
        MAJOR = "major", "Major: missing or broken as a whole"

    class CauseMethod(models.TextChoices):
        """Ways to find a cause."""

        WHYS = "five whys", "Five whys"
        FISHBONE = "cause and effect", "Cause-and-effect diagram"
        TIMELINE = "timeline", "Timeline"
        OTHER = "other", "Other"

    source = fields.choice(
        "found by", "How it came to light.", Source.choices, 24, default=Source.OBSERVATION
    )
    check_name = models.CharField(
        "check",
        max_length=120,
        blank=True,
        db_index=True,
        help_text="Name of the check whose result raised it.",
    )
    window = fields.line(
        "period of the result", "Day or month that the failing result is about.", 40, optional=True
    )
    system = fields.system(
        "The system it is about. Empty: the AIMS as a whole.", "nonconformities", optional=True
    )
    requirements = fields.many(
        "requirements",
        "What of ISO/IEC 42001 is not met, as far as is known.",
        choices.requirements,
        optional=True,
    )
    own_rule = fields.text(
        "own rule", "Own rule, law or contract that is not met, if it is not the standard.", optional=True
    )
    description = fields.text("what was seen", "What is asked, what was found instead, and the evidence.")
    detected_on = fields.day("seen on", "Day on which it came to light.", optional=True)
    grade = fields.choice("grade", "How much of the AIMS it touches.", Grade.choices, 16, default=Grade.OPEN)
    consequences = fields.text(
        "consequences", "Harm done, to whom, and what was done about it.", optional=True
    )
    containment = fields.text(
        "containment", "What was done at once so that it does no more harm.", optional=True
    )
    correction = fields.text("correction", "How the thing itself was put right.", optional=True)
    cause_method = fields.choice(
        "how the cause was found", "Method used.", CauseMethod.choices, 24, optional=True
    )
    cause = fields.text("cause", "Why it happened, and why nobody saw it before.", optional=True)
    similar = fields.text(
        "similar cases", "Where else it exists or could happen; where you looked.", optional=True
    )
    aims_change = fields.text(
        "change of the AIMS", "Rule, process or risk that has to change. Say so if none has.", optional=True
    )
    due = fields.day("due", "By when it is corrected.", optional=True)
    no_action = fields.text(
        "why no corrective action is needed",
        "If the cause need not be removed: why, in proportion to what it did.",
        optional=True,
    )

    class Meta:
        verbose_name = "nonconformity"
        verbose_name_plural = "nonconformities"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.source == self.Source.CHECK:
            errors.require("check_name", self.check_name, "Name the check.")
        if not self.requirements:
            errors.require(
                "requirements", self.own_rule, "Name what is not met: a requirement or an own rule."
            )
        errors.not_before("due", self.detected_on, self.due, "day on which it came to light")
        errors.raise_any()


class CorrectiveAction(Record):
    """What is done so that a nonconformity does not come back, and how it will be proved that it worked.

    The proof is set beforehand: a check that has to pass over a period, or, where no check exists, what
    somebody other than its owner will look at. Approval fixes both.
    """

    record_ptr = parent_link()

    nonconformity = fields.reference(
        "clauses.Nonconformity",
        "nonconformity",
        "The nonconformity whose cause it removes.",
        "corrective_actions",
    )
    cause = fields.text("cause it removes", "The cause, as far as this action deals with it.")
    action = fields.text("what is done", "Steps, in enough detail to be carried out by somebody else.")
    resources = fields.text("what it takes", "People, money, tools.", optional=True)
    due = fields.day("due", "By when it is carried out.")
    effectiveness_check = fields.line(
        "check that proves it",
        "Name of the check that has to pass. Empty: nothing measures it, a second person verifies.",
        120,
        optional=True,
    )
    effectiveness_from = fields.day("proof from", "First day on which results count.", optional=True)
    effectiveness_until = fields.day("proof until", "Last day on which results count.", optional=True)
    minimum_results = models.PositiveIntegerField(
        "passing results needed",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How many results must lie in that period, all of them within limits.",
    )
    effectiveness_measure = fields.text(
        "what else shows it", "Where no check exists: what the second person will look at.", optional=True
    )

    class Meta:
        verbose_name = "corrective action"
        verbose_name_plural = "corrective actions"

    def clean(self) -> None:
        """The proof is set beforehand: a check with its period, or what a person will look at."""
        errors = FieldErrors()
        if self.effectiveness_check:
            errors.require("effectiveness_from", self.effectiveness_from, "Say from when results count.")
            errors.require("effectiveness_until", self.effectiveness_until, "Say until when results count.")
            errors.require("minimum_results", self.minimum_results, "Say how many results must pass.")
        else:
            errors.require(
                "effectiveness_measure",
                self.effectiveness_measure,
                "Name a check, or what a person will look at.",
            )
        errors.not_before(
            "effectiveness_until", self.effectiveness_from, self.effectiveness_until, "first day"
        )
        errors.raise_any()


def containment_is_described(actor: Actor, record: Record, reason: str) -> None:
    """What was done at once is written down (10.2)."""
    gates.refuse(record, gates.empty(record, ("containment", "write what was done at once")))


def correction_is_described(actor: Actor, record: Record, reason: str) -> None:
    """Cause, similar cases and correction are written down, and the grade is known (10.2)."""
    assert isinstance(record, Nonconformity)
    faults = gates.empty(
        record,
        ("cause", "write why it happened"),
        ("similar", "write where else you looked"),
        ("correction", "write how it was put right"),
    )
    if record.grade == Nonconformity.Grade.OPEN:
        faults.append(Fault("grade", "is not given", "grade it as minor or major"))
    gates.refuse(record, faults)


def actions_are_verified(actor: Actor, record: Record, reason: str) -> None:
    """Every corrective action is verified or abandoned; with none, it says why none is needed (10.2)."""
    assert isinstance(record, Nonconformity)
    actions = list(record.corrective_actions.order_by("reference"))
    done = [one for one in actions if one.state == "verified"]
    running = [one.reference for one in actions if one.state not in ("verified", "abandoned")]
    if running:
        gates.refuse(
            record, [Fault("corrective_actions", f"{', '.join(running)} not verified", "verify them first")]
        )
    if not done and not record.no_action:
        remedy = "record what keeps it from coming back, or why nothing is needed (no_action)"
        gates.refuse(record, [Fault("corrective_actions", "there is none that was verified", remedy)])


def proof_period_is_over(actor: Actor, record: Record, reason: str) -> None:
    """An action whose proof is a check is verified only after the period that was set beforehand (10.2)."""
    assert isinstance(record, CorrectiveAction)
    until = record.effectiveness_until
    if record.effectiveness_check and until is not None and clock.today() <= until:
        fault = Fault("effectiveness_until", "has not passed", f"wait until after {until.isoformat()}")
        gates.refuse(record, [fault])


NONCONFORMITY = Kind(
    model=Nonconformity,
    prefix="NCR",
    slug="nonconformity",
    access="improvement",
    clause="10",
    place=1,
    requirements=("iso42001:10.2",),
    sections=(
        Section(
            "What was seen",
            (
                "source",
                "check_name",
                "window",
                "system",
                "requirements",
                "own_rule",
                "description",
                "detected_on",
                "grade",
            ),
        ),
        Section("At once", ("consequences", "containment", "due")),
        Section(
            "Cause and correction",
            ("cause_method", "cause", "similar", "correction", "no_action", "aims_change"),
        ),
    ),
    columns=("system", "check_name", "grade", "detected_on", "due"),
    filters=("system", "check_name", "grade", "source"),
    workflow=ACTIONED,
    icon="flag",
    menu=Menu("Act", 10),
    gates={
        "contain": (containment_is_described,),
        "correct": (correction_is_described,),
        "verify": (actions_are_verified,),
    },
    due="due",
    example={
        "title": "Input drift above its limit",
        "source": "check",
        "check_name": "drift",
        "window": "2026-01-14",
        "system": "ai-system",
        "requirements": ["iso42001:A.6.2.6"],
        "description": "The input shifted by 0.31; at most 0.20 is allowed.",
        "detected_on": date(2026, 1, 15),
        "grade": "minor",
        "due": date(2026, 4, 15),
        "containment": "The queue went back to plain order of arrival.",
        "cause": "A new claim form sends amounts in another unit, and nothing compared the two.",
        "similar": "The two other claim forms were read; both send the unit that is expected.",
        "correction": "Amounts are converted at intake.",
        "no_action": "The old form is gone, so it cannot happen again.",
    },
)

CORRECTIVE_ACTION = Kind(
    model=CorrectiveAction,
    prefix="CAR",
    slug="corrective-action",
    access="improvement",
    clause="10",
    place=2,
    requirements=("iso42001:10.2",),
    sections=(
        Section("Action", ("nonconformity", "cause", "action", "resources", "due")),
        Section(
            "Proof that it worked",
            (
                "effectiveness_check",
                "effectiveness_from",
                "effectiveness_until",
                "minimum_results",
                "effectiveness_measure",
            ),
        ),
    ),
    columns=("nonconformity", "due", "effectiveness_check", "effectiveness_until"),
    filters=("nonconformity", "effectiveness_check"),
    workflow=PLANNED,
    icon="list-todo",
    menu=Menu("Act", 20),
    gates={"verify": (proof_period_is_over,)},
    due="due",
    example={
        "title": "Check of units at intake",
        "nonconformity": "nonconformity",
        "cause": "A new claim form sends amounts in another unit.",
        "action": "Convert at intake; add a unit check.",
        "due": date(2026, 2, 1),
        "effectiveness_measure": "A second person compares ten forms of each kind with what was paid.",
    },
)
