"""Charts: every coordinate against a hand calculation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from plumbline.web import charts, trend
from plumbline.web.charts import Limit, Mark, Part, Series, Tick


def _points(svg: str, css: str) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]
        for text in re.findall(rf'<polyline class="{css}" points="([^"]+)"', svg)
    ]


def test_a_divided_bar_shares_its_width_by_count() -> None:
    """Three parts of 6, 3 and 1: 120 wide less two gaps of 2 is 116, so 69.6, 34.8 and 11.6."""
    svg = charts.divided_bar(
        [Part("ok", 6, "a"), Part("warn", 3, "b"), Part("bad", 1, "c"), Part("none", 0, "d")]
    )
    assert re.findall(r'class="(m-\w+)" x="([\d.]+)" y="0" width="([\d.]+)"', svg) == [
        ("m-ok", "0.0", "69.6"),
        ("m-warn", "71.6", "34.8"),
        ("m-bad", "108.4", "11.6"),
    ]


def test_a_bar_of_nothing_is_an_empty_track() -> None:
    assert 'class="m-track"' in charts.divided_bar([Part("ok", 0, "a")])


def test_a_sparkline_is_red_only_beyond_its_limit() -> None:
    """From 1 to 3 with the limit at 2: the red part begins half-way between the two points."""
    svg = charts.sparkline([1, 3], "Drift rose", limit=Limit(high=2), width=108, height=100)
    (ink,), (bad,) = _points(svg, "k-ink"), _points(svg, "k-bad")
    assert ink[0][0] == 2
    assert ink[1][0] == 102
    assert bad == [(52.0, 50.0), (ink[1][0], ink[1][1])]
    assert 'circle class="m-bad"' in svg
    assert 'aria-label="Drift rose"' in svg


def test_a_sparkline_within_its_band_has_no_red() -> None:
    svg = charts.sparkline([6, 7, 8], "Overrides", limit=Limit(low=5, high=20))
    assert "k-bad" not in svg
    assert 'class="z-band"' in svg
    assert svg.count('class="k-lim"') == 2


@pytest.mark.parametrize(
    ("values", "limit", "parts"),
    [
        ([1, 3, 1], Limit(high=2), 1),
        ([3, 1, 3], Limit(high=2), 2),
        ([3, 3, 3], Limit(high=2), 1),
        ([2, 2, 2], Limit(high=2), 0),
        ([1, 1], Limit(low=2), 1),
        ([1, 9, 1], Limit(low=2, high=8), 3),
        ([2, 3, 2], Limit(high=2), 1),
    ],
)
def test_the_parts_beyond_a_limit_are_counted_right(values: list[float], limit: Limit, parts: int) -> None:
    assert len(_points(charts.sparkline(values, "x", limit=limit), "k-bad")) == parts


def test_a_missing_value_is_a_hatched_gap_and_never_a_line() -> None:
    svg = charts.sparkline([1, 2, None, 2, 1], "Silent", width=108)
    assert len(_points(svg, "k-ink")) == 2
    assert re.findall(r'class="m-hatch" x="([\d.]+)" y="3.0" width="([\d.]+)"', svg) == [("27.0", "50.0")]


def test_silence_at_the_end_is_hatched_to_the_edge_and_has_no_dot() -> None:
    svg = charts.sparkline([1, 2, None], "Silent since noon", width=108)
    assert "m-hatch" in svg
    assert "<circle" not in svg


def test_labels_are_escaped() -> None:
    assert '"><b>' not in charts.sparkline([1.0], '"><b>')


def test_an_age_strip_counts_late_and_due_soon() -> None:
    """Late from share 1 on, due soon from 0.85 on: the last 15% of the validity."""
    svg = charts.age_strip([Tick(0.2), Tick(0.84), Tick(0.85), Tick(1.0), Tick(3.0)])
    assert 'aria-label="3 of 5 evidence items in date, 1 due soon, 2 out of date"' in svg
    assert svg.count("k-tick s") == 2
    assert svg.count("k-tick a") == 1


@pytest.mark.parametrize(
    ("share", "role", "width"),
    [(0.0, "ink", "0"), (0.5, "ink", "38"), (0.9, "warn", "68"), (1.4, "stale", "76")],
)
def test_a_validity_bar_is_as_long_as_the_share_that_has_passed(share: float, role: str, width: str) -> None:
    assert f'class="m-{role}" width="{width}"' in charts.validity_bar(share)


START = datetime(2026, 11, 1, tzinfo=UTC)


def _days(*values: float | None) -> list[tuple[datetime, float | None]]:
    return [(START + timedelta(days=place), value) for place, value in enumerate(values)]


def test_a_trend_places_days_evenly_and_names_both_ends() -> None:
    svg = trend.trend([Series("Drift", _days(1, 2, 3))], "Drift rose")
    (ink,) = _points(svg, "k-ink")
    assert [x for x, _ in ink] == [52.0, 380.0, 708.0]
    assert "1 Nov 2026" in svg
    assert "3 Nov 2026" in svg


def test_a_trend_draws_marks_inside_its_period_only() -> None:
    marks = [Mark(START + timedelta(days=1), "Release 2"), Mark(START - timedelta(days=9), "Release 1")]
    svg = trend.trend([Series("Drift", _days(1, 2, 3))], "Drift", marks=marks)
    assert "Release 2" in svg
    assert "Release 1" not in svg


def test_a_trend_of_nothing_says_so() -> None:
    assert "No reading in this period." in trend.trend([Series("Drift", _days(None, None))], "Drift")


def test_several_lines_are_labelled_at_their_ends() -> None:
    svg = trend.trend([Series("A", _days(1, 2)), Series("B", _days(2, 1))], "Two")
    assert ">A</text>" in svg
    assert ">B</text>" in svg
    assert 'class="series-2"' in svg


def test_a_chart_carries_six_series_at_the_most() -> None:
    with pytest.raises(ValueError, match="at most six"):
        trend.trend([Series(str(place), _days(1)) for place in range(7)], "Too many")
