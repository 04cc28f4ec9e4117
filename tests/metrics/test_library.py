"""Every number against an outside answer: a published table, scipy, or a hand calculation shown here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.metrics import california

from plumbline.metrics import declare
from plumbline.metrics.declare import Rows, Tally, metric, summed
from plumbline.metrics.library import drift, oversight, performance, traffic

NAN = float("nan")


def text(*values: str | None) -> np.ndarray[Any, Any]:
    return np.array(values, dtype=object)


@pytest.mark.parametrize("name", ["id", *california.FEATURES])
def test_the_published_mean_ks_values_come_out_to_six_places(name: str) -> None:
    reference, analysis = california.column("reference", name), california.column("analysis", name)
    found = []
    for part, values in (("reference", reference), ("analysis", analysis)):
        month = california.months(part)
        found += [drift.kolmogorov_smirnov.function(values[month == m], reference) for m in np.unique(month)]
    assert len(found) == 20
    published = california.expected()["published_mean_ks_over_20_monthly_chunks"][name]
    assert float(np.mean(found)) == pytest.approx(published, abs=5e-7)


def test_the_monthly_roc_auc_comes_out_to_six_places() -> None:
    truth = {row["id"]: float(row["clf_target"]) for row in california.rows("analysis_gt")}
    label = np.array([truth[row["id"]] for row in california.rows("analysis")])
    score, month = california.column("analysis", "y_pred_proba"), california.months("analysis")
    found = {m: performance.roc_auc.function(score[month == m], label[month == m]) for m in np.unique(month)}
    assert found == pytest.approx(california.expected()["recomputed_realized_roc_auc"], abs=5e-7)
    whole = performance.roc_auc.function(score, label)
    assert whole == pytest.approx(california.expected()["recomputed_whole"]["analysis"], abs=5e-7)


numbers = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=40)


@given(numbers, numbers)
def test_ks_agrees_with_scipy(one: list[float], two: list[float]) -> None:
    outside = stats.ks_2samp(one, two, method="asymp").statistic
    assert drift.kolmogorov_smirnov.function(np.array(one), np.array(two)) == pytest.approx(
        outside, abs=1e-12
    )


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=40))
def test_roc_auc_agrees_with_the_rank_statistic(pairs: list[tuple[int, bool]]) -> None:
    score, truth = np.array([float(s) for s, _ in pairs]), np.array([float(t) for _, t in pairs])
    found = performance.roc_auc.function(score, truth)
    if truth.min() == truth.max():
        assert found is None
        return
    outside = stats.mannwhitneyu(score[truth == 1], score[truth == 0]).statistic
    assert found == pytest.approx(outside / (truth.sum() * (1 - truth).sum()), abs=1e-12)


def test_stability_index_by_hand_and_by_scipy() -> None:
    # shares 0.5/0.5 against 0.25/0.75: (0.25)·ln 2 + (−0.25)·ln(2/3) = 0.25·ln 3 = 0.274653
    assert drift.stability_index((50, 50), (25, 75)) == pytest.approx(0.25 * math.log(3), abs=1e-12)
    a, e = np.array([30, 20, 50]) / 100, np.array([10, 60, 30]) / 100
    outside = stats.entropy(a, e) + stats.entropy(e, a)
    assert drift.stability_index((30, 20, 50), (10, 60, 30)) == pytest.approx(outside, abs=1e-12)
    assert drift.stability_index((7, 3), (70, 30)) == 0
    # an empty bin is read as one in ten thousand: (0.0001 − 0.5)·ln(0.0002) + (1 − 0.5)·ln 2 = 4.604318
    assert drift.stability_index((0, 10), (5, 5)) == pytest.approx(4.604318, abs=1e-6)
    with pytest.raises(ValueError, match="same bins"):
        drift.stability_index((1, 2), (1, 2, 3))


def test_reference_edges_make_even_bins_and_survive_ties() -> None:
    values = np.arange(1000.0)
    edges = drift.reference_edges(values)
    assert len(edges) == 9
    assert drift.binned(values, edges) == (100,) * 10
    few = drift.reference_edges(np.array([0.0] * 900 + [1.0] * 100))
    assert drift.binned(np.array([0.0, 0.0, 1.0, NAN]), few) == (2, 1)
    assert drift.reference_edges(np.array([NAN])).size == 0


def test_traffic_counts_work_and_not_what_speaks_about_it() -> None:
    rows = Rows(
        {
            "type": text("decision", "call", "outcome", "review", "decision"),
            "is_error": np.array([False, True, False, False, False]),
            "tokens_in": np.array([NAN, 1200, NAN, NAN, NAN]),
            "tokens_out": np.array([NAN, 300, NAN, NAN, NAN]),
            "latency_ms": np.array([100.0, 250.0, NAN, NAN, NAN]),
        }
    )
    assert traffic.volume.value(traffic.volume.tally(rows)) == 3
    assert traffic.error_rate.value(traffic.error_rate.tally(rows)) == pytest.approx(1 / 3)
    assert traffic.tokens_in.value(traffic.tokens_in.tally(rows)) == 1200
    assert traffic.tokens_out.value(traffic.tokens_out.tally(rows)) == 300
    assert traffic.latency_mean.value(traffic.latency_mean.tally(rows)) == 175


def test_percentiles_are_within_one_bin_of_numpy() -> None:
    values = np.random.default_rng(7).lognormal(5, 1, 20_000)
    tally = traffic.latency_p95.tally(Rows({"type": text(*["call"] * values.size), "latency_ms": values}))
    for share, made in ((0.95, traffic.latency_p95), (0.5, traffic.latency_p50)):
        exact = float(np.quantile(values, share))
        read = made.value(tally)
        assert read is not None
        place = int(np.searchsorted(traffic.LATENCY_EDGES, exact, side="right"))
        assert traffic.LATENCY_EDGES[place - 1] <= read <= traffic.LATENCY_EDGES[place]


def test_percentile_by_hand() -> None:
    # ten values in [0, 1), ten in [1, 1.5): the 15th of 20 lies half way into the second bin
    assert traffic.percentile((10, 10, 0), (1.0, 1.5), 0.75) == 1.25
    assert traffic.percentile((0, 0, 4), (1.0, 1.5), 0.5) == 1.5


def test_override_rate_by_hand() -> None:
    rows = Rows(
        {
            "type": text("review", "review", "review", "review", "decision"),
            "review": text("approve", "override", "reject", "escalate", None),
        }
    )
    assert oversight.override_rate.value(oversight.override_rate.tally(rows)) == 0.5
    assert oversight.review_share.value(oversight.review_share.tally(rows)) == 4
    nobody = Rows({"type": text("decision"), "review": text(None)})
    assert oversight.override_rate.value(oversight.override_rate.tally(nobody)) is None


def test_accuracy_and_brier_by_hand() -> None:
    rows = Rows(
        {
            "truth": text("1", "0", "true", "refuse", None),
            "outcome": text("1", "1", "yes", "refuse", "1"),
            "score": np.array([0.9, 0.8, 0.5, 0.4, 0.3]),
        }
    )
    assert performance.accuracy.value(performance.accuracy.tally(rows)) == 0.75
    # (0.1² + 0.8² + 0.5²) / 3 = 0.9 / 3
    assert performance.brier.value(performance.brier.tally(rows)) == pytest.approx(0.3)


def test_a_month_is_the_sum_of_its_hours() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=900)
    edges = drift.reference_edges(rng.normal(size=2000))
    hours = [drift.input_drift_psi.tally(Rows({"number": part}, edges)) for part in np.split(values, 9)]
    assert summed(hours) == drift.input_drift_psi.tally(Rows({"number": values}, edges))
    with pytest.raises(ValueError, match="different bins"):
        Tally(bins=(1,)) + Tally(bins=(1, 2))


def test_declaring_twice_or_without_text_is_refused() -> None:
    with pytest.raises(ValueError, match="already"):
        metric("volume", title="Again", unit="events")(traffic.volume.function)
    with pytest.raises(ValueError, match="docstring"):
        metric("silent", title="Silent", unit="events")(lambda rows: Tally())
    assert {"volume", "error-rate", "roc-auc"} <= {made.name for made in declare.all_metrics()}
