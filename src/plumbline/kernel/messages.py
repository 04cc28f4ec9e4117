"""Reasons are data: what the product says is a code with typed parameters, turned into words at the very end.

A `Message` holds a stable code, the English sentence with ``{placeholders}``, and the values that go into it.
It is stored as it is, compared as it is, and narrowed to what a reader may see by looking at its parameters.
Nobody searches, splits, shortens or rewrites a sentence; `plumbline.wording` turns a message into words, in
the reader's language and with links where a page wants them.

The English sentence travels with the code on purpose: a result sealed years ago still reads as it was meant,
even after the code's wording has changed, and it doubles as the gettext ``msgid``.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from plumbline.kernel.canonical import JSON
from plumbline.kernel.clock import parse_rfc3339, rfc3339

SHOWN = 8
"""How many items of a listing a reader is shown unless it says otherwise."""


@dataclass(frozen=True)
class Ref:
    """A record by its reference, such as ``RSK-0007``. Not every reader may know of it."""

    reference: str


@dataclass(frozen=True)
class Subject:
    """An AI system by its slug, such as ``claims-triage``. Not every reader may know of it."""

    slug: str


@dataclass(frozen=True)
class Requirement:
    """A requirement by its catalog id, such as ``iso42001:A.6.2.6``."""

    id: str


@dataclass(frozen=True)
class Word:
    """A term of the product, such as a state or the name of a kind; unlike a plain text it is translated."""

    text: str


@dataclass(frozen=True)
class Figure:
    """A measured number with its unit; ``ratio`` reads as a percentage, an empty unit as a bare number."""

    value: float
    unit: str = ""


Beyond = Literal["units", "scope"]
"""What hidden names lie outside of: the reader's units, or the scope of what is handed out."""


@dataclass(frozen=True)
class Hidden:
    """What stands in place of a name that a reader may not see."""

    count: int = 1
    beyond: Beyond = "units"


Name: TypeAlias = Ref | Subject | Requirement | Word | str


@dataclass(frozen=True)
class Item:
    """One line of a `Listing`: a name and what is said of it."""

    name: Name
    message: Message | None = None


@dataclass(frozen=True)
class Listing:
    """Names with what is said of each, in order.

    A reader is shown the first ``shown``; the rest are counted, and so are the ``hidden`` ones that lie
    outside the reader's units. Every item stays in the data. ``conjunction`` stands before the last of names
    alone.
    """

    items: tuple[Item, ...]
    shown: int = SHOWN
    hidden: int = 0
    conjunction: Literal["", "and", "or"] = ""
    beyond: Beyond = "units"


Param: TypeAlias = "Name | int | date | datetime | Figure | Hidden | Listing | Message"


@dataclass(frozen=True)
class Message:
    """One thing to be said.

    ``code`` is stable and unique to its meaning (``risk.review-overdue``), ``text`` the English sentence with
    a placeholder for each parameter. ``plural`` is the sentence for other counts than one; then ``count``
    must be among the parameters.
    """

    code: str
    text: str
    params: Mapping[str, Param] = field(default_factory=dict)
    plural: str = ""

    def __hash__(self) -> int:
        return hash((self.code, self.text, tuple(sorted(self.params))))

    def __str__(self) -> str:
        """The sentence in the active language, as `plumbline.wording` renders it."""
        return _render(self)


Text: TypeAlias = "Message | str"
"""Something to be said: a message, or a sentence without parameters that nobody has to look into."""


def _bare(message: Message) -> str:
    """English with the parameters as Python writes them: what a log shows before a renderer is in use."""
    count = message.params.get("count")
    return (message.plural if message.plural and count != 1 else message.text).format(**message.params)


_render: Callable[[Message], str] = _bare


def use(renderer: Callable[[Message], str]) -> None:
    """Let ``renderer`` turn messages into words from now on.

    The kernel knows no language; the room that does hands itself in when it is loaded, so that a message can
    stand in a template or an f-string as a lazy translation of Django can.
    """
    global _render
    _render = renderer


@lru_cache(maxsize=4096)
def placeholders(text: str) -> tuple[tuple[str, str], ...]:
    """The parts of a sentence: literal text, each followed by the name of a parameter (``""`` at the end)."""
    return tuple((literal, name or "") for literal, name, _, _ in string.Formatter().parse(text))


def say(code: str, text: str, /, *, plural: str = "", **params: Param) -> Message:
    """A message. Raises `ValueError` when the placeholders of the sentence and the parameters differ.

    The check runs on every call: a missing value would otherwise surface in front of a reader.
    """
    for sentence in filter(None, (text, plural)):
        unfilled = {name for _, name in placeholders(sentence) if name} - params.keys()
        if unfilled:
            raise ValueError(f"message {code}: no value for {', '.join(sorted(unfilled))}")
    if plural and not isinstance(params.get("count"), int):
        raise ValueError(f"message {code}: a sentence with a plural needs a whole number called count")
    return Message(code, text, params, plural)


_WORDS_OF_A_CODE = 6


@lru_cache(maxsize=4096)
def worded(area: str, text: str) -> Message:
    """A sentence without parameters as a message whose code follows from its first words.

    ``worded("fault", "has passed")`` has the code ``fault.has-passed``. Braces stand for themselves.
    """
    words = re.findall(r"[a-z0-9]+", text.lower())[:_WORDS_OF_A_CODE]
    return Message(f"{area}.{'-'.join(words)}", text.replace("{", "{{").replace("}", "}}"))


def as_message(text: Text) -> Message:
    """``text`` as a parameter of another message."""
    return text if isinstance(text, Message) else Message("", text)


def plain(text: str) -> Message:
    """Words that a person wrote, as a message: they are shown as they are and never translated."""
    return Message("", "{text}", {"text": text})


# Names, and who may see them


def names(message: Message) -> Iterator[Ref | Subject]:
    """Every record and system that a message names, nested ones included."""
    for param in message.params.values():
        yield from _names_of(param)


def _names_of(param: Param) -> Iterator[Ref | Subject]:
    if isinstance(param, (Ref, Subject)):
        yield param
    elif isinstance(param, Message):
        yield from names(param)
    elif isinstance(param, Listing):
        for item in param.items:
            if isinstance(item.name, (Ref, Subject)):
                yield item.name
            if item.message is not None:
                yield from names(item.message)


def redact(message: Message, may_name: Callable[[Ref | Subject], bool], beyond: Beyond = "units") -> Message:
    """The message as a reader may see it: a name that ``may_name`` refuses is replaced by `Hidden`.

    An item of a listing goes as a whole when its own name is refused, since what is said of it would give it
    away; it is counted instead. ``beyond`` says what the refused names lie outside of.
    """
    params = {name: _redacted(value, may_name, beyond) for name, value in message.params.items()}
    return replace(message, params=params)


def _redacted(param: Param, may_name: Callable[[Ref | Subject], bool], beyond: Beyond) -> Param:
    if isinstance(param, (Ref, Subject)):
        return param if may_name(param) else Hidden(1, beyond)
    if isinstance(param, Message):
        return redact(param, may_name, beyond)
    if isinstance(param, Listing):
        kept = tuple(
            replace(item, message=redact(item.message, may_name, beyond))
            if item.message is not None
            else item
            for item in param.items
            if not isinstance(item.name, (Ref, Subject)) or may_name(item.name)
        )
        gone = len(param.items) - len(kept)
        return replace(param, items=kept, hidden=param.hidden + gone, beyond=beyond if gone else param.beyond)
    return param


# As JSON, for storage and for the API


def to_json(message: Message) -> dict[str, JSON]:
    """The message as JSON values, without floats (canonical form): a figure is written as Python does."""
    document: dict[str, JSON] = {"code": message.code, "text": message.text}
    if message.plural:
        document["plural"] = message.plural
    document["params"] = {name: _param_to_json(value) for name, value in sorted(message.params.items())}
    return document


def _param_to_json(param: Param) -> JSON:
    # datetime is a date too, so it is asked for first.
    if isinstance(param, datetime):
        return {"time": rfc3339(param)}
    if isinstance(param, date):
        return {"day": param.isoformat()}
    if isinstance(param, (str, int)):
        return param
    if isinstance(param, Ref):
        return {"record": param.reference}
    if isinstance(param, Subject):
        return {"system": param.slug}
    if isinstance(param, Requirement):
        return {"requirement": param.id}
    if isinstance(param, Word):
        return {"word": param.text}
    if isinstance(param, Figure):
        return {"figure": repr(float(param.value)), "unit": param.unit}
    if isinstance(param, Hidden):
        return {"hidden": param.count, **_beyond(param.beyond)}
    if isinstance(param, Listing):
        items: list[JSON] = [_item_to_json(item) for item in param.items]
        conjunction = {"conjunction": param.conjunction} if param.conjunction else {}
        return {
            "items": items,
            "shown": param.shown,
            "hidden": param.hidden,
            **conjunction,
            **_beyond(param.beyond),
        }
    return {"message": to_json(param)}


def _beyond(beyond: Beyond) -> dict[str, JSON]:
    return {} if beyond == "units" else {"beyond": beyond}


def name_to_json(name: Name) -> JSON:
    """A name as JSON values, as it stands in a listing."""
    return _param_to_json(name)


def _item_to_json(item: Item) -> JSON:
    name = name_to_json(item.name)
    return {"name": name, "message": to_json(item.message) if item.message is not None else None}


def from_json(document: Mapping[str, Any]) -> Message:
    """The message that `to_json` wrote. Raises `ValueError` for anything else."""
    try:
        params = {name: _param_from_json(value) for name, value in document["params"].items()}
        return Message(document["code"], document["text"], params, document.get("plural", ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not a message") from error


def _param_from_json(value: Any) -> Param:
    if isinstance(value, (str, int)):
        return value
    for key, read in _READERS.items():
        if key in value:
            return read(value)
    raise ValueError("this is not a parameter of a message")


def _listing_from_json(value: Mapping[str, Any]) -> Listing:
    items = tuple(
        Item(
            name_from_json(item["name"]),
            from_json(item["message"]) if item["message"] is not None else None,
        )
        for item in value["items"]
    )
    return Listing(
        items, value["shown"], value["hidden"], value.get("conjunction", ""), value.get("beyond", "units")
    )


def name_from_json(value: Any) -> Name:
    """The name that `name_to_json` wrote. Raises `ValueError` for anything else."""
    name = _param_from_json(value)
    if isinstance(name, (Ref, Subject, Requirement, Word, str)):
        return name
    raise ValueError("this is not a name")


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Param]] = {
    "items": _listing_from_json,  # before "hidden": a listing has that key too
    "time": lambda value: parse_rfc3339(value["time"]),
    "day": lambda value: date.fromisoformat(value["day"]),
    "record": lambda value: Ref(value["record"]),
    "system": lambda value: Subject(value["system"]),
    "requirement": lambda value: Requirement(value["requirement"]),
    "word": lambda value: Word(value["word"]),
    "figure": lambda value: Figure(float(value["figure"]), value["unit"]),
    "hidden": lambda value: Hidden(value["hidden"], value.get("beyond", "units")),
    "message": lambda value: from_json(value["message"]),
}


def listing(
    items: Iterable[Name] | Mapping[Any, Message],
    *,
    shown: int = SHOWN,
    conjunction: Literal["", "and", "or"] = "",
) -> Listing:
    """A `Listing` of names alone, or (a mapping) of names with what is said of each."""
    if isinstance(items, Mapping):
        lines = tuple(Item(name, message) for name, message in items.items())
    else:
        lines = tuple(Item(name) for name in items)
    return Listing(lines, shown, 0, conjunction)
