"""Clause 10, Improvement: nonconformities and what is done so that they do not come back (10.2)."""

from __future__ import annotations

from plumbline.clauses import deciding, easing, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import PLANNED
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


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
        required=True,
    )
    cause = fields.text("cause it removes", "The cause, as far as this deals with it.", required=True)
    action = fields.text("what is done", "Steps that somebody else could carry out.", required=True)
    resources = fields.text("what it takes", "People, money, tools.")
    due = fields.day("due", "By when it is carried out.", required=True, ahead=24)
    effectiveness_check = fields.line("check that proves it", "Empty: a second person verifies.", 120)
    effectiveness_from = fields.day("proof from", "First day on which results count.")
    effectiveness_until = fields.day("proof until", "Last day on which results count.", ahead=24)
    minimum_results = fields.count("passing results needed", "In that period, all of them within limits.", 1)
    effectiveness_measure = fields.text("what else shows it", "Without a check: what a person looks at.")
    change_reason = easing.change_reason("a later day")
    accepted_until = easing.accepted_until()
    back_test = easing.back_test()
    eases = easing.eases()
    eased_since = easing.eased_since()

    class Meta:
        verbose_name = "corrective action"
        verbose_name_plural = "corrective actions"

    def clean(self) -> None:
        """The proof is set beforehand: a check with its period, or what a person will look at.

        Nobody writes what the product computes of a revision.
        """
        easing.forget(self)
        with FieldErrors(self) as errors:
            if self.effectiveness_check:
                errors.require("effectiveness_from", "Say from when results count.")
                errors.require("effectiveness_until", "Say until when results count.")
                errors.require("minimum_results", "Say how many results must pass.")
            else:
                errors.require("effectiveness_measure", "Name a check, or what a person will look at.")
            errors.not_before("effectiveness_until", "effectiveness_from", "first day")


def proof_period_is_over(actor: Actor, record: Record, reason: str) -> None:
    """An action whose proof is a check is verified only after the period that was set beforehand (10.2)."""
    assert isinstance(record, CorrectiveAction)
    until = record.effectiveness_until
    if record.effectiveness_check and until is not None and clock.today() <= until:
        remedy = say("action.proof-runs", "wait until after {until}", until=until)
        gates.refuse(record, [Fault("effectiveness_until", "has not passed", remedy)])


CORRECTIVE_ACTION = Kind(
    model=CorrectiveAction,
    prefix="CAR",
    slug="corrective-action",
    access="improvement",
    clause="10",
    place=2,
    requirements=("iso42001:10.2",),
    titles={
        "nonconformity": "Action",
        "effectiveness_check": "Proof that it worked",
        "change_reason": "What a revision makes easier",
    },
    columns=("nonconformity", "due", "effectiveness_check", "effectiveness_until"),
    filters=("nonconformity", "effectiveness_check"),
    workflow=PLANNED,
    icon="list-todo",
    menu=Menu("Act", 20),
    gates={"verify": (proof_period_is_over,)},
    deciders={"verify": deciding.has_no_part},
    due="due",
    hubs=(
        HubSection(
            "nonconformity",
            "Corrective actions",
            30,
            columns=("due", "effectiveness_check", "effectiveness_until"),
            adds="Plan a corrective action",
        ),
    ),
    scope=("due",),
    example=EXAMPLE,
)
