"""Answers under the questions of the questionnaire that they answer, where that questionnaire is at hand.

A file of answers has the names of questions and choices only. What they say stands in the questionnaire of
the version that the file names (`plumbline.catalogs.questionnaires`). Where the version or one question is
not known, nothing is translated.
"""

from __future__ import annotations

from collections.abc import Mapping

from plumbline.catalogs.questionnaires import questionnaire
from plumbline.imports.readers.structured.paths import JSON
from plumbline.kernel.problems import NotFound


def sections(version: str, answers: Mapping[str, JSON]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Section of the questionnaire → its questions with their answers, a choice followed by its name in the
    file, such as ``[item1-3]``; and the names of the questions that are in them as a whole.

    The first section says what is assessed: its questions stay columns of their own. Both are empty where the
    questionnaire is not known. Texts are those of its main language.
    """
    try:
        questions = questionnaire.of_version(version).questions
    except NotFound:
        return {}, ()
    if not answers.keys() <= questions.keys():
        return {}, ()
    found: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    whole: list[str] = []
    first = next(iter(questions.values())).section
    for question in questions.values():
        title = titles.setdefault(question.section.casefold(), question.section)
        if question.section != first:
            whole.append(question.name)
        if text := _answer(answers.get(question.name), question.choices):
            found.setdefault(title, []).append(f"{question.title}\n{text}")
    return {title: "\n\n".join(texts) for title, texts in found.items()}, tuple(whole)


def _answer(value: JSON, choices: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "\n".join(filter(None, (_answer(each, choices) for each in value)))
    if value is None or isinstance(value, dict):
        return ""
    text = str(value).strip()
    return f"{choices[text]} [{text}]" if text in choices else text
