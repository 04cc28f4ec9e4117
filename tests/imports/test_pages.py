"""The import as pages: upload, columns, words, preview, confirm, result; and with a map in one step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.imports.packages import rows, workbook
from tests.imports.test_import import FILE, MAP

from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import matching, plan, queries, reading, stage, targets
from plumbline.imports.stage import ImportStage
from plumbline.imports.suggested import suggestion
from plumbline.records import queries as records

DATA = Path(__file__).parents[1] / "data" / "ai-inventories"
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
PLAIN = (
    b"Use case name,Stage,Start date,Notes\n"
    b'"Claims  Triage",In Production,10/1/2023,x\n'
    b"Chat,Planned,1/2/2024,y\n"
    b"Fraud,Someday,soon,z\n"
)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A confirmation that writes small files to their end, however busy the machine is."""
    monkeypatch.setattr(stage, "CHUNK_SECONDS", 30.0)


@pytest.fixture
def browser(mina: Actor) -> Client:
    """The AIMS manager's browser."""
    client = Client()
    client.force_login(identity.person(mina.id))
    return client


def _file(content: bytes, name: str = "register.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_with_its_map_goes_straight_to_the_preview(browser: Client, mina: Actor) -> None:
    sent = {"kind": "ai-system", "file": _file(FILE.encode()), "map": _file(MAP.encode(), "map.yaml")}
    answer = browser.post("/imports/", sent)
    assert answer.status_code == 302
    shown = browser.get(answer["Location"])
    text = " ".join(shown.content.decode().split())
    assert "Nothing has been written yet" in text
    assert "is required" in text
    assert records.counts_by_kind(mina) == {}
    assert browser.get(answer["Location"] + "?outcome=create").content.decode().count("data-row") == 3
    faulty = browser.get(answer["Location"] + "faulty.csv").getvalue()
    assert faulty.startswith(b"\xef\xbb\xbfline,column,value,reason,Id,")
    assert browser.get(answer["Location"] + "map.yaml").content.decode() == MAP
    done = browser.post(answer["Location"] + "confirm/", follow=True)
    assert "3 rows of register.csv were written" in done.content.decode()
    assert records.counts_by_kind(mina) == {"ai-system": 3}


def test_a_workbook_whose_first_row_is_empty_is_taken_and_its_header_found(browser: Client) -> None:
    """As the federal inventory of 2025 was published: no export of ours, whose header is the first row."""
    sheet = rows("", "Use case name|Stage of development|Bureau", "Claims Triage|Pilot|A", "Chat|Pilot|B")
    sent = {"kind": "ai-system", "file": _file(workbook({"Inventory": sheet}), "register.xlsx")}
    answer = browser.post("/imports/", sent)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].endswith("/columns/")
    page = browser.get(answer["Location"]).content.decode()
    assert "Header in row 2" in page
    assert re.search(r'<option\s+value="Use case name"\s+selected', page)


def test_a_register_that_nobody_here_had_seen_comes_in_as_the_page_proposes_it(
    browser: Client, mina: Actor
) -> None:
    """The federal inventory of 2025. Its rows, and those without an id, were counted with openpyxl."""
    content = (DATA / "us_federal_2025.xlsx").read_bytes()
    answer = browser.post("/imports/", {"kind": "ai-system", "file": _file(content, "inventory.xlsx")})
    page = browser.get(answer["Location"]).content.decode()
    assert "3,611 rows in inventory.xlsx" in " ".join(page.split())
    for name, column in (
        ("key", "Use Case ID [Agency Abbrev.] – [#]"),
        ("otherwise", "Use Case Name"),
        ("otherwise", "Bureau/Component"),
        ("column:purpose", "What problem is the AI intended to solve?"),
        ("column:lifecycle", "Stage of Development"),
    ):
        (options,) = re.findall(rf'<select[^>]*name="{name}".*?</select>', page, re.S)
        assert re.search(rf'value="{re.escape(column)}"\s+selected', options), (name, column)
    target = targets.get("ai-system")
    sheet = reading.read(content)
    made = plan.plan_file(
        mina, "", content, matching.compose(target, sheet, suggestion.choices(target, sheet))
    )
    # 704 rows have no id and 2 say TBD; 5 of these have the name and bureau of another. 14 ids stand twice:
    # 19 in all, of which 2 are the same in every cell and 17 are refused. So is one without a name.
    assert sum(1 for row in made.rows if "sha256:" in row.key) == 706
    assert made.counts["create"] == 3_591
    assert made.counts["repeat"] == 2
    assert made.counts["faulty"] == 18


def test_the_preview_shows_what_a_row_would_change(browser: Client) -> None:
    def sent(text: str) -> dict[str, Any]:
        return {"kind": "ai-system", "file": _file(text.encode()), "map": _file(MAP.encode(), "map.yaml")}

    browser.post(browser.post("/imports/", sent(FILE))["Location"] + "confirm/")
    again = browser.post("/imports/", sent(FILE.replace("Sorts claims", "Sorts motor claims")))
    text = browser.get(again["Location"] + "?outcome=amend").content.decode()
    assert "<b>Purpose</b>" in text
    assert "Sorts claims</del>" in text
    assert "Sorts motor claims</ins>" in text


def test_columns_and_words_are_matched_by_hand(browser: Client, mina: Actor) -> None:
    first = browser.post("/imports/", {"kind": "ai-system", "file": _file(PLAIN)})
    assert first["Location"].endswith("/columns/")
    page = browser.get(first["Location"]).content.decode()
    assert re.search(r'<option\s+value="Use case name"\s+selected', page)
    chosen: dict[str, Any] = {
        "column:title": "Use case name",
        "column:slug": "Use case name",
        "column:lifecycle": "Stage",
        "column:started_on": "Start date",
        "constant:source_register": "The list",
        "key_by": "digest",
        "key": ["Use case name"],
    }
    asked = browser.post(first["Location"], chosen)
    assert asked.status_code == 200
    text = asked.content.decode()
    assert "Say what the words mean" in text
    assert "Someday" in text
    assert "What does 10/1/2023 mean?" in text
    assert "The day comes first: 2023-01-10" in text
    words = {
        "words-of:lifecycle": "Stage",
        "word:lifecycle": ["In Production", "Planned", "Someday"],
        "value:lifecycle": ["in operation", "planned", ""],
        "dates-of:started_on": "Start date",
        "order:started_on": "mdy",
    }
    preview = browser.post(first["Location"], {**chosen, **words})
    assert preview.status_code == 302
    browser.post(preview["Location"] + "confirm/")
    facts = {fact["title"]: fact for fact in records.claimed("ai-system")}
    assert facts["Claims  Triage"]["lifecycle"] == "in operation"
    assert facts["Chat"]["started_on"] == "2024-01-02"
    assert facts["Fraud"]["lifecycle"] == "", "a text that nobody has given a meaning is no stage"
    assert facts["Fraud"]["source_register"] == "The list"
    assert "Stage: Someday" in records.history(mina, facts["Fraud"]["reference"])[0].note
    assert "soon" in records.history(mina, facts["Fraud"]["reference"])[0].note


def test_a_choice_that_does_not_hold_is_explained_and_nothing_typed_is_lost(browser: Client) -> None:
    first = browser.post("/imports/", {"kind": "ai-system", "file": _file(PLAIN)})
    answer = browser.post(first["Location"], {"column:title": "Use case name", "constant:topic": "Claims"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "names no column" in text
    assert 'value="Claims"' in text


@pytest.mark.parametrize("content", [b"", b"a,b\n1,\x00\n", b'a,b\n1,"x\n'])
def test_files_that_cannot_be_read_are_explained(browser: Client, content: bytes) -> None:
    answer = browser.post("/imports/", {"kind": "ai-system", "file": _file(content)})
    assert answer.status_code == 422
    assert "needs a change" in answer.content.decode()


def test_an_import_is_given_up(browser: Client, mina: Actor) -> None:
    first = browser.post("/imports/", {"kind": "ai-system", "file": _file(PLAIN)})
    handle = first["Location"].split("/")[2]
    assert browser.post(f"/imports/{handle}/discard/").status_code == 302
    assert queries.jobs(mina) == []
    assert browser.get(f"/imports/{handle}/columns/").status_code == 409


def test_an_import_of_somebody_else_is_not_there(browser: Client, sara: Actor) -> None:
    first = browser.post("/imports/", {"kind": "ai-system", "file": _file(PLAIN)})
    other = Client()
    other.force_login(identity.person(sara.id))
    assert other.get(first["Location"]).status_code == 404


@pytest.mark.slow
def test_the_federal_inventory_through_the_pages(
    browser: Client, mina: Actor, inventory: bytes, inventory_map: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request writes for a moment; the stage does the rest; the page says how far it is."""
    monkeypatch.setattr(stage, "CHUNK_SECONDS", 0.06)
    sent = {"kind": "ai-system", "file": _file(inventory), "map": _file(inventory_map.encode(), "m.yaml")}
    place = browser.post("/imports/", sent)["Location"]
    assert "1,754" in browser.get(place).content.decode()
    under_way = browser.post(f"{place}confirm/", follow=True).content.decode()
    assert "Import under way" in under_way
    while ImportStage().advance():
        pass
    assert "Import done" in browser.get(place).content.decode()
    assert records.counts_by_kind(mina) == {"ai-system": 1754}


def test_suggestions_find_the_columns_of_a_usual_register(mina: Actor) -> None:
    from plumbline.records import kinds

    sheet = reading.read(b"ID,Name,Description,Status,Go-Live,Nonsense\n1,a,b,c,2024-05-01,d\n")
    made = matching.suggested(kinds.get("ai-system"), sheet)
    assert made.columns["title"] == "Name"
    assert made.columns["purpose"] == "Description"
    assert made.columns["lifecycle"] == "Status"
    assert made.columns["slug"] == "Name"
    assert (made.key, made.digest) == (("ID",), False)
    assert "Nonsense" not in made.columns.values()
    made.columns["operating_since"] = "Go-Live"
    assert matching.unclear_dates(kinds.get("ai-system"), sheet, made) == {}
