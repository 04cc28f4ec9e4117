"""What lies behind drift: distributions beside the reference, days, and groups, of events in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.metrics.events import event, put

from plumbline.metrics import references
from plumbline.metrics.comparisons import queries
from plumbline.metrics.library.drift import stability_index
from plumbline.telemetry.store.duckdb import DuckStore

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

START = datetime(2026, 3, 2, tzinfo=UTC)
USUAL = (START - timedelta(days=10), START)
DAYS = 4
END = START + timedelta(days=DAYS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    """Of the reference 200 events; in the window 120 on the first day and 120 on the third, of which those of
    the South are larger; on the fourth day 3."""
    made = DuckStore(tmp_path / "evidence.duckdb")
    rng = np.random.default_rng(11)

    def events(start: datetime, count: int, south: float, shift: float) -> list[object]:
        found = []
        for number in range(count):
            is_south = number < count * south
            amount = float(rng.integers(1, 5)) + (shift if is_south else 0.0)
            region = "South" if is_south else "North"
            found.append(
                event(start + timedelta(seconds=number), features={"amount": amount, "region": region})
            )
        return found

    leaf = put(made, events(USUAL[0], 200, 0.3, 0.0), 0)
    leaf = put(made, events(START, 120, 0.3, 0.0), leaf)
    leaf = put(made, events(START + timedelta(days=2), 120, 0.75, 3.0), leaf)
    put(made, events(START + timedelta(days=3), 3, 0.3, 0.0), leaf)
    for row in references.take("claims", USUAL, made, point=0, since=USUAL[0]):
        row.save()
    yield made
    made.close()


def test_both_sides_are_counted_over_the_same_bins(store: DuckStore) -> None:
    rows, _ = queries.compare("claims", START, END, DAYS, store)
    by_feature = {row.feature: row for row in rows}
    amount = by_feature["amount"]
    assert (sum(amount.reference), sum(amount.now)) == (200, 243)
    assert amount.index == pytest.approx(stability_index.computed((amount.now, amount.reference)))
    assert sum(now for _, now in amount.shares) == pytest.approx(1.0)
    assert by_feature["region"].categories == ("North", "South")


def test_the_input_that_lies_furthest_comes_first(store: DuckStore) -> None:
    rows, _ = queries.compare("claims", START, END, DAYS, store)
    assert [row.index for row in rows] == sorted((row.index for row in rows), reverse=True)


def test_a_day_with_too_few_values_is_a_gap_and_not_a_figure(store: DuckStore) -> None:
    """The second day has none and the fourth three: neither is drawn as if it were known."""
    rows, _ = queries.compare("claims", START, END, DAYS, store)
    amount = next(row for row in rows if row.feature == "amount")
    assert [day.count for day in amount.days] == [120, 0, 120, 3]
    assert [day.index is None for day in amount.days] == [False, True, False, True]
    first, third = amount.days[0].index, amount.days[2].index
    assert first is not None
    assert third is not None
    assert first < third


def test_the_group_that_moved_is_named_with_its_shares(store: DuckStore) -> None:
    rows, taken = queries.compare("claims", START, END, DAYS, store)
    amount = next(row for row in rows if row.feature == "amount")
    found = queries.groups(amount, taken, "claims", START, END, store)
    assert found[0].text == "South"
    assert found[0].share == pytest.approx(found[0].count / 243)
    assert found[0].share_before == pytest.approx(60 / 200)
    assert found[0].index > found[-1].index


def test_a_group_of_few_values_has_no_distance(store: DuckStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "LEAST_IN_GROUP", 1_000)
    rows, taken = queries.compare("claims", START, END, DAYS, store)
    assert queries.groups(rows[0], taken, "claims", START, END, store) == []


def test_without_a_reference_there_is_nothing_to_compare(store: DuckStore) -> None:
    assert queries.compare("nobody", START, END, DAYS, store) == ([], [])
