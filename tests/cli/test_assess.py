"""`plumbline assess aia`: without an installation, with an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.catalogs.test_questionnaires import DIGESTS, EXPECTED, FOLDER
from tests.cli.conftest import plumbline

from plumbline.catalogs.questionnaires import questionnaire

NUMBERS = ("raw", "mitigation", "current", "level")


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_published_assessment_is_worked_out_without_an_installation(name: str, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none")
    done = plumbline("assess", "aia", str(FOLDER / name), "--json", PLUMBLINE_DATA=nowhere)
    found = json.loads(done.stdout)
    assert [found[number] for number in NUMBERS] == [int(EXPECTED[name][number]) for number in NUMBERS]
    assert found["questionnaire"]["sha256"] == DIGESTS["v0.10.0"]
    assert found["follows"]
    assert not Path(nowhere).exists()


def test_what_was_published_and_does_not_follow_ends_with_three() -> None:
    name = min(EXPECTED)
    file, row = str(FOLDER / name), EXPECTED[name]
    stated = [word for number in NUMBERS for word in (f"--published-{number}", row[number])]
    assert "Does not follow" not in plumbline("assess", "aia", file, *stated).stdout
    wrong = plumbline("assess", "aia", file, "--published-level", "1", code=3)
    assert "The impact level 1 was published; the answers come to 2." in wrong.stdout
    assert f"Impact level       {row['level']}" in wrong.stdout


def test_a_version_that_is_not_at_hand_needs_its_questionnaire(tmp_path: Path) -> None:
    name = min(EXPECTED)
    old = tmp_path / "old.json"
    old.write_text((FOLDER / name).read_text("utf-8").replace('"v0.10.0"', '"v0.9.9"'), "utf-8")
    refused = plumbline("assess", "aia", str(old), code=1)
    assert "v0.10.0, v1.0.1" in refused.stderr
    survey = tmp_path / "survey.json"
    text = (questionnaire.PUBLISHED / "canada-aia-v0.10.0.json").read_text("utf-8")
    survey.write_text(text + "\n", "utf-8")
    done = json.loads(plumbline("assess", "aia", str(old), "--questionnaire", str(survey), "--json").stdout)
    assert [done[number] for number in NUMBERS] == [int(EXPECTED[name][number]) for number in NUMBERS]
    assert done["questionnaire"]["version"] == "v0.9.9"
    assert done["questionnaire"]["sha256"] != DIGESTS["v0.10.0"]
    # The published file of another version than the answers name: worked out, and said.
    known = questionnaire.PUBLISHED / "canada-aia-v1.0.1.json"
    other = plumbline("assess", "aia", str(old), "--questionnaire", str(known), "--json", code=3)
    assert "version" in {finding["code"] for finding in json.loads(other.stdout)["findings"]}


def test_a_file_without_answers_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    empty = tmp_path / "a.json"
    empty.write_text("{}", "utf-8")
    assert "data" in plumbline("assess", "aia", str(empty), code=1).stderr
    plumbline("assess", "aia", str(tmp_path / "none.json"), code=2)
