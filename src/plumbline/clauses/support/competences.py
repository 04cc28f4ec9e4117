"""Clause 7, Support: the competence that AI work needs (7.2, A.4.6)."""

from __future__ import annotations

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Competence(Record):
    """What somebody needs to know and be able to do for one sort of AI work: how that is shown, and after how
    long it is shown again. Who has it is said by qualifications."""

    record_ptr = parent_link()

    work = fields.choice("work", "The work that asks for it.", CHOICES, 24, required=True)
    position = fields.choice(
        "every holder of", "A role here whose holders all need it.", choices.positions, 40
    )
    stages = fields.many("stages", "Stages of a life cycle in which it is needed.", choices.Stage)
    systems = fields.systems("Systems it is needed for. Empty: all of them.", "competences")
    needed = fields.text(
        "what it takes", "Knowledge, skill and judgement, as somebody could be asked for it.", required=True
    )
    ways = fields.many("how it can be had", "Everything that is accepted.", CHOICES)
    proof = fields.text(
        "how it is shown", "Certificate, test, observed work: what counts, and what does not."
    )
    renewed_after = fields.count("shown again after, months", "How long evidence of it holds.", least=1)
    next_review = fields.day("next review", "When it is asked whether this is still what it takes.", ahead=24)

    class Meta:
        verbose_name = "competence"
        verbose_name_plural = "competences"


COMPETENCE = Kind(
    model=Competence,
    prefix="CMT",
    slug="competence",
    access="governance",
    clause="7",
    place=10,
    requirements=("iso42001:7.2", "iso42001:A.4.6"),
    titles={"work": "What it is for", "needed": "What it takes", "next_review": "Review"},
    columns=("work", "position", "renewed_after", "next_review"),
    filters=("work", "position"),
    workflow=REVIEWED,
    icon="graduation-cap",
    menu=Menu("Do", 50),
    due="next_review",
    example=EXAMPLE,
)
