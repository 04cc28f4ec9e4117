"""Days in the organization's time zone: where they begin and end, and what lasts until one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.kernel import clock


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("UTC", "2026-03-29", "2026-03-29T00:00", 24),
        # Berlin is an hour ahead in winter and two in summer; the clocks go forward on 29 March at 01:00 UTC.
        ("Europe/Berlin", "2026-03-28", "2026-03-27T23:00", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00", 24),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("America/Los_Angeles", "2026-01-01", "2026-01-01T08:00", 24),
        ("Asia/Kolkata", "2026-01-02", "2026-01-01T18:30", 24),
        # The clocks of Santiago skip midnight: the day begins at 01:00 by the wall, 04:00 UTC.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00", 23),
    ],
)
def test_a_day_begins_and_ends_at_midnight_of_the_zone(zone: str, day: str, start: str, hours: int) -> None:
    with clock.in_time_zone(zone):
        one = date.fromisoformat(day)
        assert clock.day_start(one) == at(start)
        assert clock.day_end(one) - at(start) == timedelta(hours=hours) - timedelta(microseconds=1)
        assert clock.day_of(clock.day_start(one)) == clock.day_of(clock.day_end(one)) == one


def test_what_lasts_until_a_day_lasts_to_the_end_of_it_in_the_zone() -> None:
    last = date(2026, 3, 31)
    with clock.in_time_zone("Europe/Berlin"):
        with clock.frozen(at("2026-03-31T21:59:59")):
            assert clock.today() == last
            assert not clock.passed(last)
        with clock.frozen(at("2026-03-31T22:00")):
            assert clock.today() == date(2026, 4, 1)
            assert clock.passed(last)
    with clock.frozen(at("2026-03-31T22:00")):
        assert not clock.passed(last)
    assert not clock.passed(None)


def test_an_unknown_zone_is_refused_and_changes_nothing() -> None:
    with pytest.raises(ValueError, match="no time zone called Mars/Olympus"):
        clock.set_zone("Mars/Olympus")
    assert clock.in_zone(at("2026-03-31T22:00")).tzname() == "UTC"
