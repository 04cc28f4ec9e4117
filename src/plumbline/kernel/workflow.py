"""Workflows are values: states, the moves between them, and what each move requires of whoever makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property


@dataclass(frozen=True)
class Move:
    """One step: from any of ``sources`` to ``target``. The door of the records judges who may take it.

    ``approves`` records an approval of the present revision; only a person may take the step who has written
    nothing since the last approval. ``independent`` is stricter: only a person who has never written the
    record, does not own it and did not take the step before. ``confirms`` is the second half of a step that
    takes two people: only a person may take it who neither took the step before nor has written anything
    since the last approval. ``discards`` is open only while nothing of the record was ever approved,
    ``restores`` only while an approved revision is in force: it puts that revision's values back. ``reason``
    requires a written reason.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    approves: bool = False
    independent: bool = False
    confirms: bool = False
    discards: bool = False
    restores: bool = False
    reason: bool = False


@dataclass(frozen=True)
class Workflow:
    """The states a kind of record goes through; a new record is in the first one.

    In ``final`` states all is over, in ``frozen`` ones nothing may be amended. In ``carried`` states the work
    that a due date was set for has been done, although the record is not closed yet. In ``counts`` states a
    record counts as it stands; every other state is a draft of something. Where steps approve, the approved
    revision goes on being in force beside a newer draft until the record reaches an ``ended`` state. ``next``
    names by state the steps that are to be taken from it, where that is not the first one that starts there:
    none where all is in order, two where a judgement has two answers. In ``drafts`` a record may be
    incomplete; the steps that lead out of them ask for what is missing.
    """

    name: str
    states: tuple[str, ...]
    moves: tuple[Move, ...]
    final: frozenset[str] = frozenset()
    frozen: frozenset[str] = frozenset()
    carried: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    next: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    drafts: frozenset[str] = frozenset()

    @cached_property
    def approving(self) -> bool:
        """Whether what is in force is what somebody approved, and not merely what a state says."""
        return any(move.approves for move in self.moves)

    @cached_property
    def approved(self) -> frozenset[str]:
        """States in which a record stands as it was approved; without approvals, those that count.

        Where its end waits for a second person, nothing has ended yet: one person alone cannot take back an
        approval by proposing to retire what was approved.
        """
        if not self.approving:
            return self.counts
        proposed = {state for move in self.moves if move.confirms for state in move.sources}
        return self.counts | {
            state
            for state in proposed
            if all(self.counts.issuperset(move.sources) for move in self.moves if move.target == state)
        }

    @cached_property
    def settled(self) -> frozenset[str]:
        """States in which nothing can be overdue: the work is done, or all is over."""
        return self.final | self.carried

    def overdue(self, state: str, due: date | None, today: date) -> bool:
        """Whether a record in ``state`` is late: its due day has passed (the day itself is in time)."""
        return due is not None and due < today and state not in self.settled

    @property
    def initial(self) -> str:
        """The state of a new record."""
        return self.states[0]

    @cached_property
    def by_name(self) -> dict[str, Move]:
        """Moves by name."""
        return {move.name: move for move in self.moves}

    def open_from(self, state: str) -> tuple[Move, ...]:
        """The moves that start in ``state``."""
        return tuple(move for move in self.moves if state in move.sources)

    def completes(self, move: Move) -> bool:
        """Whether ``move`` takes a draft further, so that nothing may be missing from it any more.

        What is discarded need not be complete, and what drops a draft puts back what was complete.
        """
        leaves = self.drafts.intersection(move.sources) and move.target not in self.drafts
        return bool(leaves) and not (move.discards or move.restores)

    def next_from(self, state: str) -> tuple[str, ...]:
        """Names of the moves that are to be taken next from ``state``."""
        return self.next.get(state, tuple(move.name for move in self.open_from(state)[:1]))


REVIEWED = Workflow(
    "reviewed",
    ("draft", "in review", "approved", "retirement proposed", "retired"),
    (
        Move("submit", "Ask for review", ("draft",), "in review"),
        Move("return", "Return to draft", ("in review",), "draft", reason=True),
        Move("approve", "Approve", ("in review",), "approved", approves=True),
        Move("revise", "Revise", ("approved",), "draft"),
        Move("restore", "Drop the draft", ("draft", "in review"), "approved", restores=True),
        Move("discard", "Discard", ("draft", "in review"), "retired", discards=True, reason=True),
        Move("propose-retirement", "Propose retirement", ("approved",), "retirement proposed", reason=True),
        Move("keep", "Keep in force", ("retirement proposed",), "approved", reason=True),
        Move("retire", "Retire", ("retirement proposed",), "retired", confirms=True),
    ),
    final=frozenset({"retired"}),
    frozen=frozenset({"approved", "retirement proposed", "retired"}),
    counts=frozenset({"approved"}),
    ended=frozenset({"retired"}),
    next={
        "in review": ("approve", "return"),
        "approved": (),
        "retirement proposed": ("retire", "keep"),
    },
    drafts=frozenset({"draft"}),
)
"""Draft → in review → approved → retired. Two people put a revision in force, and two take it out: a revision
is opened beside the one in force, and a retirement is proposed by one person and carried out by another."""

TREATED = Workflow(
    "treated",
    ("identified", "assessed", "treated", "accepted", "closed"),
    (
        Move("assess", "Record the assessment", ("identified",), "assessed"),
        Move("treat", "Record the treatment", ("assessed", "accepted"), "treated"),
        Move(
            "accept",
            "Accept the residual risk",
            ("treated", "assessed"),
            "accepted",
            approves=True,
            reason=True,
        ),
        Move("reassess", "Assess again", ("treated", "accepted", "assessed"), "identified"),
        Move("close", "Close", ("accepted", "treated"), "closed", independent=True, reason=True),
    ),
    final=frozenset({"closed"}),
    frozen=frozenset({"accepted", "closed"}),
    counts=frozenset({"accepted"}),
    ended=frozenset({"closed"}),
    next={"accepted": ()},
)

ACTIONED = Workflow(
    "actioned",
    (
        *("suspected", "dismissal proposed", "open", "contained"),
        *("corrected", "verified", "closed", "dismissed"),
    ),
    (
        Move("confirm", "Confirm", ("suspected", "dismissal proposed"), "open", reason=True),
        Move("propose-dismissal", "Propose dismissal", ("suspected",), "dismissal proposed", reason=True),
        Move("keep", "Keep as suspected", ("dismissal proposed",), "suspected", reason=True),
        Move("dismiss", "Dismiss", ("dismissal proposed",), "dismissed", confirms=True),
        Move("withdraw", "Withdraw", ("open",), "dismissed", independent=True, reason=True),
        Move("contain", "Record containment", ("open",), "contained"),
        Move("correct", "Record the correction", ("open", "contained"), "corrected"),
        Move("verify", "Verify effectiveness", ("corrected",), "verified", independent=True),
        Move("reopen", "Reopen", ("corrected", "verified", "closed", "dismissed"), "open", reason=True),
        Move("close", "Close", ("verified",), "closed", independent=True),
    ),
    final=frozenset({"closed", "dismissed"}),
    frozen=frozenset({"dismissal proposed", "verified", "closed", "dismissed"}),
    carried=frozenset({"corrected", "verified"}),
    # A suspicion is nobody's finding yet, and a dismissed one never was.
    counts=frozenset({"open", "contained", "corrected", "verified", "closed"}),
    next={
        "suspected": ("confirm", "propose-dismissal"),
        "dismissal proposed": ("dismiss", "keep"),
        "open": ("contain",),
        "verified": ("close",),
        "closed": (),
        "dismissed": (),
    },
)

RECORDED = Workflow(
    "recorded",
    ("draft", "final"),
    (Move("finalise", "Make final", ("draft",), "final"),),
    final=frozenset({"final"}),
    frozen=frozenset({"final"}),
    counts=frozenset({"final"}),
    drafts=frozenset({"draft"}),
)
