"""Giving sealed segments their leaves in the trail, several in one transaction when several wait.

Threads that have sealed a segment queue here. Whoever gets the turn logs all that wait by then, in one
transaction, and the others find their leaf given: one commit to disk serves them all.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from django.db import DatabaseError, transaction

from plumbline.kernel.problems import Problem
from plumbline.telemetry.spool import Sealed, Spool
from plumbline.trail import log, turns


@dataclass(eq=False)
class _Wish:
    """One segment that waits for its leaf; ``failure`` when the transaction it was in did not commit."""

    spool: Spool
    sealed: Sealed
    leaf: int | None = None
    failure: Problem | DatabaseError | None = None


_waiting: deque[_Wish] = deque()
_turn = threading.Lock()


def log_segment(spool: Spool, sealed: Sealed) -> int:
    """Give a sealed segment its leaf in the trail, once however often it is asked; answers the number.

    Raises what the trail raises (`ReadOnly`, `Invalid` …) and ``DatabaseError`` when it cannot write.
    """
    wish = _Wish(spool, sealed)
    _waiting.append(wish)
    with _turn:
        if wish.leaf is None and wish.failure is None:
            _log_all(wish)
    if wish.failure is not None:
        raise wish.failure
    if wish.leaf is None:
        raise DatabaseError("the trail gave no number")
    return wish.leaf


def _log_all(own: _Wish) -> None:
    wishes = [_waiting.popleft() for _ in range(len(_waiting))]
    try:
        if not _log_together(wishes):
            for wish in wishes:  # each by itself, so that one which is refused stops no other
                _log_together([wish])
    except BaseException:
        _waiting.extend(wish for wish in wishes if wish is not own and wish.leaf is None)
        raise


def _log_together(wishes: list[_Wish]) -> bool:
    """Whether all is said: given leaves, or, for one alone, why not."""
    try:
        with turns.short(), transaction.atomic():
            leaves = [_append(wish.sealed) for wish in wishes]
    except (Problem, DatabaseError) as failure:
        wishes[0].failure = failure if len(wishes) == 1 else None
        return len(wishes) == 1
    for wish, leaf in zip(wishes, leaves, strict=True):
        wish.leaf = leaf
        wish.spool.mark_logged(wish.sealed.seq, leaf)
    return True


def _append(sealed: Sealed) -> int:
    return log.append(
        "telemetry.segment",
        actor=sealed.actor,
        subject={"type": "segment", "ref": str(sealed.id)},
        facts=sealed.facts,
        source="telemetry",
        client_id=sealed.id,
        retention="telemetry",
    ).index
