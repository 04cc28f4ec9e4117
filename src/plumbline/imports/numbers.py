"""Texts of a register → figures with a decimal point, without guessing what a comma means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

MARKS = {"comma": ",", "point": "."}
"""What stands before the decimals."""
_GROUPED = {
    mark: re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:{re.escape(other)}\d{{3}})+(?:{re.escape(mark)}\d+)?")
    for mark, other in ((",", "."), (".", ","))
}
_PLAIN = {mark: re.compile(rf"[+-]?\d+(?:{re.escape(mark)}\d+)?") for mark in ",."}
_BLANKS = re.compile(r"(?<=\d)[\s\u00a0\u202f'\u2019](?=\d{3}(?!\d))")


def mark_of(texts: Iterable[str], confirmed: str = "") -> str:
    """What stands before the decimals in a column: ``confirmed``, else what all its texts allow alone."""
    if confirmed:
        return confirmed
    votes = {found[0] for text in texts if len(found := _marks(text)) == 1}
    return votes.pop() if len(votes) == 1 else ""


def read_number(text: str, mark: str = "") -> tuple[str, bool]:
    """The figure (empty where there is none), and whether ``text`` may mean two of them."""
    bare = _bare(text)
    readings = {name: value for name in MARKS if (value := _value(bare, MARKS[name])) is not None}
    if mark:
        return readings.get(mark, ""), False
    values = set(readings.values())
    return (values.pop(), False) if len(values) == 1 else ("", len(values) > 1)


def _marks(text: str) -> list[str]:
    bare = _bare(text)
    found = {name: _value(bare, MARKS[name]) for name in MARKS}
    named = [name for name, value in found.items() if value is not None]
    return named if len(set(found.values())) > 1 else []


def _bare(text: str) -> str:
    return _BLANKS.sub("", " ".join(text.split())).replace("\u2212", "-")


def _value(bare: str, mark: str) -> str | None:
    other = "." if mark == "," else ","
    if _PLAIN[mark].fullmatch(bare):
        return bare.replace(mark, ".").lstrip("+")
    if _GROUPED[mark].fullmatch(bare):
        return bare.replace(other, "").replace(mark, ".").lstrip("+")
    return None
