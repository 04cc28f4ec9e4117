"""Every number against an outside answer: a published table, scipy, or a hand calculation shown here."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cityblock
from tests.metrics import california

from plumbline.metrics import registry
from plumbline.metrics.declare import LATENCY_EDGES, Answer, Hour, Metric, Tally, answer, hour, metric
from plumbline.metrics.library import drift, oversight, performance, traffic
from plumbline.telemetry.store.port import FeatureRow

NAN = float("nan")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


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
    assert drift.stability_index.function((50, 50), (25, 75)) == pytest.approx(0.25 * math.log(3), abs=1e-12)
    a, e = np.array([30, 20, 50]) / 100, np.array([10, 60, 30]) / 100
    outside = stats.entropy(a, e) + stats.entropy(e, a)
    assert drift.stability_index.function((30, 20, 50), (10, 60, 30)) == pytest.approx(outside, abs=1e-12)
    assert drift.stability_index.function((7, 3), (70, 30)) == 0
    # an empty bin is read as one in ten thousand: (0.0001 − 0.5)·ln(0.0002) + (1 − 0.5)·ln 2 = 4.604318
    assert drift.stability_index.function((0, 10), (5, 5)) == pytest.approx(4.604318, abs=1e-6)
    assert drift.stability_index.function((0, 0), (5, 5)) is None
    with pytest.raises(ValueError, match="same bins"):
        drift.stability_index.function((1, 2), (1, 2, 3))


def test_drift_of_categories_by_hand_and_by_scipy() -> None:
    # reference north 60, south 30, west 10; window north 30, south 30, west 0 and 40 never seen before
    reference = {"north": 60, "south": 30, "west": 10}
    categories = drift.reference_categories(reference)
    assert categories == ("north", "south", "west")
    expected = drift.by_category(reference, categories)
    actual = drift.by_category({"north": 30, "south": 30, "island": 35, "sea": 5}, categories)
    assert (expected, actual) == ((60, 30, 10, 0), (30, 30, 0, 40))
    # empty bins are read as one in ten thousand:
    #   north (0.3 − 0.6)·ln(0.3/0.6)          = 0.207944
    #   south (0.3 − 0.3)·ln(1)                = 0
    #   west  (0.0001 − 0.1)·ln(0.0001/0.1)    = 0.690085
    #   other (0.4 − 0.0001)·ln(0.4/0.0001)    = 3.316791
    assert drift.stability_index.function(actual, expected) == pytest.approx(4.214820, abs=1e-6)
    # (0.3 + 0 + 0.1 + 0.4) / 2
    assert drift.total_variation.function(actual, expected) == pytest.approx(0.4, abs=1e-12)
    one, two = (30, 30, 15, 25), (55, 30, 10, 5)
    a, e = np.array(one) / 100, np.array(two) / 100
    assert drift.stability_index.function(one, two) == pytest.approx(
        stats.entropy(a, e) + stats.entropy(e, a), abs=1e-12
    )
    assert drift.total_variation.function(one, two) == pytest.approx(cityblock(a, e) / 2, abs=1e-12)
    assert drift.total_variation.function((0, 0), (1, 2)) is None
    with pytest.raises(ValueError, match="same categories"):
        drift.total_variation.function((1,), (1, 2))


@pytest.mark.parametrize("seed", range(5))
def test_the_distance_of_all_categories_lies_within_the_bounds_of_the_pooled_ones(seed: int) -> None:
    """Zipf-like texts: 20 of some 60 categories are told apart. The outside answer counts every one."""
    draw = np.random.default_rng(seed)
    names = [f"c{number}" for number in range(60)]
    then, now = (dict(zip(names, map(int, draw.zipf(1.6, 60)), strict=True)) for _ in range(2))
    kept = drift.reference_categories(then)
    low, high = drift.pooled_bounds(drift.by_category(now, kept), drift.by_category(then, kept))
    exact = sum(abs(then[name] / sum(then.values()) - now[name] / sum(now.values())) for name in names) / 2
    assert low <= exact <= high
    assert low < high


def test_what_is_pooled_may_have_changed_altogether() -> None:
    """By hand: a tenth is rare on both sides; with no rare category in common the true distance is 0.1."""
    assert drift.pooled_bounds((60, 30, 10), (60, 30, 10)) == (0.0, pytest.approx(0.1))
    assert drift.pooled_bounds((60, 40, 0), (70, 30, 0)) == (pytest.approx(0.1), pytest.approx(0.1))


def test_rare_categories_and_numbers_among_texts_are_counted_and_not_lost() -> None:
    counts = {f"c{number:02}": 100 - number for number in range(30)}
    kept = drift.reference_categories(counts)
    assert kept == tuple(f"c{number:02}" for number in range(20))
    bins = drift.by_category(counts, kept, numbers=7)
    assert sum(bins) == sum(counts.values()) + 7
    assert bins[-1] == sum(100 - number for number in range(20, 30)) + 7
    assert drift.reference_categories({"b": 1, "a": 1, "c": 2}, most=2) == ("a", "c")
    assert (
        drift.feature_texts.value(drift.feature_texts.tally(FeatureRow("s", NOW, "x", 0, 0, 0, 0, 0, 4))) == 4
    )
    assert drift.feature_mean.tally(FeatureRow("s", NOW, "x", 0, 0, 0, 0, 0, 4)) == Tally()


def test_an_input_that_never_changed_and_now_does_is_seen() -> None:
    edges = drift.reference_edges(np.full(200, 3.0))
    assert drift.binned(np.array([3.0, 3.0, 2.9, 3.1, 3.1]), edges) == (1, 2, 2)
    moved = drift.stability_index.function(drift.binned(np.full(200, 5.0), edges), (0, 200, 0))
    assert moved is not None
    assert moved > 10


@pytest.mark.parametrize("bins", [10, 21])
def test_ten_values_a_bin_make_a_false_alarm_rare(bins: int) -> None:
    """Two samples of the same distribution, together worth ten values a bin: the index is χ²/weight."""
    rng = np.random.default_rng(3)
    even, size = np.full(bins, 1 / bins), 20 * bins
    draws = [
        drift.stability_index.function(tuple(rng.multinomial(size, even)), tuple(rng.multinomial(size, even)))
        for _ in range(4000)
    ]
    by_chance = float(np.mean(np.array(draws) > 0.25))
    assert by_chance == pytest.approx(stats.chi2.sf(0.25 * 10 * bins, bins - 1), abs=0.004)
    assert by_chance < 0.008


def test_reference_edges_make_even_bins_and_survive_ties() -> None:
    values = np.arange(1000.0)
    edges = drift.reference_edges(values)
    assert len(edges) == 9
    assert drift.binned(values, edges) == (100,) * 10
    few = drift.reference_edges(np.array([0.0] * 900 + [1.0] * 100))
    assert drift.binned(np.array([0.0, 0.0, 1.0, NAN]), few) == (2, 1)
    assert drift.reference_edges(np.array([NAN])).size == 0


def test_traffic_by_hand() -> None:
    counted = Hour("claims", NOW, decisions=2, calls=1, errors=1, tokens_in=1200, tokens_out=300)
    timed = Hour("claims", NOW, decisions=2, latency_count=2, latency_sum=350.0, latency_bins=(0, 1, 1))
    assert traffic.volume.value(traffic.volume.tally(counted)) == 3
    assert traffic.error_rate.value(traffic.error_rate.tally(counted)) == pytest.approx(1 / 3)
    assert traffic.tokens_in.value(traffic.tokens_in.tally(counted)) == 1200
    assert traffic.tokens_out.value(traffic.tokens_out.tally(counted)) == 300
    assert traffic.latency_mean.value(traffic.latency_mean.tally(timed)) == 175
    assert traffic.latency_p95.value(traffic.latency_p95.tally(counted)) is None


def test_percentiles_are_within_one_bin_of_numpy() -> None:
    values = np.random.default_rng(7).lognormal(5, 1, 20_000)
    bins = drift.binned(values, np.array(LATENCY_EDGES))
    for share, made in ((0.95, traffic.latency_p95), (0.5, traffic.latency_p50)):
        exact = float(np.quantile(values, share))
        read = made.value(Tally(bins=bins))
        assert read is not None
        place = int(np.searchsorted(LATENCY_EDGES, exact, side="right"))
        assert LATENCY_EDGES[place - 1] <= read <= LATENCY_EDGES[place]


def test_percentile_by_hand() -> None:
    # ten values in [0, 1), ten in [1, 1.5): the 15th of 20 lies half way into the second bin
    assert traffic.percentile((10, 10, 0), (1.0, 1.5), 0.75) == 1.25
    assert traffic.percentile((0, 0, 4), (1.0, 1.5), 0.5) == 1.5


def test_override_rate_by_hand() -> None:
    counted = Hour("claims", NOW, decisions=8, reviews=4, overrides=1)
    assert oversight.override_rate.value(oversight.override_rate.tally(counted)) == 0.25
    assert oversight.review_share.value(oversight.review_share.tally(counted)) == 0.5
    assert oversight.override_rate.value(Tally()) is None
    # of four reviews one overrode, one rejected, one escalated and one approved
    counted = Hour("claims", NOW, decisions=8, reviews=4, overrides=1, interventions=3)
    assert oversight.override_rate.value(oversight.override_rate.tally(counted)) == 0.25
    assert oversight.intervention_rate.value(oversight.intervention_rate.tally(counted)) == 0.75


def test_accuracy_and_brier_by_hand() -> None:
    counted = Hour("claims", NOW, decisions=10, outcomes_with_truth=4, correct=3)
    assert performance.accuracy.value(performance.accuracy.tally(counted)) == 0.75
    assert performance.truth_share.value(performance.truth_share.tally(counted)) == 0.4
    # (0.1² + 0.8² + 0.5²) / 3 = 0.9 / 3
    score, truth = np.array([0.9, 0.8, 0.5]), np.array([1.0, 0.0, 1.0])
    assert performance.brier.function(score, truth) == pytest.approx(0.3)
    assert performance.brier.function(score[:0], truth[:0]) is None


def test_tallies_of_different_bins_do_not_add_up() -> None:
    assert Tally(1, bins=(1, 2)) + Tally(2, bins=(3, 4)) == Tally(3, bins=(4, 6))
    with pytest.raises(ValueError, match="different bins"):
        Tally(bins=(1,)) + Tally(bins=(1, 2))


ANSWERS = [(made, known) for made in registry.all_metrics() for known in made.answers]


@pytest.mark.parametrize(
    ("made", "known"), [pytest.param(*pair, id=f"{pair[0].name}: {pair[1].source}") for pair in ANSWERS]
)
def test_every_metric_gives_its_answer_from_outside(made: Metric, known: Answer) -> None:
    computed = made.computed(known.given)
    assert computed == (None if known.value is None else pytest.approx(known.value, abs=known.within))


def test_an_answer_of_another_library_is_what_it_gives() -> None:
    """The two sources that are libraries, asked again."""
    two = stats.ks_2samp([1, 2, 3, 4], [3, 4, 5, 6]).statistic
    assert drift.kolmogorov_smirnov.answers[0].value == pytest.approx(two)
    pairs = stats.mannwhitneyu([0.35, 0.8], [0.1, 0.4]).statistic
    assert performance.roc_auc.answers[0].value == pytest.approx(pairs / 4)


def test_what_does_not_declare_a_metric() -> None:
    def counted(row: Hour) -> Tally:
        """Counted."""
        return Tally()

    by_hand = [answer(0, hour(), source="by hand")]
    with pytest.raises(ValueError, match="already"):
        metric("volume", title="Again", unit="events", answers=by_hand)(counted)
    with pytest.raises(ValueError, match="docstring"):
        metric("silent", title="Silent", unit="events", answers=by_hand)(lambda rows: Tally())
    with pytest.raises(ValueError, match="follows"):
        metric("lost", title="Lost", unit="events", asks="bins", answers=by_hand)(counted)
    for answers in ([], [answer(None, hour(), source="by hand")]):
        with pytest.raises(ValueError, match="needs an answer from outside"):
            metric("own", title="Own", unit="events", answers=answers)(counted)
    with pytest.raises(ValueError, match="where its number comes from"):
        answer(1.0, hour(), source=" ")
    names = {made.name for made in registry.all_metrics()}
    assert {"volume", "error-rate", "roc-auc", "log-coverage", "feature-mean"} <= names
    assert not {"silent", "lost", "own"} & names


def test_a_percentile_of_nothing_is_no_value_and_empty_bins_are_passed_over() -> None:
    """The wanted share may lie at the edge of bins that hold nothing: the next one with values decides."""
    edges = (1.0, 2.0, 3.0)
    assert traffic.percentile((0, 4, 0, 0), edges, 0.0) == 1.0
    assert traffic.percentile((2, 0, 2, 0), edges, 0.5) == 1.0
    assert traffic.percentile((2, 0, 2, 0), edges, 0.75) == 2.5
    assert traffic.percentile((0, 0, 0, 5), edges, 0.95) == 3.0
    assert traffic.latency_p95.value(Tally()) is None
    assert traffic.latency_p95.value(Tally(bins=(0,) * 16)) is None


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_percentile_from_bins_lies_between_its_bounds_and_so_does_the_true_one(
    seed: int, share: float
) -> None:
    """numpy's inverted CDF on the values themselves is the outside answer; the bins know only their edges."""
    values = np.random.default_rng(seed).lognormal(5.0, 1.5, 400)
    edges = (0.0, *LATENCY_EDGES, np.inf)
    bins = tuple(int(count) for count in np.histogram(values, edges)[0])
    low, high = traffic.percentile_bounds(bins, LATENCY_EDGES, share)
    assert low <= traffic.percentile(bins, LATENCY_EDGES, share) <= high
    assert low <= float(np.quantile(values, share, method="inverted_cdf")) <= high
    assert (low, high) in set(pairwise(edges))


def test_the_last_bin_is_open() -> None:
    nothing = (0,) * len(LATENCY_EDGES)
    assert traffic.percentile_bounds((*nothing, 3), LATENCY_EDGES, 0.95) == (LATENCY_EDGES[-1], math.inf)
