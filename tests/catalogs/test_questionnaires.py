"""What answers come to: against the published results of five assessments and the publisher's own test."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plumbline.catalogs.questionnaires import answers as answer_files
from plumbline.catalogs.questionnaires import conditions, questionnaire, scoring, shown
from plumbline.catalogs.questionnaires.answers import AnswerFile
from plumbline.catalogs.questionnaires.scoring import Published, Result
from plumbline.kernel.problems import Invalid, NotFound

pytestmark = pytest.mark.pure
FOLDER = Path(__file__).parents[1] / "data" / "impact-assessments"
EXPECTED = {
    row["file"]: row for row in csv.DictReader((FOLDER / "expected_scores.csv").open(encoding="utf-8"))
}
DIGESTS = {
    "v0.10.0": "cf7ba3013fa067b9575d4367ebe713f0b9d5372478ee7d8869f4874f47d52921",
    "v1.0.1": "2438b9020a1d8f8c536dcf40ea95842479c447deb59dae919e48ea30567142a8",
}
"""SHA-256 of src/survey-enfr.json of canada-ca/aia-eia-js at 9284661 and b900dc7."""


def read(values: dict[str, Any], version: str = "v1.0.1") -> AnswerFile:
    return answer_files.read(json.dumps({"version": version, "data": values}).encode())


def scored(
    values: dict[str, Any], version: str = "v1.0.1", published: Published = scoring.NOT_PUBLISHED
) -> Result:
    found = read(values, version)
    return scoring.score(questionnaire.of_version(version), found, published)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_five_published_assessments_come_to_their_published_results(name: str) -> None:
    row = EXPECTED[name]
    found = answer_files.read((FOLDER / name).read_bytes())
    published = Published(*(int(row[column]) for column in ("raw", "mitigation", "current", "level")))
    result = scoring.score(questionnaire.of_version(found.version), found, published)
    assert Published(result.raw, result.mitigation, result.current, result.level) == published
    assert result.follows
    assert result.version == row["survey_version_in_file"]
    assert result.answers == hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()


def test_one_of_them_earned_the_deduction_by_hand() -> None:
    """Mitigation 37 of 92: half is 46, 80 % of it 36.8. 0.85 x 33 = 28.05, so 28; 126 / 4 = 31.5."""
    name = next(name for name, row in EXPECTED.items() if row["raw"] != row["current"])
    found = answer_files.read((FOLDER / name).read_bytes())
    result = scoring.score(questionnaire.of_version(found.version), found)
    assert (result.raw, result.mitigation, result.needed, result.is_deducted) == (33, 37, 37, True)
    assert (result.current, result.level) == (28, 1)


def test_the_publishers_own_test_comes_to_its_result() -> None:
    vector = json.loads((FOLDER / "unit_test_vector.json").read_text("utf-8"))
    result = scored(vector["data"])
    expected = vector["expected"]
    assert {name: getattr(result, name) for name in expected} == expected
    # Three points out of a questionnaire that nearly nobody has answered: that is said beside the level.
    assert len(result.unanswered) > 50
    assert not result.is_complete


@pytest.mark.parametrize(
    ("version", "impact", "mitigation", "conditions_of"),
    [("v0.10.0", (37, 126), (72, 92), 35), ("v1.0.1", (70, 167), (90, 154), 124)],
)
def test_each_version_is_the_published_file_and_all_of_it_is_understood(
    version: str, impact: tuple[int, int], mitigation: tuple[int, int], conditions_of: int
) -> None:
    found = questionnaire.of_version(version)
    file = questionnaire.PUBLISHED / f"canada-aia-{version}.json"
    content = file.read_bytes()
    assert found.digest == hashlib.sha256(content).hexdigest() == DIGESTS[version]
    for scores, (number, most) in (("impact", impact), ("mitigation", mitigation)):
        of_kind = [question for question in found.questions.values() if question.scores == scores]
        assert (len(of_kind), sum(question.maximum for question in of_kind)) == (number, most)
    assert content.decode().count('"visibleIf"') == conditions_of
    assert not [question.name for question in found.questions.values() if None in question.conditions]


def test_a_published_result_that_does_not_follow_is_named_and_never_bent() -> None:
    name = min(EXPECTED)
    row = {column: int(EXPECTED[name][column]) for column in ("raw", "mitigation", "current", "level")}
    values = json.loads((FOLDER / name).read_text("utf-8"))["data"]
    truth = scored(values, "v0.10.0")
    for wrong in row:
        published = Published(**(row | {wrong: row[wrong] + 1}))
        result = scored(values, "v0.10.0", published)
        assert [finding.question for finding in result.findings] == [wrong]
        assert result.differs
        assert not result.follows
        assert replace(result, findings=()) == replace(truth, findings=())


def test_levels_begin_above_a_quarter_a_half_and_three_quarters() -> None:
    """167 points: 41.75, 83.5 and 125.25. Answers are taken question by question until a sum is reached."""
    choices = {
        question.name: max(question.choices, key=questionnaire.points)
        for question in questionnaire.of_version("v1.0.1").questions.values()
        if question.scores == "impact" and question.shape != "checkbox"
    }
    levels: dict[int, int] = {}
    values: dict[str, Any] = {"projectDetailsTitle": "x"}
    for name, choice in choices.items():
        values[name] = choice
        result = scored(values)
        levels[result.current] = result.level
    assert set(levels.values()) >= {1, 2, 3}
    for current, level in levels.items():
        assert level == 1 + (current > 41.75) + (current > 83.5) + (current > 125.25)


def test_what_bears_on_the_result_beside_its_numbers_is_said() -> None:
    first = next(
        question
        for question in questionnaire.of_version("v1.0.1").questions.values()
        if question.scores == "impact" and question.shape == "radiogroup" and not question.conditions
    )
    codes = {
        "unknown-choice": {first.name: "item77-5"},
        "several-choices": {first.name: list(first.choices)[:2]},
        "unknown-question": {"riskProfile999": "item1-4"},
        # Asked of nobody whose project is in implementation.
        "not-asked": {"projectDetailsPhase": "item2", "consultationDesign1": "item1-2"},
    }
    for code, values in codes.items():
        result = scored({"projectDetailsTitle": "x", **values})
        assert [finding.code for finding in result.findings] == [code], code
        assert not result.follows
    # The tool counts the points of a choice that it does not have, and so does the result.
    assert scored({"projectDetailsTitle": "x", first.name: "item77-5"}).raw == 5
    assert scored({"projectDetailsTitle": "x", "riskProfile999": "item1-4"}).raw == 0
    assert scored(codes["not-asked"] | {"projectDetailsTitle": "x"}).mitigation == 2


def test_answers_of_another_version_are_refused_or_named() -> None:
    with pytest.raises(NotFound):
        questionnaire.of_version("v0.9.1")
    with pytest.raises(NotFound):
        questionnaire.of_version("../published/canada-aia-v1.0.1")
    assert questionnaire.of_version("0.10.0") is questionnaire.of_version("0.10.0")
    result = scoring.score(questionnaire.of_version("v1.0.1"), read({"projectDetailsTitle": "x"}, "v0.10.0"))
    assert [finding.code for finding in result.findings] == ["version"]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "answers"),
        (b"\xff\xfe{", "answers"),
        (b"[" * 200_000, "answers"),
        (b'{"data": {"projectDetailsTitle": 1}, "data": {}}', "answers"),
        (b'{"data": {"projectDetailsTitle": NaN}}', "answers"),
        (b"[]", "data"),
        (b'{"version": "v1.0.1", "data": {}}', "data"),
        (b'{"version": "v1.0.1", "data": {"name": "x"}}', "data"),
        (b'{"version": 1, "data": {"projectDetailsTitle": "x"}}', "version"),
        (b'{"version": "v1.0.1", "data": {"projectDetailsTitle": "x", "impact5": {"a": 1}}}', "data.impact5"),
        (b'{"version": "v1.0.1", "data": {"projectDetailsTitle": "x", "impact5": 1.5}}', "data.impact5"),
        (b'{"data": "' + b"x" * answer_files.LARGEST + b'"}', "answers"),
    ],
)
def test_a_file_without_answers_is_refused_by_the_name_of_the_field(content: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        answer_files.read(content)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert not answer_files.is_one(content)


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b'{"pages": [{"name": "a", "elements": [{"type": "text", "name": "b"}]}]}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_questionnaire_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        questionnaire.read(content, "v2")


@pytest.mark.parametrize(
    ("expression", "answers", "holds"),
    [
        ('{a} = "item1"', {"a": "item1"}, True),
        ('{a} = "item1"', {"a": "ITEM1"}, True),
        ('{a} = "item1"', {}, False),
        ('{a} contains "item1"', {"a": "item1-0"}, True),
        ('{a} contains "item1"', {"a": ["item1-0"]}, False),
        ('{a} contains ["item6"]', {"a": ["item2", "item6"]}, True),
        ('({a} = "1" or {a} = "2") and {b} = "3"', {"a": "2", "b": "3"}, True),
        ('{a} = "1" or {a} = "2" and {b} = "3"', {"a": "1"}, True),
        ("{a} notempty", {"a": []}, False),
        ("{a} != 'x'", {"a": "y"}, True),
    ],
)
def test_a_question_is_asked_by_its_condition(expression: str, answers: dict[str, Any], holds: bool) -> None:
    assert conditions.parse(expression)(answers) is holds


@pytest.mark.parametrize(
    "expression", ["", "{a}", "{a} =", '{a} like "x"', '("' * 3, '{a} = "1" )', "a" * 5_000]
)
def test_a_condition_of_an_unknown_form_is_said_to_be_unknown(expression: str) -> None:
    with pytest.raises(conditions.UnknownCondition):
        conditions.parse(expression)


def test_answers_are_shown_in_the_words_of_the_questionnaire() -> None:
    found = read({"projectDetailsTitle": "Sorter", "decisionSector1": ["item1-1", "item2-1"]})
    sections = list(shown.sections(questionnaire.of_version("v1.0.1"), found))
    assert [section.title for section in sections] == ["Project Details", "About the Decision"]
    (line,) = sections[1].lines
    assert line.points == 2
    assert all(not answer.startswith("item") for answer in line.answers)
