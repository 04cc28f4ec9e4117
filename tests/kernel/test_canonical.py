"""Canonical JSON against RFC 8785's vectors, and everything that must be refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.kernel.canonical import LARGEST, CanonicalError, canonical, parse

VECTORS = Path(__file__).parents[1] / "vectors" / "rfc8785"


@pytest.mark.parametrize("name", ["arrays", "french"])
def test_rfc8785_vectors(name):
    """Input, output and bytes of the RFC's own cases, as far as they hold no fractions."""
    output = canonical(json.loads((VECTORS / f"input_{name}.json").read_text()))
    assert output == (VECTORS / f"output_{name}.json").read_bytes().rstrip(b"\n")
    assert output == bytes.fromhex((VECTORS / f"outhex_{name}.txt").read_text())


def test_keys_are_ordered_by_utf16_units():
    """RFC 8785, section 3.2.3: its example of property sorting, emoji before the Hebrew presentation form."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical(dict.fromkeys(keys, 0)))) == ordered


def test_escapes_are_the_shortest():
    """RFC 8785, section 3.2.2.2: two-character escapes where they exist, lower-case hex otherwise."""
    assert canonical("\u20ac$\x0f\nA'B\"\\/\b\x7f") == '"€$\\u000f\\nA\'B\\"\\\\/\\b\x7f"'.encode()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_what_is_written_is_read_again(value):
    """Same value, same bytes; and any JSON reader agrees."""
    content = canonical(value)
    assert parse(content) == value == json.loads(content)
    assert canonical(parse(content)) == content


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        LARGEST + 1,
        -LARGEST - 1,
        b"x",
        {1: 2},
        {"a": {2}},
        "\ud800",
        {"\ud800": 1},
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_outside_the_profile(value):
    """Refused with a name for the place, never with the value."""
    with pytest.raises(CanonicalError):
        canonical({"here": value} if not isinstance(value, dict) else value)


def test_deep_nesting_is_refused():
    """In both directions, without exhausting the stack."""
    deep: list[object] = []
    for _ in range(40):
        deep = [deep]
    with pytest.raises(CanonicalError):
        canonical(deep)
    with pytest.raises(CanonicalError):
        parse(b"[" * 200_000 + b"]" * 200_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" {}",
        b"{} ",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 6000 + b"}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'"\\u00e9"',
        b'"\\/"',
        b'"\\u000A"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b"{}\x00",
        b"'a'",
        b"[1,]",
    ],
    ids=lambda content: content[:20].decode("latin-1"),
)
def test_bytes_that_are_not_canonical(content):
    """One value has one spelling; every other one is refused."""
    with pytest.raises(CanonicalError):
        parse(content)
