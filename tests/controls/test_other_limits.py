"""What other limits would have said: by the rule of the verdict, over the same windows, changing nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.controls.test_engine import decisions
from tests.metrics.events import put

from plumbline.controls import other_limits
from plumbline.controls.models import Result
from plumbline.kernel.problems import Invalid
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

DAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def three_days(store: DuckStore, flow: Callable[[], None], make: Callable[..., Any]) -> DuckStore:
    """Three days of decisions, of which 2, 8 and 30 in a hundred ended in an error, newest first."""
    leaf = 0
    for number, failed in enumerate((2, 8, 30)):
        leaf = put(store, decisions(DAY - timedelta(days=number), failed), leaf)
    flow()
    return store


def test_each_window_is_judged_again_under_every_limit(three_days: DuckStore) -> None:
    before = log.size(), Result.objects.count()
    found = other_limits.compare("error-rate", "claims-triage", three_days, [0.01, 0.5])
    assert (found.limit.name, found.windows, found.judged) == ("error-rate", 3, 3)
    assert [
        (row.value, row.is_in_force, [result.value for result in row.beyond]) for row in found.values
    ] == [
        (0.01, False, [0.3, 0.08, 0.02]),
        (0.04, False, [0.3, 0.08]),
        (0.05, True, [0.3, 0.08]),
        (0.06, False, [0.3, 0.08]),
        (0.5, False, []),
    ]
    assert "Of the newest 3 windows 3 have a verdict." in str(other_limits.denominator(found))
    assert (log.size(), Result.objects.count()) == before, "asking changes nothing"


def test_what_has_no_verdict_is_no_part_of_the_denominator(
    store: DuckStore, flow: Callable[[], None]
) -> None:
    leaf = put(store, decisions(DAY, 10, count=15), 0)
    put(store, decisions(DAY - timedelta(days=1), 8), leaf)
    flow()
    found = other_limits.compare("error-rate", "claims-triage", store)
    assert (found.windows, found.judged) == (2, 1)
    assert [len(row.beyond) for row in found.values] == [1, 1, 1]


@pytest.mark.parametrize(
    ("check", "asked", "fault"),
    [("systems-owned", [], "reads records or has no limit"), ("error-rate", [0.1] * 5, "are too many")],
)
def test_what_cannot_be_judged_again_is_refused(
    store: DuckStore, check: str, asked: list[float], fault: str
) -> None:
    with pytest.raises(Invalid) as refused:
        other_limits.compare(check, "claims-triage", store, asked)
    assert str(refused.value.faults[0].message) == fault
