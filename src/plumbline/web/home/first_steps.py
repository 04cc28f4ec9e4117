"""The first steps of a blank organization, counted from its records and shown on the home page until done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_noop

from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, say
from plumbline.records import kinds


@dataclass(frozen=True)
class Step:
    """A first step of a blank organization, counted from real records."""

    label: str
    why: str
    href: str
    count: int

    @property
    def done(self) -> bool:
        """Whether there is at least one such record."""
        return self.count > 0

    @property
    def progress(self) -> Message:
        """How far it is."""
        if self.done:
            return say("home.step-done", "{number} recorded", number=self.count)
        return say("home.step-open", "Not started")


FIRST_STEPS = (
    (
        "ai-system",
        gettext_noop("Register your AI systems"),
        gettext_noop("Everything else is about them (clauses 4.3 and 8.1)."),
    ),
    (
        "policy",
        gettext_noop("Write the AI policy"),
        gettext_noop("Top management sets the direction (clause 5.2)."),
    ),
    (
        "risk",
        gettext_noop("Assess the risks"),
        gettext_noop("What may happen, how likely, to whom (clause 6.1.2)."),
    ),
    (
        "impact-assessment",
        gettext_noop("Assess the impact on people"),
        gettext_noop("For each system that touches them (clause 6.1.4)."),
    ),
    (
        "applicability",
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


def first_steps(counts: dict[str, int], others: int | None) -> tuple[Step, ...]:
    """The list of first steps, or nothing once every one of them is done.

    ``others`` is how many people there are besides the first; ``None`` for a reader who cannot invite any.
    """
    steps = [
        Step(label, why, reverse("record-list", args=[kinds.get(slug).plural]), counts.get(slug, 0))
        for slug, label, why in FIRST_STEPS
        if kinds.exists(slug)
    ]
    if others is not None:
        why = gettext_noop("What one writes another approves (clause 5.3).")
        steps.insert(1, Step(gettext_noop("Invite a second person"), why, reverse("people"), others))
    return () if all(step.done for step in steps) else tuple(steps)


def others(actor: Actor) -> int | None:
    """How many active people there are besides the first; ``None`` unless the reader may invite."""
    if not policy.may(actor, "grant"):
        return None
    return max(identity_queries.count_active() - 1, 0)
