"""A request for a pack, validated: the range, the scope, the recipient, the sample."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline import catalogs
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.reports.pack_scope import system_references
from plumbline.trail import log

LARGEST_SAMPLE = 5_000
VALID_FOR = timedelta(days=365)
"""How long a recipient may use what a pack discloses unless the request says otherwise."""
RangeEnd = date | int | None


@dataclass(frozen=True)
class PackRequest:
    """A validated request, ready to be built. ``systems`` are slugs; empty means all of them."""

    start: int
    stop: int
    requirements: tuple[str, ...]
    systems: tuple[str, ...]
    recipient: str
    purpose: str
    expires: date
    sample_size: int
    seed: str


def validate(
    *,
    start: RangeEnd,
    stop: RangeEnd,
    requirements: Sequence[str],
    systems: Sequence[str],
    recipient: str,
    purpose: str,
    expires: date | None,
    sample_size: int,
    seed: str,
) -> PackRequest:
    """The request, validated. Raises `Invalid` naming every field that cannot be used.

    ``start`` and ``stop`` are days (both included) or numbers of entries (the last excluded); ``None`` means
    from the first and up to the newest entry.
    """
    recipient, purpose, seed = recipient.strip(), purpose.strip(), seed.strip()
    faults = [
        *_text("recipient", recipient, 200, "name who gets the pack"),
        *_text("purpose", purpose, 1000, "say what it is for, such as an audit"),
        *_unknown(requirements),
    ]
    if not 0 <= sample_size <= LARGEST_SAMPLE:
        remedy = say("pack.sample", "0 to {largest} decisions", largest=LARGEST_SAMPLE)
        faults.append(Fault("sample", "is out of range", remedy))
    if len(seed) > 128 or not seed.isprintable():
        faults.append(Fault("seed", "is not usable", "up to 128 printable characters"))
    today = clock.today()
    until = expires or today + VALID_FOR
    if until < today:
        faults.append(Fault("expires", "has passed", "give a day that is still to come"))
    if faults:
        raise Invalid("The pack was not made.", faults)
    system_references(systems)
    first, last = _range(start, stop)
    names = tuple(dict.fromkeys(requirements)), tuple(dict.fromkeys(systems))
    return PackRequest(
        first, last, *names, recipient, purpose, until, sample_size, seed or secrets.token_hex(16)
    )


def _unknown(requirements: Sequence[str]) -> Iterator[Fault]:
    for position, requirement in enumerate(requirements, 1):
        if not catalogs.exists(requirement):
            text = say("pack.requirement", "number {position} is not a requirement", position=position)
            yield Fault("requirements", text, "use ids such as iso42001:A.6.2.6")


def _text(name: str, value: str, longest: int, remedy: str) -> list[Fault]:
    if not value:
        return [Fault(name, "is missing", remedy)]
    if len(value) > longest or not value.replace("\n", " ").replace("\r", " ").isprintable():
        return [
            Fault(
                name,
                "is too long or not text",
                say(
                    "reports.up-to-printable-characters",
                    "up to {longest} printable characters",
                    longest=longest,
                ),
            )
        ]
    return []


def _range(start: RangeEnd, stop: RangeEnd) -> tuple[int, int]:
    """The entries asked for as a range that exists. Raises `Invalid` when there is none in it."""
    size = log.size()
    if isinstance(start, date) and isinstance(stop, date) and stop < start:
        fault = Fault("until", "lies before the first day", "swap the days")
        raise Invalid("The pack was not made.", [fault])
    first = entry_at(start, size) if isinstance(start, date) else start or 0
    after = stop + timedelta(days=1) if isinstance(stop, date) else None
    last = entry_at(after, size) if after is not None else size if stop is None else _number(stop)
    if not 0 <= first < last <= size:
        remedy = say("reports.the-trail-has-entries-0-to", "the trail has entries 0 to {name}", name=size - 1)
        raise Invalid("The pack was not made.", [Fault("from", "there is no entry in this range", remedy)])
    return first, last


def _number(stop: date | int) -> int:
    assert isinstance(stop, int)
    return stop


def entry_at(day: date, size: int) -> int:
    """The number of the first entry on or after ``day``, by bisection: corrected times never go back."""
    instant, low, high = clock.day_start(day), 0, size
    time_of = log.corrected_times()
    while low < high:
        middle = (low + high) // 2
        if time_of(middle) < instant:
            low = middle + 1
        else:
            high = middle
    return low


def parse_range_end(name: str, value: str | int | None) -> RangeEnd:
    """One end of a range as text: a day, the number of an entry, or nothing. Raises `Invalid`."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    if isinstance(value, int):
        return value
    text = value.strip()
    if text.isascii() and text.isdecimal() and len(text) <= 15:
        return int(text)
    return parse_day(name, text)


def parse_day(name: str, value: str | None) -> date | None:
    """A day as ``2026-03-31``, or nothing. Raises `Invalid` naming the field."""
    if value is None or not value.strip():
        return None
    try:
        day = date.fromisoformat(value.strip())
        if not 1900 <= day.year <= 2200:
            raise ValueError(name)
        return day
    except ValueError:
        fault = Fault(name, "is not a day", "write it as 2026-03-31")
        raise Invalid("The pack was not made.", [fault]) from None
