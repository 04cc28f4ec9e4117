"""Files that no table can be read from, by each door: one refusal with a remedy, and nothing is kept."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.imports.packages import rows, workbook

from plumbline.cli import register_import
from plumbline.cli.main import app
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.tokens import commands as tokens
from plumbline.imports.models import ImportJob
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.records import queries as records

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
MAP = "kind: ai-system\nregister: r\nkey: {columns: [Name]}\nfields:\n  title: Name\n"
REGISTER = rows("Name|Owner", "Claims Triage|a")


def _bomb() -> bytes:
    """A gigabyte of blanks in a megabyte."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(1_000):
            part.write(b" " * 1_000_000)
    return target.getvalue()


BAD: dict[str, tuple[bytes, str]] = {
    "a broken archive": (workbook({"A": REGISTER})[:-60], "broken ZIP archive"),
    "a bomb": (_bomb(), "more than a table needs"),
    "a million columns": (b"Name," + b"a," * 1_000_000 + b"b\n1\n", "1,000 columns"),
    "a million columns of a workbook": (
        workbook({"A": '<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>'}),
        "1,000 columns",
    ),
    "entities of another file": (
        workbook(
            {"A": REGISTER},
            more={"xl/worksheets/sheet1.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'},
        ),
        "document type",
    ),
    "a picture called a table": (b"\x89PNG\r\n\x1a\n....", "an image (PNG)"),
    "a letter called a table": (b"%PDF-1.7\n", "a PDF file"),
    "a workbook with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "an Office file with a password",
    ),
    "NULs": (b"Name,Owner\nClaims\x00Triage,a\n", "line 2 has a NUL character"),
    "a cell of 10 MB": (b"Name\n" + b"x" * 10_000_000 + b"\n", "131,072"),
    "a quote without end": (b'Name,Owner\n"Claims,a\nb,c\n', "opens a quote that is never closed"),
    "nothing": (b"\n\n", "is empty"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def unpolluted(mina: Actor) -> Any:
    """After each refusal no import, record or file is there."""
    yield
    assert not ImportJob.objects.exists()
    assert records.counts_by_kind(mina) == {}


@pytest.fixture
def browser(mina: Actor) -> Client:
    client = Client()
    client.force_login(identity.person(mina.id))
    return client


def _by_page(client: Client, content: bytes) -> str:
    sent = {
        "kind": "ai-system",
        "file": SimpleUploadedFile("register.csv", content),
        "map": SimpleUploadedFile("map.yaml", MAP.encode()),
    }
    answer = client.post("/imports/", sent)
    assert answer.status_code == 422
    return " ".join(unescape(re.sub("<[^>]+>", " ", answer.content.decode())).split())


def _by_api(secret: str, content: bytes) -> str:
    sent = {"map": MAP, "file": SimpleUploadedFile("register.csv", content)}
    answer = Client(headers={"authorization": f"Bearer {secret}"}).post("/api/v1/imports", sent)
    assert answer.status_code in (400, 413, 422)
    assert all(fault["remedy"] for fault in answer.json()["errors"])
    return json.dumps(answer.json(), ensure_ascii=False)


def _by_command(folder: Path, content: bytes) -> str:
    (folder / "register.csv").write_bytes(content)
    (folder / "map.yaml").write_text(MAP)
    words = ["import", "ai-system", str(folder / "register.csv"), "--map", str(folder / "map.yaml")]
    with pytest.raises(Problem) as refused:
        app(words, standalone_mode=False)
    assert all(fault.remedy for fault in refused.value.faults)
    return " ".join([str(refused.value.detail), *(str(fault.message) for fault in refused.value.faults)])


@pytest.mark.parametrize("name", BAD)
def test_every_door_refuses_a_bad_file_in_the_same_words_and_keeps_nothing(
    name: str, mina: Actor, browser: Client, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, why = BAD[name]
    monkeypatch.setattr(register_import, "opened", lambda data: settings.PLUMBLINE)
    until = clock.now().replace(year=clock.now().year + 1)
    secret = tokens.issue_token(mina, name="t", scopes=["read", "write"], expires=until).text
    folder = tmp_path / "given"
    folder.mkdir()
    for said in (_by_page(browser, content), _by_api(secret, content), _by_command(folder, content)):
        assert why in said
