"""Clause 8, Operation: what interested parties are told of an AI system (A.8.2, A.8.4, A.8.5)."""

from __future__ import annotations

from typing import Any

from plumbline.clauses import choices, fields, gates, going_live
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
    purpose, life cycle, autonomy or effect of the system are others. Components, data and releases that its
    words speak of are named; the gate of a release asks for another look once one of them is another.
    """

    record_ptr = parent_link()

    system = fields.system("The system that people are told of.", "information_notices", required=True)
    about = fields.choice("about", "What they are told of.", CHOICES, 16, required=True)
    incident = fields.reference(
        "clauses.Incident", "incident", "The incident they are told of.", "information_notices"
    )
    change = fields.line("change", "What changed, in a line.", 200)
    release = fields.reference(
        "clauses.Release", "release they are told of", "The change, where it is a release.", "notices_of_it"
    )
    planned_change = fields.reference(
        "clauses.Change", "planned change", "The change, where it is one of the AIMS.", "information_notices"
    )
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
    components = fields.references(
        "clauses.Component", "components it speaks of", "Models, tools: its words are true of these.",
        "information_notices",
    )  # fmt: skip
    datasets = fields.references(
        "clauses.Dataset", "data it speaks of", "Its words are true of these data.", "information_notices"
    )
    releases = fields.references(
        "clauses.Release", "releases it speaks of", "Its words are true of these only.", "information_notices"
    )
    content = fields.snapshot(
        "rests on", "The system and what the notice speaks of, as in force when it went into review."
    )
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
            if self.about == "change" and self.release_id is None and self.planned_change_id is None:
                errors.require("change", "Say which change they are told of, or name its record.")
            release = self.release if self.release_id is not None else None
            if release is not None and release.system_id != self.system_id:
                errors.add("release", "other-system", "This is a release of another system.")
            incident = self.incident if self.incident_id is not None else None
            if incident is not None and incident.system_id not in (None, self.system_id):
                errors.add("incident", "other-system", _OF_INCIDENT)
            if self.delivered_on is not None:
                errors.require("delivery", "Say how it is given.")
                errors.require("delivery_evidence", "Say what shows that it was given.")
            if self.delivery_evidence:
                errors.require("delivered_on", "Say since when it is given.")


def _rests_on(record: InformationNotice) -> dict[str, Any]:
    """What the notice rests on: its system as it is in force, and digest or version of each part that it
    speaks of. Raises `Conflict` where one of them is not in force or is of another system."""
    reference = record.system.reference
    system = going_live.in_force(going_live.SYSTEM, reference)
    if system is None:
        fault = Fault("system", "is not approved", "have the record of the system approved first")
        gates.refuse(record, [fault])
        return {}
    spoken_of, faults = going_live.spoken_of(record)
    gates.refuse(record, faults)
    named = {"parts": spoken_of} if spoken_of else {}
    return {"system": reference, **{name: str(system[name]) for name in RESTS_ON}, **named}


# What it rests on stands in the revision itself, field by field, so that the entry says nothing besides.
RESTS = Freezing(
    _rests_on,
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
        "components": "What it rests on, and review",
    },
    columns=("system", "about", "language", "delivered_on", "next_review"),
    filters=("system", "about", "channel"),
    workflow=REVIEWED,
    icon="book-open",
    menu=Menu("Do", 35),
    due="next_review",
    shown_when={
        "incident": ("about", ("incident",)),
        **dict.fromkeys(("change", "release", "planned_change"), ("about", ("change",))),
    },
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
        HubSection("release", "Who is told of it", 60, columns=("language", "delivered_on")),
        HubSection("planned_change", "Who is told of it", 60, columns=("system", "delivered_on")),
        *(
            HubSection(field, "Notices that speak of it", 65, columns=("system", "about", "delivered_on"))
            for field in ("components", "datasets", "releases")
        ),
        HubSection("obligations", "Met by telling people", 30, columns=("about", "delivered_on")),
    ),
    example=EXAMPLE,
)
