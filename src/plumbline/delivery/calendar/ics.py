"""iCalendar as text (RFC 5545), as little of it as a feed of days needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

OCTETS = 75
"""Longest line in octets of UTF-8, without its end (RFC 5545, 3.1)."""


@dataclass(frozen=True)
class Event:
    """Something due on a day. ``uid`` is the same for the same thing at every reading."""

    uid: str
    day: date
    summary: str
    description: str
    address: str


def calendar(name: str, events: Iterable[Event], now: datetime) -> str:
    """A calendar called ``name``, as it is at ``now``."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Plumbline//Due//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{_escaped(name)}",
        # What most programs read; NAME is its standard form (RFC 7986).
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for event in events for line in _event(event, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(event.uid)}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    # The end is the first day on which it is over (3.6.1).
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(event.summary)}"
    yield f"DESCRIPTION:{_escaped(event.description)}"
    yield f"URL:{event.address}"
    # A day on which something is due is not a day on which somebody is busy.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    """``text`` as the value of a property (3.3.11); signs that no value may have are left out."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    lines = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in lines if letter == "\t" or (letter >= " " and letter != "\x7f"))


def _folded(line: str) -> Iterator[str]:
    """``line`` in pieces of at most `OCTETS`, those after the first begun with a blank; no letter is cut."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + octets
    yield piece
