"""When a question is asked: the expressions that questionnaires of SurveyJS give as ``visibleIf``.

Only what published questionnaires use is known, compared as SurveyJS compares: texts without regard to case,
``contains`` of a text by its letters and of several choices by whole choices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from plumbline.kernel.canonical import JSON

Answers: TypeAlias = Mapping[str, JSON]
Condition: TypeAlias = Callable[[Answers], bool]

LONGEST = 4_000
"""Characters of one expression."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<name>\{[^{}]+\})|(?P<text>"[^"]*"|'[^']*')|(?P<sign><>|!=|==|=|[()\[\],])|(?P<word>\w+))"""
)
_SIGNS = {
    "=": "equal", "==": "equal", "equal": "equal", "!=": "other", "<>": "other", "notequal": "other",
    "contains": "contains", "contain": "contains", "notcontains": "lacks", "notcontain": "lacks",
    "empty": "empty", "notempty": "filled",
}  # fmt: skip


class UnknownCondition(ValueError):
    """An expression of a form that no published questionnaire had so far."""


def parse(expression: str) -> Condition:
    """What the expression says of answers. Raises `UnknownCondition`."""
    if len(expression) > LONGEST:
        raise UnknownCondition("the expression is too long")
    tokens, place = list[str](), 0
    text = expression.strip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise UnknownCondition(f"nothing is known that begins at character {place + 1}")
        tokens.append(found.group().strip())
        place = found.end()
    reader = _Reader(tokens)
    condition = reader.either()
    if reader.rest:
        raise UnknownCondition("something follows the end of the expression")
    return condition


class _Reader:
    """Tokens that are read from the front; ``or`` binds less than ``and``, brackets most."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.rest = list(tokens)
        self.depth = 0

    def _take(self) -> str:
        if not self.rest:
            raise UnknownCondition("the expression ends too early")
        return self.rest.pop(0)

    def _next_is(self, *words: str) -> bool:
        if self.rest and self.rest[0].casefold() in words:
            self.rest.pop(0)
            return True
        return False

    def either(self) -> Condition:
        parts = [self._both()]
        while self._next_is("or"):
            parts.append(self._both())
        return lambda answers: any(part(answers) for part in parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._next_is("and"):
            parts.append(self._one())
        return lambda answers: all(part(answers) for part in parts)

    def _one(self) -> Condition:
        if self._next_is("("):
            self.depth += 1
            if self.depth > 20:
                raise UnknownCondition("the brackets are too deep")
            inside = self.either()
            if not self._next_is(")"):
                raise UnknownCondition("a bracket is not closed")
            self.depth -= 1
            return inside
        name = self._take()
        if not name.startswith("{"):
            raise UnknownCondition("a comparison does not begin with a question")
        question, sign = name[1:-1].strip(), _SIGNS.get(self._take().casefold(), "")
        if sign in ("empty", "filled"):
            return lambda answers: _is_empty(answers.get(question)) is (sign == "empty")
        if not sign:
            raise UnknownCondition("the comparison is not known")
        wanted = self._constant()
        if sign in ("equal", "other"):
            return lambda answers: _equal(answers.get(question), wanted) is (sign == "equal")
        return lambda answers: _contains(answers.get(question), wanted) is (sign == "contains")

    def _constant(self) -> str | list[str]:
        if not self._next_is("["):
            return self._text()
        found = [self._text()]
        while self._next_is(","):
            found.append(self._text())
        if not self._next_is("]"):
            raise UnknownCondition("a list is not closed")
        return found

    def _text(self) -> str:
        token = self._take()
        if token[:1] in ("'", '"'):
            return token[1:-1]
        if token.isalnum():
            return token
        raise UnknownCondition("a comparison has nothing to compare with")


def _is_empty(value: JSON) -> bool:
    return value is None or value == "" or value == []


def _equal(value: JSON, wanted: str | list[str]) -> bool:
    if isinstance(value, list) or isinstance(wanted, list):
        both = isinstance(value, list) and isinstance(wanted, list)
        return both and sorted(map(_plain, value)) == sorted(map(_plain, wanted))  # type: ignore[arg-type]
    return not _is_empty(value) and _plain(value) == _plain(wanted)


def _contains(value: JSON, wanted: str | list[str]) -> bool:
    if _is_empty(value):
        return False
    if isinstance(value, list):
        inside = {_plain(each) for each in value}
        return all(_plain(each) in inside for each in ([wanted] if isinstance(wanted, str) else wanted))
    # A list becomes one text there, its items parted by commas.
    return (wanted if isinstance(wanted, str) else ",".join(wanted)) in str(value)


def _plain(value: JSON) -> str:
    return str(value).casefold()
