"""Texts of a register → days, without inventing any. Pure.

A day is read when it can be meant in one way only. Where day and month could change places, one order holds
for the whole column: the one that a person has confirmed, else the one that the other texts of the column
leave. A text that says less than a day (``2023``, ``May 2023``) stays partial: it is no day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

ORDERS = ("dmy", "mdy", "ymd")
"""Which comes first: the day, the month, the year."""
_NUMERIC = re.compile(r"(\d{1,4})\s?([./\-\u2013 ])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})\.?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_TIME = re.compile(
    r"(?:T|,?\s+)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$"
)
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s\-/]*(?:of |de )?([^\W\d_]{3,})\.?,?[\s\-/]*(?:de )?(\d{4}|\d{2})"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?[\s\-/]*(\d{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)(\d{4})")
_PARTIAL = re.compile(
    r"(?:ca?\.?\s*|~\s*|about\s+|early\s+|mid[\s-]?|late\s+|end of\s+|fy\s?|cy\s?)?"
    r"(?:\d{4}|\d{4}\s?[-/.\u2013]\s?\d{1,2}|\d{1,2}\s?[-/.]\s?\d{4}|(?:q|h)[1-4][\s,/-]*(?:fy\s?)?\d{2,4}"
    r"|\d{4}[\s,/-]*(?:q|h)[1-4]|\d{4}\s?[-\u2013/]\s?\d{4}|([^\W\d_]{3,})\.?,?[\s\-/]*(?:of )?\d{4})"
)
_MONTHS = (
    "january januar janvier enero gennaio januari janeiro",
    "february februar fevrier febrero febbraio februari fevereiro",
    "march marz maerz mars marzo maart marco",
    "april avril abril aprile",
    "may mai mayo maggio mei maio",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august aout agosto augustus",
    "september septembre septiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember decembre diciembre dicembre dezembro",
)
_SEASONS = frozenset({"spring", "summer", "autumn", "fall", "winter"})


@dataclass(frozen=True)
class DayReading:
    """What a text says of a day: ``day`` in ISO 8601, else why there is none; ``guessed`` says how it was
    completed, where it was: the century of a year of two digits."""

    day: str = ""
    why: str = ""
    """``ambiguous`` (day and month may change places), ``partial`` (less than a day) or ``unreadable``."""
    guessed: str = ""


@dataclass(frozen=True)
class ColumnOrder:
    """The order of the days of a column, and how it is known: ``confirmed`` by a person, ``read`` off the
    column, ``mixed`` or ``ambiguous`` when neither; ``example`` is a text that asks for it."""

    order: str = ""
    known: str = "plain"
    example: str = ""


def order_of(texts: Iterable[str], confirmed: str = "") -> ColumnOrder:
    """The one order in which the days of a column are read."""
    if confirmed:
        return ColumnOrder(confirmed, "confirmed")
    votes: set[str] = set()
    example = ""
    for text in texts:
        orders = _orders(text)
        if len(orders) == 1:
            votes |= orders
        elif len(orders) > 1:
            example = example or text
    if not example:
        return ColumnOrder()
    if len(votes) == 1:
        return ColumnOrder(votes.pop(), "read", example)
    return ColumnOrder("", "mixed" if votes else "ambiguous", example)


def read_day(text: str, order: str = "") -> DayReading:
    """The day that ``text`` means, in ``order`` where day and month could change places."""
    return _read_day(" ".join(text.split()), order)


@lru_cache(maxsize=4096)
def _read_day(text: str, order: str) -> DayReading:
    bare = _TIME.sub("", text)
    found = _numeric(bare)
    if found:
        return _of_numeric(found, order)
    named = _named(bare)
    if named is not None:
        return named
    month = _PARTIAL.fullmatch(bare.casefold())
    if month is not None and (month[1] is None or _month(month[1]) or month[1] in _SEASONS):
        return DayReading(why="partial")
    return DayReading(why="unreadable")


def read_in_formats(text: str, formats: Sequence[str]) -> DayReading | None:
    """The day that ``text`` means in the first of ``formats`` (of ``strptime``) that fits it.

    A format without a day gives a partial one: Python would make it the first of the month.
    """
    for shape in formats:
        try:
            day = datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        return DayReading(day) if names_a_day(shape) else DayReading(why="partial")
    return None


def names_a_day(shape: str) -> bool:
    """Whether a format of ``strptime`` says a day of a year."""
    return any(sign in shape for sign in ("%j", "%x", "%c")) or ("%d" in shape and "%y" in shape.casefold())


def contradict(formats: Sequence[str]) -> bool:
    """Whether ``formats`` would read ``03/04/2023`` in two ways."""
    orders = {
        (re.sub(r"%[dmyY]", "", shape)[:1], shape.find("%d") < shape.find("%m"))
        for shape in formats
        if {"%d", "%m"} <= {shape[place : place + 2] for place in range(len(shape))}
        and not shape.startswith(("%Y", "%y"))
    }
    return len({sign for sign, _ in orders}) < len(orders)


def _numeric(text: str) -> tuple[str, str, str] | None:
    match = _NUMERIC.fullmatch(text)
    if match is not None:
        return match[1], match[3], match[4]
    compact = _COMPACT.fullmatch(text)
    return (compact[1], compact[2], compact[3]) if compact is not None else None


def _candidates(parts: tuple[str, str, str]) -> dict[str, str]:
    """ISO days by the order in which they are read."""
    first, second, third = parts
    found: dict[str, str] = {}
    if len(first) == 4:
        found["ymd"] = _iso(first, second, third) if len(third) == 2 else ""
    elif len(first) <= 2:
        found["dmy"], found["mdy"] = _iso(third, second, first), _iso(third, first, second)
    return {order: day for order, day in found.items() if day}


def _orders(text: str) -> set[str]:
    """The orders in which a text of figures is a day; empty where it is none or all of them mean the same."""
    parts = _numeric(_TIME.sub("", " ".join(text.split())))
    found = _candidates(parts) if parts else {}
    return set() if "ymd" in found or (len(found) > 1 and len(set(found.values())) == 1) else set(found)


def _of_numeric(parts: tuple[str, str, str], order: str) -> DayReading:
    found = _candidates(parts)
    guessed = "century" if len(parts[0]) != 4 and len(parts[2]) == 2 else ""
    if guessed and order == "ymd":
        day = _iso(*parts)
        return DayReading(day, guessed=guessed) if day else DayReading(why="unreadable")
    if "ymd" in found:
        return DayReading(found["ymd"])
    if order in ("dmy", "mdy"):
        return DayReading(found[order], guessed=guessed) if order in found else DayReading(why="unreadable")
    days = set(found.values())
    if len(days) == 1:
        return DayReading(days.pop(), guessed=guessed)
    return DayReading(why="ambiguous" if days else "unreadable")


def _named(text: str) -> DayReading | None:
    """A day whose month is written as a word."""
    match = _DAY_FIRST.fullmatch(text)
    parts = (match[3], match[2], match[1]) if match else None
    if parts is None and (match := _MONTH_FIRST.fullmatch(text)):
        parts = match[3], match[1], match[2]
    month = _month(parts[1]) if parts else 0
    if parts is None or not month:
        return None
    day = _iso(parts[0], str(month), parts[2])
    guessed = "century" if len(parts[0]) == 2 else ""
    return DayReading(day, guessed=guessed) if day else DayReading(why="unreadable")


@lru_cache(maxsize=512)
def _month(word: str) -> int:
    """The month called ``word``, or begun by it with three letters or more; 0 where that is not one month."""
    plain = unicodedata.normalize("NFKD", word.casefold()).encode("ascii", "ignore").decode()
    found = {
        number
        for number, names in enumerate(_MONTHS, 1)
        if len(plain) > 2
        and any(name.startswith(plain) or (plain == "sept" and number == 9) for name in names.split())
    }
    return found.pop() if len(found) == 1 else 0


def _iso(year: str, month: str, day: str) -> str:
    """The ISO day; empty where there is none. A year of two digits is of the hundred years until 2068."""
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 69 else 1900
    try:
        return date(number, int(month), int(day)).isoformat()
    except ValueError:
        return ""
