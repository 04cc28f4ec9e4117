"""When a governed limit is in force, and which one judges a window; no database is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from plumbline.controls import engine, limits, registry
from plumbline.controls.limit_history import Span
from plumbline.controls.queries import LimitRow
from plumbline.kernel import clock
from plumbline.kernel.states import Strength

FIRST, LAST = date(2026, 3, 1), date(2026, 5, 31)
NOON = clock.day_start(FIRST) + timedelta(hours=12)
ROW = LimitRow(
    number=1,
    reference="LIM-0001",
    revision=3,
    name="error-rate",
    system="",
    value=0.2,
    paused=False,
    direction="at most",
    change="looser",
    effective_from=FIRST,
    valid_until=LAST,
)
DEFAULT = registry.default_limits()["error-rate"]


def in_force(row: LimitRow, starts: datetime | None = None, ends: datetime | None = None) -> Span:
    first, after = clock.day_start(FIRST), clock.day_start(LAST + timedelta(days=1))
    return Span(row, starts or first, ends or after)


def limit_at(instant: datetime, *rows: LimitRow, subject: str = "claims") -> tuple[float, str]:
    limit = limits.History([in_force(row) for row in rows]).at(instant).limit(DEFAULT, subject)
    return limit.value, limit.source


@pytest.mark.parametrize(
    ("instant", "source"),
    [
        (clock.day_start(FIRST) - timedelta(microseconds=1), "default"),
        (clock.day_start(FIRST), "LIM-0001"),
        (clock.day_end(LAST), "LIM-0001"),
        (clock.day_end(LAST) + timedelta(microseconds=1), "default"),
    ],
)
def test_a_limit_holds_from_its_first_instant_to_its_last(instant: datetime, source: str) -> None:
    assert limit_at(instant, ROW) == ((0.2, source) if source != "default" else (DEFAULT.value, source))


def test_a_limit_for_the_system_goes_before_one_for_all_and_the_later_before_the_earlier() -> None:
    own = replace(ROW, reference="LIM-0002", number=2, system="claims", value=0.1)
    later = replace(ROW, reference="LIM-0003", number=3, value=0.3)
    assert limit_at(NOON, ROW, own, later) == (0.1, "LIM-0002")
    assert limit_at(NOON, own, ROW, later, subject="writer") == (0.3, "LIM-0003")
    assert limit_at(NOON, replace(own, system="writer")) == (DEFAULT.value, "default")


def test_a_pause_is_no_limit_and_a_limit_no_pause() -> None:
    check = registry.get("error-rate")
    paused = replace(ROW, paused=True, value=9.0)
    at = limits.History([in_force(paused)]).at(NOON)
    assert at.limit(DEFAULT, "claims") == DEFAULT
    assert at.pause(check, "claims") == paused
    assert limits.InForce((ROW,)).pause(check, "claims") is None


def during(*spans: Span, days: int = 1) -> limits.InForceDuring:
    """The limits in force during the days that begin with the first of March."""
    start = clock.day_start(FIRST)
    return limits.History(spans).during(start, start + timedelta(days=days), NOON + timedelta(days=365))


class TestAWindowIsJudgedByWhatWasInForceWhileItRan:
    def test_a_limit_that_is_loosened_in_a_window_counts_from_the_next_one(self) -> None:
        """0.05 is delivered; 0.2 comes into force at noon of the first day."""
        check, loose = registry.get("error-rate"), in_force(ROW, starts=NOON)
        assert during(loose).of_check(check, "claims")["error-rate"].value == 0.05
        next_day = clock.day_start(FIRST + timedelta(days=1))
        window = limits.History([loose]).during(next_day, next_day + timedelta(days=1), next_day)
        assert window.of_check(check, "claims")["error-rate"].source == "LIM-0001"

    def test_a_limit_that_is_tightened_in_a_window_counts_at_once(self) -> None:
        check, tight = registry.get("error-rate"), in_force(replace(ROW, value=0.01), starts=NOON)
        limit = during(tight).of_check(check, "claims")["error-rate"]
        assert (limit.value, limit.set_before) == (0.01, False)
        assert engine.strength_under(check, [limit]) is Strength.OPERATING, "it was set while the window ran"
        assert engine.strength_under(check, [replace(limit, set_before=True)]) is check.strength

    def test_what_comes_into_force_later_says_nothing_of_the_window(self) -> None:
        check, later = registry.get("error-rate"), in_force(ROW, starts=NOON + timedelta(days=1))
        assert during(later).of_check(check, "claims")["error-rate"] == DEFAULT

    def test_what_was_in_force_then_still_judges_the_window_after_it_has_ended(self) -> None:
        """0.2 ended with the first day; the window of that day is judged by it however late."""
        check = registry.get("error-rate")
        ended = in_force(ROW, ends=clock.day_start(FIRST + timedelta(days=1)))
        assert during(ended).of_check(check, "claims")["error-rate"].value == 0.2
        assert during(ended, days=2).of_check(check, "claims")["error-rate"].value == 0.05

    def test_at_least_the_highest_is_the_strictest(self) -> None:
        check = registry.get("accuracy")
        loose = in_force(replace(ROW, name="accuracy", value=0.5), starts=NOON)
        assert during(loose).of_check(check, "claims")["accuracy"] == registry.default_limits()["accuracy"]

    def test_a_pause_counts_only_for_a_window_that_lies_in_it_as_a_whole(self) -> None:
        check, pause = registry.get("error-rate"), replace(ROW, paused=True)
        assert during(in_force(pause)).pause(check, "claims") == pause
        assert during(in_force(pause, starts=NOON)).pause(check, "claims") is None
        assert during(in_force(pause, ends=NOON)).pause(check, "claims") is None

    def test_a_window_that_still_runs_is_judged_by_what_was_in_force_until_now(self) -> None:
        start = clock.day_start(FIRST)
        tight = in_force(replace(ROW, value=0.01), starts=NOON)
        before = limits.History([tight]).during(start, start + timedelta(days=1), NOON)
        assert before.of_check(registry.get("error-rate"), "claims")["error-rate"] == DEFAULT


@pytest.mark.parametrize(
    ("name", "value", "looser"),
    [
        ("error-rate", 0.06, True),
        ("error-rate", 0.05, False),
        ("error-rate", 0.01, False),
        ("accuracy", 0.69, True),
        ("accuracy", 0.7, False),
        ("accuracy", 0.9, False),
    ],
)
def test_what_is_looser_depends_on_the_side(name: str, value: float, looser: bool) -> None:
    default = registry.default_limits()[name]
    assert limits.is_looser(replace(default, value=value), default) is looser


def test_a_minimum_sample_is_a_governed_value_and_a_larger_one_is_looser() -> None:
    """Error rate is judged on 30 values; a record asks for 500, and counts from the next window."""
    check, governed = registry.get("error-rate"), registry.governed_values()
    delivered = governed["error-rate.minimum"]
    assert delivered.value == DEFAULT.minimum
    assert limits.is_looser(replace(delivered, value=500), delivered)
    sample = in_force(replace(ROW, name="error-rate.minimum", value=500.0), starts=NOON)
    assert limits.History([sample]).at(NOON).limit(DEFAULT, "claims").minimum == 500
    assert during(sample).of_check(check, "claims")["error-rate"].minimum == DEFAULT.minimum
    next_day = clock.day_start(FIRST + timedelta(days=1))
    later = limits.History([sample]).during(next_day, next_day + timedelta(days=1), next_day)
    assert later.of_check(check, "claims")["error-rate"].minimum == 500
