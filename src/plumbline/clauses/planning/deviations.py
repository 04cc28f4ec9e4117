"""Limits in force and departures from own rules: both approved by a second person, both with an end."""

from __future__ import annotations

import re

from plumbline.clauses import deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity.actors import Actor
from plumbline.identity.authority import Act
from plumbline.identity.policy import Answer
from plumbline.kernel.workflow import REVIEWED
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
LONGEST = 731
_STANDARD = re.compile(r"\biso42001:|\bISO(?:\s*/\s*IEC)?[\s-]*42001\b", re.I)


class Deviation(Record):
    """A departure from one of the organization's own rules, for a time, with the reason and what makes up
    for it.

    Nobody can depart from a clause of the standard this way, only from a rule of one's own.
    """

    record_ptr = parent_link()

    rule = fields.text("the rule", "The own rule that is departed from, and where it stands.", required=True)
    policy = fields.reference("clauses.Policy", "policy", "Policy that holds the rule.", "deviations")
    document = fields.reference("clauses.Document", "document", "Document that holds the rule.", "deviations")
    system = fields.system("The system it is about. Empty: not about one system.", "deviations")
    departure = fields.text(
        "what is done instead", "The departure itself, and how far it goes.", required=True
    )
    reason = fields.text("why", "Why the rule cannot be kept for now.", required=True)
    compensation = fields.text("what makes up for it", "Measures that limit the harm meanwhile.")
    risks = fields.references("clauses.Risk", "risks", "Risks that it touches.", "deviations")
    expires_on = fields.day("ends on", "Last day on which the departure is allowed.", required=True, ahead=24)
    way_back = fields.text("way back", "What is done so that the rule is kept again.")

    class Meta:
        verbose_name = "deviation"
        verbose_name_plural = "deviations"

    def clean(self) -> None:
        """A departure is from a rule of one's own that stands somewhere, and it ends."""
        with FieldErrors(self) as errors:
            if _STANDARD.search(self.rule):
                errors.add("rule", "standard", "Nobody departs from the standard. Name your own rule alone.")
            if self.policy_id is None and self.document_id is None:
                errors.add("policy", "required", "Name the policy or the document that holds the rule.")
            if self.document is not None and self.document.origin != "own":
                errors.add("document", "outside", "It comes from outside. Name a document of your own.")
            errors.not_before("expires_on", "effective_from", "day from which it is effective")


def departure_is_decided(actor: Actor, record: Record) -> Answer:
    """A departure is approved by somebody with no part in it who has the authority to (8.1)."""
    return deciding.may_decide(actor, record, Act.APPROVE_EXCEPTION)


DEVIATION = Kind(
    model=Deviation,
    prefix="DEV",
    slug="deviation",
    access="systems",
    sets_values=True,
    clause="6",
    place=7,
    requirements=("iso42001:8.1", "iso42001:A.2.2"),
    titles={"rule": "Rule", "departure": "Departure", "expires_on": "End"},
    columns=("system", "policy", "expires_on"),
    filters=("system", "policy"),
    workflow=REVIEWED,
    icon="route",
    gates={"approve": (gates.not_passed("expires_on"),)},
    deciders={"approve": departure_is_decided},
    due="expires_on",
    example=EXAMPLE,
)
