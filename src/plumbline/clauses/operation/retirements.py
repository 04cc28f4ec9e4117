"""Clause 8, Operation: AI systems switched off for good, with what depends on them (8.1, A.6.2.6)."""

from __future__ import annotations

from plumbline.clauses import deciding, fields, gates, going_live
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.workflows import PLANNED
from plumbline.identity.actors import Actor
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

_, EXAMPLE = beside(__file__)


class Retirement(Record):
    """The end of one AI system: why, from which day, what takes its place, who is told, and what becomes of
    its models, data and records."""

    record_ptr = parent_link()

    system = fields.system("The system that is switched off.", "retirements", required=True)
    reason = fields.text("why", "What speaks for its end.", required=True)
    due = fields.day("last day of use", "From the next day on it is off.", required=True, ahead=24)
    replacement = fields.text("what takes its place", "Another system, people, or nothing.", required=True)
    told = fields.text("who is told", "Users and others who rely on it: when and how.", required=True)
    kept = fields.text(
        "what is kept", "Models, data, logs and documents: how long, where, and how they are disposed of.",
        required=True,
    )  # fmt: skip

    class Meta:
        verbose_name = "retirement"
        verbose_name_plural = "retirements"


def nothing_waits(actor: Actor, record: Record, reason: str) -> None:
    """No system ends while decisions about it wait: a contest, an incident, a nonconformity, a review."""
    assert isinstance(record, Retirement)
    gates.refuse(record, going_live.waiting(record.system))


def nothing_runs(actor: Actor, record: Record, reason: str) -> None:
    """It is over once nothing of it is deployed."""
    assert isinstance(record, Retirement)
    gates.refuse(record, going_live.still_running(record.system))


RETIREMENT = Kind(
    model=Retirement,
    prefix="RTM",
    slug="retirement",
    access="systems",
    clause="8",
    place=24,
    requirements=("iso42001:8.1", "iso42001:A.6.2.6", "nist-ai-rmf:GOVERN 1.7"),
    titles={"system": "The end of a system", "told": "What follows"},
    columns=("system", "due"),
    filters=("system",),
    workflow=PLANNED,
    icon="archive",
    menu=Menu("Do", 28),
    gates={
        "approve": (nothing_waits,),
        "carry-out": (nothing_waits, nothing_runs),
    },
    deciders={"verify": deciding.has_no_part},
    due="due",
    hubs=(HubSection("system", "Retirement", 58, columns=("due",), adds="Plan its retirement"),),
    example=EXAMPLE,
)
