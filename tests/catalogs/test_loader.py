"""A catalog file with a fault is refused, and the message names the file and the row."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from plumbline.catalogs.loader import DATA, CatalogError, digest, load

Spoil = Callable[[list[dict[str, Any]]], object]
CONTROLS = "iso42001-2023/controls.json"
STATEMENTS = "iso42001-2023/statements.json"
GDPR = "mappings/iso42001-2023--gdpr-2016-679.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def spoil(folder: Path, name: str, change: Spoil) -> None:
    file = folder / name
    rows = json.loads(file.read_text())
    change(rows)
    file.write_text(json.dumps(rows))


CASES: list[tuple[str, Spoil, str]] = [
    (CONTROLS, lambda rows: rows[2].update(colour="red"), "controls.json, row 3: .*unknown field `colour`"),
    (CONTROLS, lambda rows: rows[1].pop("gist"), "controls.json, row 2: .*missing required field `gist`"),
    (CONTROLS, lambda rows: rows[4].update(machine=["some"]), "controls.json, row 5, field machine: "),
    (CONTROLS, lambda rows: rows[4].pop("people"), "controls.json, row 5, field people: it says nothing"),
    (
        CONTROLS,
        lambda rows: rows[4].update(people=" "),
        "controls.json, row 5, field people: it says nothing",
    ),
    (
        STATEMENTS,
        lambda rows: rows[0].update(machine="all"),
        "statements.json, row 1: only clause and control",
    ),
    (CONTROLS, lambda rows: rows[0].update(checked_against_text="no"), "row 1, field checked_against_text: "),
    (CONTROLS, lambda rows: rows[5].update(number="A.2.2"), "controls.json, row 6: A.2.2 stands already in"),
    (
        CONTROLS,
        lambda rows: rows[0].update(number="4.1"),
        "controls.json, row 1: 4.1 stands already in .*clauses",
    ),
    (CONTROLS, lambda rows: rows[0].update(parent="A.1"), "controls.json, row 1: the parent A.1 does not"),
    (CONTROLS, lambda rows: rows[0].update(group="A.11"), "controls.json, row 1: .*no heading A.11"),
    (GDPR, lambda rows: rows[0].update(source="iso42001:A.6.10"), "row 1: iso42001:A.6.10 does not exist"),
    (GDPR, lambda rows: rows[0].update(target="ccpa:1"), "row 1: ccpa:1 names no known framework"),
    (GDPR, lambda rows: rows[3].update(rows[2]), "row 4: this pair stands already in .*row 3"),
    (GDPR, lambda rows: rows[0].update(relation="equal"), "row 1, field relation: equal is not"),
    (GDPR, lambda rows: rows[0].update(support=["J"]), "row 1, field support: J is not"),
    (GDPR, lambda rows: rows[0].update(support=[]), "row 1, field support: nothing is not"),
    (
        "risk-seeds.json",
        lambda rows: rows[1].update(id="R-01"),
        "risk-seeds.json, row 2: R-01 stands there twice",
    ),
    (
        "risk-seeds.json",
        lambda rows: rows[1].update(objectives=["iso42001:C.2.12"]),
        "row 2: iso42001:C.2.12",
    ),
]


@pytest.mark.parametrize(("name", "change", "message"), CASES)
def test_a_fault_names_file_and_row(folder: Path, name: str, change: Spoil, message: str) -> None:
    spoil(folder, name, change)
    with pytest.raises(CatalogError, match=message):
        load(folder)


def test_broken_json_and_missing_files_are_named(folder: Path) -> None:
    (folder / CONTROLS).write_text("[{")
    with pytest.raises(CatalogError, match=r"iso42001-2023/controls\.json: "):
        load(folder)
    shutil.copy(DATA / CONTROLS, folder / CONTROLS)
    (folder / "risk-seeds.json").unlink()
    with pytest.raises(CatalogError, match=r"risk-seeds\.json: cannot be read"):
        load(folder)
    with pytest.raises(CatalogError, match="no such folder"):
        load(folder / "nowhere")


def test_one_framework_has_one_folder(folder: Path) -> None:
    shutil.copytree(folder / "nist-ai-rmf-1.0", folder / "nist-ai-rmf-1.1")
    with pytest.raises(CatalogError, match=r"nist-ai-rmf-1.1/framework.json: .*nist-ai-rmf has a folder"):
        load(folder)


def test_the_version_is_the_digest_of_names_lengths_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.json").write_bytes(b"22")
    (tmp_path / "a.json").write_bytes(b"1")
    assert digest(tmp_path) == hashlib.sha256(b"a.json\x001\x001" + b"b/two.json\x002\x0022").hexdigest()


def test_the_version_changes_with_any_byte(folder: Path) -> None:
    before = load(folder).version
    assert before == digest(DATA)
    spoil(folder, CONTROLS, lambda rows: rows[0].update(gist="Have a policy."))
    assert load(folder).version != before
