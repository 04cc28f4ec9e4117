"""Limits in force and departures from own rules: both approved by a second person, both with an end."""

from __future__ import annotations

import re
from datetime import date

from django.db import models

from plumbline.clauses import choices, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind, Section
from plumbline.records.models import Record

LONGEST = 731
"""Days that a limit is in force at most, before somebody approves it anew."""
_STANDARD = re.compile(r"\biso42001:|\bISO(?:\s*/\s*IEC)?[\s-]*42001\b", re.I)


class Limit(Record):
    """The figure that a check compares with, for one AI system or for all, with the reason for it and what
    past alerts it would have silenced.

    It is in force while it is approved and its last day has not passed; then the check falls back on the
    limit for all systems, and after that on the one it was delivered with.
    """

    record_ptr = parent_link()

    class Change(models.TextChoices):
        """How a limit compares with the one before."""

        FIRST = "first", "First limit"
        TIGHTER = "tighter", "Tighter than before"
        LOOSER = "looser", "Looser than before"
        RENEWED = "renewed", "Same as before, renewed"

    check_name = models.CharField("check", max_length=120, db_index=True, help_text="Name of the check.")
    system = fields.system(
        "The system it holds for. Empty: every system that has no limit of its own.", "limits", optional=True
    )
    direction = fields.choice("the measure may be", "Which side is good.", choices.Direction.choices, 16)
    value = fields.figure(
        "limit", "The figure itself, in the unit of the measure (a share is between 0 and 1)."
    )
    paused = models.BooleanField(
        "check is paused",
        default=False,
        help_text="The check is not judged while this is in force, and the control reads No signal. "
        "A pause is always looser than before.",
    )
    change = fields.choice(
        "compared with before",
        "Whether it is tighter or looser than the one it replaces.",
        Change.choices,
        16,
        default=Change.FIRST,
    )
    reason = fields.text("why this figure", "Need, data and judgement behind it.")
    back_test = fields.text(
        "back-test",
        "Which past results and alerts would read differently under it; the period looked at.",
        optional=True,
    )
    valid_until = fields.day("valid until", "Last day on which it is in force.")

    class Meta:
        verbose_name = "limit"
        verbose_name_plural = "limits"

    def clean(self) -> None:
        """What must hold across fields."""
        errors = FieldErrors()
        if self.paused and self.change != self.Change.LOOSER:
            errors.add("change", "A paused check is looser than before.")
        if self.change == self.Change.LOOSER:
            errors.require("back_test", self.back_test, "A looser limit needs a back-test.")
        errors.not_before(
            "valid_until", self.effective_from, self.valid_until, "day from which it is effective"
        )
        begins = self.effective_from or clock.today()
        if self.valid_until is not None and (self.valid_until - begins).days > LONGEST:
            errors.add("valid_until", "A limit is looked at again within two years. Choose an earlier day.")
        errors.raise_any()


class Deviation(Record):
    """A departure from one of the organization's own rules, for a time, with the reason and what makes up
    for it.

    Nobody can depart from a clause of the standard this way, only from a rule of one's own.
    """

    record_ptr = parent_link()

    rule = fields.text("the rule", "The own rule that is departed from, and where it stands.")
    policy = fields.reference(
        "clauses.Policy", "policy", "Policy that holds the rule.", "deviations", optional=True
    )
    document = fields.reference(
        "clauses.Document", "document", "Document that holds the rule.", "deviations", optional=True
    )
    system = fields.system(
        "The system it is about. Empty: not about one system.", "deviations", optional=True
    )
    departure = fields.text("what is done instead", "The departure itself, and how far it goes.")
    reason = fields.text("why", "Why the rule cannot be kept for now.")
    compensation = fields.text(
        "what makes up for it", "Measures that limit the harm meanwhile.", optional=True
    )
    risks = fields.references("clauses.Risk", "risks", "Risks that it touches.", "deviations", optional=True)
    expires_on = fields.day("ends on", "Last day on which the departure is allowed.")
    way_back = fields.text("way back", "What is done so that the rule is kept again.", optional=True)

    class Meta:
        verbose_name = "deviation"
        verbose_name_plural = "deviations"

    def clean(self) -> None:
        """A departure is from a rule of one's own that stands somewhere, and it ends."""
        errors = FieldErrors()
        if _STANDARD.search(self.rule):
            errors.add(
                "rule", "Nobody departs from the standard, only from an own rule. Name the own rule alone."
            )
        if self.policy_id is None and self.document_id is None:
            errors.add("policy", "Name the policy or the document that holds the rule.")
        if self.document is not None and self.document.origin != "own":
            errors.add("document", "It comes from outside. Only a rule of our own can be departed from.")
        errors.not_before(
            "expires_on", self.effective_from, self.expires_on, "day from which it is effective"
        )
        errors.raise_any()


def limit_has_not_run_out(actor: Actor, record: Record, reason: str) -> None:
    """A limit comes into force only while it is valid."""
    assert isinstance(record, Limit)
    if record.valid_until < clock.today():
        gates.refuse(record, [Fault("valid_until", "has passed", "give a day that is still to come")])


def deviation_has_an_end_to_come(actor: Actor, record: Record, reason: str) -> None:
    """A departure from an own rule is allowed until a day that has not passed."""
    assert isinstance(record, Deviation)
    if record.expires_on < clock.today():
        gates.refuse(record, [Fault("expires_on", "has passed", "give a day that is still to come")])


LIMIT = Kind(
    model=Limit,
    prefix="LIM",
    slug="limit",
    access="systems",
    clause="6",
    place=6,
    requirements=("iso42001:6.1.1", "iso42001:9.1", "iso42001:A.6.2.6"),
    sections=(
        Section("Limit", ("check_name", "system", "direction", "value", "paused", "valid_until")),
        Section("Why", ("change", "reason", "back_test")),
    ),
    columns=("check_name", "system", "direction", "value", "change", "valid_until"),
    filters=("check_name", "system", "change"),
    workflow=REVIEWED,
    icon="gauge",
    gates={"approve": (limit_has_not_run_out,)},
    due="valid_until",
    example={
        "title": "Looser limit for input drift",
        "check_name": "input-drift",
        "system": "ai-system",
        "direction": "at most",
        "value": "0.20",
        "change": "looser",
        "reason": "Seasonal change reaches 0.18 every spring.",
        "back_test": "Of 12 alerts in 2025, 3 would not have been raised.",
        "valid_until": date(2026, 12, 31),
    },
)

DEVIATION = Kind(
    model=Deviation,
    prefix="DEV",
    slug="deviation",
    access="systems",
    clause="6",
    place=7,
    requirements=("iso42001:8.1", "iso42001:A.2.2"),
    sections=(
        Section("Rule", ("rule", "policy", "document", "system")),
        Section("Departure", ("departure", "reason", "compensation", "risks")),
        Section("End", ("expires_on", "way_back")),
    ),
    columns=("system", "policy", "expires_on"),
    filters=("system", "policy"),
    workflow=REVIEWED,
    icon="route",
    gates={"approve": (deviation_has_an_end_to_come,)},
    due="expires_on",
    example={
        "title": "One reviewer during the holidays",
        "rule": "Policy section 4: two reviewers per release.",
        "policy": "policy",
        "departure": "One reviewer for hotfixes.",
        "reason": "Holiday season.",
        "expires_on": date(2026, 8, 31),
    },
)
