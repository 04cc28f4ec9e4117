"""States and their names, the same on pages, in exports, on the command line and in the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class MeasuredState(StrEnum):
    """Measured state of a requirement, most severe first (`NOT_APPLICABLE` never takes part in a roll-up)."""

    FAILING = "Failing"
    NO_SIGNAL = "No signal"
    STALE = "Stale"
    DEGRADED = "Degraded"
    NOT_MEASURED = "Not measured"
    EFFECTIVE = "Effective"
    NOT_APPLICABLE = "Not applicable"


class CheckState(StrEnum):
    """What one check reads on one subject."""

    WITHIN = "Within"
    OVER = "Over limit"
    UNDER = "Under limit"
    NO_SIGNAL = "No signal"
    PAUSED = "Paused"


class EvidenceState(StrEnum):
    """Age of one piece of evidence against its validity."""

    IN_DATE = "In date"
    DUE_SOON = "Due soon"
    OUT_OF_DATE = "Out of date"
    WITHDRAWN = "Withdrawn"


class ProofState(StrEnum):
    """What the trail can prove of an entry."""

    VERIFIED = "Verified"
    NOT_YET_ANCHORED = "Not yet anchored"
    BROKEN = "Broken"


class RequirementState(StrEnum):
    """How much evidence a requirement has. The product never says that a requirement is met."""

    COMPLETE = "Evidence complete"
    PARTIAL = "Evidence partial"
    MISSING = "Evidence missing"
    NOT_ASSESSED = "Not assessed"


class AttestedState(StrEnum):
    """What a person vouches for in an attestation."""

    EFFECTIVE = "Effective"
    NOT_EFFECTIVE = "Not effective"
    CANNOT_TELL = "Cannot tell"


SEVERITY: dict[MeasuredState, int] = {state: place for place, state in enumerate(MeasuredState)}


def worst(states: Iterable[MeasuredState]) -> MeasuredState:
    """The most severe of ``states`` that apply; *Not applicable* if none of them does."""
    applying = [state for state in states if state is not MeasuredState.NOT_APPLICABLE]
    return min(applying, key=SEVERITY.__getitem__, default=MeasuredState.NOT_APPLICABLE)


def counts(states: Iterable[MeasuredState]) -> dict[MeasuredState, int]:
    """How many of each state, in order of gravity, zeros left out."""
    tally = Counter(states)
    return {state: tally[state] for state in MeasuredState if tally[state]}
