"""A closed window keeps its first verdict: what is judged later stands beside it, and the graver counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.metrics.events import event, put

from plumbline.controls import queries, restatements
from plumbline.controls.engine import Judge
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Result
from plumbline.kernel import clock
from plumbline.kernel.states import CheckState
from plumbline.metrics.stage import Rollup
from plumbline.telemetry.store.duckdb import DuckStore

DAY = datetime(2026, 3, 3, tzinfo=UTC)
Flow = Callable[[], None]


def decisions(failed: int, count: int = 100, day: datetime = DAY) -> list[Any]:
    return [
        event(day + timedelta(seconds=n), "claims", error="boom" if n < failed else None)
        for n in range(count)
    ]


def result(number: int, word: CheckState, restates: int | None = None) -> Result:
    return cast(Result, SimpleNamespace(pk=number, word=word, restates_id=restates))


OVER, WITHIN, SILENT = CheckState.OVER, CheckState.WITHIN, CheckState.NO_SIGNAL


@pytest.mark.parametrize(
    ("words", "accepted", "counts"),
    [
        ([(OVER, None)], (), 1),
        ([(OVER, None), (WITHIN, None)], (), 2),
        ([(OVER, None), (WITHIN, 1)], (), 1),
        ([(WITHIN, None), (OVER, 1)], (), 2),
        ([(SILENT, None), (WITHIN, 1)], (), 1),
        ([(WITHIN, None), (SILENT, 1)], (), 2),
        ([(OVER, None), (SILENT, 1)], (), 1),
        ([(WITHIN, None), (WITHIN, 1)], (), 2),
        ([(OVER, None), (WITHIN, 1)], (2,), 2),
        ([(OVER, None), (WITHIN, 1), (OVER, 2)], (2,), 3),
        ([(OVER, None), (WITHIN, 1), (WITHIN, 1)], (3,), 3),
        ([(WITHIN, None), (OVER, 1), (WITHIN, 2)], (), 2),
    ],
)
def test_the_graver_counts_until_somebody_accepts(
    words: list[tuple[CheckState, int | None]], accepted: tuple[int, ...], counts: int
) -> None:
    rows = [result(number, *word) for number, word in enumerate(words, 1)]
    verdict = restatements.counting(rows, accepted)
    assert verdict is not None
    assert verdict.pk == counts


def test_nothing_counts_of_a_window_without_results() -> None:
    assert restatements.counting([], ()) is None


@pytest.mark.data_layer
@pytest.mark.django_db
class TestLateData:
    """The window is the third of March; it is nine in the morning, and closed at one on the fourth."""

    def test_good_data_that_comes_late_stands_beside_the_verdict(self, store: DuckStore, flow: Flow) -> None:
        leaf = put(store, decisions(20), 0)
        flow()
        with clock.frozen(DAY + timedelta(days=1, hours=1, minutes=1)):
            put(store, decisions(0, 900), leaf)
            flow()
            first, second = Result.objects.filter(check_name="error-rate").order_by("id")
            assert (first.word, first.value, first.late, first.cause) == ("Over limit", 0.2, 0, "")
            assert (second.word, second.value, second.late) == ("Within", 0.02, 900)
            assert (second.restates_id, second.cause) == (first.pk, "late data")
            assert first.received_until == DAY + timedelta(hours=9)
            assert second.received_until == clock.now()
            (verdict,) = judged.verdicts_of_windows("error-rate", "claims")
            assert verdict == first == queries.readings()["error-rate", "claims"]

    def test_bad_data_that_comes_late_counts_at_once(self, store: DuckStore, flow: Flow) -> None:
        leaf = put(store, decisions(0), 0)
        flow()
        with clock.frozen(DAY + timedelta(days=3)):
            put(store, decisions(100), leaf)
            flow()
            assert queries.readings()["error-rate", "claims"].word == "Over limit"

    def test_what_comes_within_the_hour_after_the_day_is_in_time(self, store: DuckStore, flow: Flow) -> None:
        leaf = put(store, decisions(20), 0)
        flow()
        with clock.frozen(DAY + timedelta(days=1, hours=1)):
            put(store, decisions(0, 900), leaf)
            flow()
            reading = queries.readings()["error-rate", "claims"]
            assert (reading.word, reading.late, reading.restates_id) == ("Within", 0, None)

    def test_a_judge_that_was_down_over_night_restates_nothing(self, store: DuckStore, flow: Flow) -> None:
        leaf = put(store, decisions(20), 0)
        flow()
        put(store, decisions(0, 900), leaf)
        with clock.frozen(DAY + timedelta(days=2)):
            flow()
            reading = queries.readings()["error-rate", "claims"]
            assert (reading.word, reading.late, reading.restates_id) == ("Within", 0, None)

    def test_the_first_verdict_on_data_that_is_late_says_that_it_is(
        self, store: DuckStore, flow: Flow
    ) -> None:
        put(store, decisions(0, day=DAY - timedelta(days=4)), 0)
        flow()
        reading = queries.readings()["error-rate", "claims"]
        assert (reading.word, reading.late, reading.restates_id) == ("Within", 100, None)

    def test_late_data_rests_before_it_is_judged(self, store: DuckStore) -> None:
        """Each further judgement of a closed window is a restatement: a long import is judged once."""
        rollup, judge = Rollup(store), Judge(store, rest=3_600.0)
        leaf = put(store, decisions(20, day=DAY - timedelta(days=4)), 0)
        while rollup.advance():
            pass
        while judge.advance():
            pass
        assert not Result.objects.filter(check_name="error-rate").exists()
        put(store, decisions(0, 900, day=DAY - timedelta(days=4)), leaf)
        judge.rest = 0.0
        assert not judge.advance(), "not while the store has events that are in no point yet"
        while rollup.advance() or judge.advance():
            pass
        (verdict,) = Result.objects.filter(check_name="error-rate")
        assert (verdict.word, verdict.population, verdict.restates_id) == ("Within", 1_000, None)
