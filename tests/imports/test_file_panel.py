"""What a person is shown of how a file was read, and what follows when another sheet or row is chosen."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.imports.packages import rows, workbook

from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import queries

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
BOOK = workbook(
    {
        "Notes": rows("Read me first"),
        "2024": rows(
            "All our systems", "Name|Stage|Cost", "Mail Sorter|planned|1", "Finder|planned|2", "Total||3"
        ),
        "2023": rows("Name|Stage", "Old Sorter|planned"),
    },
    hidden=("Notes",),
)
CHOSEN: dict[str, Any] = {
    "column:title": "Name",
    "column:slug": "Name",
    "column:lifecycle": "Stage",
    "constant:source_register": "The list",
    "key_by": "digest",
    "key": ["Name"],
    "words-of:lifecycle": "Stage",
    "word:lifecycle": ["planned"],
    "value:lifecycle": ["planned"],
}


@pytest.fixture
def browser(mina: Actor) -> Client:
    """The AIMS manager's browser."""
    client = Client()
    client.force_login(identity.person(mina.id))
    return client


def _uploaded(browser: Client, content: bytes, name: str) -> str:
    answer = browser.post("/imports/", {"kind": "ai-system", "file": SimpleUploadedFile(name, content)})
    return str(answer["Location"])


def _text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def test_what_was_found_is_said_and_goes_into_the_map(browser: Client, mina: Actor) -> None:
    place = _uploaded(browser, BOOK, "register.xlsx")
    text = _text(browser.get(place))
    for words in (
        "Excel workbook",
        "1 sheet is hidden in the workbook: Notes.",
        "1 row with text stands above the header (row 2) and is not read.",
        "Looks like totals or notes below the table, and is read all the same: row 5.",
        '<option value="2024" selected',
    ):
        assert words in text, words
    preview = browser.post(place, {**CHOSEN, "read-sheet": "2024", "read-endings": "skip"})
    job = queries.job(mina, preview["Location"].strip("/").rpartition("/")[2])
    made = yaml.safe_load(job.map_text)
    assert (made["sheet"], made["header_row"], made["endings"]) == ("2024", "2", "skip")
    assert job.counts["create"] == 2
    again = _text(browser.get(place))
    assert 'value="skip" selected' in again


def test_another_sheet_is_read_when_it_is_chosen(browser: Client, mina: Actor) -> None:
    place = _uploaded(browser, BOOK, "register.xlsx")
    text = _text(browser.get(f"{place}?read-sheet=2023"))
    assert '<input type="hidden" name="read-sheet" value="2023">' in text
    assert "1 row in register.xlsx" in text
    preview = browser.post(place, {**CHOSEN, "read-sheet": "2023"})
    rows_found, _ = queries.rows(mina, preview["Location"].strip("/").rpartition("/")[2])
    assert [row.title for row in rows_found] == ["Old Sorter"]


def test_a_choice_that_the_file_has_not_is_refused_and_the_rest_is_shown(browser: Client) -> None:
    place = _uploaded(browser, BOOK, "register.xlsx")
    answer = browser.get(f"{place}?read-header_row=99")
    assert answer.status_code == 422
    assert "99 has no text" in _text(answer)
    assert "Excel workbook" in _text(answer)


def test_a_file_that_is_no_table_is_refused_by_its_name(browser: Client) -> None:
    sent = {"kind": "ai-system", "file": SimpleUploadedFile("register.csv", b"%PDF-1.7\n")}
    answer = browser.post("/imports/", sent)
    assert answer.status_code == 422
    assert "is a PDF file, which is not read here" in _text(answer)


def test_a_file_that_says_what_its_rows_are_needs_no_kind(browser: Client, mina: Actor) -> None:
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "x", "type": "library"}]}
    sent = {"kind": "", "file": SimpleUploadedFile("bom.json", json.dumps(bom).encode())}
    place = browser.post("/imports/", sent)["Location"]
    assert queries.job(mina, place.split("/")[2]).kind.slug == "component"
    answer = browser.post("/imports/", {"kind": "", "file": SimpleUploadedFile("r.csv", b"a,b\n1,2\n")})
    assert answer.status_code == 422
    assert "is not said by a file in CSV" in _text(answer)


def test_a_format_whose_rows_are_of_another_kind_says_so(browser: Client) -> None:
    bom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": "x", "type": "library"}]}
    text = _text(browser.get(_uploaded(browser, json.dumps(bom).encode(), "bom.json")))
    assert "What is read of a file in CycloneDX 1.6 are usually components." in text
