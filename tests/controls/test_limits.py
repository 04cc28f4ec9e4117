"""When a governed limit holds, and which one; no database is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plumbline.controls import limits, queries, registry
from plumbline.controls.queries import LimitRow

FIRST, LAST = date(2026, 3, 1), date(2026, 5, 31)
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


def held(day: date, *rows: LimitRow, subject: str = "claims") -> tuple[float, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "approved_limits", lambda: list(rows))
        limit = limits.in_force(day).limit(DEFAULT, subject)
    return limit.value, limit.source


@pytest.mark.parametrize(
    ("day", "source"),
    [
        (FIRST - timedelta(days=1), "default"),
        (FIRST, "LIM-0001"),
        (LAST, "LIM-0001"),
        (LAST + timedelta(days=1), "default"),
    ],
)
def test_a_limit_holds_from_its_first_to_its_last_day(day: date, source: str) -> None:
    assert held(day, ROW) == ((0.2, source) if source != "default" else (DEFAULT.value, source))


def test_a_limit_without_a_first_day_holds_at_once() -> None:
    assert held(FIRST - timedelta(days=900), replace(ROW, effective_from=None))[1] == "LIM-0001"


def test_a_limit_for_the_system_goes_before_one_for_all_and_the_later_before_the_earlier() -> None:
    own = replace(ROW, reference="LIM-0002", number=2, system="claims", value=0.1)
    later = replace(ROW, reference="LIM-0003", number=3, value=0.3)
    assert held(FIRST, ROW, own, later) == (0.1, "LIM-0002")
    assert held(FIRST, own, ROW, later, subject="writer") == (0.3, "LIM-0003")
    assert held(FIRST, replace(own, system="writer")) == (DEFAULT.value, "default")


def test_a_pause_is_no_limit_and_a_limit_no_pause() -> None:
    check = registry.get("error-rate")
    paused = replace(ROW, paused=True, value=9.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "approved_limits", lambda: [paused])
        in_force = limits.in_force(FIRST)
    assert in_force.limit(DEFAULT, "claims") == DEFAULT
    assert in_force.pause(check, "claims") == paused
    assert limits.InForce((ROW,)).pause(check, "claims") is None


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
    assert limits._is_looser(default, value, default.value) is looser
