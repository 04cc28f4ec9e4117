"""Clause 9, Performance evaluation: what is measured, what people vouch for, what top management decides."""

from __future__ import annotations

from django.db import models

from plumbline.clauses import choices, deciding, fields
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.workflow import RECORDED
from plumbline.records.kinds import Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
AUDIT = "iso42001:9.2"
"""The sub-clauses about the internal audit, by the beginning of their ids."""


class Attestation(Record):
    """What a person vouches for about one requirement: whether it is effective, what they saw, and until when
    the statement holds. It stands beside what is measured and never replaces it."""

    record_ptr = parent_link()

    requirement = models.CharField(
        "requirement",
        max_length=40,
        db_index=True,
        choices=choices.requirements,
        help_text="Sub-clause or control of ISO/IEC 42001 that it is about.",
    )
    system = fields.system("The system it is about. Empty: the organization.", "attestations")
    verdict = fields.choice("judgement", "Your own, whatever the checks read.", CHOICES, 16, required=True)
    statement = fields.text("statement", "What you vouch for, in your own words.", required=True)
    basis = fields.text(
        "what you saw", "Records, samples, talks and observations it rests on.", required=True
    )
    period_from = fields.day("period from", "First day of the period it speaks of.", required=True)
    period_until = fields.day("period until", "Last day of that period; not in the future.", required=True)
    competence = fields.text(
        "why you can judge it", "Training, experience or role; and independence.", required=True
    )
    valid_until = fields.day(
        "valid until", "After this day the statement is out of date.", required=True, ahead=24
    )

    class Meta:
        verbose_name = "attestation"
        verbose_name_plural = "attestations"

    def clean(self) -> None:
        """Nobody vouches for what is still to come."""
        with FieldErrors(self) as errors:
            errors.not_before("period_until", "period_from", "first day of the period")
            if self.period_until is not None and self.period_until > clock.today():
                errors.add("period_until", "future", "The period cannot end after today.")
            errors.not_before("valid_until", "period_until", "end of the period")


def vouched_in_person(actor: Actor, record: Record) -> Answer:
    """An attestation is the word of its owner, who may attest; nobody gives it for somebody else (9.1).

    Whoever runs the management system does not vouch for the audit of it (9.2.2), and whoever answers for a
    system not for that system.
    """
    assert isinstance(record, Attestation)
    answer = policy.may(actor, "attest", anywhere=True)
    if not answer:
        return answer
    if record.owner_id is None or record.owner_id != actor.person_id:
        reason = "An attestation is made final by its owner; nobody vouches in another's name."
        return Answer(False, reason)
    if record.requirement.startswith(AUDIT) and deciding.runs_the_aims(actor):
        text = (
            "This is about the audit of your own work: you run the management system. "
            "Somebody independent of it has to vouch for its audit."
        )
        return Answer(False, say("attestation.own-audit", text))
    if record.system is not None:
        why = say("attestation.own-system", "You answer for {system}.", system=Ref(record.system.reference))
        return deciding.answers_for(record.system, since=record.created_at, why=why).answer(actor)
    return Answer(True, "It is your own.")


ATTESTATION = Kind(
    model=Attestation,
    prefix="ATT",
    slug="attestation",
    access="governance assurance",
    clause="9",
    place=2,
    requirements=("iso42001:9.1",),
    titles={"requirement": "Statement", "basis": "Basis"},
    columns=("requirement", "system", "verdict", "period_until", "valid_until"),
    filters=("requirement", "system", "verdict"),
    workflow=RECORDED,
    icon="user-check",
    menu=Menu("Check", 20),
    deciders={"finalise": vouched_in_person},
    due="valid_until",
    example=EXAMPLE,
)
