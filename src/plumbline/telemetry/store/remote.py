"""The evidence store as other processes see it: the same questions, asked over the local socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from plumbline.kernel.problems import Unavailable
from plumbline.telemetry.store import wire
from plumbline.telemetry.store.port import Reader

_FILE = "evidence.duckdb"
_walked: ContextVar[Reader | None] = ContextVar("plumbline_walked_store", default=None)


class RemoteStore:
    """A `Reader` that asks the process which has the store open. Every method may raise `Unavailable`.

    The methods are those of `Reader`: a question is declared there and nowhere else. Annotate a variable
    that holds one as `Reader`, so that the types of the answers are checked.
    """

    def __init__(self, data: Path, *, timeout: float = 30.0) -> None:
        """Ask the process of the data folder ``data``; wait at most ``timeout`` seconds for an answer."""
        self._file = data / wire.SOCKET
        self._timeout = timeout

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in wire.QUESTIONS:
            raise AttributeError(name)
        return partial(self._ask, name)

    def _ask(self, method: str, /, *args: Any, **kwargs: Any) -> Any:
        question = wire.QUESTIONS[method]
        call = question.signature.bind(self, *args, **kwargs)
        call.apply_defaults()
        try:
            with wire.connected(self._file, self._timeout) as stream:
                wire.write_frame(stream, wire.encode((method, call.args[1:])))
                answer = wire.read_frame(stream, wire.ANSWER_LIMIT)
        except OSError as error:
            raise Unavailable("The evidence store does not answer. Is the server running?") from error
        try:
            if answer[:1] == b"\x00":
                return wire.decode(answer[1:], question.answer)
            reason = wire.decode(answer[1:], str) if answer else "The evidence store ended the connection."
        except msgspec.MsgspecError as error:
            raise Unavailable("The evidence store gave an answer that cannot be read.") from error
        raise Unavailable(reason)

    def answers(self) -> bool:
        """Whether a process answers on the socket."""
        try:
            self.watermark()
        except Unavailable:
            return False
        return True


@contextmanager
def open_reader(data: Path, *, timeout: float = 30.0) -> Iterator[Reader]:
    """A reader for a command: the running server's store if there is one, else the file itself.

    ``timeout`` is how many seconds an answer of that server may take.

    DuckDB lets one process open a file, so a command beside a running server has to ask that server.
    """
    remote = RemoteStore(data, timeout=timeout)
    if remote.answers():
        yield remote
        return
    from plumbline.telemetry.store.duckdb import (
        DuckStore,  # the engine takes long to load, and is rarely needed
    )

    store = DuckStore(data / _FILE)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def walked_reader(data: Path) -> Iterator[Reader]:
    """The reader that a walk around this block has opened by this function already, else one of its own.

    Opening the store takes longer than comparing a range of it, so a whole walk opens it once.
    """
    present = _walked.get()
    if present is not None:
        yield present
        return
    with open_reader(data) as store:
        token = _walked.set(store)
        try:
            yield store
        finally:
            _walked.reset(token)
