"""Choices that last: of one field in one row, and of the map of a register for its next edition."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.api.conftest import Caller, caller, writer
from tests.cli.conftest import plumbline

from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import commands, matching, plan, queries, reading, sheets
from plumbline.imports.choices import commands as choices
from plumbline.imports.plan import ImportPlan
from plumbline.imports.reading import ReadOptions
from plumbline.imports.remembered import queries as remembered
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, Problem
from plumbline.records import commands as door
from plumbline.records import kinds
from plumbline.records import queries as records

__all__ = ["caller", "writer"]
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: ai-system
register: inventory
key: {columns: [Id]}
source: [Responsible]
empty: [n/a]
fields:
  title: Name
  purpose: {columns: [Purpose, Topic], join: ' / '}
  lifecycle: {column: Stage, values: {Live: in operation}}
  started_on: {column: Begun, date_order: mdy}
  source_register: {constant: The list}
"""
FILE = (
    "Id,Name,Purpose,Topic,Stage,Begun,Responsible\n"
    "1,Triage,Sorts claims,Claims,Live,3/4/2023,J. Doe\n"
    "2,Chat,Answers mail,Service,Live,1/2/2024,\n"
)


def _plan(actor: Actor, text: str = FILE, map_text: str = MAP) -> ImportPlan:
    return plan.plan_file(actor, "ai-system", text.encode(), map_text)


def _kept(actor: Actor, text: str = FILE) -> str:
    return commands.keep(actor, _plan(actor, text), "r.csv").handle


def _changed(actor: Actor) -> str:
    """An import that waits, of a register whose first record somebody has changed here."""
    commands.run(actor, _kept(actor))
    door.amend(actor, "SYS-0001", {"purpose": "Sorts motor claims"}, revision=1)
    return _kept(actor, FILE.replace("Sorts claims", "Sorts all claims"))


def _row(actor: Actor, handle: str, line: int = 2) -> queries.RowView:
    return next(row for row in queries.rows(actor, handle)[0] if row.line == line)


def test_a_field_of_a_row_is_taken_although_the_rule_keeps_it(mina: Actor) -> None:
    handle = _changed(mina)
    assert (_row(mina, handle).outcome, queries.job(mina, handle).to_write) == ("unchanged", 0)
    done = choices.choose(mina, handle, 2, "purpose", "take")
    row = _row(mina, handle)
    assert (row.outcome, row.fields, done.to_write) == ("amend", ("purpose",), 1)
    assert [(one.sort, one.chosen) for one in row.notices] == [("taken", True)]
    assert done.summary.counts() == {"taken": 1}
    commands.run(mina, handle)
    assert records.find(mina, "SYS-0001")[0].purpose == "Sorts all claims / Claims"


def test_and_kept_again_before_it_is_confirmed(mina: Actor) -> None:
    handle = _changed(mina)
    choices.choose(mina, handle, 2, "purpose", "take")
    done = choices.choose(mina, handle, 2, "purpose", "keep")
    row = _row(mina, handle)
    assert (row.outcome, row.fields, done.to_write, done.summary.counts()) == (
        "unchanged",
        (),
        0,
        {"kept": 1},
    )
    with pytest.raises(Invalid):
        commands.confirm(mina, handle)


@pytest.mark.parametrize(
    ("line", "field", "what"),
    [
        (2, "title", "take"),
        (3, "purpose", "take"),
        (99, "purpose", "take"),
        (2, "purpose", "both"),
        (2, "x", "keep"),
    ],
)
def test_only_what_was_changed_here_is_chosen(mina: Actor, line: int, field: str, what: str) -> None:
    handle = _changed(mina)
    with pytest.raises(Invalid):
        choices.choose(mina, handle, line, field, what)
    assert queries.job(mina, handle).to_write == 0


def test_nothing_is_chosen_of_a_record_that_moved_on_or_an_import_that_did(mina: Actor) -> None:
    handle = _changed(mina)
    door.amend(mina, "SYS-0001", {"topic": "Motor"}, revision=2)
    with pytest.raises(Conflict, match="changed since the preview"):
        choices.choose(mina, handle, 2, "purpose", "take")
    done = _kept(mina, FILE.replace("Chat", "Chatter"))
    commands.run(mina, done)
    with pytest.raises(Conflict, match="no longer waiting"):
        choices.choose(mina, done, 2, "purpose", "take")


def test_it_is_chosen_on_the_page_and_over_the_api(mina: Actor, writer: Caller) -> None:
    handle = _changed(mina)
    client = Client()
    client.force_login(identity.person(mina.id))
    text = client.get(f"/imports/{handle}/?outcome=all").content.decode()
    assert "Take what the file says" in text
    sent = {"line": "2", "field": "purpose", "what": "take"}
    assert client.post(f"/imports/{handle}/choose/", sent).status_code == 302
    assert "Keep what stands here" in client.get(f"/imports/{handle}/?outcome=all").content.decode()
    answer = writer("POST", f"imports/{handle}/rows/2/choice", {"field": "purpose", "what": "keep"})
    assert (answer.status_code, answer.json()["to_write"]) == (200, 0)
    assert (
        writer("POST", f"imports/{handle}/rows/2/choice", {"field": "title", "what": "keep"}).status_code
        == 422
    )


def test_the_map_of_the_last_edition_is_suggested_whoever_made_it(mina: Actor, sara: Actor) -> None:
    kind = kinds.get("ai-system")
    assert remembered.of_columns(sara, kind, ["Id", "Name"]) is None
    commands.run(mina, _kept(mina))
    columns = ["name", "Id", "Purpose", "Topic", "Stage", "Begun", "Responsible"]
    found = remembered.of_columns(sara, kind, columns)
    assert found is not None
    assert (found.map_text, found.file_name) == (MAP, "r.csv")
    assert remembered.of_columns(sara, kind, [*columns, "More"]) is None
    client = Client()
    client.force_login(identity.person(sara.id))
    upload = {
        "kind": "ai-system",
        "file": SimpleUploadedFile("next.csv", FILE.replace("1,Triage", "9,Else").encode()),
    }
    columns_page = client.post("/imports/", upload)["Location"]
    text = " ".join(client.get(columns_page).content.decode().split())
    assert "was imported on 20 Nov 2026 (r.csv)" in text
    assert 'value="Topic" selected' in text
    preview = client.post(columns_page.replace("/columns/", "/again/"))
    handle = preview["Location"].split("/")[2]
    shown = queries.job(sara, handle)
    assert (shown.map_text, shown.counts["create"], shown.counts["unchanged"]) == (MAP, 1, 1)


def test_the_choices_of_a_map_make_that_map_again(mina: Actor) -> None:
    kind, sheet = kinds.get("ai-system"), reading.read(FILE.encode())
    from plumbline.imports import mapping

    made = matching.choices_of(kind, sheet, mapping.parse(MAP))
    again = mapping.parse(matching.compose(kind, sheet, made))
    wanted = mapping.parse(MAP)
    for one in ("kind", "register", "key", "digest", "source", "empty"):
        assert getattr(again, one) == getattr(wanted, one), one
    by_name = {item.name: item for item in again.fields}
    assert by_name["purpose"].columns == ("Purpose", "Topic")
    assert (by_name["lifecycle"].values, by_name["started_on"].date_order) == (
        {"live": "in operation"},
        "mdy",
    )
    assert by_name["source_register"].constant == "The list"


def test_program_and_operator_use_it_again_too(
    mina: Actor, writer: Caller, caller: Callable[..., Caller]
) -> None:
    commands.run(mina, _kept(mina))
    edition = FILE.replace("Answers mail", "Answers all mail")

    def upload(**more: Any) -> Any:
        form = {"kind": "ai-system", "file": SimpleUploadedFile("next.csv", edition.encode()), **more}
        headers = {"Authorization": f"Bearer {writer.token}"}
        return Client(raise_request_exception=False).post("/api/v1/imports", form, headers=headers)

    assert upload().status_code == 422, "without a map and without asking for it there is none"
    made = upload(again="yes")
    assert (made.status_code, made.json()["counts"]["amend"]) == (201, 1)
    with pytest.raises(Problem, match="no map to use again"):
        remembered.of_file(mina, kinds.get("ai-system"), b"A,B\n1,2\n")


def test_a_withdrawn_import_is_no_example(mina: Actor) -> None:
    from plumbline.imports.withdrawal import commands as withdrawal

    done = commands.run(mina, _kept(mina))
    withdrawal.withdraw(mina, done.handle)
    assert remembered.of_columns(mina, kinds.get("ai-system"), FILE.split("\n")[0].split(",")) is None


def test_a_map_is_shown_to_nobody_who_may_not_import(mina: Actor, someone: Callable[..., Actor]) -> None:
    commands.run(mina, _kept(mina))
    vera = someone("viewer", "Vera")
    assert remembered.of_columns(vera, kinds.get("ai-system"), FILE.split("\n")[0].split(",")) is None
    with pytest.raises(NotAllowed):
        plan.plan_file(vera, "ai-system", FILE.encode(), MAP)


# Files that were read once


def test_a_file_is_read_once_for_several_views_and_what_is_kept_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[bytes] = []
    real = reading.read

    def counted(content: bytes, options: ReadOptions = reading.READ_AS_FOUND) -> Any:
        read.append(content)
        return real(content, options)

    monkeypatch.setattr(sheets.reading, "read", counted)
    monkeypatch.setattr(sheets.files, "has", lambda _: True)
    sheets.forget()
    first = sheets.read(FILE.encode())
    assert sheets.read(FILE.encode()) is first
    assert sheets.read(FILE.encode(), ReadOptions(header_row=2)) is not first
    assert len(read) == 2
    for number in range(sheets.MOST + 1):
        sheets.read(f"Id,Name\n{number},x\n".encode())
    assert len(sheets._kept) == sheets.MOST
    monkeypatch.setattr(sheets, "LARGEST", 10)
    sheets.forget()
    sheets.read(FILE.encode())
    assert len(sheets._kept) == 0, "a file that is too large is read each time"


def test_the_columns_page_reads_the_file_once(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(identity.person(mina.id))
    sheets.forget()
    kept = commands.upload(mina, "ai-system", FILE.encode(), "r.csv")
    read: list[bytes] = []
    real = reading.read
    monkeypatch.setattr(
        sheets.reading, "read", lambda content, options: [read.append(content), real(content, options)][1]
    )
    for _ in range(3):
        assert client.get(f"/imports/{kept.handle}/columns/").status_code == 200
    assert len(read) == 1
    sheets.forget()


def test_the_command_line_uses_a_map_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("again")
    data = str(folder / "data")
    plumbline("init", "--data", data, "--email", "mina@halden.example")
    (folder / "map.yaml").write_text(MAP)
    (folder / "r.csv").write_text(FILE)
    words = ("import", "ai-system", str(folder / "r.csv"), "--data", data)
    said = plumbline(*words, "--map", str(folder / "map.yaml")).stdout
    assert "2 create" in said
    (folder / "r.csv").write_text(
        FILE.replace("Answers mail", "Answers all mail").replace("J. Doe", "A. Roe")
    )
    found = json.loads(plumbline(*words, "--again", "--json").stdout)
    assert (found["counts"]["amend"], found["summary"]["restated"]) == (1, 1)
