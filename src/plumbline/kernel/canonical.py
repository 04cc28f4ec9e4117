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
    """The value or the bytes are outside the profile. The message says where and never repeats the value."""


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


_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether an ordinary compact JSON encoder that sorts keys writes ``value`` canonically.

    It does for the built-in types themselves when every key is ASCII, since code points and UTF-16 units then
    sort alike. Half a surrogate pair in a text is left to the encoder to refuse. Nothing is judged invalid
    here: `canonical` does that, and says where.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is dict:
        try:
            if not "".join(value).isascii():
                return False
        except TypeError:  # a key that is not a text
            return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        return False
    # Plain loops, and texts judged on the spot: this runs over every value of every leaf.
    for item in value:
        kind = type(item)
        if kind is str or (kind is int and -LARGEST <= item <= LARGEST and depth < DEEPEST - 1):
            continue
        if not (depth < DEEPEST - 1 and is_plain(item, depth + 1)):
            return False
    return depth < DEEPEST


def canonical(value: JSON) -> bytes:
    """The canonical bytes of ``value`` (RFC 8785, sorted by UTF-16 code units, UTF-8, no white space).

    Raises `CanonicalError` for floats, whole numbers beyond ±(2^53 - 1), other types, keys that are
    not text, lone surrogates and nesting deeper than 32.
    """
    # Every leaf, snapshot and event passes through here, and rebuilding a value in order takes several times
    # as long as encoding it. So only what the encoder would get wrong is rebuilt.
    if is_plain(value):
        try:
            return _encode(value).encode()
        except UnicodeEncodeError:
            pass  # half a surrogate pair: `_ordered` says where
    return json.dumps(_ordered(value, "$", 0), ensure_ascii=False, separators=(",", ":")).encode()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    # Readers differ in which of two equal keys they keep, so two readers could see two contents.
    if len(value) != len(pairs):
        raise CanonicalError("an object has the same key twice")
    return value


def _no_fraction(_: str) -> Any:
    raise CanonicalError("a number has a fraction, an exponent or is not finite")


def _whole(text: str) -> int:
    # Judged by length first: turning millions of digits into a number takes quadratic time.
    if len(text) > 17:
        raise CanonicalError("a whole number is outside ±(2^53 - 1)")
    return int(text)


def parse(content: bytes) -> Any:
    """The value whose canonical bytes are exactly ``content``.

    Raises `CanonicalError` for anything else: not JSON, a repeated key, another order, white space, other
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
        raise CanonicalError("the bytes are not JSON in UTF-8") from error
    # Writing the value again is the whole check: whatever JSON lets vary (order, space, escapes) shows in it.
    if canonical(value) != content:
        raise CanonicalError("the bytes are JSON, but not in canonical form")
    return value
