"""Reads shared by many questions about one moment, within one block of code and no longer.

Whether one person may take one step is asked with a handful of queries. Asked of thousands of records in a
row, most of those queries would be the same ones: they are read once, or put in beforehand for all records.
The rules themselves do not change, so that the answer for many is the answer for each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

_Value = TypeVar("_Value")

# A context variable and not a global: requests that run side by side must not see each other's reads.
_answers: ContextVar[dict[Hashable, Any] | None] = ContextVar("memo", default=None)


@contextmanager
def shared_reads() -> Iterator[None]:
    """Keep what `read_once` reads until the block is over. Only for blocks that write nothing."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def is_shared() -> bool:
    """Whether many questions are being asked at once."""
    return _answers.get() is not None


def read_once(key: Hashable, read: Callable[[], _Value]) -> _Value:
    """What ``read`` returns; within `shared_reads`, what it returned for this key before."""
    answers = _answers.get()
    if answers is None:
        return read()
    if key not in answers:
        answers[key] = read()
    value: _Value = answers[key]
    return value


def preload(key: Hashable, value: object) -> None:
    """Put in what `read_once` shall answer for ``key``; without effect outside `shared_reads`."""
    answers = _answers.get()
    if answers is not None:
        answers[key] = value
