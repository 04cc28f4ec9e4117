"""Workflows are values: states, and the moves between them with what each move asks of the mover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property


@dataclass(frozen=True)
class Move:
    """One step: from any of ``sources`` to ``target``.

    ``approves`` records an approval of the present revision by the mover, who then must not have
    written it (four eyes). ``independent`` demands that the mover is neither owner nor last writer.
    ``reason`` demands a written reason. ``freezes`` forbids later amendment in the target state.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str
    approves: bool = False
    independent: bool = False
    reason: bool = False


@dataclass(frozen=True)
class Workflow:
    """The states a kind of record goes through; the first one is where a new record starts."""

    name: str
    states: tuple[str, ...]
    moves: tuple[Move, ...]
    final: frozenset[str] = frozenset()
    frozen: frozenset[str] = frozenset()
    carried: frozenset[str] = frozenset()
    """States before the final ones in which what a date was set for has been done."""

    @cached_property
    def settled(self) -> frozenset[str]:
        """States in which nothing can be overdue: what the date was set for is done, or all is over."""
        return self.final | self.carried

    def overdue(self, state: str, due: date | None, today: date) -> bool:
        """Whether a record in ``state`` is late: its day has passed and what it was set for is not done."""
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


REVIEWED = Workflow(
    "reviewed",
    ("draft", "in review", "approved", "retired"),
    (
        Move("submit", "Ask for review", ("draft",), "in review"),
        Move("return", "Return to draft", ("in review",), "draft", reason=True),
        Move("approve", "Approve", ("in review",), "approved", approves=True),
        Move("revise", "Revise", ("approved",), "draft"),
        Move("retire", "Retire", ("approved", "draft"), "retired", reason=True),
    ),
    final=frozenset({"retired"}),
    frozen=frozenset({"approved", "retired"}),
)

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
)

ACTIONED = Workflow(
    "actioned",
    ("suspected", "open", "contained", "corrected", "verified", "closed", "dismissed"),
    (
        Move("confirm", "Confirm", ("suspected",), "open", reason=True),
        Move("dismiss", "Dismiss", ("suspected",), "dismissed", reason=True),
        Move("withdraw", "Withdraw", ("open",), "dismissed", independent=True, reason=True),
        Move("contain", "Record containment", ("open",), "contained"),
        Move("correct", "Record the correction", ("open", "contained"), "corrected"),
        Move("verify", "Verify effectiveness", ("corrected",), "verified", independent=True),
        Move("reopen", "Reopen", ("corrected", "verified", "closed", "dismissed"), "open", reason=True),
        Move("close", "Close", ("verified",), "closed", independent=True),
    ),
    final=frozenset({"closed", "dismissed"}),
    frozen=frozenset({"verified", "closed", "dismissed"}),
    carried=frozenset({"corrected", "verified"}),
)

RECORDED = Workflow(
    "recorded",
    ("draft", "final"),
    (Move("finalise", "Make final", ("draft",), "final"),),
    final=frozenset({"final"}),
    frozen=frozenset({"final"}),
)
