"""Canonical JSON: one value, one sequence of bytes.

A restricted profile of RFC 8785 (JSON Canonicalization Scheme): objects with text keys, lists, texts,
booleans, null and whole numbers that every JSON reader holds exactly (RFC 7493, I-JSON: within
±(2^53 - 1)). Numbers with a fraction are refused, so the number formatting of RFC 8785 never applies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

JSON: TypeAlias = bool | int | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

LARGEST = 2**53 - 1
DEEPEST = 32


class CanonicalError(ValueError):
    """The value or the bytes are outside the profile; the message says where and never repeats the value."""


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _text(value: str, where: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise CanonicalError(f"{where}: a text holds half a surrogate pair") from error
    return value


def _ordered(value: Any, where: str, depth: int) -> Any:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise CanonicalError(f"{where}: a whole number is outside ±(2^53 - 1)")
        return int(value)
    if depth >= DEEPEST:
        raise CanonicalError(f"{where}: nested deeper than {DEEPEST}")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise CanonicalError(f"{where}: a key is not a text")
            _text(key, where)
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
        return {key: _ordered(value[key], f"{where}.{key}", depth + 1) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item, f"{where}[{place}]", depth + 1) for place, item in enumerate(value)]
    raise CanonicalError(f"{where}: {type(value).__name__} has no place in canonical JSON")


def canonical(value: JSON) -> bytes:
    """The canonical bytes of ``value`` (RFC 8785, sorted by UTF-16 code units, UTF-8, no white space).

    Raises `CanonicalError` for floats, whole numbers beyond ±(2^53 - 1), other types, keys that are
    no text, lone surrogates and nesting deeper than 32.
    """
    return json.dumps(_ordered(value, "$", 0), ensure_ascii=False, separators=(",", ":")).encode()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise CanonicalError("a key stands twice in one object")
    return made


def _no_fraction(_: str) -> Any:
    raise CanonicalError("a number has a fraction, an exponent or is not finite")


def _whole(text: str) -> int:
    if len(text) > 17:
        raise CanonicalError("a whole number is outside ±(2^53 - 1)")
    return int(text)


def parse(content: bytes) -> Any:
    """The value whose canonical bytes are exactly ``content``.

    Raises `CanonicalError` for anything else: no JSON, a key twice, other order, white space, other
    escapes, fractions, a byte order mark, trailing bytes.
    """
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_pairs,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
            parse_int=_whole,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise CanonicalError("the bytes are no JSON in UTF-8") from error
    if canonical(value) != content:
        raise CanonicalError("the bytes are JSON, but not in canonical form")
    return value
