"""An installation that really runs: a data folder, the server as a process, people beside it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests import clock
from tests.waiting import PATIENCE, until

PROJECT = Path(__file__).parents[2]
DATA = PROJECT / "tests" / "data"
BATCHES, TRACES = "/api/v1/telemetry/batches", "/v1/traces"


@dataclass(frozen=True)
class Reply:
    """What came back from the server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Refused(AssertionError):
    """The office answered with a problem."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem['class']}: {problem.get('detail')} {problem.get('errors', '')}")
        self.problem = problem

    @property
    def fields(self) -> set[str]:
        """The fields that the problem names."""
        return {fault["field"] for fault in self.problem.get("errors", [])}


def free_port(wanted: int = 0) -> int:
    """A port nobody has now: the ``wanted`` one if it is to be had, else the choice of the system."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AssertionError("the system has no free port")


def surroundings(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process of the installation in ``data``: no setting of the test's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PLUMBLINE_") and not name.startswith("DJANGO_")
    }
    paths = os.pathsep.join(map(str, (clock.CHILD, PROJECT / "src", PROJECT / "sdk" / "python" / "src")))
    return {**kept, "PLUMBLINE_DATA": str(data), "PYTHONPATH": paths, **more}


@dataclass
class Installation:
    """A data folder with everything that runs on it."""

    data: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=lambda: {"PLUMBLINE_PUBLISH_INTERVAL": "0.1"})
    server: subprocess.Popen[bytes] | None = None
    _office: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        """What the server and the pump said."""
        return self.data.parent / f"{self.data.name}.log"

    def run(self, *words: str, code: int = 0, **environ: str) -> str:
        """A command of the product; what it printed. Fails when it ends with another exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "plumbline.cli.main", *words],
            env=surroundings(self.data, **self.settings, PLUMBLINE_PORT=str(self.port), **environ),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *words: str) -> None:
        """Start the server and wait until it answers; at the port of the time before unless it was taken.

        ``words`` are further options of ``plumbline serve``.
        """
        self.port = free_port(self.port)
        with self.log_file.open("ab") as said:
            self.server = subprocess.Popen(
                [sys.executable, "-m", "plumbline.cli.main", "serve", "--port", str(self.port), *words],
                env=surroundings(self.data, **self.settings),
                stdout=said,
                stderr=said,
            )
        self.awake()

    def awake(self) -> None:
        """Wait until the server answers on its port, and its pump on the socket of the store."""
        until(self._answers, lambda: f"the server did not start:\n{self.said()}", pause=0.05)

    def _answers(self) -> bool:
        assert self.server is not None
        assert self.server.poll() is None, self.said()
        try:
            if self.send("GET", "/v1/logs").status != 501:
                return False
            self._knock()
        except OSError:
            return False
        return True

    def _knock(self) -> None:
        place = os.open(self.data, os.O_RDONLY)  # the path itself may be too long for a socket
        try:
            with socket.socket(socket.AF_UNIX) as store:
                store.connect(f"/proc/self/fd/{place}/evidence.sock")
        finally:
            os.close(place)

    def stop(self) -> int:
        """Ctrl-C; the exit code of the server."""
        assert self.server is not None
        self.server.send_signal(signal.SIGINT)
        code = self.server.wait(timeout=PATIENCE)
        self.server = None
        return code

    def close(self) -> None:
        """End whatever still runs."""
        if self._office is not None:
            assert self._office.stdin is not None
            self._office.stdin.close()
            self._office.wait(timeout=PATIENCE)
            self._office = None
        if self.server is not None:
            self.stop()

    def live_on(self, until: datetime) -> None:
        """Start everything anew at a later time, as if the days until then had passed."""
        self.close()
        self.settings = {**self.settings, clock.SHIFT: str(until.timestamp() - clock.real())}
        self.start()

    def said(self) -> str:
        """What the server and the pump have said so far."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def pump(self) -> int:
        """Process id of the pump."""
        assert self.server is not None
        threads = Path(f"/proc/{self.server.pid}/task").iterdir()
        children = [child for thread in threads for child in (thread / "children").read_text().split()]
        return int(children[0])

    # The people

    def ask(self, act: str, **given: Any) -> Any:
        """Let somebody do something (see ``office.py``). Raises `Refused`."""
        if self._office is None:
            self._office = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("office.py"))],
                env=surroundings(self.data, **self.settings),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._office.stdin is not None
        assert self._office.stdout is not None
        self._office.stdin.write(json.dumps({"do": act, "with": given}) + "\n")
        self._office.stdin.flush()
        answer = json.loads(self._office.stdout.readline() or "{}")
        if "problem" in answer:
            raise Refused(answer["problem"])
        return answer["is"]

    def quiet(self) -> None:
        """Wait until the flow has nothing left to do, three times in a row."""
        looks: deque[bool] = deque(maxlen=3)

        def calm() -> bool:
            looks.append(self.ask("settled"))
            return len(looks) == 3 and all(looks)

        until(calm, lambda: f"the flow did not come to rest:\n{self.said()}", pause=0.15)

    # The network

    def send(self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str) -> Reply:
        """One HTTP request; ``body`` is bytes or an iterable of bytes (sent in chunks)."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            given["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, fields, answer.read())
        finally:
            connection.close()

    def post(self, content: Any, token: str, path: str = BATCHES, **headers: str) -> Reply:
        """Post JSON (or bytes as they are) to an ingest door."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.send("POST", path, body, token=token, **{"Content_Type": "application/json", **headers})
