"""The posture of requirements as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.urls import reverse

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import posture
from plumbline.controls.requirement_posture import Reason, RequirementPosture
from plumbline.controls.visibility import VisibleResult
from plumbline.identity.actors import Actor
from plumbline.kernel.states import MeasuredState, RequirementState
from plumbline.web import cells

NOT_ATTESTED = "Not attested"


def unknown(requirement: Requirement) -> RequirementPosture:
    """A requirement of which nothing is known: those of other frameworks are not measured."""
    return RequirementPosture(
        id=requirement.id,
        number=requirement.number,
        title=requirement.title,
        kind=requirement.kind,
        group=requirement.group,
        measured=MeasuredState.NOT_MEASURED,
        measured_at=None,
        reasons=(),
        readings={},
        checks=(),
        attested=None,
        attested_at=None,
        attested_by="",
        attested_until=None,
        attestation="",
        attestation_word=None,
        disagreement="",
        word=RequirementState.NOT_ASSESSED,
        evidence_have=0,
        evidence_of=0,
        evidence_missing=(),
    )


def postures(
    actor: Actor,
    results: Mapping[tuple[str, str], VisibleResult] | None = None,
    at: datetime | None = None,
) -> dict[str, RequirementPosture]:
    """The posture of every control and sub-clause, by requirement id; with ``at`` as it was then."""
    found = {row.id: row for row in posture.posture(actor, results, at=at)}
    for row in (*catalogs.controls(), *catalogs.subclauses()):
        found.setdefault(row.id, unknown(row))
    return found


def attested_state(row: RequirementPosture) -> str:
    """What a person vouches for; the age of the attestation once it is over; that nobody has, else."""
    return str(row.attested or row.attestation_word or NOT_ATTESTED)


def telling_reasons(row: RequirementPosture) -> list[Reason]:
    """The reasons for a state: what is in order explains a good state, and no other.

    That something is not shown is said in any case.
    """
    against = [reason for reason in row.reasons if not reason.state.good or reason.target == row.id]
    return against or list(row.reasons)


def reason_href(reason: Reason) -> str:
    """Where a reason leads: to its check, or to the record it rests on."""
    if reason.result is not None:
        return reverse("check", args=[reason.check, reason.subject])
    if cells.REFERENCE.fullmatch(reason.target):
        return cells.record_href(reason.target)
    return ""
