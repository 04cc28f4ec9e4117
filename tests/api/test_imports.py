"""Import over HTTP: a form with file and map, the preview, the confirmation, and what could not be taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.api.conftest import Caller
from tests.imports.packages import rows, workbook
from tests.imports.test_import import FILE, MAP

from plumbline.identity.actors import Actor
from plumbline.imports import queries as imports
from plumbline.imports.stage import ImportStage
from plumbline.records import queries

DOCUMENTS = Path(__file__).parents[1] / "data" / "documents"
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def upload(call: Caller, content: bytes = FILE.encode(), **parts: Any) -> Any:
    """Post the form."""
    form = {"map": MAP, "file": SimpleUploadedFile("register.csv", content), **parts}
    sent = {name: part for name, part in form.items() if part is not None}
    client = Client(raise_request_exception=False)
    return client.post("/api/v1/imports", sent, headers={"Authorization": f"Bearer {call.token}"})


def test_upload_preview_confirm_and_done(writer: Caller, mina: Actor) -> None:
    made = upload(writer)
    job = made.json()
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/imports/{job['id']}")
    assert (job["state"], job["to_write"], job["counts"]["faulty"]) == ("previewed", 3, 2)
    assert queries.counts_by_kind(mina) == {}
    faulty = writer("GET", f"imports/{job['id']}/rows?outcome=faulty").json()
    assert [(row["line"], row["faults"][0]["column"]) for row in faulty["items"]] == [
        (5, "Name"),
        (6, "Stage"),
    ]
    new = writer("GET", f"imports/{job['id']}/rows?outcome=create").json()["items"][1]
    assert (new["values"]["title"], new["values"]["started_on"]) == ("Chat", "")
    assert [(one["sort"], one["column"], one["text"]) for one in new["notices"]] == [
        ("not understood", "Begun", "soon")
    ]
    account = writer("GET", f"imports/{job['id']}/summary").json()
    assert account["counts"] == {"refused": 2, "not understood": 2}
    assert account["unused_columns"] == []
    taken = writer("GET", f"imports/{job['id']}/faulty.csv")
    assert taken.getvalue().decode("utf-8-sig").startswith("line,column,value,reason,Id,Name")
    confirmed = writer("POST", f"imports/{job['id']}/confirmation")
    assert (confirmed.status_code, confirmed.json()["state"]) == (202, "running")
    while ImportStage().advance():
        pass
    done = writer("GET", f"imports/{job['id']}").json()
    assert (done["state"], done["written"]) == ("done", 3)
    assert writer("GET", "ai-systems").json()["total"] == 3
    assert writer("POST", f"imports/{job['id']}/confirmation").status_code == 409
    assert writer("DELETE", f"imports/{job['id']}").status_code == 409


def test_an_import_can_be_given_up(writer: Caller) -> None:
    job = upload(writer).json()
    assert writer("DELETE", f"imports/{job['id']}").status_code == 204
    assert writer("GET", "imports").json() == []


@pytest.mark.parametrize(
    ("parts", "status", "field"),
    [
        ({"map": None}, 422, "map"),
        ({"file": None}, 422, "file"),
        ({"map": "kind: ["}, 400, "map"),
        ({"map": MAP.replace("Name", "Title")}, 422, "map: column “Title”"),
        ({"map": MAP.replace("purpose:", "aim:")}, 422, "fields.aim"),
        ({"colour": "blue"}, 422, "colour"),
        ({"kind": "component"}, 422, "kind"),
    ],
)
def test_wrong_forms_are_refused_by_name(
    writer: Caller, parts: dict[str, Any], status: int, field: str
) -> None:
    answer = upload(writer, **parts)
    assert answer.status_code == status
    assert field in [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "content", [b"", b"Id;Name\n1;\x00\n", b'Id;Name\n1;"x\n', b"\xff\xfe\x00", b"\x81\x8d\n"]
)
def test_files_that_cannot_be_read_are_refused(writer: Caller, content: bytes) -> None:
    answer = upload(writer, content)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_file_that_does_not_fit_what_it_declares_is_refused_with_its_place(writer: Caller) -> None:
    invalid = DOCUMENTS / "cyclonedx_invalid_service_data_1.6.json"
    answer = upload(writer, invalid.read_bytes(), map=None)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["field"], fault["code"]) == (400, "file", "imports.misfit-at")
    assert "services[0].data[0].flow" in fault["message"]
    assert writer("GET", "imports").json() == []


def test_a_file_over_the_limit_is_refused(writer: Caller, settings: Any) -> None:
    from dataclasses import replace

    settings.PLUMBLINE = replace(settings.PLUMBLINE, upload_limit=100)
    assert upload(writer, b"x" * 101).status_code == 413
    assert upload(writer, b"x" * 1_000_000).status_code == 413


def test_json_is_no_form(writer: Caller) -> None:
    assert writer("POST", "imports", {}).status_code == 415


def test_imports_of_others_are_not_seen(writer: Caller, sara: Actor, caller: Callable[..., Caller]) -> None:
    job = upload(writer).json()
    other = caller(sara)
    assert other("GET", f"imports/{job['id']}").status_code == 404
    assert other("POST", f"imports/{job['id']}/confirmation").status_code == 404
    assert other("GET", f"imports/{job['id']}/faulty.csv").status_code == 404
    assert other("GET", "imports").json() == []


@pytest.mark.parametrize(("scope", "reads"), [("read", True), ("pack", True), ("ingest", False)])
def test_a_token_without_the_scope_changes_no_import(
    writer: Caller, mina: Actor, caller: Callable[..., Caller], scope: str, reads: bool
) -> None:
    job = upload(writer).json()
    other, place = caller(mina, scope), f"imports/{job['id']}"
    assert upload(other).status_code == 403
    for method, path in (("POST", f"{place}/confirmation"), ("DELETE", place)):
        refused = other(method, path)
        assert (refused.status_code, "scope" in refused.json()["detail"]) == (403, True)
    for path in ("imports", place, f"{place}/rows", f"{place}/faulty.csv"):
        assert other("GET", path).status_code == (200 if reads else 403)
    assert writer("GET", place).json()["state"] == "previewed"


def test_a_viewer_imports_nothing(someone: Callable[..., Actor], caller: Callable[..., Caller]) -> None:
    assert upload(caller(someone("viewer", "Vera"), "read")).status_code == 403


def test_the_answer_says_how_the_file_was_read_and_the_form_says_how_to(writer: Caller, mina: Actor) -> None:
    content = ("All our systems;;;;;\n" + FILE).encode()
    made = upload(writer, content)
    assert made.status_code == 201
    found = made.json()["found"]
    assert (found["format"], found["header_row"], found["delimiter"]) == ("CSV", 2, "semicolon")
    assert "above the header (line 2)" in found["notices"][0]
    bounded = upload(writer, content, last_row="3").json()
    assert (sum(bounded["counts"].values()), bounded["found"]["rows"]) == (1, 1)
    assert "last_row: '3'" in imports.job(mina, bounded["id"]).map_text
    wrong = upload(writer, content, header_row="two")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "header_row")


def test_a_workbook_is_taken_and_what_is_none_is_called_by_its_name(writer: Caller) -> None:
    book = workbook({"2024": rows(*(line.replace(";", "|") for line in FILE.splitlines()))})
    made = upload(writer, book, sheet="2024")
    assert (made.status_code, made.json()["found"]["format"]) == (201, "Excel workbook")
    refused = upload(writer, b"%PDF-1.7\n")
    assert refused.status_code == 400
    assert "PDF file" in refused.json()["errors"][0]["message"]


def test_a_file_of_a_published_format_needs_neither_map_nor_kind(writer: Caller) -> None:
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [{"type": "library", "name": "sorts"}],
    }
    made = upload(writer, json.dumps(bom).encode(), map=None)
    assert made.status_code == 201, made.content
    assert (made.json()["kind"], made.json()["counts"]["create"]) == ("component", 1)
    assert "kind: component" in made.json()["found"]["map"]
    missing = upload(writer, b"Name\nSorter\n", map=None)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "map")
