"""What cannot be done ends with a sentence that says why, and leaves nothing half made."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from tests.cli.conftest import plumbline

from plumbline.cli import output


@pytest.fixture
def taken() -> Iterator[str]:
    """A port that somebody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield str(listening.getsockname()[1])


@pytest.mark.parametrize("words", [["init"], ["demo", "--no-serve"], ["serve", "--init"]])
def test_a_file_is_no_data_folder(tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "file"
    file.touch()
    assert f"plumbline: {file}" in plumbline(*words, "--data", str(file), code=1).stderr


@pytest.mark.parametrize("words", [["demo"], ["serve", "--init"]])
def test_a_taken_port_is_told_before_anything_is_made(tmp_path: Path, taken: str, words: list[str]) -> None:
    said = plumbline(*words, "--data", str(tmp_path / "new"), "--port", taken, code=1).stderr
    assert taken in said
    assert "--port" in said
    assert not (tmp_path / "new").exists()


def test_a_port_that_no_machine_has(tmp_path: Path) -> None:
    plumbline("demo", "--data", str(tmp_path), "--port", "70000", code=2)
    plumbline("demo", "--data", str(tmp_path), code=1, PLUMBLINE_PORT="70000")


def test_a_place_that_cannot_be_written_to_is_told_before_a_pack_is_made(data: str, tmp_path: Path) -> None:
    before = plumbline("pack", "list", "--data", data, "--json").stdout
    gone = str(tmp_path / "gone" / "audit.aipack")
    plumbline("pack", "create", "--data", data, "--out", gone, "--recipient", "A", code=1)
    wrong = str(tmp_path / "wrong.aipack")
    asked = ("pack", "create", "--data", data, "--out", wrong, "--recipient", "A", "--system", "nobody")
    plumbline(*asked, code=1)
    assert not Path(wrong).exists()
    plumbline("export", "ai-system", "--data", data, "--out", str(tmp_path / "gone" / "x"), code=1)
    assert plumbline("pack", "list", "--data", data, "--json").stdout == before


def test_a_broken_database_is_told(data: str, tmp_path: Path) -> None:
    house = tmp_path / "house"
    (house / "keys").mkdir(parents=True, mode=0o700)
    (house / "keys" / "log.key").touch()
    (house / "plumbline.db").write_text("no database at all")
    told = plumbline("posture", "--data", str(house), code=1).stderr
    assert "a file of the data folder fails" in told
    assert "Traceback" not in told


def test_a_check_that_nobody_knows_is_told_with_those_that_are(data: str) -> None:
    said = plumbline("results", "--check", "input-drfit", "--data", data, "--json", code=1).stderr
    assert "input-drift" in json.loads(said)["errors"][0]["remedy"]
    assert "no results" in plumbline("results", "--subject", "nobody", "--data", data).stderr
    assert "no entries" in plumbline("trail", "entries", "--about", "RSK-9999", "--data", data).stderr


@pytest.mark.parametrize(
    "content",
    [b"not json", gzip.compress(b"{}" * 99)[:-9], b'{"events": 3}', b"[" * 100_000, b"[]"],
    ids=["words", "cut off", "no list", "deep", "a list"],
)
def test_a_file_that_is_no_telemetry_is_told(data: str, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "capture.json"
    file.write_bytes(content)
    plumbline("telemetry", "send", str(file), "--data", data, "--token", "plb_x_y", code=1)


def test_a_server_that_is_none_is_told(data: str, taken: str, tmp_path: Path) -> None:
    file = tmp_path / "capture.jsonl"
    file.write_text('{"id": "x"}\n')
    send = ("telemetry", "send", str(file), "--data", data)
    assert "PLUMBLINE_TOKEN" in plumbline(*send, code=1).stderr
    assert "serve" in plumbline(*send, "--token", "x", "--url", "http://127.0.0.1:1", code=1).stderr
    assert "url" in plumbline(*send, "--token", "x", "--url", "nonsense", code=1).stderr
    assert "token" in plumbline(*send, "--token", "plb_ü\n", "--url", "http://127.0.0.1:1", code=1).stderr


class _Elsewhere(BaseHTTPRequestHandler):
    """Sends every request on to another address, and notes who came there with what."""

    seen: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self) -> None:
        self.seen.append(self.headers["Authorization"])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_token_is_not_sent_on_to_another_server(data: str, tmp_path: Path) -> None:
    file = tmp_path / "capture.jsonl"
    file.write_text('{"id": "x"}\n')
    with HTTPServer(("127.0.0.1", 0), _Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        said = plumbline("telemetry", "send", str(file), "--data", data, "--token", "t", "--url", url, code=1)
        server.shutdown()
    assert "302" in said.stderr
    assert _Elsewhere.seen == []


def test_small_figures_of_a_table_are_not_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("value",), [(0.00002,), (12_345.6,), (0.5,)])
    assert capsys.readouterr().out.split()[2:] == ["0.00002", "12,346", "0.5"]


@pytest.mark.parametrize("words", [["posture"], ["serve"], ["init"]])
def test_a_folder_of_another_version_is_refused_with_what_to_do(
    data: str, tmp_path: Path, words: list[str]
) -> None:
    folder = tmp_path / "older"
    shutil.copytree(data, folder)
    with closing(sqlite3.connect(folder / "plumbline.db")) as database, database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('records', '0003_index_cards', '2026-11-20')"
        )
    refusal = plumbline(*words, "--data", str(folder), code=1).stderr
    assert "records.0003_index_cards" in refusal
    assert "plumbline export" in refusal


@pytest.mark.parametrize(
    "words",
    [
        ("request", "person", "per_00000000000000000000", "--ground", "error", "--reason", "x"),
        ("hold", "--ground", "Case 1."),
        ("retention", "telemetry", "--months", "24", "--reason", "x"),
    ],
)
def test_what_takes_two_people_is_not_begun_without_a_name(data: str, words: tuple[str, ...]) -> None:
    """Without a name the operator could ask, and approve as the second person."""
    refused = plumbline("erasure", *words, "--data", data, code=1)
    assert "PLUMBLINE_TOKEN" in refused.stderr
