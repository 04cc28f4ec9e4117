"""`plumbline pack` and `plumbline export applicability-statement`, run as an operator does."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
from tests.documents.test_look import SVG
from tests.reports import story

pytestmark = pytest.mark.slow


def plumbline(data: Path, *words: str, code: int = 0, **environ: str) -> str:
    """Run one command on a data folder of its own; its standard output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    done = subprocess.run(
        [sys.executable, "-m", "plumbline.cli.main", *words, "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=kept | environ,
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new installation."""
    folder = tmp_path_factory.mktemp("installation") / "data"
    plumbline(folder, "init", "--email", "mina@halden.example")
    return folder


def test_a_pack_from_the_command_line_verifies(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "audit.aipack"
    asked = ["pack", "create", "--recipient", "Nordic Certification"]
    assert "--out" in plumbline(data, *asked, code=1)
    waits: dict[str, Any] = json.loads(plumbline(data, *asked, "--sample", "3", "--json"))
    assert (waits["state"], waits["sample"]["seed"]) == ("prepared", "")
    draw = ["pack", "draw", waits["id"], "--seed", "7", "--out", str(out)]
    told: dict[str, Any] = json.loads(plumbline(data, *draw, "--json"))
    assert told["state"] == "ready"
    sample = told["sample"]
    assert (sample["kind"], sample["wanted"], sample["drawn"], sample["of"]) == ("decision", 3, 0, 0)
    assert (sample["seed"], sample["prepared"]) == ("7", waits["sample"]["prepared"])
    assert sample["entry"] > sample["prepared"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    key = json.loads(plumbline(data, "trail", "key", "--json"))["log"]
    assert key in told["verify"]
    assert story.verify(out, "--key", key).returncode == 0
    assert "is there already" in plumbline(data, *draw, code=1)
    (listed,) = json.loads(plumbline(data, "pack", "list", "--json"))
    assert (listed["id"], listed["recipient"]) == (told["id"], "Nordic Certification")
    assert "Nordic Certification" in plumbline(data, "pack", "list")


def test_a_wrong_day_names_the_option(data: Path, tmp_path: Path) -> None:
    asked = ["pack", "create", "--out", str(tmp_path / "x"), "--recipient", "A", "--from", "yesterday"]
    assert "from" in plumbline(data, *asked, code=1)
    assert not (tmp_path / "x").exists()


def test_the_statement_of_applicability_is_exported(data: Path) -> None:
    text = plumbline(data, "export", "applicability-statement")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 38
    assert len(json.loads(plumbline(data, "export", "applicability-statement", "--json"))["rows"]) == 38
    then = json.loads(plumbline(data, "export", "applicability-statement", "--json", "--as-of", "2026-01-01"))
    assert then["as_of"] == "2026-01-01T23:59:59.999999Z"
    assert "as-of" in plumbline(data, "posture", "--as-of", "yesterday", code=1)
    assert len(json.loads(plumbline(data, "posture", "--json", "--as-of", "2026-01-01"))) == 70


def test_a_day_ends_where_the_organization_is_and_has_to_have_come(data: Path) -> None:
    words = ("export", "applicability-statement", "--json", "--as-of")
    for refused in (words, ("posture", "--as-of"), ("export", "ai-system", "--as-of")):
        assert "has not come yet" in plumbline(data, *refused, "2999-01-01", code=1)
    # Midnight there is 15:00 UTC.
    tokyo = json.loads(plumbline(data, *words, "2026-01-01", PLUMBLINE_TIME_ZONE="Asia/Tokyo"))
    assert tokyo["as_of"] == "2026-01-01T14:59:59.999999Z"


def test_versions_of_the_statement_are_asked_for_compared_and_refused(data: Path) -> None:
    same = json.loads(plumbline(data, "statement", "compare", "now", "--earlier", "now", "--json"))
    assert (same["changes"], same["later"]["version"]) == ([], 1)
    assert "No version has been approved yet" in plumbline(data, "statement", "compare", code=1)
    assert "no version of the statement" in plumbline(data, "statement", "show", "SOA-0001", code=1)
    words = ("statement", "freeze", "--title", "Statement", "--occasion", "Audit")
    assert "token with the scope write" in plumbline(data, *words, code=1)


def test_versions_of_the_posture_are_asked_for_compared_and_refused(data: Path) -> None:
    same = json.loads(plumbline(data, "posture", "compare", "now", "--earlier", "2026-01-01", "--json"))
    assert (same["earlier"]["day"], same["later"]["version"]) == ("2026-01-01", 1)
    assert "No version has been approved yet" in plumbline(data, "posture", "compare", code=1)
    assert "no version of the posture" in plumbline(data, "posture", "show", "SOA-0001", code=1)
    words = ("posture", "freeze", "--title", "Posture", "--occasion", "Review", "--as-of", "2026-01-01")
    assert "token with the scope write" in plumbline(data, *words, code=1)


def test_the_inputs_of_a_review_are_shown_and_refused(data: Path) -> None:
    gone = plumbline(data, "review", "show", "MRV-0001", code=1)
    assert "There is no management review with this reference" in gone
    assert "frozen inputs" in plumbline(data, "review", "show", "RSK-0001", code=1)
    words = ("review", "gather", "MRV-0001", "--revision", "1")
    assert "token with the scope write" in plumbline(data, *words, code=1)


def test_a_document_is_written_and_its_code_verified(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "statement.pdf"
    written = json.loads(
        plumbline(data, "document", "write", "statement-of-applicability", "--out", str(out), "--json")
    )
    assert out.read_bytes().startswith(b"%PDF")
    found = json.loads(plumbline(data, "document", "verify", written["code"], "--json"))
    assert (found["document"], found["changed"]) == ("statement-of-applicability", 0)
    assert "No document" in plumbline(data, "document", "verify", "0000-0000-0000-0000", code=1)
    assert json.loads(plumbline(data, "document", "oscal", "catalog"))["catalog"]["groups"]
    assert "kind of record" in plumbline(data, "export", "risk", "--xlsx", code=1)
    book = tmp_path / "systems.xlsx"
    plumbline(data, "export", "ai-system", "--xlsx", "--out", str(book))
    assert book.read_bytes().startswith(b"PK")


def test_the_look_of_documents_from_the_command_line(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "logo.svg"
    file.write_bytes(SVG % b"")
    plumbline(data, "organization", "set", "document_logo", str(file))
    plumbline(data, "organization", "set", "document_accent", "#7a1f1f")
    told = {
        row["name"]: row["value"] for row in json.loads(plumbline(data, "organization", "settings", "--json"))
    }
    assert told["document_accent"] == "#7a1f1f"
    assert told["document_logo"].startswith("sha256:")
    file.write_bytes(SVG % b"<script/>")
    assert "more in it than shapes" in plumbline(
        data, "organization", "set", "document_logo", str(file), code=1
    )
    assert "not a colour" in plumbline(data, "organization", "set", "document_accent", "red", code=1)
    told = json.loads(
        plumbline(
            data,
            "document",
            "write",
            "suppliers",
            "--format",
            "docx",
            "--out",
            str(tmp_path / "s.docx"),
            "--json",
        )
    )
    assert plumbline(data, "document", "verify", told["code"]).startswith("suppliers, as of")
    out = tmp_path / "posture.pdf"
    plumbline(data, "document", "write", "posture", "--out", str(out))
    assert len(pypdf.PdfReader(out).pages[0].images) == 1
