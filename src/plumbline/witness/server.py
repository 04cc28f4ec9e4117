"""The witness over HTTP: ``POST /add-checkpoint``, and the key of the witness at ``GET /vkey``.

The standard library's server, in threads. It speaks plain HTTP: put it behind a proxy that does TLS, unless
the network in between is your own. Requests need no sign-in, since a checkpoint carries its log's signature.
"""

from __future__ import annotations

import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from plumbline.kernel.problems import Problem
from plumbline.witness.memory import Memory
from plumbline.witness.protocol import LARGEST_REQUEST, Reply, add_checkpoint

TIMEOUT = 10
"""Seconds that a connection may say nothing."""
_log = logging.getLogger(__name__)


class WitnessServer(ThreadingHTTPServer):
    """Answers for the witness in ``memory``."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], memory: Memory) -> None:
        """Listen on ``address``. Raises `NotFound` if there is no witness in ``memory``."""
        self.memory, self.vkey = memory, str(memory.key())
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """The submission prefix."""
        host, port = self.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}"


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT
    server_version, sys_version = "plumbline-witness", ""

    def do_GET(self) -> None:
        self._answer(
            Reply(200, f"{self.server.vkey}\n") if self.path == "/vkey" else Reply(404, "Not here.\n")
        )

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint" or not length.isdecimal() or int(length) > LARGEST_REQUEST:
            # What was announced is not read, so the connection cannot be used for another request.
            self.close_connection = True
            wrong_path = self.path != "/add-checkpoint"
            self._answer(
                Reply(404, "Not here.\n") if wrong_path else Reply(413, "The request is too large.\n")
            )
            return
        content = self.rfile.read(int(length))
        try:
            reply = add_checkpoint(self.server.memory, content)
        except Problem as problem:
            _log.error("nothing is cosigned: %s", problem.detail)
            reply = Reply(503, f"{problem.detail}\n")
        self._answer(reply)

    def _answer(self, reply: Reply) -> None:
        content = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        _log.info("%s %s", self.address_string(), format % args)
