"""Clause 8, Operation: what interested parties are told of an AI system (A.8.2, A.8.4, A.8.5)."""

from __future__ import annotations

from plumbline.clauses import choices, fields, gates, queries
from plumbline.clauses.fields import parent_link
from plumbline.clauses.freezing import Freezing
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.kernel import intervals
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
RESTS_ON = ("purpose", "lifecycle", "autonomy", "effect")
"""Fields of the system that a notice rests on: once they change, people have been told something else."""
_OF_INCIDENT = "The incident happened with another system. Name that one, or another incident."


class InformationNotice(Record):
    """What users and other interested parties are told of an AI system, a change or an incident: to whom, in
    which words, by which way, and what shows that it reached them.

    It rests on the system as it was approved when the notice went into review, and is out of date once
    purpose, life cycle, autonomy or effect of the system are others.
    """

    record_ptr = parent_link()

    system = fields.system("The system that people are told of.", "information_notices", required=True)
    about = fields.choice("about", "What they are told of.", CHOICES, 16, required=True)
    incident = fields.reference(
        "clauses.Incident", "incident", "The incident they are told of.", "information_notices"
    )
    change = fields.line("change", "What changed, with the release if it has one.", 200)
    audience = fields.many("to whom", "Everybody who is told by this notice.", CHOICES, required=True)
    people = fields.many("groups", "Those among them who need it said in their own way.", choices.People)
    covers = fields.many("what it tells", "Tick what a reader really finds in it.", CHOICES)
    text = fields.text(
        "wording", "The notice as people read it, or where its wording is found.", required=True
    )
    language = fields.line(
        "language", "Language of the wording; a notice for each language.", 60, required=True
    )
    version = fields.line("version", "Version of the wording.", 40, required=True)
    obligations = fields.references(
        "clauses.Obligation", "obligations", "Duties to tell people that it meets.", "information_notices"
    )
    channel = fields.choice("channel", "By which way it reaches them.", CHOICES, 24, required=True)
    delivered_on = fields.day("given since", "First day on which it reached them.", done=True)
    delivery = fields.text("how it is given", "When in the use of the system, to how many, and how again.")
    delivery_evidence = fields.text(
        "evidence of delivery",
        "Picture of the page, log of the dispatch, signed list: what, and where it is.",
    )
    content = fields.snapshot("rests on", "The system as it was in force when the notice went into review.")
    next_review = fields.review(
        "Looked at again by then; yearly, and when the system changes.", intervals.NOTICE_REVIEW
    )

    class Meta:
        verbose_name = "information notice"
        verbose_name_plural = "information notices"

    def clean(self) -> None:
        """It names the change or incident that it is about; what was given has evidence. A draft rests on
        nothing yet."""
        self.content = {}
        with FieldErrors(self) as errors:
            if self.about == "incident":
                errors.require("incident", "Say which incident they are told of.")
            if self.about == "change":
                errors.require("change", "Say which change they are told of.")
            incident = self.incident if self.incident_id is not None else None
            if incident is not None and incident.system_id not in (None, self.system_id):
                errors.add("incident", "other-system", _OF_INCIDENT)
            if self.delivered_on is not None:
                errors.require("delivery", "Say how it is given.")
                errors.require("delivery_evidence", "Say what shows that it was given.")
            if self.delivery_evidence:
                errors.require("delivered_on", "Say since when it is given.")


def _system_in_force(record: InformationNotice) -> dict[str, str]:
    """What the notice rests on, of the system as it is in force. Raises `Conflict` where nothing is."""
    reference = record.system.reference
    for row in queries.in_force_if_any("ai-system"):
        if row["reference"] == reference:
            return {"system": reference, **{name: str(row[name]) for name in RESTS_ON}}
    gates.refuse(record, [Fault("system", "is not approved", "have the record of the system approved first")])
    return {}


# What it rests on stands in the revision itself, field by field, so that the entry says nothing besides.
RESTS = Freezing(
    _system_in_force,
    changed=Fault(
        "content",
        "has changed since review was asked for",
        "return it to draft, say what is true now, and ask for review again",
    ),
)

INFORMATION_NOTICE = Kind(
    model=InformationNotice,
    prefix="NTC",
    slug="information-notice",
    access="systems",
    clause="8",
    place=60,
    requirements=("iso42001:A.8.2", "iso42001:A.8.4", "iso42001:A.8.5"),
    titles={
        "system": "What it is about",
        "audience": "To whom",
        "covers": "What they are told",
        "channel": "How it reaches them",
        "content": "What it rests on, and review",
    },
    columns=("system", "about", "language", "delivered_on", "next_review"),
    filters=("system", "about", "channel"),
    workflow=REVIEWED,
    icon="book-open",
    menu=Menu("Do", 35),
    due="next_review",
    shown_when={"incident": ("about", ("incident",)), "change": ("about", ("change",))},
    gates={"submit": (RESTS.freeze,), "approve": (RESTS.is_current,)},
    hubs=(
        HubSection(
            "system",
            "Information notices",
            56,
            columns=("about", "language", "delivered_on", "next_review"),
            adds="Write an information notice",
            answers={"notices-given": {"about": "system"}, "parties-told": {"about": "system"}},
        ),
        HubSection("incident", "Information notices", 30, columns=("language", "delivered_on")),
        HubSection("obligations", "Met by telling people", 30, columns=("about", "delivered_on")),
    ),
    example=EXAMPLE,
)
