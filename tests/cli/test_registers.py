"""Importing a register from the command line: what is refused before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import plumbline

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
