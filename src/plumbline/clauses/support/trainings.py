"""Clause 7, Support: trainings, and whether they worked (7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plumbline.clauses import deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import TAUGHT
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LATEST = ("held_on", "evaluate_on")
KEPT = ("person", "holder", "trainer", "provider", "method")
"""Of a training that was held, the days move only to an earlier one, and who took part and how it is
evaluated stays."""


class Training(Record):
    """What one person was taught or did to gain a competence, and whether it worked: evaluated by a method
    and after a delay that were set beforehand, not by whoever taught it. Until then it is not evaluated."""

    record_ptr = parent_link()

    competences = fields.references(
        "clauses.Competence", "competences", "What it is meant to give.", "trainings", required=True
    )
    person = fields.person("person", "Who takes part.")
    holder = fields.line("name", "In place of a person: somebody without an account here.", 120)
    content = fields.text("content", "What is taught or practised, and in what form.")
    trainer = fields.person("trainer", "Who teaches it, if somebody here does.")
    provider = fields.line("provider", "Who teaches it, if somebody outside does.", 200)
    held_on = fields.day("held on", "Day on which it ended.", done=True)
    method = fields.choice(
        "evaluated by", "How it is found out whether it worked.", CHOICES, 24, required=True
    )
    evaluate_on = fields.day(
        "to be evaluated on",
        "First day of the evaluation: what stays is seen later.",
        required=True,
        ahead=12,
    )
    evaluated_on = fields.day("evaluated on", "Day of the evaluation.", done=True)
    evaluator = fields.person("evaluator", "Who evaluated it; neither the trainer nor who took part.")
    result = fields.choice("did it work?", "What the evaluation showed.", CHOICES, 16)
    findings = fields.text("what was seen", "Results and figures, and what follows from them.")

    class Meta:
        verbose_name = "training"
        verbose_name_plural = "trainings"

    def clean(self) -> None:
        """It is of one person; nobody teaches themself, or evaluates what they taught or were taught."""
        with FieldErrors(self) as errors:
            errors.one_of("person", "holder")
            if self.trainer_id is not None and self.trainer_id == self.person_id:
                errors.add("trainer", "own", "Nobody trains themself. Name somebody else, or a provider.")
            if self.evaluator_id is not None and self.evaluator_id in (self.trainer_id, self.person_id):
                text = "Neither the trainer nor who took part evaluates a training. Name somebody else."
                errors.add("evaluator", "own", text)
            errors.not_before("evaluate_on", "held_on", "day on which it was held")
            errors.not_before("evaluated_on", "evaluate_on", "day from which it is evaluated")


def taught_it(actor: Actor, record: Record) -> Answer:
    """Whoever teaches or is taught does not say whether it worked."""
    assert isinstance(record, Training)
    involved = deciding.Involved(record.kind)
    involved.add([record.trainer_id], say("own-cause.trainer", "You are its trainer."))
    involved.add([record.person_id], say("own-cause.trained", "You took part in it."))
    return involved.answer(actor)


def what_was_held_stays(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Nobody puts off the evaluation of a training that was held, or chooses another way afterwards."""
    if record.state == "planned":
        return
    text = say("training.held", "stays as it was when the training was held")
    remedy = "comment on the training, or plan another one"
    later = [name for name in LATEST if before[name] and (after[name] or "9999") > before[name]]
    changed = [*later, *(name for name in KEPT if before[name] != after[name])]
    gates.refuse(record, [Fault(name, text, remedy) for name in changed])


TRAINING = Kind(
    model=Training,
    prefix="TRN",
    slug="training",
    access="governance",
    clause="7",
    place=12,
    requirements=("iso42001:7.2",),
    titles={"competences": "Training", "method": "Did it work?"},
    columns=("person", "holder", "held_on", "evaluate_on", "result"),
    filters=("person", "result", "method"),
    workflow=TAUGHT,
    icon="presentation",
    menu=Menu("Do", 54),
    gates={
        "hold": (gates.filled(held_on="give the day on which it ended"),),
        "evaluate": (
            gates.filled(
                evaluated_on="give the day of the evaluation",
                result="say whether it worked",
                findings="write what was seen",
            ),
        ),
    },
    step_fields={"hold": ("held_on",), "evaluate": ("evaluated_on", "evaluator", "result", "findings")},
    amend_gates=(what_was_held_stays,),
    deciders={"evaluate": taught_it, "approve": taught_it},
    due="evaluate_on",
    hubs=(
        HubSection(
            "competences", "Trainings", 40, columns=("person", "held_on", "result"), adds="Plan a training"
        ),
    ),
    example=EXAMPLE,
)
