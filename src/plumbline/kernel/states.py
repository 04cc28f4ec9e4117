"""States and their names, the same on pages, in exports, on the command line and in the API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class MeasuredState(StrEnum):
    """Measured state of a requirement, most severe first (`NOT_APPLICABLE` never takes part in a roll-up).

    There is no single good state: the good end says how strong the evidence is (`Strength`).
    """

    FAILING = "Failing"
    NO_SIGNAL = "No signal"
    STALE = "Stale"
    DEGRADED = "Degraded"
    NOT_MEASURED = "Not measured"
    NOTHING_TO_JUDGE = "Nothing to judge"
    RECORDED = "Recorded"
    OPERATING = "Operating"
    EFFECTIVE = "Effective"
    PROVED = "Proved"
    NOT_APPLICABLE = "Not applicable"

    @property
    def good(self) -> bool:
        """Whether something shows that the requirement is met, however weakly."""
        return self in GOOD


class Strength(StrEnum):
    """What evidence can show at best, weakest first; in the words of the measured state.

    *Recorded*: what is asked is written and approved. *Operating*: acts or events of the period show that
    it is done. *Effective*: results lie within limits that the organization itself set beforehand.
    *Proved*: a fault that was put in on purpose was caught.
    """

    RECORDED = "Recorded"
    OPERATING = "Operating"
    EFFECTIVE = "Effective"
    PROVED = "Proved"

    @property
    def rank(self) -> int:
        """Its place from the weakest, 0, to the strongest."""
        return STRENGTHS.index(self)

    @property
    def state(self) -> MeasuredState:
        """The measured state that says it."""
        return MeasuredState(self.value)


class CheckState(StrEnum):
    """What one check reads on one subject."""

    WITHIN = "Within"
    OVER = "Over limit"
    UNDER = "Under limit"
    NO_SIGNAL = "No signal"
    PAUSED = "Paused"
    NOTHING_TO_JUDGE = "Nothing to judge"


class MemberState(StrEnum):
    """What a check says of one member of its population."""

    COVERED = "Covered"
    MISSING = "Missing"
    EXCLUDED = "Excluded"


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


STRENGTHS: tuple[Strength, ...] = tuple(Strength)
"""Weakest first."""
GOOD = frozenset(strength.state for strength in STRENGTHS)
"""The measured states of a requirement that something shows to be met, each only as far as its word says."""
BEYOND = frozenset({CheckState.OVER, CheckState.UNDER})
"""The words of a result that is beyond its limit."""
SEVERITY: dict[MeasuredState, int] = {state: place for place, state in enumerate(MeasuredState)}


def worst(states: Iterable[MeasuredState]) -> MeasuredState:
    """The most severe of ``states`` that apply; *Not applicable* if none of them does."""
    applying = [state for state in states if state is not MeasuredState.NOT_APPLICABLE]
    return min(applying, key=SEVERITY.__getitem__, default=MeasuredState.NOT_APPLICABLE)


def weaker(one: Strength, other: Strength) -> Strength:
    """The weaker of two; `min` would compare the words by their letters."""
    return min(one, other, key=STRENGTHS.index)


def counts(states: Iterable[MeasuredState]) -> dict[MeasuredState, int]:
    """How many of each state, in order of gravity, zeros left out."""
    tally = Counter(states)
    return {state: tally[state] for state in MeasuredState if tally[state]}
