"""What answers come to: impact, mitigation, the deduction, the score and the level, and what does not follow.

Worked out as the publisher's own tool does (canada-ca/aia-eia-js, `src/store.ts`, `calculateFinalScore`), in
its arithmetic: every answer to a scoring question counts, also one to a question that is not asked any more.
What a reader of the result should know of that is said beside it (`Finding`) and changes no number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from plumbline.catalogs.questionnaires.answers import AnswerFile
from plumbline.catalogs.questionnaires.questionnaire import Question, Questionnaire, Scores, points
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Message, say

DEDUCTION, SHARE_NEEDED = 0.15, 0.8
"""What comes off the impact score, and the share of half the greatest mitigation that it takes."""
THRESHOLDS = (0.25, 0.5, 0.75)
"""Shares of the greatest impact up to which the levels 1, 2 and 3 reach."""
Code: TypeAlias = Literal[
    "unknown-question", "unknown-choice", "several-choices", "not-asked", "published", "version"
]


@dataclass(frozen=True)
class Finding:
    """Something that the result does not follow from. ``points`` are those of the answer in question."""

    code: Code
    question: str
    message: Message
    points: int = 0


@dataclass(frozen=True)
class Part:
    """One section with what it gives to impact or to mitigation."""

    title: str
    scores: Scores
    questions: int
    points: int
    maximum: int


@dataclass(frozen=True)
class Published:
    """A result as it was published; what was not published is None."""

    raw: int | None = None
    mitigation: int | None = None
    current: int | None = None
    level: int | None = None


NOT_PUBLISHED = Published()


@dataclass(frozen=True)
class Result:
    """What answers come to. ``raw`` is the impact score before, ``current`` after the deduction; ``needed``
    is the mitigation from which on it is taken off. ``unanswered`` are scoring questions that are asked and
    have no answer, by name."""

    version: str
    questionnaire: str
    answers: str
    raw: int
    raw_maximum: int
    mitigation: int
    mitigation_maximum: int
    needed: int
    is_deducted: bool
    current: int
    level: int
    parts: tuple[Part, ...]
    unanswered: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every scoring question that is asked has an answer."""
        return not self.unanswered

    @property
    def differs(self) -> bool:
        """Whether the published result is another one than the answers come to."""
        return any(finding.code in ("published", "version") for finding in self.findings)

    @property
    def follows(self) -> bool:
        """Whether all of it follows from the answers: nothing published differs, and no answer is one that
        the questionnaire does not know or does not ask for."""
        return not self.findings


def score(questionnaire: Questionnaire, answers: AnswerFile, published: Published = NOT_PUBLISHED) -> Result:
    """The result of the answers by the questionnaire, beside the one that was ``published``."""
    total: dict[Scores, int] = {"impact": 0, "mitigation": 0, "": 0}
    for question in questionnaire.questions.values():
        total[question.scores] += given(answers.values.get(question.name))
    raw, most = total["impact"], questionnaire.maximum("impact")
    mitigation, most_mitigation = total["mitigation"], questionnaire.maximum("mitigation")
    # Design and implementation are alternatives, so that nobody reaches more than half of the maximum.
    half = SHARE_NEEDED * (most_mitigation / 2)
    deducted = mitigation >= half
    current = math.floor((1 - DEDUCTION) * raw + 0.5) if deducted else raw
    level = 1 + sum(current > most * share for share in THRESHOLDS)
    unanswered = tuple(
        question.name
        for question in questionnaire.questions.values()
        if question.scores
        and _is_unanswered(answers.values.get(question.name))
        and question.is_asked(answers.values)
    )
    result = Result(
        questionnaire.version, questionnaire.digest, answers.digest, raw, most, mitigation, most_mitigation,
        math.ceil(half), deducted, current, level, tuple(_parts(questionnaire, answers)), unanswered,
        tuple(_findings(questionnaire, answers)),
    )  # fmt: skip
    differing = tuple(_differing(result, answers, published))
    return replace(result, findings=(*differing, *result.findings))


def given(answer: JSON) -> int:
    """The points of an answer: those of its choice, of all of them where it has several."""
    if isinstance(answer, list):
        return sum(points(each) for each in answer)
    return points(answer)


def _is_unanswered(answer: JSON) -> bool:
    return answer is None or answer == "" or answer == []


def _parts(questionnaire: Questionnaire, answers: AnswerFile) -> Iterator[Part]:
    kinds: tuple[Scores, ...] = ("impact", "mitigation")
    for title in questionnaire.sections:
        for scores in kinds:
            inside = [
                question
                for question in questionnaire.questions.values()
                if question.section == title and question.scores == scores
            ]
            if inside:
                yield Part(
                    title,
                    scores,
                    len(inside),
                    sum(given(answers.values.get(question.name)) for question in inside),
                    sum(question.maximum for question in inside),
                )


def _findings(questionnaire: Questionnaire, answers: AnswerFile) -> Iterator[Finding]:
    """Answers that the questionnaire does not know, or does not ask for of these."""
    for name, answer in answers.values.items():
        question = questionnaire.questions.get(name)
        if question is None:
            # A text of one's own may be beside any choice; the tool keeps it under the name of the question.
            if not name.endswith("-Comment"):
                text = "{question} is no question of {version}; it counts for nothing."
                said = say(
                    "questionnaire.unknown-question", text, question=name, version=questionnaire.version
                )
                yield Finding("unknown-question", name, said)
        elif question.is_chosen and not _is_unanswered(answer):
            yield from _of_choices(question, answer)
            if question.scores and given(answer) and question.is_asked(answers.values) is False:
                text = (
                    "“{question}” is not asked after the other answers, and its {count} points still count."
                )
                said = say("questionnaire.not-asked", text, question=question.title, count=given(answer))
                yield Finding("not-asked", name, said, given(answer))


def _of_choices(question: Question, answer: JSON) -> Iterator[Finding]:
    chosen = answer if isinstance(answer, list) else [answer]
    for choice in chosen:
        if str(choice) not in question.choices:
            worth = points(choice) if question.scores else 0
            text = "An answer to “{question}” is none of its choices; it counts {count} points."
            said = say("questionnaire.unknown-choice", text, question=question.title, count=worth)
            yield Finding("unknown-choice", question.name, said, worth)
    doubled = len(set(map(str, chosen))) < len(chosen)
    if doubled or (question.shape != "checkbox" and len(chosen) > 1):
        text = "“{question}” has more answers than it admits, and all of them count: {count} points."
        worth = given(answer) if question.scores else 0
        said = say("questionnaire.several-choices", text, question=question.title, count=worth)
        yield Finding("several-choices", question.name, said, worth)


def _differing(result: Result, answers: AnswerFile, published: Published) -> Iterator[Finding]:
    """Where what was published is not what the answers come to."""
    if answers.version and result.version and answers.version != result.version:
        text = "The answers are of {theirs}, and what is worked out is by {version}."
        said = say("questionnaire.other-version", text, theirs=answers.version, version=result.version)
        yield Finding("version", "", said)
    if published.raw not in (None, result.raw):
        text = "The impact score {stated} was published; the answers come to {found}."
        said = say("questionnaire.published-raw", text, stated=published.raw or 0, found=result.raw)
        yield Finding("published", "raw", said)
    if published.mitigation not in (None, result.mitigation):
        text = "The mitigation score {stated} was published; the answers come to {found}."
        stated = published.mitigation or 0
        said = say("questionnaire.published-mitigation", text, stated=stated, found=result.mitigation)
        yield Finding("published", "mitigation", said)
    if published.current not in (None, result.current):
        text = "The score {stated} was published; the answers come to {found}."
        said = say("questionnaire.published-score", text, stated=published.current or 0, found=result.current)
        yield Finding("published", "current", said)
    if published.level not in (None, result.level):
        text = "The impact level {stated} was published; the answers come to {found}."
        said = say("questionnaire.published-level", text, stated=published.level or 0, found=result.level)
        yield Finding("published", "level", said)
