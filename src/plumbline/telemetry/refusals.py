"""What the ingest doors refused last, by token, so that whoever connects a system sees why nothing arrives.

Kept in the memory of the process and not in a table: it helps while somebody is connecting a system, proves
nothing, and a sender that fails in a loop must not cost a write for each of its tries. Of several servers of
one installation each knows what it answered itself.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from plumbline.kernel.messages import Text
from plumbline.kernel.problems import Fault

TOKENS: Final = 500
"""Tokens remembered at most. Whoever guesses ids can push others out, and cannot make the memory grow."""
FAULTS: Final = 5


@dataclass(frozen=True)
class Refusal:
    """One answer of a door that took nothing, or not all: when, its HTTP status, where, and why.

    The reasons are those of the answer itself; they name fields and never repeat a value.
    """

    at: datetime
    status: int
    door: str
    detail: Text
    faults: tuple[Fault, ...] = ()


_last: OrderedDict[str, Refusal] = OrderedDict()
_lock = threading.Lock()


def note(token: str, refusal: Refusal) -> None:
    """Remember ``refusal`` as the last one of the token with this opaque id; without an id nothing."""
    if not token:
        return
    with _lock:
        _last[token] = refusal
        _last.move_to_end(token)
        while len(_last) > TOKENS:
            _last.popitem(last=False)


def last(token: str) -> Refusal | None:
    """The last refusal of the token with this opaque id that this process answered, if there was one."""
    with _lock:
        return _last.get(token)


def forget() -> None:
    """Forget every refusal."""
    with _lock:
        _last.clear()
