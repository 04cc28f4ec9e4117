"""The one source of the time at which something is recorded: UTC, and small steps back are smoothed away.

Tests and replays set it with `frozen`; nothing else may ask the operating system for the time of a record.

Instants are in UTC. Days are those of the organization's time zone (the setting ``time_zone``), and only this
module turns one into the other: everywhere, a day that something lasts *until* counts to its end.
"""

from __future__ import annotations

import threading
import time as system_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SMALL_STEP = timedelta(seconds=10)
"""How far a clock is set back in ordinary service: a leap second, a correction by a time server."""
_lock = threading.Lock()
_last = datetime(1970, 1, 1, tzinfo=UTC)
_frozen: datetime | None = None
_zone: tzinfo = UTC
# A context variable and not a global: readers of several time zones are answered side by side.
_reader: ContextVar[Callable[[], str] | None] = ContextVar("reader_zone", default=None)


def now() -> datetime:
    """The present instant in UTC, to the microsecond.

    It waits where the clock steps back by no more than `SMALL_STEP`, so that no answer is earlier than one
    given shortly before.
    """
    global _last
    if _frozen is not None:
        return _frozen
    with _lock:
        present = datetime.now(UTC)
        # A larger step is passed on: a clock that ran days ahead and was set right must not leave this
        # process in the future until it is started again. The trail then says what is wrong.
        _last = present if _last - present > SMALL_STEP else max(_last, present)
        return _last


def seconds_since_boot() -> float | None:
    """Seconds since the machine was started, by a clock that nobody sets; ``None`` where there is none.

    Also ``None`` while the clock is `frozen`: what is compared with it would not be the machine's time.
    """
    boot = getattr(system_time, "CLOCK_BOOTTIME", None)
    return None if boot is None or _frozen is not None else system_time.clock_gettime(boot)


def instant(timestamp: float) -> datetime:
    """The instant that lies so many seconds after the beginning of 1970, in UTC."""
    return datetime.fromtimestamp(timestamp, UTC)


def in_utc(instant: datetime) -> datetime:
    """``instant`` in UTC. One without a zone is in UTC already: SQLite and DuckDB store no zone."""
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def set_zone(name: str) -> None:
    """Let days be those of the time zone ``name`` (IANA). Raises ``ValueError`` for one that is not known."""
    global _zone
    try:
        # UTC needs no data base of time zones, and a machine may have none.
        _zone = UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"there is no time zone called {name}") from error


def in_zone(instant: datetime) -> datetime:
    """``instant`` in the organization's time zone."""
    return in_utc(instant).astimezone(_zone)


def wall_clock(instant: datetime, zone: str = "") -> datetime:
    """``instant`` as the clocks of ``zone`` (IANA) show it; without one, those of the organization."""
    return in_utc(instant).astimezone(ZoneInfo(zone)) if zone else in_zone(instant)


@contextmanager
def read_in(zone: Callable[[], str]) -> Iterator[None]:
    """Show instants in the time zone that ``zone`` answers when it is asked (IANA; empty: the organization's)
    inside the block. Days stay those of the organization, since what is judged by the day is judged by it."""
    token = _reader.set(zone)
    try:
        yield
    finally:
        _reader.reset(token)


def for_reader(instant: datetime) -> datetime:
    """``instant`` as it is shown to whoever reads: in their time zone, else in the organization's."""
    zone = _reader.get()
    try:
        return wall_clock(instant, zone() if zone is not None else "")
    except (ZoneInfoNotFoundError, OSError):
        # A zone that another machine knew; a page must not fail for it.
        return in_zone(instant)


def zone_label(shown: datetime) -> str:
    """What the time zone of ``shown`` is called: ``CET``, or ``UTC+05:30`` where it has no letters."""
    name, offset = shown.tzname() or "", f"{shown:%z}"
    return name if name[:1].isalpha() else f"UTC{offset[:3]}:{offset[3:5]}"


def next_hour(instant: datetime, hour: int, zone: str = "") -> datetime:
    """The next time after ``instant``, in UTC, at which the clocks of ``zone`` show the full ``hour``."""
    local = wall_clock(instant, zone)
    day = local.date() + timedelta(days=1 if local.hour >= hour else 0)
    # An hour that the clocks skip in spring gets the offset from before the change, and so lies an hour
    # later on the wall: late, and never lost.
    return datetime.combine(day, time(hour), local.tzinfo).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The day that ``instant`` lies in."""
    return in_zone(instant).date()


def today() -> date:
    """The present day."""
    return day_of(now())


def day_start(day: date) -> datetime:
    """The first instant of ``day``, in UTC."""
    # Where the clocks skip midnight, the offset from before the change gives the instant of the change.
    return datetime.combine(day, time(), _zone).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The last instant of ``day``, in UTC: what lasts until a day lasts until then."""
    return day_start(day + timedelta(days=1)) - timedelta(microseconds=1)


def passed(day: date | None) -> bool:
    """Whether ``day`` is over; no day never is."""
    return day is not None and day < today()


@contextmanager
def in_time_zone(name: str) -> Iterator[None]:
    """Let days be those of the time zone ``name`` inside the block; for tests."""
    global _zone
    before = _zone
    set_zone(name)
    try:
        yield
    finally:
        _zone = before


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Make `now` answer ``instant`` inside the block; for tests and replays."""
    global _frozen
    before, _frozen = _frozen, instant.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before


def rfc3339(instant: datetime) -> str:
    """``instant`` as an RFC 3339 text in UTC with microseconds: ``2026-11-20T10:00:00.000000Z``."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def parse_rfc3339(text: str) -> datetime:
    """The instant that an RFC 3339 text with a zone names. Raises ``ValueError`` for anything else."""
    # `fromisoformat` takes far more than RFC 3339: bare dates, week dates, times without separators.
    if len(text) < 20 or text[10] not in "Tt ":
        raise ValueError("not an RFC 3339 time with a zone")
    instant = datetime.fromisoformat(text.upper())
    if instant.tzinfo is None:
        raise ValueError("the time has no zone")
    return instant.astimezone(UTC)


def instant_of(text: str) -> datetime:
    """The end of the day ``2026-11-20``, or an instant in ISO 8601. Raises ``ValueError`` for anything else.

    What holds as of a day is what holds when the day is over.
    """
    try:
        return day_end(date.fromisoformat(text)) if len(text) == 10 else in_utc(datetime.fromisoformat(text))
    except OverflowError as error:
        raise ValueError("out of range") from error
