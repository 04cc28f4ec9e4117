"""The process that has the evidence store open answers questions on a local socket, to its owner only."""

from __future__ import annotations

import os
import socketserver
import threading
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec

from plumbline.telemetry.store import wire
from plumbline.telemetry.store.port import Reader

_CONCURRENT: Final = 8
"""Questions answered at once; the engine takes one at a time, so more would only hold more memory."""
_IDLE: Final = 60.0
"""Seconds a connection may be silent: a client that hangs must not keep a thread for good."""


class StoreServer:
    """Answers the questions of `Reader` to ``store`` on ``evidence.sock`` in ``data`` (mode 0600)."""

    def __init__(self, data: Path, store: Reader) -> None:
        self.file = data / wire.SOCKET
        self._store = store
        self._slots = threading.BoundedSemaphore(_CONCURRENT)
        # Left behind by a process that was killed. The caller holds the store, so nobody else answers here.
        self.file.unlink(missing_ok=True)
        # The rights have to be right at the moment the socket appears: a chmod afterwards leaves a gap.
        before = os.umask(0o177)
        try:
            with wire.address(self.file) as name:
                self._server = _Server(name, self._handler())
        finally:
            os.umask(before)
        self._thread = threading.Thread(target=self._server.serve_forever, name="evidence", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and remove the socket."""
        self._server.shutdown()
        self._server.server_close()
        self.file.unlink(missing_ok=True)
        self._thread.join()

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        answer, slots = self.answer, self._slots

        class Handler(socketserver.StreamRequestHandler):
            timeout = _IDLE

            def handle(self) -> None:
                try:
                    while question := wire.read_frame(self.rfile, wire.REQUEST_LIMIT):
                        with slots:
                            reply = answer(question)
                        wire.write_frame(self.wfile, reply)
                except OSError:  # the client hung up, was idle or sent no frame
                    return

        return Handler

    def answer(self, question: bytes) -> bytes:
        """The answer to one encoded question; a refusal for one that is not allowed or cannot be met."""
        try:
            method, raw = wire.decode(question, tuple[str, msgspec.Raw])
            if method not in wire.QUESTIONS:
                return b"\x01" + wire.encode("This question is not allowed.")
            arguments = wire.decode(bytes(raw), wire.QUESTIONS[method].arguments)
            result: Any = getattr(self._store, method)(*arguments)
        except (msgspec.MsgspecError, ValueError, duckdb.Error) as error:
            # Only the class of the error: its text may repeat values of events.
            return b"\x01" + wire.encode(f"The evidence store cannot answer: {type(error).__name__}.")
        return b"\x00" + wire.encode(result)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64
