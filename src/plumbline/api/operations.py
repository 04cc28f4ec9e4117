"""An operation of the API, declared once: the door serves it and the OpenAPI document is read off it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Fault, Invalid

Schema = Mapping[str, Any]
JSON_TYPE = "application/json"
REFERENCE = r"[A-Z]{2,6}-[0-9]{4,12}"


@dataclass(frozen=True)
class Parameter:
    """A query parameter (or, in a path, a named piece of it) and the values it takes."""

    name: str
    schema: Schema
    text: str
    where: str = "query"
    required: bool = False


@dataclass(frozen=True)
class Body:
    """What a request may carry: media type → schema, and whether it may be left out."""

    content: Mapping[str, Schema]
    required: bool = True


@dataclass(frozen=True)
class Reply:
    """One successful answer: its meaning, media type, schema, and the headers it has."""

    text: str
    schema: Schema | None = None
    media_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What a handler gives back: a JSON value, or a response of its own making."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    response: HttpResponseBase | None = None


@dataclass
class Call:
    """One request as a handler sees it: who asks, the pieces of the path, the checked query, the body."""

    request: HttpRequest
    actor: Actor
    pieces: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes = b""
    json: Any = None

    def number(self, name: str, default: int) -> int:
        """The query parameter ``name`` as a whole number. Raises `Invalid` for anything else."""
        text = self.query.get(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdecimal() or len(text) > 15:
            raise Invalid("The request was not done.", [Fault(name, "is no whole number", "0, 1, 2, …")])
        return int(text)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Operation:
    """One method of one address.

    ``path`` is relative to ``/api/v1`` with pieces in braces; ``pieces`` gives the pattern of each piece.
    ``name`` is the operationId. ``query`` lists the parameters; any other is refused unless ``filters``
    names it. ``problems`` are statuses of refusals beyond those every operation has. ``guarded`` operations
    need an If-Match header; ``repeatable`` ones take an Idempotency-Key; ``open`` ones need no token.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    replies: Mapping[int, Reply]
    tag: str
    pieces: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[Parameter] = ()
    body: Body | None = None
    problems: Sequence[int] = ()
    guarded: bool = False
    repeatable: bool = False
    open: bool = False
    large: bool = False
    text: str = ""
