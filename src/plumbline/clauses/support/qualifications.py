"""Clause 7, Support: who has a competence, on what evidence and until when (7.2)."""

from __future__ import annotations

from plumbline.clauses import deciding, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.support.competences import CHOICES
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel.messages import say
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

_, EXAMPLE = beside(__file__)


class Qualification(Record):
    """That a person has a competence: by education, training or experience, shown by what, from which day and
    until when."""

    record_ptr = parent_link()

    competence = fields.reference(
        "clauses.Competence", "competence", "What the person is able to do.", "qualifications", required=True
    )
    person = fields.person("person", "Who has it.")
    holder = fields.line("name", "In place of a person: somebody without an account here.", 120)
    ways = fields.many("had by", "Everything that it rests on.", CHOICES, required=True)
    evidence = fields.text(
        "evidence",
        "Certificate, result, work that was seen: where it is found, and who saw it.",
        required=True,
    )
    trainings = fields.references(
        "clauses.Training", "trainings", "Trainings that it rests on.", "qualifications"
    )
    shown_on = fields.day("shown on", "Day from which the evidence holds.", required=True, done=True)
    valid_until = fields.day("valid until", "Last day on which it holds.", required=True, ahead=36)
    gap = fields.text("still lacking", "What is not there yet, and what is done about it.")

    class Meta:
        verbose_name = "qualification"
        verbose_name_plural = "qualifications"

    def clean(self) -> None:
        """It is of one person, and does not end before it began."""
        with FieldErrors(self) as errors:
            errors.one_of("person", "holder")
            errors.not_before("valid_until", "shown_on", "day on which it was shown")


def not_their_own(actor: Actor, record: Record) -> Answer:
    """Nobody approves that they themself are competent."""
    assert isinstance(record, Qualification)
    involved = deciding.Involved(record.kind)
    involved.add([record.person_id], say("own-cause.qualified", "It is about you."))
    return involved.answer(actor)


QUALIFICATION = Kind(
    model=Qualification,
    prefix="QLF",
    slug="qualification",
    access="governance",
    clause="7",
    place=11,
    requirements=("iso42001:7.2", "iso42001:A.4.6"),
    titles={"competence": "Who can do what", "ways": "What shows it"},
    columns=("competence", "person", "holder", "shown_on", "valid_until"),
    filters=("competence", "person"),
    workflow=REVIEWED,
    icon="badge-check",
    menu=Menu("Do", 52),
    deciders={"approve": not_their_own},
    due="valid_until",
    hubs=(
        HubSection(
            "competence",
            "Who has it",
            30,
            columns=("person", "holder", "shown_on", "valid_until"),
            adds="Record who has it",
        ),
        HubSection("trainings", "What rests on it", 40, columns=("competence", "person", "valid_until")),
    ),
    example=EXAMPLE,
)
