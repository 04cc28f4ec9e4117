"""A request for a pack, validated: the range, the scope, the recipient, the sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline import catalogs
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.reports.pack_scope import system_references
from plumbline.reports.population import DECISIONS
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
    seed: str = ""
    sample_of: str = DECISIONS
    prepared: int | None = None
    drawn: int | None = None


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
    sample_of: str = DECISIONS,
    seed: str = "",
) -> PackRequest:
    """The request, validated. Raises `Invalid` naming every field that cannot be used.

    ``start`` and ``stop`` are days (both included) or numbers of entries (the last excluded); ``None`` means
    from the first and up to the newest entry.
    """
    recipient, purpose = recipient.strip(), purpose.strip()
    faults = [
        *_text("recipient", recipient, 200, "name who gets the pack"),
        *_text("purpose", purpose, 1000, "say what it is for, such as an audit"),
        *_unknown(requirements),
    ]
    if not 0 <= sample_size <= LARGEST_SAMPLE:
        remedy = say("pack.sample", "0 to {largest}", largest=LARGEST_SAMPLE)
        faults.append(Fault("sample", "is out of range", remedy))
    if sample_of != DECISIONS and not (kinds.exists(sample_of) and not kinds.get(sample_of).sensitive):
        remedy = say("pack.sample-of", "decision, or the short name of a kind that is not sensitive")
        faults.append(Fault("sample_of", "is nothing that can be sampled", remedy))
    if seed:
        # Whoever knows the seed before the population is fixed could choose whom to leave out of it.
        remedy = say(
            "pack.seed-later", "leave it out; the auditor names it once the population is committed to"
        )
        faults.append(Fault("seed", "comes too early", remedy))
    today = clock.today()
    until = expires or today + VALID_FOR
    if until < today:
        faults.append(Fault("expires", "has passed", "give a day that is still to come"))
    if faults:
        raise Invalid("The pack was not made.", faults)
    system_references(systems)
    first, last = _range(start, stop)
    names = tuple(dict.fromkeys(requirements)), tuple(dict.fromkeys(systems))
    return PackRequest(first, last, *names, recipient, purpose, until, sample_size, sample_of=sample_of)


def checked_seed(seed: str) -> str:
    """A seed as the auditor gave it, without blanks around it. Raises `Invalid` for an unusable one."""
    text = seed.strip()
    if not text or len(text) > 128 or not text.isprintable():
        fault = Fault("seed", "is not usable", "1 to 128 printable characters")
        raise Invalid("The sample was not drawn.", [fault])
    return text


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
