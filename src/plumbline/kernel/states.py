"""The words for states. They mean one thing on pages, in exports, on the command line and in the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class Measured(StrEnum):
    """Measured state of a requirement, gravest first (`NOT_APPLICABLE` never takes part in a roll-up)."""

    FAILING = "Failing"
    NO_SIGNAL = "No signal"
    STALE = "Stale"
    DEGRADED = "Degraded"
    NOT_MEASURED = "Not measured"
    EFFECTIVE = "Effective"
    NOT_APPLICABLE = "Not applicable"


class CheckWord(StrEnum):
    """What one check reads on one subject."""

    WITHIN = "Within"
    OVER = "Over limit"
    UNDER = "Under limit"
    NO_SIGNAL = "No signal"
    PAUSED = "Paused"


class EvidenceWord(StrEnum):
    """Age of one piece of evidence against its validity."""

    IN_DATE = "In date"
    DUE_SOON = "Due soon"
    OUT_OF_DATE = "Out of date"
    WITHDRAWN = "Withdrawn"


class ProofWord(StrEnum):
    """What the trail says of an entry."""

    VERIFIED = "Verified"
    NOT_YET_ANCHORED = "Not yet anchored"
    BROKEN = "Broken"


class RequirementWord(StrEnum):
    """How much evidence a requirement has. The product never says that a requirement is met."""

    COMPLETE = "Evidence complete"
    PARTIAL = "Evidence partial"
    MISSING = "Evidence missing"
    NOT_ASSESSED = "Not assessed"


class Attested(StrEnum):
    """What a person vouches for."""

    EFFECTIVE = "Effective"
    NOT_EFFECTIVE = "Not effective"
    CANNOT_TELL = "Cannot tell"


GRAVITY: dict[Measured, int] = {state: place for place, state in enumerate(Measured)}


def gravest(states: Iterable[Measured]) -> Measured:
    """The gravest of ``states``, leaving out those that do not apply; *Not applicable* if none is left."""
    applying = [state for state in states if state is not Measured.NOT_APPLICABLE]
    return min(applying, key=GRAVITY.__getitem__, default=Measured.NOT_APPLICABLE)


def counts(states: Iterable[Measured]) -> dict[Measured, int]:
    """How many of each state, in order of gravity, zeros left out."""
    tally = Counter(states)
    return {state: tally[state] for state in Measured if tally[state]}
