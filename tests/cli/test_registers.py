"""Importing a register from the command line: what is refused before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import plumbline
from tests.imports.packages import rows, workbook

MAP = "kind: supplier\nkey: {columns: [Id]}\nfields: {title: Name}\n"


def test_a_map_that_is_no_utf_8_and_a_place_that_is_none_are_told_first(data: str, tmp_path: Path) -> None:
    register, good, bad = tmp_path / "r.csv", tmp_path / "map.yaml", tmp_path / "bad.yaml"
    register.write_text("Id,Name\n1,Fjord\n2,\n")
    good.write_text(MAP)
    bad.write_bytes(b"kind: caf\xe9")
    words = ("import", "supplier", str(register), "--data", data)
    assert "UTF-8" in plumbline(*words, "--map", str(bad), code=1).stderr
    gone = str(tmp_path / "gone" / "faulty.csv")
    plumbline(*words, "--map", str(good), "--faulty", gone, code=1)
    assert json.loads(plumbline("export", "supplier", "--data", data, "--json").stdout) == []


def test_a_workbook_is_read_as_asked_and_the_result_says_how(data: str, tmp_path: Path) -> None:
    register, good = tmp_path / "r.xlsx", tmp_path / "map.yaml"
    register.write_bytes(
        workbook({"2023": rows("Id|Name", "1|Old"), "2024": rows("Ours", "Id|Name", "1|Fjord")})
    )
    good.write_text(MAP)
    words = ("import", "supplier", str(register), "--data", data, "--map", str(good), "--json", "--preview")
    told = json.loads(plumbline(*words, "--read", "sheet=2024", "--read", "header-row=2").stdout)
    assert (told["found"]["sheet"], told["found"]["header_row"], told["found"]["rows"]) == ("2024", 2, 1)
    # What a supplier must say besides its name is asked for when the draft is submitted.
    assert (told["counts"]["create"], told["counts"]["faulty"]) == (1, 0)
    assert [table["name"] for table in told["found"]["tables"]] == ["2023", "2024"]


def test_a_bill_of_materials_that_does_not_fit_its_schema_is_refused_with_the_place(data: str) -> None:
    invalid = Path(__file__).parents[1] / "data" / "documents" / "cyclonedx_invalid_service_data_1.6.json"
    told = plumbline("import", "component", str(invalid), "--data", data, code=1).stderr
    assert "services[0].data[0].flow" in told
    assert json.loads(plumbline("export", "component", "--data", data, "--json").stdout) == []
