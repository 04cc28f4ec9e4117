"""A result and its answers as people and programs read them: sections of questions, and plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plumbline.catalogs.questionnaires.answers import AnswerFile
from plumbline.catalogs.questionnaires.questionnaire import NAME, Question, Questionnaire
from plumbline.catalogs.questionnaires.scoring import Result, given
from plumbline.kernel.canonical import JSON


@dataclass(frozen=True)
class Line:
    """One answered question. ``points`` is None where it scores nothing."""

    name: str
    question: str
    answers: tuple[str, ...]
    points: int | None


@dataclass(frozen=True)
class Section:
    """A section of the questionnaire with what was answered in it."""

    title: str
    lines: tuple[Line, ...]


def sections(questionnaire: Questionnaire, answers: AnswerFile) -> Iterator[Section]:
    """The answers in the order of the questionnaire, in its words; sections without one are left out."""
    for title in questionnaire.sections:
        lines = tuple(
            _line(question, answers.values[question.name])
            for question in questionnaire.questions.values()
            if question.section == title and answers.values.get(question.name) not in (None, "", [])
        )
        if lines:
            yield Section(title, lines)


def _line(question: Question, answer: JSON) -> Line:
    each = answer if isinstance(answer, list) else [answer]
    words = tuple(question.choices.get(str(one), str(one)) for one in each)
    return Line(question.name, question.title, words, given(answer) if question.scores else None)


def as_dict(result: Result) -> dict[str, Any]:
    """The result as programs read it; ``raw``, ``mitigation``, ``current`` and ``level`` are the publisher's
    own names."""
    return {
        "questionnaire": {"name": NAME, "version": result.version, "sha256": result.questionnaire},
        "answers_sha256": result.answers,
        "raw": result.raw,
        "raw_maximum": result.raw_maximum,
        "mitigation": result.mitigation,
        "mitigation_maximum": result.mitigation_maximum,
        "mitigation_needed": result.needed,
        "deducted": result.is_deducted,
        "current": result.current,
        "level": result.level,
        "complete": result.is_complete,
        "follows": result.follows,
        "unanswered": list(result.unanswered),
        "findings": [
            {"code": each.code, "question": each.question, "points": each.points, "text": str(each.message)}
            for each in result.findings
        ],
        "sections": [
            {"title": part.title, "scores": part.scores, "questions": part.questions, "points": part.points,
             "maximum": part.maximum}
            for part in result.parts
        ],
    }  # fmt: skip
