"""Reading requests strictly: JSON bodies, query parameters, entity tags."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, RawPostDataException
from django.http.multipartparser import MultiPartParserError

from plumbline.kernel.messages import say
from plumbline.kernel.problems import (
    Fault,
    Invalid,
    Malformed,
    RevisionRequired,
    Stale,
    TooLarge,
    Unsupported,
)

DEEPEST = 32
_SAFE = 2**53
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_VERSION = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_UNSAFE_TEXT = re.compile(r"[\x00\ud800-\udfff]")


class _Duplicate(ValueError):
    """A name stands twice in one object."""


def raw_body(request: HttpRequest, limit: int) -> bytes:
    """The body, at most ``limit`` bytes. Raises `TooLarge` before reading when the length says so."""
    announced = request.headers.get("Content-Length", "") or "0"
    if not announced.isascii() or not announced.isdecimal():
        raise Malformed("Content-Length is no number.", [Fault("Content-Length", "is no number")])
    if len(announced) > 12 or int(announced) > limit:
        raise _too_large(limit)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unsupported(
            "Send the body as it is.", [Fault("Content-Encoding", "is not taken here", "leave it out")]
        )
    content = request.read(limit + 1)
    if len(content) > limit:
        raise _too_large(limit)
    return content


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body may have at most {limit} bytes.", [Fault("", "is too large", "send less")])


def json_body(request: HttpRequest, content: bytes) -> Any:
    """The JSON value in ``content`` (RFC 8259, in the restricted profile of RFC 7493).

    Refused are: another media type, another encoding than UTF-8, a name that stands twice in an object,
    numbers that are not finite or beyond 2^53, lone surrogates, NUL characters, nesting deeper than 32.
    """
    media_type = request.content_type or ""
    if media_type.lower() != "application/json":
        raise Unsupported(
            "Send JSON.", [Fault("Content-Type", "is not application/json", "application/json")]
        )
    try:
        value = json.loads(content.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Malformed(
            "The body is not UTF-8.", [Fault("", "is not UTF-8", "encode the JSON as UTF-8")]
        ) from None
    except _Duplicate as twice:
        raise Malformed("A name stands twice.", [Fault(str(twice), "stands twice in one object")]) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        place = (
            f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "it"
        )
        raise Malformed(
            "The body is no JSON.",
            [Fault("", say("api.is-no-json", "{place} is no JSON", place=place), "send valid JSON")],
        ) from None
    check_value(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Duplicate(name[:60] if name.isprintable() else "a name")
        found[name] = value
    return found


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _too_deep() -> Malformed:
    return Malformed(
        "The body is nested too deeply.",
        [
            Fault(
                "",
                say("api.is-nested-deeper-than", "is nested deeper than {deepest}", deepest=DEEPEST),
                "flatten it",
            )
        ],
    )


def check_value(value: Any, where: str = "", depth: int = 0) -> None:
    """Raise `Malformed` or `Invalid` for values that could not be stored or compared exactly."""
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, str):
        if _UNSAFE_TEXT.search(value):
            raise Invalid(
                "A text cannot be stored.", [Fault(where, "has a NUL or half a character", "remove it")]
            )
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if not -_SAFE <= value <= _SAFE:
            raise Invalid("A number cannot be stored.", [Fault(where, "is beyond 2^53", "send it as a text")])
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid(
                "A number cannot be stored.", [Fault(where, "is not finite", "send a finite number")]
            )
    elif isinstance(value, dict):
        for name, item in value.items():
            check_value(name, where, depth)
            check_value(item, f"{where}.{name}" if where else name, depth + 1)
    else:
        for place, item in enumerate(value):
            check_value(item, f"{where}.{place}", depth + 1)


def members(value: Any, required: Mapping[str, type], optional: Mapping[str, type]) -> dict[str, Any]:
    """The members of a JSON object, each of the type it must have. Raises `Invalid` naming every fault."""
    if not isinstance(value, dict):
        raise Invalid("The request was not done.", [Fault("", "is not an object", "send a JSON object")])
    known = {**required, **optional}
    listed = ", ".join(known)
    faults = [
        Fault(
            name,
            "this member does not exist",
            say("api.leave-it-out-known-members", "leave it out; known members: {listed}", listed=listed),
        )
        for name in value
        if name not in known
    ]
    faults += [Fault(name, "is missing", "send it") for name in required if name not in value]
    words = {str: "text", dict: "object", int: "whole number", bool: "true or false", list: "list"}
    for name, item in value.items():
        wanted = known.get(name)
        if wanted is not None and (
            not isinstance(item, wanted) or (wanted is int and isinstance(item, bool))
        ):
            faults.append(
                Fault(
                    name,
                    say("api.is-not-of-the-type", "is not of the type {name}", name=words[wanted]),
                    say("api.send", "send {name}", name=words[wanted]),
                )
            )
    if faults:
        raise Invalid("The request was not done.", faults)
    return value


def query(request: HttpRequest, known: Iterable[str]) -> dict[str, str]:
    """The query parameters. Raises `Invalid` for one that is unknown, comes twice or cannot be read."""
    names = tuple(known)
    faults = []
    found: dict[str, str] = {}
    try:
        given = request.GET.lists()
    except (TooManyFieldsSent, ValueError):
        raise Malformed(
            "The query cannot be read.", [Fault("query", "cannot be read", "send less")]
        ) from None
    for name, values in given:
        if name not in names:
            shown = name if re.fullmatch(r"[\w.-]{1,60}", name) else "query"
            faults.append(
                Fault(
                    shown,
                    "is not a parameter of this address",
                    say("fault.one-of", "one of: {names}", names=", ".join(names) or "none"),
                )
            )
        elif len(values) > 1:
            faults.append(Fault(name, "comes more than once", "send it once"))
        elif _UNSAFE_TEXT.search(values[0]) or "\ufffd" in values[0]:
            faults.append(Fault(name, "holds what is no text", "encode it as UTF-8"))
        else:
            found[name] = values[0]
    if faults:
        raise Invalid("The request was not done.", faults)
    return found


def entity_tag(revision: int, additions: int = 0) -> str:
    """The entity tag of a record: its revision in quotes, and the number of its files and links if it has any
    (RFC 9110, section 8.8.3)."""
    return f'"{revision}-{additions}"' if additions else f'"{revision}"'


def seen_revision(request: HttpRequest) -> int:
    """The revision in ``If-Match``; raises as `seen_version` does."""
    return seen_version(request)[0]


def seen_version(request: HttpRequest) -> tuple[int, int]:
    """The revision in ``If-Match`` and the number of files and links.

    Raises `RevisionRequired` without the header, `Malformed` when it is no entity tag, `Stale` for a tag
    that no revision has (also ``*`` and weak ones, which name no single revision).
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise RevisionRequired(
            "Send the header If-Match with the revision you saw.",
            [Fault("If-Match", "is missing", 'If-Match: "3"; the ETag of the record as you read it')],
        )
    tag = _TAG.fullmatch(header.strip())
    if tag is None and header.strip() != "*":
        raise Malformed("If-Match is no entity tag.", [Fault("If-Match", "is no entity tag", 'such as "3"')])
    version = None if tag is None or tag[1] else _VERSION.fullmatch(tag[2])
    if version is None:
        raise Stale("If-Match names no revision of this record. Read it again.")
    return int(version[1]), int(version[2] or 0)


def multipart(request: HttpRequest, limit: int) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """Fields and files (name, bytes) of a multipart form of at most ``limit`` bytes."""
    if (request.content_type or "").lower() != "multipart/form-data":
        raise Unsupported(
            "Send a form.", [Fault("Content-Type", "is not multipart/form-data", "multipart/form-data")]
        )
    announced = request.headers.get("Content-Length", "") or "0"
    if not announced.isascii() or not announced.isdecimal() or len(announced) > 12 or int(announced) > limit:
        raise _too_large(limit)
    try:
        fields, files = request.POST, request.FILES
    except RequestDataTooBig:
        raise _too_large(limit) from None
    except (MultiPartParserError, TooManyFieldsSent, RawPostDataException, UnicodeDecodeError):
        raise Malformed(
            "The form cannot be read.", [Fault("", "is no form", "send multipart/form-data")]
        ) from None
    texts = {name: str(fields[name]) for name in fields}
    check_value(texts)
    contents: dict[str, tuple[str, bytes]] = {}
    for name in files:
        upload = files[name]
        assert not isinstance(upload, list)
        contents[name] = (upload.name or "", upload.read())
    return texts, contents
