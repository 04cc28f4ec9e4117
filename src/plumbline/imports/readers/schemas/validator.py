"""A document against a JSON schema (drafts 7 and 2020-12, the part that published schemas use). Pure.

Nothing is fetched: `Schemas` has every document that a reference may lead to. The number of steps is bounded,
so that no document costs more than reading a large one does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from plumbline.imports.readers.structured.paths import JSON, Number
from plumbline.kernel.clock import parse_rfc3339
from plumbline.kernel.messages import Text, say

STEPS = 1_000_000
"""How many parts of schemas are held against parts of one document: a list of some 50,000 components."""
_NAME_LIMIT = 60
_TOGETHER = frozenset({"allOf", "anyOf", "oneOf", "not", "if"})
"""Words by which several schemas are held against one value."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
Schema = Mapping[str, Any]


class StepsUsedUp(Exception):
    """The document is larger than is checked."""


@dataclass(frozen=True)
class Misfit:
    """One thing that does not fit: where (``services[0].name``; empty for the whole) and what."""

    place: str
    what: Text
    depth: int = 0


def _is_instant(text: str) -> bool:
    try:
        parse_rfc3339(text)
    except (ValueError, OverflowError):
        return False
    return True


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": _is_instant,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
    "idn-email": lambda text: "@" in text,
}
"""Formats of texts that are checked; of the others (addresses) anything goes."""


@dataclass
class Schemas:
    """The documents that references lead to, by what they are called in them, and the work that is left."""

    documents: Mapping[str, Schema]
    formats: frozenset[str] = frozenset(FORMATS)
    left: int = field(default=STEPS)

    def misfits(self, name: str, document: JSON) -> Iterator[Misfit]:
        """What of ``document`` does not fit the schema ``name``. Raises `StepsUsedUp`."""
        yield from self._held(document, self.documents[name], self.documents[name], "", 0)

    def _spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise StepsUsedUp

    def _target(self, reference: str, root: Schema) -> tuple[Schema, Schema]:
        """What a reference leads to, and the document that it is in."""
        name, _, pointer = reference.partition("#")
        found = document = self.documents[name] if name else root
        for step in filter(None, pointer.split("/")):
            found = found[step]
        return found, document

    def _held(
        self, value: JSON, schema: Schema | bool, root: Schema, place: str, depth: int
    ) -> Iterator[Misfit]:
        self._spend()
        if isinstance(schema, bool):
            if not schema:
                yield Misfit(place, say("schema.not-there", "must not be there"), depth)
            return
        if "$ref" in schema:
            target, document = self._target(schema["$ref"], root)
            yield from self._held(value, target, document, place, depth)
            if root.get("$schema") == "http://json-schema.org/draft-07/schema#":
                return  # in that draft nothing beside a reference counts
        if (what := _of_itself(value, schema, self.formats)) is not None:
            yield Misfit(place, what, depth)
            return
        if isinstance(value, dict):
            yield from self._of_object(value, schema, root, place, depth)
        elif isinstance(value, list):
            yield from self._of_list(value, schema, root, place, depth)
        if not _TOGETHER.isdisjoint(schema):
            yield from self._of_others(value, schema, root, place, depth)

    def _of_object(
        self, value: Mapping[str, JSON], schema: Schema, root: Schema, place: str, depth: int
    ) -> Iterator[Misfit]:
        for name in schema.get("required", ()):
            if name not in value:
                yield Misfit(place, say("schema.lacks", "lacks “{name}”", name=name), depth)
        known: Mapping[str, Any] = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        for name, item in value.items():
            inside = f"{place}.{_shown(name)}" if place else _shown(name)
            if name in known:
                yield from self._held(item, known[name], root, inside, depth + 1)
            elif others is False:
                yield Misfit(inside, say("schema.unknown-name", "is a name that it does not have"), depth + 1)
            elif others is not True:
                yield from self._held(item, others, root, inside, depth + 1)

    def _of_list(
        self, value: Sequence[JSON], schema: Schema, root: Schema, place: str, depth: int
    ) -> Iterator[Misfit]:
        if len(value) < schema.get("minItems", 0):
            yield Misfit(place, say("schema.few", "has too few entries"), depth)
        if len(value) > schema.get("maxItems", len(value)):
            yield Misfit(place, say("schema.many", "has too many entries"), depth)
        if schema.get("uniqueItems") and self._repeats(value):
            yield Misfit(place, say("schema.repeats", "has an entry twice"), depth)
        items = schema.get("items", True)
        for number, item in enumerate(value):
            one = items
            if isinstance(items, list):
                one = items[number] if number < len(items) else schema.get("additionalItems", True)
            yield from self._held(item, one, root, f"{place}[{number}]", depth + 1)

    def _repeats(self, value: Sequence[JSON]) -> bool:
        texts = [json.dumps(item, sort_keys=True, default=str) for item in value]
        self._spend(sum(map(len, texts)) // 50)
        return len(set(texts)) < len(texts)

    def _of_others(
        self, value: JSON, schema: Schema, root: Schema, place: str, depth: int
    ) -> Iterator[Misfit]:
        """What schemas say of the same value together."""
        for each in schema.get("allOf", ()):
            yield from self._held(value, each, root, place, depth)
        for word in ("anyOf", "oneOf"):
            if word in schema:
                yield from self._of_choice(value, schema[word], root, place, depth, word == "oneOf")
        if "not" in schema and not any(self._held(value, schema["not"], root, place, depth)):
            yield Misfit(place, say("schema.excluded", "has what this form of it excludes"), depth)
        if "if" in schema:
            word = "else" if any(self._held(value, schema["if"], root, place, depth)) else "then"
            yield from self._held(value, schema.get(word, True), root, place, depth)

    def _of_choice(
        self, value: JSON, choices: Sequence[Schema], root: Schema, place: str, depth: int, one: bool
    ) -> Iterator[Misfit]:
        """Nothing where a choice fits; else what is wrong with the one that is fitted furthest."""
        tried = []
        fitting = 0
        for choice in choices:
            found = next(self._held(value, choice, root, place, depth), None)
            if found is None:
                fitting += 1
                if not one:
                    return
            else:
                tried.append(found)
        if not fitting:
            yield max(tried, key=lambda misfit: misfit.depth)
        elif fitting > 1:
            yield Misfit(place, say("schema.several", "has two forms at once that exclude each other"), depth)


def _shown(name: str) -> str:
    return name if len(name) <= _NAME_LIMIT else f"{name[:_NAME_LIMIT]}…"


def _is(value: JSON, kind: str) -> bool:
    """Whether a value is of a type of JSON schema. Numbers are texts with their digits here."""
    if kind == "string":
        return isinstance(value, str) and not isinstance(value, Number)
    if kind == "number":
        return isinstance(value, Number)
    if kind == "integer":
        return isinstance(value, Number) and (value.lstrip("-").isdigit() or float(value).is_integer())
    return isinstance(value, {"object": dict, "array": list, "boolean": bool, "null": type(None)}[kind])


_TYPES: Mapping[str, Text] = {
    "string": say("schema.no-text", "is no text"),
    "number": say("schema.no-number", "is no number"),
    "integer": say("schema.no-whole-number", "is no whole number"),
    "object": say("schema.no-object", "is no object"),
    "array": say("schema.no-list", "is no list"),
    "boolean": say("schema.no-truth", "is neither true nor false"),
    "null": say("schema.no-null", "is not null"),
}


def _of_itself(value: JSON, schema: Schema, formats: frozenset[str]) -> Text | None:
    """What is wrong with a value by itself, whatever is in it."""
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return _TYPES[kinds[0]]
    if "enum" in schema and not _is_among(value, schema["enum"]):
        names = ", ".join(str(each) for each in schema["enum"])
        if len(names) > 200:
            return say("schema.no-word-of-list", "is none of the words that may stand there")
        return say("schema.no-word", "is none of the words that may stand there: {names}", names=names)
    if "const" in schema and not _same(value, schema["const"]):
        return say("schema.not-the-word", "is not “{word}”", word=str(schema["const"]))
    if _is(value, "string"):
        return _of_text(str(value), schema, formats)
    if isinstance(value, Number):
        number = float(value)
        if not schema.get("minimum", number) <= number <= schema.get("maximum", number):
            return say("schema.out-of-bounds", "lies outside of its bounds")
    return None


def _is_among(value: JSON, words: Sequence[Any]) -> bool:
    # The list of licences has 700 words, so that a plain text is looked for in one go.
    return value in words if type(value) is str else any(_same(value, each) for each in words)


def _same(value: JSON, stated: Any) -> bool:
    if isinstance(stated, bool) or stated is None or isinstance(value, bool) or value is None:
        return value is stated
    if isinstance(stated, int | float):
        return isinstance(value, Number) and float(value) == stated
    return not isinstance(value, Number) and value == stated


def _of_text(text: str, schema: Schema, formats: frozenset[str]) -> Text | None:
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return say("schema.length", "is too short or too long")
    if "pattern" in schema and _pattern(schema["pattern"]).search(text) is None:
        return say("schema.pattern", "is not written in the form that it must have")
    name = schema.get("format", "")
    if name in formats and name in FORMATS and not FORMATS[name](text):
        return say("schema.format", "is no {format}", format=name)
    return None


@lru_cache(maxsize=100)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.replace("$", r"\Z"), re.ASCII)
