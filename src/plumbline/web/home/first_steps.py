"""The first steps of a blank organization, counted from its records and shown on the home page until done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_noop

from plumbline.config import Config
from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel.messages import Message, say
from plumbline.records import kinds
from plumbline.trail import log
from plumbline.web.requirements import related
from plumbline.web.telemetry.first_event import SEGMENT, first_event_href


@dataclass(frozen=True)
class Step:
    """A first step of a blank organization, counted from what is recorded.

    ``form`` is where it is taken, empty for a reader who may not take it; ``result`` shows what is recorded.
    """

    label: str
    why: str
    form: str
    result: str
    count: int

    @property
    def done(self) -> bool:
        """Whether there is at least one such record."""
        return self.count > 0

    @property
    def href(self) -> str:
        """The form as long as nothing is recorded, afterwards what is."""
        return self.result if self.done else self.form

    @property
    def progress(self) -> Message:
        """How far it is."""
        if self.done:
            return say("home.step-done", "{number} recorded", number=self.count)
        return say("home.step-open", "Not started")


SETTINGS, PEOPLE, EVENT, STATEMENT = "settings", "people", "event", "applicability"
FIRST_STEPS: Sequence[tuple[str, str, str]] = (
    (
        SETTINGS,
        gettext_noop("Name your organization"),
        gettext_noop("Its name, its address, the language of its mails."),
    ),
    (
        PEOPLE,
        gettext_noop("Invite a second person"),
        gettext_noop("What one writes another approves (clause 5.3)."),
    ),
    (
        "ai-system",
        gettext_noop("Register your first AI system"),
        gettext_noop("Everything else is about your systems (clauses 4.3 and 8.1)."),
    ),
    (
        EVENT,
        gettext_noop("Send your first event"),
        gettext_noop("Checks read what your systems report (clause 9.1)."),
    ),
    (
        "policy",
        gettext_noop("Write the AI policy"),
        gettext_noop("Top management sets the direction (clause 5.2)."),
    ),
    (
        "risk-criteria",
        gettext_noop("Set the risk criteria"),
        gettext_noop("Which risks are acceptable, decided before any is judged (clause 6.1.1)."),
    ),
    (
        "risk",
        gettext_noop("Assess the first risk"),
        gettext_noop("What may happen, how likely, to whom (clause 6.1.2)."),
    ),
    (
        "impact-assessment",
        gettext_noop("Assess the impact on people"),
        gettext_noop("For each system that touches them (clause 6.1.4)."),
    ),
    (
        STATEMENT,
        gettext_noop("Decide which controls apply"),
        gettext_noop("The statement of applicability (clause 6.1.3)."),
    ),
    (
        "objective",
        gettext_noop("Set objectives that can be measured"),
        gettext_noop("With owner, date and indicator (clause 6.2)."),
    ),
    (
        "attestation",
        gettext_noop("Attest the first requirement"),
        gettext_noop("Somebody competent vouches for it, with an end date (clause 9.1)."),
    ),
    (
        "management-review",
        gettext_noop("Hold a management review"),
        gettext_noop("Top management looks at the whole (clause 9.3)."),
    ),
)
"""What a step makes (a kind of record, or one of the words above), its label, and why, in order."""


def first_steps(actor: Actor, counts: Mapping[str, int]) -> tuple[Step, ...]:
    """Every first step in order, or nothing once all of them are done.

    ``counts`` are the records by kind that the reader sees. Settings and invitations are steps only for
    who may change and send them.
    """
    steps = []
    for slug, label, why in FIRST_STEPS:
        if slug == SETTINGS and policy.may(actor, "grant"):
            page = reverse("settings")
            named = organization.current().organization != Config.organization
            steps.append(Step(label, why, page, page, int(named)))
        elif slug == PEOPLE and policy.may(actor, "grant"):
            people = reverse("people")
            steps.append(Step(label, why, f"{people}#invite", people, identity_queries.count_active() - 1))
        elif slug == EVENT:
            received = bool(log.search(SEGMENT, limit=1))
            steps.append(Step(label, why, first_event_href(actor), reverse("segments"), int(received)))
        elif slug == STATEMENT and kinds.exists(slug):
            # All controls are decided on one page; a form for the row of one of them is no way to 38.
            page = reverse("statement")
            form = page if related.new_href(actor, slug) else ""
            steps.append(Step(label, why, form, page, counts.get(slug, 0)))
        elif kinds.exists(slug):
            form, listed = related.new_href(actor, slug), related.list_href(slug)
            steps.append(Step(label, why, form, listed, counts.get(slug, 0)))
    return () if all(step.done for step in steps) else tuple(steps)


def takeable(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that their reader may take; nothing once all of these are done."""
    own = tuple(step for step in steps if step.form)
    return () if all(step.done for step in own) else own
