"""The rollup over the real DuckDB adapter: incremental, repeatable, exact on the California rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import transaction
from tests.metrics import california
from tests.metrics.events import california_events, california_truths, event, put

from plumbline.kernel import clock
from plumbline.kernel.ids import uuid7
from plumbline.kernel.problems import Invalid
from plumbline.metrics import queries
from plumbline.metrics.models import Cursor, Point, Reference
from plumbline.metrics.stage import Rollup
from plumbline.telemetry.event import Review, StoredEvent
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

DAY = datetime(2026, 3, 2, tzinfo=UTC)
PERIOD = (datetime(2020, 10, 1, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    made = DuckStore(tmp_path / "evidence.duckdb")
    yield made
    made.close()


def run(stage: Rollup) -> None:
    while stage.advance():
        pass


def points() -> list[tuple[object, ...]]:
    columns = ("system", "metric", "group", "hour", "count", "total", "numerator", "denominator")
    rows = Point.objects.order_by(*columns[:4])
    return [(*(getattr(row, name) for name in columns), bytes(row.bins)) for row in rows]


def test_new_events_change_only_the_hours_they_touch(store: DuckStore) -> None:
    stage = Rollup(store, dict)
    first = [event(DAY + timedelta(minutes=10 * n), error="boom" if n == 0 else None) for n in range(12)]
    leaf = put(store, first, 3)
    run(stage)
    read = queries.series("error-rate", "claims", start=DAY, end=DAY + timedelta(days=1), step="hour")
    assert [(one.start.hour, one.value, one.population) for one in read] == [(0, 1 / 6, 6), (1, 0, 6)]
    newest = queries.newest()
    put(store, [event(DAY + timedelta(hours=1), error="again")], leaf)
    run(stage)
    assert {hour for _, _, hour in queries.changed(newest, queries.newest())} == {DAY + timedelta(hours=1)}
    day = queries.series("error-rate", "claims", start=DAY, end=DAY + timedelta(days=1), step="day")
    assert [(one.value, one.numerator, one.denominator) for one in day] == [(2 / 13, 2, 13)]
    assert stage.advance() is False


def test_a_truth_told_late_changes_the_hour_of_the_decision(store: DuckStore) -> None:
    stage = Rollup(store, dict)
    decision = event(DAY, outcome="1", score=0.9)
    leaf = put(store, [decision], 0)
    run(stage)
    told = event(DAY + timedelta(days=40), type="outcome", about=decision.id, truth=1.0)
    put(store, [told], leaf)
    run(stage)
    read = queries.series("accuracy", "claims", start=DAY, end=DAY + timedelta(hours=1), step="month")
    assert [(one.start.day, one.value, one.population) for one in read] == [(1, 1.0, 1)]


def test_replay_from_nothing_gives_the_same_points(store: DuckStore) -> None:
    rng = np.random.default_rng(5)
    leaf = 0
    stage = Rollup(store, dict)
    for _ in range(4):
        times = [DAY + timedelta(minutes=int(n)) for n in rng.integers(0, 3000, 80)]
        batch = [event(time, latency_ms=float(n), features={"age": float(n)}) for n, time in enumerate(times)]
        leaf = put(store, batch, leaf) + 20
        run(stage)
    before = points()
    assert before
    Point.objects.all().delete()
    Cursor.objects.all().delete()
    run(stage)
    assert points() == before


def test_unknown_metrics_and_those_without_points_are_refused() -> None:
    with pytest.raises(Invalid, match="no such metric"):
        queries.series("nonsense", "claims", start=DAY, end=DAY)
    with pytest.raises(Invalid, match="no series"):
        queries.series("roc-auc", "claims", start=DAY, end=DAY)


def test_a_reference_waits_for_its_period_to_end_and_is_taken_again_when_it_grows(store: DuckStore) -> None:
    period = (DAY, DAY + timedelta(days=1))
    stage = Rollup(store, lambda: {"claims": period})
    inside = [event(DAY + timedelta(minutes=n), features={"age": float(n)}) for n in range(100)]
    leaf = put(store, inside, 0)
    run(stage)
    assert not Reference.objects.exists()
    leaf = put(store, [event(period[1], features={"age": 1.0})], leaf)
    run(stage)
    assert Reference.objects.get().size == 100
    seen = queries.newest_reference()
    put(store, [event(DAY, features={"age": 7.0})], leaf)
    run(stage)
    assert Reference.objects.get().size == 101
    assert queries.referenced_since(seen) == ["claims"]
    # Whoever takes the declaration back does not take it back for what ran under it.
    Rollup(store, dict).advance()
    assert Reference.objects.get().size == 101


def test_a_reference_that_is_moved_judges_the_windows_that_begin_after_it(store: DuckStore) -> None:
    """The first reference has ages of 0 to 99, the second one of 1,000 and more, and so has the window."""
    first, second = (DAY, DAY + timedelta(days=1)), (DAY + timedelta(days=5), DAY + timedelta(days=6))
    low = [event(DAY + timedelta(minutes=n), features={"age": float(n)}) for n in range(100)]
    high = [event(second[0] + timedelta(minutes=n), features={"age": 1_000.0 + n}) for n in range(100)]
    end = [event(second[1], features={"age": 1.0})]
    put(store, [*low, *high, *end], 0)
    with clock.frozen(DAY + timedelta(days=7)):
        run(Rollup(store, lambda: {"claims": first}))
    with clock.frozen(DAY + timedelta(days=8)):
        run(Rollup(store, lambda: {"claims": second}))

    def drift(start: datetime) -> float | None:
        window = (start, start + timedelta(days=1))
        return queries.measures(["input-drift-ks"], "claims", *window, store)["input-drift-ks"]["age"].value

    later = DAY + timedelta(days=9)
    put(store, [event(later + timedelta(minutes=n), features={"age": 1_000.0 + n}) for n in range(100)], 9)
    run(Rollup(store, lambda: {"claims": second}))
    assert (drift(second[0]), drift(later)) == (1.0, 0.0)
    assert queries.period_of(queries.references_at("claims", DAY)) == first, (
        "before there was any it is the first"
    )
    assert queries.period_of(queries.references_at("claims", DAY + timedelta(days=7))) == first
    assert queries.period_of(queries.references_at("claims", DAY + timedelta(days=8))) == second


def regions(day: datetime, **counts: int) -> list[StoredEvent]:
    names = [name for name, count in counts.items() for _ in range(count)]
    return [
        event(day + timedelta(minutes=n), features={"region": name, "age": float(n % 50)})
        for n, name in enumerate(names)
    ]


def test_texts_are_compared_with_the_categories_of_the_reference(store: DuckStore) -> None:
    period, window = (DAY, DAY + timedelta(days=1)), DAY + timedelta(days=10)
    stage = Rollup(store, lambda: {"claims": period})
    leaf = put(store, regions(DAY, north=60, south=30, west=10), 0)
    leaf = put(store, regions(window, north=30, south=30, island=35, sea=5), leaf)
    run(stage)
    held = Reference.objects.get(feature="region")
    assert held.category_names == ("north", "south", "west")
    assert (held.size, held.counts) == (100, (60, 30, 10, 0))
    assert not Reference.objects.get(feature="age").categories
    names = ("input-drift-psi", "input-drift-ks", "input-drift-tv")
    found = queries.measures(names, "claims", window, window + timedelta(days=1), store)
    assert found["input-drift-psi"]["region"] == queries.Reading(
        pytest.approx(4.214820, abs=1e-6), 100, base=100, bins=4
    )
    assert found["input-drift-tv"].keys() == {"region"}
    assert found["input-drift-tv"]["region"].value == pytest.approx(0.4)
    assert found["input-drift-tv"]["region"].between is None, "no category of the reference is rare"
    assert found["input-drift-ks"].keys() == {"age"}
    assert found["input-drift-psi"]["age"].bins == 10
    day = queries.series("feature-texts", "claims", "region", start=window, end=window + timedelta(days=1))
    assert [(one.value, one.population) for one in day] == [(100, 100)]


def test_rare_categories_leave_bounds(store: DuckStore) -> None:
    """By hand: 25 categories alike, 20 told apart. The same again may hide that the other fifth is new."""
    period, window = (DAY, DAY + timedelta(days=1)), DAY + timedelta(days=10)
    alike = {f"r{number:02d}": 4 for number in range(25)}
    leaf = put(store, regions(DAY, **alike), 0)
    put(store, regions(window, **alike), leaf)
    run(Rollup(store, lambda: {"claims": period}))
    found = queries.measures(["input-drift-tv"], "claims", window, window + timedelta(days=1), store)
    assert found["input-drift-tv"]["region"].value == 0.0
    assert found["input-drift-tv"]["region"].between == (0.0, pytest.approx(0.2))


def test_what_is_missing_is_counted_against_the_decisions_of_the_reference(store: DuckStore) -> None:
    """In the reference every decision has a region and every other one an age; later none has a region."""
    period, window = (DAY, DAY + timedelta(days=1)), DAY + timedelta(days=10)
    both = [{"region": "north"}, {"region": "north", "age": 40.0}] * 50
    usual = [event(DAY + timedelta(minutes=n), features=row) for n, row in enumerate(both)]
    later = [{"age": 40.0}, *[{"other": 1.0}] * 3] * 20
    leaf = put(store, usual, 0)
    put(store, [event(window + timedelta(minutes=n), features=row) for n, row in enumerate(later)], leaf)
    run(Rollup(store, lambda: {"claims": period}))
    found = queries.measures(["input-missing"], "claims", window, window + timedelta(days=1), store)
    assert found["input-missing"] == {
        "age": queries.Reading(0.5, 80, base=50),
        "region": queries.Reading(1.0, 80, base=100),
    }
    assert queries.compare_with_reference(["input-missing"])
    silent = window + timedelta(days=1)
    assert queries.measures(["input-missing"], "claims", silent, silent + timedelta(days=1), store) == {
        "input-missing": {}
    }


def test_the_reviewer_who_intervenes_least_is_counted_and_not_named(store: DuckStore) -> None:
    def reviews(reviewer: str, count: int, acted: int) -> list[StoredEvent]:
        return [
            event(
                DAY + timedelta(minutes=n),
                type="review",
                review=Review("override" if n < acted else "approve", reviewer),
            )
            for n in range(count)
        ]

    put(store, [*reviews("r1", 150, 0), *reviews("r2", 200, 20), *reviews("r3", 99, 0)], 0)
    run(Rollup(store))
    names = ["intervention-rate", "lowest-intervention-rate"]
    found = queries.measures(names, "claims", DAY, DAY + timedelta(days=1), store)
    assert found["lowest-intervention-rate"] == {"": queries.Reading(0.0, 150, 0, 150)}
    assert found["intervention-rate"][""].population == 449


def test_numbers_in_a_text_input_are_other_and_an_input_that_stays_away_is_named(store: DuckStore) -> None:
    period, window = (DAY, DAY + timedelta(days=1)), DAY + timedelta(days=10)
    leaf = put(store, regions(DAY, north=80, south=20), 0)
    mixed = [event(window + timedelta(minutes=n), features={"region": 4.0}) for n in range(40)]
    put(store, [*mixed, event(window, features={"region": "north"})], leaf)
    run(Rollup(store, lambda: {"claims": period}))
    names = ("input-drift-psi", "input-drift-ks")
    found = queries.measures(names, "claims", window, window + timedelta(days=1), store)
    assert found["input-drift-psi"]["region"].population == 41
    assert found["input-drift-psi"]["age"] == queries.Reading(None, 0, base=100)
    nothing = queries.measures(names, "claims", window + timedelta(days=5), window + timedelta(days=6), store)
    assert nothing == {"input-drift-psi": {}, "input-drift-ks": {}}


def test_what_people_did_is_counted_by_the_hour(store: DuckStore) -> None:
    words = ["approve"] * 6 + ["override", "reject", "escalate", "reject"]
    put(store, [event(DAY, type="review", review=Review(word)) for word in words], 0)
    run(Rollup(store, dict))
    span = {"start": DAY, "end": DAY + timedelta(days=1)}
    assert queries.series("override-rate", "claims", **span)[0].value == 0.1
    assert queries.series("intervention-rate", "claims", **span)[0].value == 0.4


@pytest.mark.slow
def test_the_california_rows_give_the_published_measures(store: DuckStore) -> None:
    leaf = put(store, california_events("reference"), 0)
    leaf = put(store, california_events("analysis"), leaf)
    put(store, california_truths(), leaf)
    run(Rollup(store, lambda: {"california": PERIOD}))
    names = ("input-drift-ks", "input-drift-psi", "roc-auc", "brier", "accuracy")
    distances: dict[str, list[float]] = {}
    areas: dict[str, float] = {}
    for number in range(20):
        year, month = divmod(9 + number, 12)
        start = datetime(2020 + year, month + 1, 1, tzinfo=UTC)
        end = (start + timedelta(days=32)).replace(day=1)
        found = queries.measures(names, "california", start, end, store)
        for feature, reading in found["input-drift-ks"].items():
            assert reading.value is not None
            distances.setdefault(feature, []).append(reading.value)
        if "" in found["roc-auc"]:
            areas[f"{start:%Y-%m}"] = found["roc-auc"][""].value or 0
    published = california.expected()["published_mean_ks_over_20_monthly_chunks"]
    means = {feature: float(np.mean(values)) for feature, values in distances.items()}
    assert means == pytest.approx({name: published[name] for name in california.FEATURES}, abs=5e-7)
    assert areas == pytest.approx(california.expected()["recomputed_realized_roc_auc"], abs=5e-7)
    assert queries.systems()["california"][0] == PERIOD[0]


def segment(system: str, first: int, count: int, source: str = "sdk") -> None:
    facts = {"source": source, "systems": {system: count}, "counters": [first, first + count - 1]}
    with transaction.atomic():
        log.append(
            "telemetry.segment",
            actor="stage:intake",
            subject={"type": "segment", "ref": str(uuid7())},
            facts=facts,
            source="telemetry",
        )


def coverage() -> list[tuple[float, float]]:
    rows = Point.objects.filter(metric="log-coverage").order_by("hour")
    return [(row.numerator, row.denominator) for row in rows]


def test_skipped_numbers_are_missing_until_they_come(store: DuckStore) -> None:
    stage = Rollup(store, dict)
    with clock.frozen(DAY):
        segment("claims", 1, 10)
        run(stage)
    assert coverage() == [(10, 10)]
    with clock.frozen(DAY + timedelta(hours=1)):
        segment("claims", 16, 5)
        run(stage)
    assert coverage() == [(10, 10), (5, 10)]
    with clock.frozen(DAY + timedelta(hours=2)):
        segment("claims", 11, 2)
        run(stage)
    assert coverage() == [(10, 10), (5, 8), (2, 2)]
    with clock.frozen(DAY + timedelta(hours=2)):
        segment("claims", 13, 3)
        segment("other", 3, 1, source="late")
        run(stage)
    assert coverage() == [(10, 10), (5, 5), (5, 5), (1, 3)]
