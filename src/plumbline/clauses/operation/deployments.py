"""Clause 8, Operation: releases put into use, in stages and with a way back (A.6.2.5, 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from plumbline.clauses import fields, gates, going_live
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import DEPLOYED
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Fault
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

_, EXAMPLE = beside(__file__)
MAY_CHANGE = frozenset({"back_to", "seen", "ended_on", "owner"})
"""What may be written of a deployment that was approved."""


class Deployment(Record):
    """A release put into use at one place: for which share first, what is watched, and where it goes back to.
    It goes live only while all is there that the tier of its system asks for."""

    record_ptr = parent_link()

    system = fields.system("The system that is put into use.", "deployments", required=True)
    release = fields.reference(
        "clauses.Release", "release", "The release that is put into use.", "deployments", required=True
    )
    place = fields.line("where", "Unit, region or machines; who uses it there.", 200, required=True)
    share = models.PositiveSmallIntegerField(
        "first for, per cent",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Share of cases or users with which it begins.",
    )
    watched = fields.text(
        "what is watched", "Signals, for how long, and at what figure it is rolled back.", required=True
    )
    way_back = fields.text("way back", "Who rolls it back, how, and how long that takes.", required=True)
    due = fields.day("planned for", "Day on which it is to go live.", ahead=24)
    seen = fields.text("what was seen", "While it went live, and afterwards.")
    back_to = fields.reference(
        "clauses.Release", "rolled back to", "The release that is in use instead.", "rollbacks"
    )
    ended_on = fields.day("ended on", "Last day on which it was in use.", done=True)

    class Meta:
        verbose_name = "deployment"
        verbose_name_plural = "deployments"

    def clean(self) -> None:
        """Both releases are of its system, and it does not go back to itself."""
        with FieldErrors(self) as errors:
            for name in ("release", "back_to"):
                release = getattr(self, name)
                if release is not None and release.system_id != self.system_id:
                    errors.add(name, "other", "This is a release of another system.")
            if self.back_to_id is not None and self.back_to_id == self.release_id:
                errors.add(
                    "back_to", "itself", "This is the release that is rolled back. Name an earlier one."
                )


def may_go_live(actor: Actor, record: Record, reason: str) -> None:
    """Nothing goes live without what its tier needs, on this day and not only on that of its approval."""
    assert isinstance(record, Deployment)
    gates.refuse(record, going_live.faults_of_approved(record.release, "release"))


def system_says_so(actor: Actor, record: Record, reason: str) -> None:
    """What goes live is known to be live: the record of the system says so, so that checks watch it."""
    assert isinstance(record, Deployment)
    if not record.system.live:
        text = "{system} is not recorded as in operation"
        said = say("deployment.not-in-operation", text, system=Ref(record.system.reference))
        remedy = "give the system the life-cycle state “In operation” first"
        gates.refuse(record, [Fault("system", said, remedy)])


def back_to_what_passed(actor: Actor, record: Record, reason: str) -> None:
    """A rollback goes to a release that was approved, had passed and was in use before."""
    assert isinstance(record, Deployment)
    faults = gates.empty(record, back_to="name the release that is in use instead")
    gates.refuse(record, faults or going_live.faults_of_rollback(record))


def what_runs_stays(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """What was approved stays while it is in use."""
    if record.state in DEPLOYED.drafts or record.state == "in review":
        return
    text, remedy = say("deployment.stays", "stays as it was approved"), "plan another deployment"
    changed = [name for name in before if before[name] != after[name] and name not in MAY_CHANGE]
    # Where it was rolled back to is what somebody found out under the gate of that step.
    moved = ["back_to"] if before["back_to"] != after["back_to"] and record.state == "rolled back" else []
    gates.refuse(record, [Fault(name, text, remedy) for name in (*changed, *moved)])


DEPLOYMENT = Kind(
    model=Deployment,
    prefix="DPL",
    slug="deployment",
    access="systems",
    clause="8",
    place=23,
    requirements=("iso42001:A.6.2.5", "iso42001:8.1"),
    titles={
        "system": "What goes live",
        "watched": "While it goes live",
        "seen": "What became of it",
    },
    columns=("system", "release", "place", "share", "due"),
    filters=("system", "release"),
    workflow=DEPLOYED,
    icon="route",
    menu=Menu("Do", 26),
    gates={
        "approve": (may_go_live,),
        "stage": (gates.filled(share="say for which share it begins"), may_go_live, system_says_so),
        "go-live": (may_go_live, system_says_so),
        "roll-back": (back_to_what_passed,),
        "end": (gates.filled(ended_on="give the last day on which it was in use"),),
    },
    step_fields={"roll-back": ("back_to", "seen"), "end": ("ended_on",)},
    amend_gates=(what_runs_stays,),
    deciders={"approve": going_live.may_approve_deployment},
    due="due",
    hubs=(
        HubSection("release", "Deployment", 30, columns=("place", "share"), adds="Plan its deployment"),
        HubSection("system", "Deployment", 57, columns=("release", "place")),
    ),
    example=EXAMPLE,
)
