"""Clause 7, Support: what the AIMS and its AI systems need and what they have (7.1, A.4.2 to A.4.6)."""

from __future__ import annotations

from plumbline.clauses import choices, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)


class Resource(Record):
    """Something that the AIMS or an AI system needs at some stage of its life: people, tools, computing, data
    or money, how much is needed, how much there is, and who gives it."""

    record_ptr = parent_link()

    type = fields.choice("type", "What sort of resource it is.", CHOICES, 16, required=True)
    systems = fields.systems("Systems that need it. Empty: the AIMS as a whole.", "resources")
    stages = fields.many("stages", "Stages of a life cycle in which it is needed.", choices.Stage)
    description = fields.text("what it is", "So that somebody could ask for the same again.", required=True)
    competences = fields.references(
        "clauses.Competence", "competences", "For people: what they have to be able to do.", "resources"
    )
    components = fields.references(
        "clauses.Component", "components", "For tools and services: their rows of the register.", "resources"
    )
    provider = fields.line("who gives it", "Unit, customer or supplier.", 200)
    place = fields.line("place", "On premises, cloud and region, edge.", 200)
    needed = fields.line("needed", "How much is needed, with its unit.", 120, required=True)
    available = fields.line("there", "How much there is, with its unit.", 120)
    enough = fields.choice("is it enough?", "As whoever answers for the work judges it.", CHOICES, 16)
    gap = fields.text("what is lacking", "What that means, and what is done about it.")
    footprint = fields.text("effect on the environment", "Energy, water, hardware: measured or estimated.")
    next_review = fields.day("next review", "When it is looked at again.", ahead=24)

    class Meta:
        verbose_name = "resource"
        verbose_name_plural = "resources"

    def clean(self) -> None:
        """What is enough is there, and what is lacking is said."""
        with FieldErrors(self) as errors:
            if self.enough:
                errors.require("available", "Say how much there is.")
            if self.enough == "no":
                errors.require("gap", "Say what is lacking and what is done about it.")


RESOURCE = Kind(
    model=Resource,
    prefix="RES",
    slug="resource",
    access="governance systems",
    clause="7",
    place=1,
    requirements=(
        "iso42001:7.1",
        "iso42001:A.4.2",
        "iso42001:A.4.3",
        "iso42001:A.4.4",
        "iso42001:A.4.5",
        "iso42001:A.4.6",
    ),
    titles={"type": "What it is", "needed": "Is it there?"},
    columns=("type", "needed", "available", "enough", "next_review"),
    filters=("type", "enough"),
    workflow=REVIEWED,
    icon="boxes",
    menu=Menu("Do", 49),
    due="next_review",
    hubs=(
        HubSection(
            "systems",
            "Resources",
            65,
            columns=("type", "needed", "available", "enough"),
            adds="Add a resource",
            answers={
                "tooling-recorded": {"type": "tooling"},
                "computing-recorded": {"type": "computing"},
                "people-recorded": {"type": "people"},
            },
        ),
    ),
    example=EXAMPLE,
)
