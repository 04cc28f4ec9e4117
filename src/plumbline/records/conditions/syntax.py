"""The text of conditions, taken apart. Pure: it knows no field and no kind.

conditions = condition (space condition)*          all of them have to hold
condition  = ["-"] name ":" value ("," value)*     one of the values; with "-" none of them
           | ["-"] "has:" kind ["(" conditions ")"]
value      = word | "text in quotation marks" | [from] ".." [to]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Fault, Invalid

LONGEST, MOST, DEEPEST = 2_000, 30, 3
"""Letters of a text, conditions in it, and how deep they stand in one another, at the most."""
HAS = "has"
_NAME = re.compile(r"(-?)([A-Za-z_][A-Za-z0-9_-]*):")
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s,()"]+)')
_EXAMPLE = 'such as lifecycle:"in operation"'


@dataclass(frozen=True)
class Value:
    """One value as it was written; in quotation marks it means itself and no range or word."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Condition:
    """One condition; ``inner`` are those on the linked records of a ``has``."""

    name: str
    values: tuple[Value, ...]
    negated: bool = False
    inner: tuple[Condition, ...] = ()


def parse(text: str) -> tuple[Condition, ...]:
    """The conditions in ``text``. Raises `Invalid` with the place that is not understood and the remedy."""
    if len(text) > LONGEST:
        raise _invalid("where", "is too long", say("where.shorten", "at most {most} letters", most=LONGEST))
    reader = _Reader(text)
    found = tuple(reader.conditions(0))
    if reader.place < len(text):
        raise _invalid("where", "closes a bracket that was not opened", "remove the )")
    return found


def _invalid(field: str, message: Text, remedy: Text) -> Invalid:
    return Invalid("The list was not filtered.", [Fault(field, message, remedy)])


class _Reader:
    """Goes through a text from left to right."""

    def __init__(self, text: str) -> None:
        self.place = 0
        self._text, self._count = text, 0

    def conditions(self, depth: int) -> Iterator[Condition]:
        """Conditions up to the end, or to the bracket that ends them."""
        while True:
            self._skip_space()
            if self.place >= len(self._text) or self._text[self.place] == ")":
                return
            yield self._condition(depth)
            self._count += 1
            if self._count > MOST:
                remedy = say("where.most", "at most {most} conditions", most=MOST)
                raise _invalid("where", "has too many conditions", remedy)

    def _skip_space(self) -> None:
        while self.place < len(self._text) and self._text[self.place].isspace():
            self.place += 1

    def _condition(self, depth: int) -> Condition:
        named = _NAME.match(self._text, self.place)
        if named is None:
            raise self._not_understood(_EXAMPLE)
        self.place = named.end()
        name = named[2].lower().replace("-", "_")
        values = tuple(self._values(named[2]))
        inner: tuple[Condition, ...] = ()
        if name == HAS and self._text[self.place : self.place + 1] == "(":
            inner = self._bracket(depth)
        following = self._text[self.place : self.place + 1]
        if following not in ("", ")") and not following.isspace():
            raise self._not_understood("a space before the next condition")
        return Condition(name, values, named[1] == "-", inner)

    def _values(self, name: str) -> Iterator[Value]:
        while True:
            found = _VALUE.match(self._text, self.place)
            if found is None:
                remedy = say("where.value", "a value after “{name}:”, or empty", name=name)
                raise _invalid(name, "has no value", remedy)
            self.place = found.end()
            if found[1] is None:
                yield Value(found[2])
            else:
                yield Value(re.sub(r"\\(.)", r"\1", found[1]), quoted=True)
            if self._text[self.place : self.place + 1] != ",":
                return
            self.place += 1

    def _bracket(self, depth: int) -> tuple[Condition, ...]:
        if depth + 1 >= DEEPEST:
            remedy = say("where.deepest", "at most {most} in one another", most=DEEPEST)
            raise _invalid("where", "has brackets too deep in one another", remedy)
        self.place += 1
        inner = tuple(self.conditions(depth + 1))
        if self._text[self.place : self.place + 1] != ")":
            raise _invalid("where", "opens a bracket that is not closed", "add the )")
        self.place += 1
        return inner

    def _not_understood(self, remedy: Text) -> Invalid:
        message = say(
            "where.not-understood",
            "is not understood from letter {place}: “{text}”",
            place=self.place + 1,
            text=self._text[self.place : self.place + 20],
        )
        return _invalid("where", message, remedy)
