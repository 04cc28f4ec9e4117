"""Limits in force and departures from own rules: both approved by a second person, both with an end."""

from __future__ import annotations

import re

from django.db import models

from plumbline.clauses import choices, deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LONGEST = 731
_STANDARD = re.compile(r"\biso42001:|\bISO(?:\s*/\s*IEC)?[\s-]*42001\b", re.I)


class Limit(Record):
    """The figure that a check compares with, for one AI system or for all, with the reason for it and what
    past alerts it would have silenced.

    It is in force while it is approved and its last day has not passed; then the check falls back on the
    limit for all systems, and after that on the one it was delivered with.
    """

    record_ptr = parent_link()

    check_name = fields.check("The check that it is for.", required=True)
    system = fields.system("Empty: every system that has no limit of its own.", "limits")
    direction = fields.choice(
        "the measure may be", "Which side is good.", choices.Direction, 16, required=True
    )
    value = fields.figure("limit", "In the unit of the measure; a share is between 0 and 1.", required=True)
    paused = models.BooleanField(
        "check is paused",
        default=False,
        help_text="The check is not judged while this is in force. A pause is always looser than before.",
    )
    valid_until = fields.day("valid until", "Last day on which it is in force.", required=True, ahead=24)
    change = fields.choice("compared with before", "Tighter or looser.", CHOICES, 16, default="first")
    reason = fields.text("why this figure", "Need, data and judgement behind it.", required=True)
    back_test = fields.text(
        "back-test", "Which past results would read differently. Computed when it is submitted and approved."
    )

    class Meta:
        verbose_name = "limit"
        verbose_name_plural = "limits"

    def clean(self) -> None:
        """A pause counts as looser, every limit ends, and nobody writes the back-test but the product."""
        self.back_test = ""
        with FieldErrors(self) as errors:
            if self.paused and self.change != "looser":
                errors.add("change", "pause", "A paused check is looser than before.")
            errors.not_before("valid_until", "effective_from", "day from which it is effective")
            begins = self.effective_from or clock.today()
            if self.valid_until is not None and (self.valid_until - begins).days > LONGEST:
                errors.add(
                    "valid_until", "late", "A limit is renewed within two years. Choose an earlier day."
                )


def limit_is_decided(actor: Actor, record: Record) -> Answer:
    """A limit, or a pause, is approved by somebody with no part in it who has the authority to (6.1.1)."""
    return deciding.may_decide(actor, record, Act.APPROVE_LIMIT)


LIMIT = Kind(
    model=Limit,
    prefix="LIM",
    slug="limit",
    access="systems",
    sets_values=True,
    clause="6",
    place=6,
    requirements=("iso42001:6.1.1", "iso42001:9.1", "iso42001:A.6.2.6"),
    titles={"check_name": "Limit", "change": "Why"},
    columns=("check_name", "system", "direction", "value", "change", "valid_until"),
    filters=("check_name", "system", "change"),
    neutral={"paused": "a check goes on unless somebody pauses it"},
    workflow=REVIEWED,
    icon="gauge",
    gates={"approve": (gates.not_passed("valid_until"),)},
    deciders={"approve": limit_is_decided},
    due="valid_until",
    example=EXAMPLE,
)
