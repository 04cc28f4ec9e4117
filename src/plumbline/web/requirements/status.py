"""Where every requirement stands, measured and attested, as the pages read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from plumbline import catalogs
from plumbline.controls import posture
from plumbline.controls.requirement_posture import Reason, RequirementPosture
from plumbline.identity.actors import Actor
from plumbline.kernel.states import MeasuredState, RequirementState
from plumbline.web import cells
from plumbline.web.messages import VisibleNames, to_html, to_text

NOT_ATTESTED = "Not attested"
ITEMS_SHOWN = 3
"""Items of an enumeration that a reason names in a list."""


@dataclass(frozen=True)
class Why:
    """A reason in a sentence, with the page it leads to; ``short`` is its beginning with links to records."""

    text: str
    href: str
    short: SafeString


@dataclass(frozen=True)
class Standing:
    """One requirement: what the checks read, what a person vouches for, and whether the two disagree."""

    id: str
    measured: MeasuredState
    measured_at: datetime | None
    attested: str
    attested_at: datetime | None
    attested_by: str
    disagreement: str
    word: RequirementState
    reasons: tuple[Why, ...]
    attestation: str = ""
    missing: tuple[str, ...] = ()
    counted: str = ""
    newest_at: datetime | None = None


def blank(requirement_id: str) -> Standing:
    """A requirement of which nothing is known."""
    return Standing(
        requirement_id,
        MeasuredState.NOT_MEASURED,
        None,
        NOT_ATTESTED,
        None,
        "",
        "",
        RequirementState.NOT_ASSESSED,
        (),
    )


def _href(reason: Reason) -> str:
    if reason.result is not None:
        return reverse("check", args=[reason.check, reason.subject])
    if cells.REFERENCE.fullmatch(reason.target):
        return cells.record_href(reason.target)
    return ""


def _telling(row: RequirementPosture) -> list[Reason]:
    """The reasons for a state: what is in order explains a good state, and no other.

    That something is not shown is said in any case.
    """
    against = [one for one in row.reasons if one.state is not MeasuredState.EFFECTIVE or one.target == row.id]
    return against or list(row.reasons)


def standings(actor: Actor) -> dict[str, Standing]:
    """The standing of every control and sub-clause, by requirement id."""
    found = {row.id: blank(row.id) for row in (*catalogs.controls(), *catalogs.subclauses())}
    rows = posture.posture(actor)
    told = {row.id: _telling(row) for row in rows}
    known = VisibleNames(actor)
    known.learn(reason.message for reasons in told.values() for reason in reasons)
    for row in rows:
        found[row.id] = Standing(
            id=row.id,
            measured=row.measured,
            measured_at=row.measured_at,
            attested=str(row.attested or row.attestation_word or NOT_ATTESTED),
            attested_at=row.attested_at,
            attested_by=row.attested_by,
            disagreement=str(row.disagreement),
            word=row.word,
            reasons=tuple(
                Why(
                    to_text(reason.message, known),
                    _href(reason),
                    to_html(reason.message, known, shown=ITEMS_SHOWN),
                )
                for reason in told[row.id]
            ),
            newest_at=row.newest_at,
            attestation=row.attestation,
            missing=row.evidence_missing,
            counted=f"{row.evidence_have} of {row.evidence_of} sources",
        )
    return found
