"""Answers under the questions of the questionnaire that they answer, where that questionnaire is at hand.

A file of answers has the names of questions and choices only. What they say stands in the questionnaire, one
JSON file of `published` for each version; the file of answers names its version. Where the version or one
question is not known, nothing is translated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from plumbline.imports.readers.structured.paths import JSON


def sections(version: str, answers: Mapping[str, JSON]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Section of the questionnaire → its questions with their answers, a choice followed by its name in the
    file, such as ``[item1-3]``; and the names of the questions that are in them as a whole.

    The first section says what is assessed: its questions stay columns of their own. Both are empty where the
    questionnaire is not known. Texts are those of its main language.
    """
    found: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    known: list[str] = []
    whole: list[str] = []
    for place, section in enumerate(_published().get(version, [])):
        title = titles.setdefault(section["title"].casefold(), section["title"])
        for question in section["questions"]:
            known.append(question["name"])
            if place:
                whole.append(question["name"])
            if text := _answer(answers.get(question["name"]), question.get("choices", {})):
                found.setdefault(title, []).append(f"{question['title']}\n{text}")
    if not answers.keys() <= set(known):
        return {}, ()
    return {title: "\n\n".join(texts) for title, texts in found.items()}, tuple(whole)


def _answer(value: JSON, choices: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "\n".join(filter(None, (_answer(each, choices) for each in value)))
    if value is None or isinstance(value, dict):
        return ""
    text = str(value).strip()
    return f"{choices[text]} [{text}]" if text in choices else text


@cache
def _published() -> dict[str, Any]:
    """The sections of every questionnaire by its version."""
    folder = files("plumbline.imports.readers.typed").joinpath("published")
    read = (json.loads(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".json"))
    return {found["version"]: found["sections"] for found in read}
