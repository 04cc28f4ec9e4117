"""Every requirement statement has something that answers it, or says aloud that nothing does yet."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from plumbline import catalogs
from plumbline.catalogs import shown_by
from plumbline.catalogs.loader import CatalogError
from plumbline.controls import registry
from plumbline.records import kinds
from plumbline.web import pages


def faults(records: dict[str, tuple[str, ...]]) -> Iterable[str]:
    for slug, names in records.items():
        if not kinds.exists(slug):
            yield f"there is no kind {slug}"
            continue
        known = {field.name for field in kinds.get(slug).model._meta.get_fields()}
        yield from (f"{slug} has no column {name}" for name in names if name not in known)
        if not names:
            yield f"{slug} names no column"


@pytest.mark.parametrize("statement", [row.id for row in catalogs.statements()])
def test_what_answers_a_statement_exists(statement: str) -> None:
    answer = shown_by.statements()[statement]
    checks = {check.slug for check in registry.all_checks()}
    named = {page.name for page in pages.declared()}
    wrong = [
        *faults(answer.records),
        *(f"there is no check {slug}" for slug in answer.checks if slug not in checks),
        *(f"there is no page {name}" for name in answer.pages if name not in named),
    ]
    assert not wrong, f"{statement}: {'; '.join(wrong)}; mend src/plumbline/catalogs/shown/statements.json"


def test_each_of_the_109_has_an_answer() -> None:
    rows = shown_by.statements()
    assert list(rows) == [row.id for row in catalogs.statements()]
    assert len(rows) == 109
    assert [row.statement for row in rows.values() if not row.is_there] == []
    assert [row.statement for row in rows.values() if row.missing] == []


def test_each_row_of_documented_information_has_columns_that_keep_it() -> None:
    rows = shown_by.documented()
    assert len(rows) == 22
    assert [(row.id, kept.what) for row, kept in rows] == [
        (row.id, what) for row, _, what in catalogs.documented()
    ]
    for _, kept in rows:
        assert kept.records
        assert not list(faults(kept.records)), kept.requirement


NONCONFORMITY = {
    "what it is": ("nonconformity", "description"),
    "what it departs from": ("nonconformity", "requirements"),
    "where it was found": ("nonconformity", "source"),
    "when it was found": ("nonconformity", "detected_on"),
    "control of it": ("nonconformity", "containment"),
    "correction": ("nonconformity", "correction"),
    "its consequences": ("nonconformity", "consequences"),
    "whether the cause has to be removed": ("nonconformity", "no_action"),
    "its cause": ("nonconformity", "cause"),
    "similar cases": ("nonconformity", "similar"),
    "in proportion to its effect": ("nonconformity", "grade"),
    "what changes in the AIMS": ("nonconformity", "aims_change"),
    "the action needed": ("corrective-action", "action"),
    "who and by when": ("corrective-action", "due"),
    "whether it worked": ("corrective-action", "effectiveness_measure"),
}


@pytest.mark.parametrize("asked", NONCONFORMITY)
def test_each_field_of_a_nonconformity_has_a_column_that_the_table_names(asked: str) -> None:
    kind, name = NONCONFORMITY[asked]
    kinds.get(kind).field(name)
    answers = [row for id, row in shown_by.statements().items() if id.startswith("iso42001:10.2/")]
    assert any(name in row.records.get(kind, ()) for row in answers)


@pytest.mark.parametrize("spoil", ["gone", "doubled", "silent"])
def test_a_table_with_a_hole_is_refused(spoil: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[dict[str, Any]] = json.loads((shown_by.FOLDER / "statements.json").read_text("utf-8"))
    spoiled = {
        "gone": rows[1:],
        "doubled": [rows[0], *rows],
        "silent": [{"statement": rows[0]["statement"]}, *rows[1:]],
    }[spoil]
    (tmp_path / "statements.json").write_text(json.dumps(spoiled), "utf-8")
    monkeypatch.setattr(shown_by, "FOLDER", tmp_path)
    shown_by.statements.cache_clear()
    try:
        with pytest.raises(CatalogError):
            shown_by.statements()
    finally:
        shown_by.statements.cache_clear()
