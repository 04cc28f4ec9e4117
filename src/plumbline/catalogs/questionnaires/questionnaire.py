"""A questionnaire read from the file that its publisher has it in (SurveyJS), with what scoring needs of it.

A question scores impact where its name, or that of the panel it stands in, ends in ``-RS``, mitigation for
``-MS``, and nothing otherwise; only questions answered by choosing score. The points of a choice follow the
last hyphen of its value.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from plumbline.catalogs.questionnaires import conditions
from plumbline.catalogs.questionnaires.conditions import Answers, Condition
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotFound

PUBLISHED = Path(__file__).parent / "published"
NAME = "Algorithmic Impact Assessment (Canada)"
LARGEST = 4_000_000
"""Bytes of a questionnaire."""
Scores: TypeAlias = Literal["impact", "mitigation", ""]
_SCORES: Mapping[str, Scores] = {"-RS": "impact", "-MS": "mitigation", "-NS": ""}
_CHOSEN = frozenset({"radiogroup", "dropdown", "checkbox"})
_ASKED = _CHOSEN | {"text", "comment"}
_POINTS = re.compile(r"\s*([+-]?\d{1,9})\s*")
_OTHER_NUMBER = re.compile(
    r"\s*[+-]?(?:\d*\.\d*|\d+)(?:[eE][+-]?\d+)?\s*|\s*0[xXbBoO][0-9a-fA-F]+\s*|\s*[+-]?Infinity\s*"
)
_VERSION = re.compile(r"v?\d{1,4}(\.\d{1,4}){0,3}")


@dataclass(frozen=True, eq=False)
class Question:
    """One question. ``conditions`` say when it is asked; one that is not understood is None."""

    name: str
    title: str
    shape: str
    section: str
    scores: Scores
    choices: Mapping[str, str]
    conditions: tuple[Condition | None, ...]

    @property
    def is_chosen(self) -> bool:
        """Whether it is answered by choosing."""
        return self.shape in _CHOSEN

    @property
    def maximum(self) -> int:
        """The most points it can give: of one choice, or of all where several may be chosen."""
        given = [points(choice) for choice in self.choices]
        return sum(given) if self.shape == "checkbox" else max([0, *given])

    def is_asked(self, answers: Answers) -> bool | None:
        """Whether it is asked of somebody who has given these answers; None where that is not known."""
        known = [condition(answers) for condition in self.conditions if condition is not None]
        if not all(known):
            return False
        return None if None in self.conditions else True


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """One version of a questionnaire; ``digest`` is the SHA-256 (hexadecimal) of its published file."""

    version: str
    digest: str
    questions: Mapping[str, Question]

    def maximum(self, scores: Scores) -> int:
        """The most points that its questions give together for impact or mitigation."""
        return sum(question.maximum for question in self.questions.values() if question.scores == scores)

    @property
    def sections(self) -> tuple[str, ...]:
        """The titles of its sections, in order; pages of one title are one section."""
        return tuple(dict.fromkeys(question.section for question in self.questions.values()))


def points(choice: JSON) -> int:
    """What follows the last hyphen of a choice, where that is a whole number; else nothing.

    Source: `parseEmbeddedValue` of the publisher's tool. A bare number counts as itself there.
    """
    if isinstance(choice, bool) or not isinstance(choice, (str, int)):
        return 0
    if isinstance(choice, int):
        return choice
    _, hyphen, after = choice.rpartition("-")
    found = _POINTS.fullmatch(after) if hyphen else None
    return int(found.group(1)) if found else 0


def is_no_whole_number(choice: JSON) -> bool:
    """Whether the tool would read a number there that is not whole; none was ever published."""
    if not isinstance(choice, str):
        return isinstance(choice, float)
    _, hyphen, after = choice.rpartition("-")
    found = bool(hyphen and after.strip()) and _POINTS.fullmatch(after) is None
    return found and after.strip() != "." and _OTHER_NUMBER.fullmatch(after) is not None


def canonical_version(version: str) -> str:
    """A version as files of answers name it: ``v0.10.0`` for ``0.10.0``."""
    bare = version.strip()
    return bare if not bare or bare.startswith("v") else f"v{bare}"


@cache
def versions() -> tuple[str, ...]:
    """The versions that are at hand."""
    return tuple(sorted(_files()))


def _files() -> dict[str, Path]:
    start = "canada-aia-"
    return {file.stem.removeprefix(start): file for file in PUBLISHED.glob(f"{start}*.json")}


@cache
def of_version(version: str) -> Questionnaire:
    """The questionnaire of a version. Raises `NotFound` where its file is not at hand: versions score
    differently, and none stands in for another."""
    name = canonical_version(version)
    file = _files().get(name) if _VERSION.fullmatch(name) else None
    if file is None:
        text = "The questionnaire of this version is not at hand, so nothing is worked out. Known: {known}."
        raise NotFound(say("questionnaire.unknown-version", text, known=", ".join(versions())))
    return read(file.read_bytes(), name)


def read(content: bytes, version: str) -> Questionnaire:
    """A questionnaire from its published file. Raises `Invalid` for what is none."""
    if len(content) > LARGEST:
        raise _refused("is larger than any questionnaire")
    try:
        document = json.loads(content)
        pages = document["pages"]
        questions = {question.name: question for page in pages for question in _of_page(page)}
    except RecursionError as error:
        raise _refused("is nested too deeply") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(
            "is no questionnaire of SurveyJS: pages with elements that have a type and a name"
        ) from error
    if not any(question.scores for question in questions.values()):
        raise _refused("has no question that scores")
    if any(is_no_whole_number(each) for question in questions.values() for each in question.choices):
        raise _refused("has a choice whose points are no whole number")
    return Questionnaire(version, hashlib.sha256(content).hexdigest(), questions)


def _refused(what: str) -> Invalid:
    remedy = "give the file src/survey-enfr.json of the version of the tool that saved the answers"
    return Invalid("The questionnaire was not read.", [Fault("questionnaire", what, remedy)])


def _of_page(page: Mapping[str, Any]) -> Iterator[Question]:
    title = _text(page.get("title")) or str(page["name"])
    for element in page["elements"]:
        yield from _of_element(element, "", title, _condition(page))


def _of_element(
    element: Mapping[str, Any], panel: str, section: str, above: tuple[Condition | None, ...]
) -> Iterator[Question]:
    shape, name = str(element["type"]), str(element["name"])
    own = above + _condition(element)
    if shape == "panel":
        for inner in element["elements"]:
            yield from _of_element(inner, name, section, own)
    elif shape in _ASKED:
        scores = _SCORES.get(name[-3:], _SCORES.get(panel[-3:], "")) if shape in _CHOSEN else ""
        choices = dict(map(_choice, element.get("choices", ())))
        yield Question(name, _text(element.get("title")) or name, shape, section, scores, choices, own)


def _condition(element: Mapping[str, Any]) -> tuple[Condition | None, ...]:
    expression = element.get("visibleIf")
    if not expression:
        return ()
    try:
        return (conditions.parse(str(expression)),)
    except conditions.UnknownCondition:
        return (None,)


def _choice(choice: Any) -> tuple[str, str]:
    if isinstance(choice, Mapping):
        value = str(choice["value"])
        return value, _text(choice.get("text")) or value
    return str(choice), str(choice)


def _text(text: Any) -> str:
    """A text of the questionnaire, in its main language."""
    if isinstance(text, Mapping):
        text = text.get("default") or text.get("en") or ""
    return " ".join(str(text or "").split())
