"""Lines that people write and machines read: requirements with their criteria, limits, and results.

Pure. A line is one thing; what it says is compared as it was written, and a figure exactly.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_REQUIREMENT = re.compile(
    r"(?P<id>[A-Za-z]{1,4}-?\d{1,4})\s*:\s*(?P<text>[^|]*\w[^|]*)\|(?P<criterion>.*\d.*)"
)
_FIGURE = r"(?P<figure>-?\d{1,12}(?:\.\d{1,6})?)\s*(?P<unit>%|[A-Za-z][\w/ ]{0,30})?"
_LIMIT = re.compile(rf"(?P<name>[^<>=]*\w[^<>=]*?)\s*(?P<side><=|>=)\s*{_FIGURE}")
_RESULT = re.compile(rf"(?P<name>[^<>=]*\w[^<>=]*?)\s*=\s*{_FIGURE}")
_HOLDS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {"<=": operator.le, ">=": operator.ge}


@dataclass(frozen=True)
class Figure:
    """A figure with its unit, empty if it has none, and what is asked of it (``<=``, ``>=``; empty: a
    result)."""

    name: str
    value: Decimal
    unit: str
    side: str = ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def requirements(text: str) -> dict[str, str] | None:
    """Requirements by id, each with its criterion: ``R1: sorts by urgency | 95 of 100 as an expert would``.

    None where a line is none, an id comes twice, or a criterion has no figure to measure by.
    """
    found: dict[str, str] = {}
    for line in _lines(text):
        match = _REQUIREMENT.fullmatch(line)
        if match is None or match["id"].upper() in found:
            return None
        found[match["id"].upper()] = match["criterion"].strip()
    return found


def limits(text: str) -> dict[str, Figure] | None:
    """Limits by name in small letters: ``R1 share sorted right >= 0.95``; None where a line is none."""
    return _figures(text, _LIMIT)


def results(text: str) -> dict[str, Figure] | None:
    """Results by name in small letters: ``R1 share sorted right = 0.97``; None where a line is none."""
    return _figures(text, _RESULT)


def _figures(text: str, form: re.Pattern[str]) -> dict[str, Figure] | None:
    found: dict[str, Figure] = {}
    for line in _lines(text):
        match = form.fullmatch(line)
        if match is None:
            return None
        name = " ".join(match["name"].split())
        if name.casefold() in found:
            return None
        side = match.groupdict().get("side") or ""
        found[name.casefold()] = Figure(name, Decimal(match["figure"]), (match["unit"] or "").strip(), side)
    return found


def awaited(asked: str) -> str:
    """The lines in which results of the limits in ``asked`` are written, each up to its figure."""
    return "\n".join(
        f"{one.name} = {f' {one.unit}' if one.unit else ''}" for one in (limits(asked) or {}).values()
    )


def missing(asked: str, found: str) -> list[str]:
    """Names of limits in ``asked`` that have no result of the same name and unit in ``found``."""
    have = results(found) or {}
    return [
        one.name
        for name, one in (limits(asked) or {}).items()
        if name not in have or have[name].unit.casefold() != one.unit.casefold()
    ]


def beyond(asked: str, found: str) -> list[str]:
    """Names of limits in ``asked`` that the results in ``found`` do not keep."""
    have = results(found) or {}
    return [
        one.name
        for name, one in (limits(asked) or {}).items()
        if name in have and not _HOLDS[one.side](have[name].value, one.value)
    ]


PASSED, FAILED, OPEN = "passed", "failed", "open"
"""What a validation comes to; nobody types it."""


def verdict(asked: str, found: str) -> str:
    """*passed* if every limit has a result that keeps it, *failed* if one does not, else *open*."""
    if beyond(asked, found):
        return FAILED
    return OPEN if not limits(asked) or missing(asked, found) else PASSED


def tested_ids(asked: str) -> set[str]:
    """Ids of requirements that limits begin with: ``R1`` of ``R1 share sorted right >= 0.95``."""
    return {one.name.split()[0].upper() for one in (limits(asked) or {}).values()}
