"""A trail, and what may hold its checkpoints: a witness, a git remote, a time-stamping authority."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.trail.conftest import Trail
from tests.trail.conftest import trail as trail

from plumbline.kernel.note import VerifierKey
from plumbline.witness.memory import Memory
from plumbline.witness.server import WitnessServer


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    """Changes settings of the installation."""

    def change(**changes: Any) -> None:
        settings.PLUMBLINE = replace(settings.PLUMBLINE, **changes)

    return change


@dataclass
class RunningWitness:
    """A witness that answers, and its memory."""

    memory: Memory
    url: str
    policy: Path


@pytest.fixture
def witness(trail: Trail, tmp_path: Path, configure: Callable[..., None]) -> Iterator[RunningWitness]:
    """A witness of the trail, named by the settings with a quorum of itself."""
    memory = Memory(tmp_path / "audit" / "witness")
    key = memory.create("audit.example/witness")
    memory.add_log(VerifierKey.parse(trail.report.vkey))
    with WitnessServer(("127.0.0.1", 0), memory) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        policy = tmp_path / "policy"
        policy.write_text(f"log {trail.report.vkey}\nwitness audit {key} {server.url}\nquorum audit\n")
        configure(anchor_witnesses=str(policy), anchor_private=True)
        yield RunningWitness(memory, server.url, policy)
        server.shutdown()
        thread.join()


@pytest.fixture
def git_remote(tmp_path: Path, configure: Callable[..., None]) -> Path:
    """A bare repository of somebody else that takes no forced push."""
    folder = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder)], check=True)
    for name, value in (("receive.denyNonFastForwards", "true"), ("receive.denyDeletes", "true")):
        subprocess.run(["git", "-C", str(folder), "config", name, value], check=True)
    configure(anchor_git=str(folder), anchor_private=True)
    return folder


CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[stamping]
basicConstraints = critical,CA:false
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """A time-stamping authority of `openssl ts`, in its own folder, with its own root."""

    def __init__(self, folder: Path, *, days: tuple[str, str] | None = None) -> None:
        """``days`` are the first and last moment of the stamping certificate (``YYYYMMDDHHMMSSZ``)."""
        folder.mkdir()
        self.folder = folder
        (folder / "config").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        self._openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "root.key",
                      "-out", "root.pem", "-subj", f"/CN=Root of {folder.name}", "-days", "3650",
                      "-config", "config", "-extensions", "root")  # fmt: skip
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr",
                      "-subj", f"/CN=TSA of {folder.name}", "-config", "config")  # fmt: skip
        if days is None:
            self._openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
                          "-CAcreateserial", "-out", "tsa.pem", "-days", "3650", "-extfile", "config",
                          "-extensions", "stamping")  # fmt: skip
        else:
            self._sign_between(*days)

    def _sign_between(self, first: str, last: str) -> None:
        (self.folder / "index").write_text("")
        (self.folder / "ca").write_text(
            f"[ca]\ndefault_ca=own\n[own]\ndir={self.folder}\ndatabase={self.folder}/index\n"
            f"new_certs_dir={self.folder}\nserial={self.folder}/ca-serial\npolicy=any\ndefault_md=default\n"
            "[any]\ncommonName=supplied\n"
        )
        (self.folder / "ca-serial").write_text("02\n")
        self._openssl("ca", "-batch", "-notext", "-config", "ca", "-in", "tsa.csr", "-out", "tsa.pem",
                      "-cert", "root.pem", "-keyfile", "root.key", "-startdate", first, "-enddate", last,
                      "-extfile", "config", "-extensions", "stamping")  # fmt: skip

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    @property
    def root(self) -> str:
        """The root certificate (PEM)."""
        return (self.folder / "root.pem").read_text()

    def stamp(self, query: bytes, *extra: Path) -> bytes:
        """The answer to a query; certificates of the files ``extra`` are put in as well."""
        (self.folder / "query").write_bytes(query)
        (self.folder / "chain.pem").write_text("".join(file.read_text() for file in extra))
        chain = ("-chain", "chain.pem") if extra else ()
        self._openssl("ts", "-reply", "-queryfile", "query", "-signer", "tsa.pem", "-inkey", "tsa.key",
                      "-out", "reply", "-config", "config", *chain)  # fmt: skip
        return (self.folder / "reply").read_bytes()

    def verify(self, data: bytes, reply: bytes, folder: Path) -> bool:
        """Whether `openssl ts -verify` takes ``reply`` for ``data``."""
        (folder / "data").write_bytes(data)
        (folder / "reply").write_bytes(reply)
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-data", "data", "-in", "reply",
             "-CAfile", str(self.folder / "root.pem")],
            cwd=folder, capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0


class StampServer:
    """Answers queries over HTTP with whatever ``answer`` makes of them."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        """``answer`` may be exchanged between requests."""
        outer = self
        self.answer, self.status = answer, 200

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                content = outer.answer(query)
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority whose root the settings trust."""
    return Authority(tmp_path_factory.mktemp("authorities") / "ours")


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("authorities") / "foreign")


@pytest.fixture
def stamps(
    trail: Trail, authority: Authority, tmp_path: Path, configure: Callable[..., None]
) -> Iterator[StampServer]:
    """A server of the trusted authority, named by the settings."""
    server = StampServer(authority.stamp)
    roots = tmp_path / "roots.pem"
    roots.write_text(authority.root)
    configure(anchor_timestamps=server.url, anchor_timestamp_roots=str(roots), anchor_private=True)
    thread = threading.Thread(target=server.server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.server.shutdown()
    thread.join()
    server.server.server_close()
