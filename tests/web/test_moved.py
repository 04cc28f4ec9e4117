"""The page of a check on inputs says what moved; it says no more than there are values for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from plumbline.kernel import clock
from plumbline.metrics.comparisons.queries import Comparison, Day
from plumbline.web import distribution
from plumbline.web.requirements.moved import MovedFeature

START = datetime(2026, 3, 2, tzinfo=UTC)


def comparison(**values: object) -> Comparison:
    known: dict[str, object] = {
        "feature": "amount",
        "edges": (10.0, 20.0),
        "categories": (),
        "reference": (50, 30, 20),
        "now": (10, 30, 60),
        "index": 0.8,
        "needed": 30,
        "days": tuple(Day(START + timedelta(days=n), (0.1, None, 0.9)[n], 40) for n in range(3)),
    }
    return Comparison(**{**known, **values})  # type: ignore[arg-type]


def test_the_sentence_names_the_bin_that_changed_most_with_both_figures() -> None:
    said = str(MovedFeature(comparison(), 0.25).sentence)
    assert said == "≥20 is 60% of the values, in the reference 20%."


@pytest.mark.parametrize(("index", "over"), [(0.25, False), (0.26, True), (None, False)])
def test_over_is_beyond_the_limit_and_never_without_a_figure(index: float | None, over: bool) -> None:
    assert MovedFeature(comparison(index=index), 0.25).is_over is over


def test_too_few_values_are_said_in_place_of_a_figure() -> None:
    feature = MovedFeature(comparison(index=None, now=(1, 2, 3)), 0.25)
    assert feature.index == ""
    assert str(feature.too_few) == "6 values in the window; 30 are needed."


def test_a_day_without_a_figure_is_hatched() -> None:
    drawn = MovedFeature(comparison(), 0.25).trend
    assert 'class="m-hatch"' in drawn
    assert "2 of 3 days" in drawn


def test_small_categories_are_taken_together_and_add_up() -> None:
    names = tuple(f"c{n:02}" for n in range(20))
    counts = (*range(1, 21), 5)
    rows = MovedFeature(
        comparison(edges=(), categories=names, reference=counts, now=tuple(reversed(counts))), 0.25
    ).bins
    assert len(rows) == distribution.MOST_BARS
    assert rows[-1][0] == "other"
    assert sum(row[1] for row in rows) == pytest.approx(1.0)
    assert sum(row[2] for row in rows) == pytest.approx(1.0)


def test_bars_are_on_one_scale_from_zero() -> None:
    drawn = distribution.bars(["a", "b"], [(0.5, 0.25), (0.0, 0.25)], "Shares")
    heights = [part.split('height="')[1].split('"')[0] for part in drawn.split("<rect ")[1:]]
    assert [float(height) for height in heights] == [92.0, 46.0, 0.0, 46.0]
    assert 'aria-label="Shares"' in drawn


def test_a_label_cannot_become_markup() -> None:
    assert "<b>" not in distribution.bars(["<b>x</b>"], [(0.5, 0.5)], "Shares", width=600)


@pytest.mark.django_db(transaction=True)
def test_a_check_on_telemetry_offers_other_limits_and_says_why_there_are_none(mina: Client) -> None:
    page = "/checks/error-rate/claims-triage/"
    assert "Judge again under other limits" in mina.get(page).content.decode()
    assert "That is no number." in mina.get(page, {"limit": "abc"}).content.decode()
    answer = mina.get(page, {"others": "1"})
    assert answer.status_code == 200, "a store that does not answer takes away the card, not the page"
    earlier = mina.get(page, {"as_of": str(clock.today())}).content.decode()
    assert "Left out here" in earlier
    assert "Judge again under other limits" not in earlier
