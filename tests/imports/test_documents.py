"""JSON, JSON Lines and the published formats: the list that is read, its rows, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plumbline.imports import reading
from plumbline.imports.reading import ReadOptions, Sheet
from plumbline.kernel.problems import Malformed, Problem, TooLarge


def read(document: Any, options: ReadOptions = reading.READ_AS_FOUND) -> Sheet:
    return reading.read(json.dumps(document).encode(), options)


def rows(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.columns, row.cells, strict=False)) for row in sheet.rows]


def test_the_list_is_found_and_another_can_be_chosen() -> None:
    document = {
        "made": "2024",
        "authors": [{"name": "Mina"}],
        "register": {
            "systems": [{"id": 1, "name": "Sorter", "parts": [{"of": "x"}]}, {"id": 2, "name": "Finder"}]
        },
    }
    sheet = read(document)
    assert (sheet.format, sheet.options.path) == ("JSON", "register.systems")
    assert [(table.place, table.rows) for table in sheet.tables] == [
        ("register.systems", 2),
        ("authors", 1),
        ("register.systems.parts", 1),
    ]
    assert [row.cells for row in sheet.rows] == [("1", "Sorter", "x"), ("2", "Finder", "")]
    assert rows(read(document, ReadOptions(path="authors"))) == [{"name": "Mina"}]
    with pytest.raises(Malformed) as caught:
        read(document, ReadOptions(path="systems"))
    assert caught.value.faults[0].field == "path"
    assert "register.systems" in str(caught.value.faults[0].remedy)


def test_objects_become_dotted_columns_and_lists_are_joined() -> None:
    entry = {
        "owner": {"name": "Mina", "unit": {"code": None}},
        "tags": ["a", "b"],
        "texts": ["one, two", "three"],
        "contacts": [{"mail": "a@x"}, {"mail": "b@x"}],
        "live": True,
        "share": 0.30000000000000004,
        "id": 12345678901234567890,
        "a.b": "dot",
    }
    sheet = read([entry])
    assert rows(sheet) == [
        {
            "owner.name": "Mina",
            "owner.unit.code": "",
            "tags": "a, b",
            "texts": "one, two\nthree",
            "contacts.mail": "a@x, b@x",
            "live": "true",
            "share": "0.3",
            "id": "12345678901234567890",
            "a.b": "dot",
        }
    ]
    assert (sheet.column_type("live"), sheet.column_type("id"), sheet.column_type("tags")) == ("b", "n", "t")


def test_an_object_of_entries_is_a_list_with_their_keys() -> None:
    document = {"A-1": {"name": "Sorter", "live": True}, "A-2": {"name": "Finder", "live": False}}
    sheet = read(document)
    assert sheet.options.path == "*"
    assert rows(sheet)[1] == {"key": "A-2", "name": "Finder", "live": "false"}


def test_json_lines_know_their_lines() -> None:
    sheet = reading.read(b'{"id": 1}\n\n{"id": 2, "Id": 3}\n')
    assert sheet.format == "JSON Lines"
    assert [row.line for row in sheet.rows] == [1, 3]
    assert sheet.columns == ("id (1)", "Id (2)")
    with pytest.raises(Malformed) as caught:
        reading.read(b'{"id": 1}\n{"id": 2}\n{"id": \n')
    assert str(caught.value.faults[0].message).startswith("line 3 is no JSON")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b'{"a": [1,\n2', "line 2 is no JSON"),
        (b'[{"a": NaN}]', "NaN, which JSON has not"),
        (b'[{"a": "\\u0000"}]', "NUL character"),
        (b'[{"a": "\\ud800"}]', "half of a character"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b"[" + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"]", "nested too deeply"),
        (b"[{}]", "no entry with a text"),
        (json.dumps([{"a": "x" * 140_000}]).encode(), "entry 1 has a cell of over 131,072"),
        (json.dumps([{f"c{number}": 1 for number in range(1_100)}]).encode(), "1,000 columns"),
        (json.dumps([{"a": 1}] * 11).encode(), "over 10 rows"),
        (b"a: 1\nb:\n  - c\n  - d: e\n", "a YAML file"),
    ],
)
def test_bad_documents_are_refused_with_a_place_and_a_remedy(content: bytes, what: str) -> None:
    with pytest.raises((Malformed, TooLarge)) as caught:
        reading.read(content, row_limit=10)
    (fault,) = caught.value.faults
    assert what in str(fault.message), fault.message
    assert fault.remedy


def test_a_number_of_a_million_digits_costs_no_time_and_becomes_no_number() -> None:
    with pytest.raises(Malformed):
        reading.read(b'[{"a": ' + b"9" * 1_000_000 + b"}]")


BOM = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "x"}]}
CROISSANT = {
    "@context": {"cr": "http://mlcommons.org/croissant/"},
    "conformsTo": "http://mlcommons.org/croissant/1.0",
    "name": "Flowers",
    "recordSet": [{"@id": "r"}],
}
EVENT = {
    "eventTime": "2026-01-01T00:00:00Z",
    "producer": "https://example.org",
    "eventType": "COMPLETE",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "run": {"runId": "0176a8c2-fe01-7439-87e6-56a1a1b4029f"},
    "job": {"namespace": "db", "name": "daily"},
    "outputs": [{"namespace": "db", "name": "sums"}],
}
RESULTS = {
    "assessment-results": {
        "metadata": {"title": "t", "oscal-version": "1.1.2"},
        "results": [{"findings": [{"title": "f"}]}],
    }
}
ANSWERS = {"version": "v0.10.0", "currentPage": 3, "data": {"projectDetailsTitle": "Sorter", "risk1": ["a"]}}


@pytest.mark.parametrize(
    ("document", "name", "kind", "first"),
    [
        (BOM, "CycloneDX 1.6", "component", {"type": "library", "name": "x"}),
        (
            {"spdxVersion": "SPDX-2.3", "packages": [{"name": "x", "versionInfo": "1"}]},
            "SPDX 2.3",
            "component",
            {"name": "x", "versionInfo": "1"},
        ),
        (
            CROISSANT,
            "Croissant",
            "dataset",
            {"conformsTo": "http://mlcommons.org/croissant/1.0", "name": "Flowers"},
        ),
        ([EVENT, EVENT], "OpenLineage", "dataset", {"namespace": "db", "name": "sums"}),
        (RESULTS, "OSCAL assessment results 1.1.2", "nonconformity", {"title": "f"}),
        (
            {"model_details": {"name": "m", "overview": "o"}},
            "Model card",
            "component",
            {"model_details.name": "m", "model_details.overview": "o"},
        ),
        (
            ANSWERS,
            "Algorithmic Impact Assessment (Canada) v0.10.0",
            "impact-assessment",
            {"projectDetailsTitle": "Sorter", "risk1": "a"},
        ),
    ],
)
def test_published_formats_are_recognised_by_their_content(
    document: Any, name: str, kind: str, first: dict[str, str]
) -> None:
    sheet = read(document)
    assert (sheet.format, sheet.kind) == (name, kind)
    assert rows(sheet)[0] == first


def test_a_card_in_markdown_is_one_row() -> None:
    card = (
        "---\nlicense: mit\ntags:\n- vision\nreleased: 2024-03-01\n---\n\n# Bean model\n\nSorts beans.\n\n"
        "## Uses\n<!-- say for whom -->\nSorting\n\n```sh\n# no heading\n```\n"
    )
    sheet = reading.read(card.encode())
    assert (sheet.format, sheet.kind) == ("Model card", "component")
    assert rows(sheet) == [
        {
            "license": "mit",
            "tags": "vision",
            "released": "2024-03-01",
            "title": "Bean model",
            "summary": "Sorts beans.",
            "Uses": "Sorting\n\n```sh\n# no heading\n```",
        }
    ]
    assert reading.read(b"---\nsize_categories: n<1K\n---\n# Beans\n").kind == "dataset"
    with pytest.raises(Malformed) as caught:
        reading.read(b"---\na: &x [1, 2]\nb: *x\n---\n# t\n")
    assert "at line 3" in str(caught.value.faults[0].message)


def test_random_documents_are_read_or_refused_and_nothing_else() -> None:
    import random

    source = random.Random(42001)
    for _ in range(300):
        content = b"".join(source.choices([b"{", b"}", b"[", b"]", b'"a"', b":", b",", b"1", b"\n"], k=12))
        try:
            reading.read(b"[{" + content)
        except Problem:
            continue
