"""The evidence store's answers, each worked out by hand or by another library; direct and over the socket."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from msgspec import Struct
from scipy import stats

from plumbline.kernel.problems import Unavailable
from plumbline.telemetry.event import Model, Review, StoredEvent, Tokens
from plumbline.telemetry.store import wire
from plumbline.telemetry.store.declarations import Count, declared
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.telemetry.store.port import LATENCY_EDGES, EventRow, HourRow, MovedSegment, Reader, Receipts
from plumbline.telemetry.store.remote import RemoteStore, open_reader
from plumbline.telemetry.store.serve import StoreServer

H10 = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECORDED = datetime(2026, 3, 5, tzinfo=UTC)


def event(**values: Any) -> StoredEvent:
    base: dict[str, Any] = {"id": uuid4(), "time": H10, "system": "s", "type": "decision"}
    return StoredEvent(**{**base, **values})


def segment(leaf: int, *events: StoredEvent) -> MovedSegment:
    return MovedSegment(uuid4(), leaf, RECORDED, "test", events)


@dataclass
class Both:
    """The store to write to, and the reader under test."""

    store: DuckStore
    reader: Reader


@pytest.fixture(params=["direct", "socket"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Both]:
    store = DuckStore(tmp_path / "evidence.duckdb")
    if request.param == "direct":
        yield Both(store, store)
    else:
        server = StoreServer(tmp_path, store)
        yield Both(store, RemoteStore(tmp_path))
        server.close()
    store.close()


def test_an_empty_store(both: Both) -> None:
    assert both.reader.watermark() == -1
    assert both.reader.systems() == []
    assert both.reader.hourly_events(-1, 10) == []
    assert both.reader.touched(-1, 10) == []
    assert both.reader.span("s") is None
    assert both.reader.event(uuid4()) is None
    assert both.reader.values("s", "x", H10, H10 + HOUR).shape == (0,)


def test_one_hour_counted_by_hand(both: Both) -> None:
    right, wrong, open_ = (
        event(outcome="1", score=0.9),
        event(outcome="0", score=0.4),
        event(outcome="1", score=0.1),
    )
    both.store.append(
        [
            segment(
                3,
                right,
                wrong,
                open_,
                event(type="call", tokens=Tokens(31, 12), latency_ms=1.0, attributes={"operation": "chat"}),
                event(
                    type="call",
                    tokens=Tokens(8),
                    latency_ms=70_000.0,
                    error="openai.InternalServerError: jo said no",
                ),
                event(type="span", latency_ms=5.0, error="boom"),
            ),
            segment(
                4,
                event(type="outcome", about=right.id, truth=1.0, time=H10 + 5 * HOUR),
                event(type="outcome", about=wrong.id, truth="1", time=H10 + 5 * HOUR),
                event(type="review", about=wrong.id, review=Review("override", "r1")),
                event(type="review", about=right.id, review=Review("approve", "r1")),
                event(type="review", about=right.id, review=Review("reject", "r1")),
                event(type="review", about=right.id, review=Review("escalate", "r1")),
            ),
        ]
    )
    bins = [0] * (len(LATENCY_EDGES) + 1)
    bins[1], bins[-1] = 1, 1
    assert both.reader.hourly_events(-1, 4) == [
        HourRow(
            "s",
            H10,
            count=9,
            decisions=3,
            calls=2,
            errors=1,
            latency_count=2,
            latency_sum=70_001.0,
            latency_bins=tuple(bins),
            tokens_in=39,
            tokens_out=12,
            reviews=4,
            overrides=1,
            outcomes_with_truth=2,
            correct=1,
            interventions=3,
        ),
        HourRow("s", H10 + 5 * HOUR, count=2, latency_bins=(0,) * 16),
    ]
    assert both.reader.counts("s", H10, H10 + HOUR) == {"call": 2, "decision": 3, "review": 4, "span": 1}
    assert both.reader.reviewers("s", H10, H10 + HOUR) == [(4, 3)]
    assert both.reader.reviewers("s", H10 + HOUR, H10 + 2 * HOUR) == []
    scores, truths = both.reader.scores_truth("s", H10, H10 + HOUR)
    assert sorted(zip(scores, truths, strict=True)) == [(0.4, 1.0), (0.9, 1.0)]
    failed = next(row for row in both.reader.events("s", H10, H10 + HOUR, 50, "call") if row.is_error)
    assert failed.error == "openai.InternalServerError"  # the message stays sealed


def test_later_segments_touch_only_their_hours_and_those_of_decisions_they_judge(both: Both) -> None:
    decision = event(outcome="pay")
    both.store.append([segment(0, decision), segment(1, event(time=H10 + 30 * HOUR))])
    both.store.append(
        [segment(5, event(type="outcome", about=decision.id, truth="pay", time=H10 + 9 * HOUR))]
    )
    assert both.reader.touched(1, 5) == [("s", H10), ("s", H10 + 9 * HOUR)]
    judged = both.reader.hourly_events(1, 5)[0]
    assert (judged.hour, judged.count, judged.outcomes_with_truth, judged.correct) == (H10, 1, 1, 1)
    before = both.reader.hourly_events(-1, 1)
    assert [(row.hour, row.outcomes_with_truth) for row in before] == [(H10, 0), (H10 + 30 * HOUR, 0)]


def test_when_the_events_of_a_window_were_received(both: Both) -> None:
    """A window from ten to eleven, closed at twelve; each segment is received at the hour given."""
    decision = event()

    def received(leaf: int, hour: int, *events: StoredEvent) -> MovedSegment:
        return MovedSegment(uuid4(), leaf, H10 + (hour - 10) * HOUR, "test", events)

    window, closed = (H10, H10 + HOUR), H10 + 2 * HOUR
    assert both.reader.receipts("s", *window, closed) == Receipts(None, 0)
    both.store.append([received(0, 11, decision, event()), received(1, 12, event())])
    assert both.reader.receipts("s", *window, closed) == Receipts(closed, 0)
    both.store.append([received(2, 13, event(), event(system="t"), event(time=H10 + HOUR))])
    assert both.reader.receipts("s", *window, closed) == Receipts(H10 + 3 * HOUR, 1)
    # What turned out later is not late, but the verdict on the decision rests on it from then on.
    outcome = event(type="outcome", time=H10 + 5 * HOUR, about=decision.id, truth="1")
    both.store.append([received(3, 15, outcome)])
    assert both.reader.receipts("s", *window, closed) == Receipts(H10 + 5 * HOUR, 1)


def test_what_was_said_of_a_decision_in_order(both: Both) -> None:
    decision, other = event(outcome="pay"), event(outcome="refuse")
    review = event(type="review", about=decision.id, review=Review("override", "r1"), time=H10 + HOUR)
    truth = event(type="outcome", about=decision.id, truth="refuse", time=H10 + 2 * HOUR)
    foreign = event(type="outcome", system="other", about=decision.id, truth="pay", time=H10)
    both.store.append([segment(0, truth, other), segment(1, decision), segment(2, review, foreign)])
    rows = both.reader.following(decision.id, 10)
    assert [(row.id, row.review, row.truth) for row in rows] == [
        (review.id, "override", None),
        (truth.id, None, "refuse"),
    ]
    assert [row.id for row in both.reader.following(decision.id, 1)] == [review.id]
    assert both.reader.following(other.id, 10) == []


def test_of_several_outcomes_the_latest_holds(both: Both) -> None:
    decision = event(outcome="pay", score=0.5)
    early = event(type="outcome", about=decision.id, truth="true", time=H10 + HOUR)
    late = event(type="outcome", about=decision.id, truth="false", time=H10 + 2 * HOUR)
    both.store.append([segment(0, decision), segment(1, late), segment(2, early)])
    judged = both.reader.scores_truth("s", H10, H10 + HOUR)
    assert [list(numbers) for numbers in judged] == [[0.5], [0.0]]  # latest by its own time, whenever it came
    other = event(type="outcome", system="other", about=decision.id, truth="0")
    both.store.append([segment(3, other)])  # another system cannot judge it
    assert list(both.reader.scores_truth("s", H10, H10 + HOUR)[1]) == [0.0]


def test_the_truth_of_another_system_counts_for_nothing(both: Both) -> None:
    decision = event(outcome="pay")
    foreign = event(type="outcome", system="other", about=decision.id, truth="pay")
    both.store.append([segment(0, decision), segment(1, foreign)])
    (own,) = (row for row in both.reader.hourly_events(-1, 1) if row.system == "s")
    assert (own.outcomes_with_truth, own.correct) == (0, 0)


def test_appending_again_changes_nothing(both: Both) -> None:
    one, two = segment(0, event(features={"x": 1.0})), segment(1, event(features={"x": 2.0}))
    both.store.append([one])
    both.store.append([one, two])
    both.store.append([one, two])
    assert both.reader.watermark() == 1
    assert both.reader.systems()[0].count == 2
    assert list(both.reader.values("s", "x", H10, H10 + HOUR)) == [1.0, 2.0]


def test_a_failing_append_leaves_rows_and_watermark_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DuckStore(tmp_path / "evidence.duckdb")
    store.append([segment(0, event())])
    broken = segment(1, event(features={"x": "not a number"}), event(features={"x": 1.0}))
    with monkeypatch.context() as patch:
        patch.setattr(
            "plumbline.telemetry.store.duckdb.FEATURE_KINDS", {"event_id": "UUID", "nowhere": "DOUBLE"}
        )
        with pytest.raises(Exception, match="nowhere"):
            store.append([broken])
    assert store.watermark() == 0
    assert store.systems()[0].count == 1
    store.append([broken])
    assert store.watermark() == 1
    store.close()


def test_feature_questions_against_numpy_and_scipy(both: Both) -> None:
    rng = np.random.default_rng(7)
    numbers = rng.normal(100, 15, 500).round(1)
    events = [
        event(time=H10 + timedelta(seconds=n), features={"x": float(value), "kind": "ab"[n % 2], "": "e"})
        for n, value in enumerate(numbers)
    ]
    both.store.append([segment(0, *events), segment(1, event(time=H10 + HOUR, features={"x": 1e6}))])
    got = both.reader.values("s", "x", H10, H10 + HOUR)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, np.sort(numbers))
    other = rng.normal(104, 15, 300)
    assert stats.ks_2samp(got, other).statistic == stats.ks_2samp(numbers, other).statistic
    edges = [80.0, float(numbers[3]), 100.0, 120.0] if 80 < numbers[3] < 100 else [80.0, 90.0, 100.0, 120.0]
    expected = np.bincount(np.searchsorted(edges, numbers, side="right"), minlength=5)
    assert both.reader.feature_bins("s", "x", edges, H10, H10 + HOUR) == list(expected)
    assert both.reader.feature_bins("s", "x", [0.0], H10 + HOUR, H10 + 2 * HOUR) == [0, 1]
    assert both.reader.categories("s", "kind", H10, H10 + HOUR) == {"a": 250, "b": 250}
    assert [(seen.name, seen.numbers, seen.texts) for seen in both.reader.features("s")] == [
        ("", 0, 500),
        ("kind", 0, 500),
        ("x", 501, 0),
    ]
    of_kind = ("s", "kind", ["b", "none such"], H10, H10 + HOUR)
    assert both.reader.category_bins(*of_kind) == [250, 0, 250]
    assert both.reader.category_bins("s", "x", ["1"], H10, H10 + HOUR) == [0, 500]
    assert both.reader.category_bins("s", "kind", [], H10, H10 + HOUR) == [500]
    assert both.reader.bins_by_day("s", "x", edges, [], H10, H10 + HOUR) == [(0, list(expected))]
    assert both.reader.bins_by_day("s", "x", [0.0], [], H10 - 24 * HOUR, H10 + 2 * HOUR) == [(1, [0, 501])]
    assert both.reader.bins_by_day("s", "kind", [], ["b"], H10, H10 + HOUR) == [(0, [250, 250])]
    by_kind = both.reader.bins_by_group("s", "x", edges, [], "kind", H10, H10 + HOUR)
    assert {kind: sum(bins) for kind, bins in by_kind.items()} == {"a": 250, "b": 250}
    assert [sum(pair) for pair in zip(*by_kind.values(), strict=True)] == list(expected)
    assert both.reader.bins_by_group("s", "x", edges, [], "x", H10, H10 + HOUR) == {}
    empty, kind, row = (row for row in both.reader.hourly_features(-1, 1) if row.hour == H10)
    assert (empty.feature, empty.texts, kind.feature) == ("", 500, "kind")
    assert (kind.count, kind.sum, kind.sumsq, kind.min, kind.max, kind.texts) == (0, 0, 0, 0, 0, 500)
    assert (row.feature, row.count, row.min, row.max) == ("x", 500, numbers.min(), numbers.max())
    assert row.sum == pytest.approx(numbers.sum(), rel=1e-12)
    assert row.sumsq == pytest.approx((numbers**2).sum(), rel=1e-12)


@pytest.mark.parametrize("edges", [[], [1.0, 1.0], [2.0, 1.0]])
def test_edges_must_ascend(both: Both, edges: list[float]) -> None:
    with pytest.raises((ValueError, Unavailable)):
        both.reader.feature_bins("s", "x", edges, H10, H10 + HOUR)


def test_an_event_comes_back_as_it_was_stored(both: Both) -> None:
    whole = event(
        model=Model("m", "1"),
        outcome="pay\x00'); --",
        score=0.1,
        latency_ms=1.5,
        tokens=Tokens(1, 2),
        about=uuid4(),
        truth=2.5,
        attributes={"operation": "chat", "streamed": True, "tool_calls": 2},
        time=datetime(1, 1, 1, tzinfo=UTC),
    )
    sealed = segment(9, event(), whole)
    both.store.append([sealed])
    row = both.reader.event(whole.id)
    assert row is not None
    assert (row.time, row.recorded, row.leaf, row.position, row.segment) == (
        whole.time,
        RECORDED,
        9,
        1,
        sealed.id,
    )
    assert (row.model, row.version, row.outcome, row.score, row.truth) == (
        "m",
        "1",
        whole.outcome,
        0.1,
        "2.5",
    )
    assert (row.tokens_in, row.tokens_out, row.about, row.is_error) == (1, 2, whole.about, False)
    assert (row.operation, row.streamed, row.tool_calls) == ("chat", True, 2)
    assert isinstance(row.id, UUID)
    assert both.reader.span("s") == (whole.time, H10)
    assert both.reader.events("s", H10, H10 + HOUR, 0) == []
    (seen,) = both.reader.systems()
    assert (seen.slug, seen.count, seen.first, seen.last, seen.first_leaf) == ("s", 2, whole.time, H10, 9)


def test_only_the_owner_reaches_file_and_socket(tmp_path: Path) -> None:
    store = DuckStore(tmp_path / "evidence.duckdb")
    server = StoreServer(tmp_path, store)
    for file in (server.file, tmp_path / "evidence.duckdb"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    server.close()
    store.close()
    assert not server.file.exists()


def test_the_socket_answers_nothing_that_is_not_on_the_list(tmp_path: Path) -> None:
    store = DuckStore(tmp_path / "evidence.duckdb")
    server = StoreServer(tmp_path, store)
    for question in (
        wire.encode(("append", ([],))),
        wire.encode(("close", ())),
        wire.encode(("__class__", ())),
        wire.encode(("values", ("s",))),
        wire.encode(("features", (7,))),
        b"\xc1garbage",
    ):
        assert server.answer(question)[:1] == b"\x01"
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(server.file))
        raw.sendall((2**31).to_bytes(4, "big"))
        assert raw.recv(1) == b""
    assert RemoteStore(tmp_path).watermark() == -1
    server.close()
    store.close()


def test_without_a_server_a_command_opens_the_file_itself(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        RemoteStore(tmp_path).watermark()
    with open_reader(tmp_path) as reader:
        assert isinstance(reader, DuckStore)
    store = DuckStore(tmp_path / "evidence.duckdb")
    server = StoreServer(tmp_path, store)
    with open_reader(tmp_path) as reader:
        assert isinstance(reader, RemoteStore)
        assert reader.watermark() == -1
    server.close()
    store.close()


def test_a_data_folder_with_a_long_path_still_has_its_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 20) / ("path-" * 20)
    folder.mkdir(parents=True)
    store = DuckStore(folder / "evidence.duckdb")
    server = StoreServer(folder, store)
    assert RemoteStore(folder).watermark() == -1
    server.close()
    store.close()


def test_a_counter_is_declared_once(tmp_path: Path) -> None:
    """Each field of a row says what it is; table, statement and answer follow by its name."""
    store = DuckStore(tmp_path / "evidence.duckdb")
    names = [row[0] for row in store._rows("SELECT column_name FROM (DESCRIBE events)")]
    assert names == [field.name for field in declared(EventRow)]
    store.close()


def test_a_field_that_declares_nothing_is_refused() -> None:
    class Row(Struct):
        count: Annotated[int, Count("TRUE")]
        forgotten: int

    with pytest.raises(TypeError, match=r"Row\.forgotten"):
        declared(Row)


def test_every_question_of_the_port_travels_and_none_that_writes() -> None:
    written = {"append", "erase", "close"}
    assert set(wire.QUESTIONS) == {
        "watermark", "systems", "touched", "hourly_events", "hourly_features", "features", "values",
        "feature_bins", "categories", "category_bins", "bins_by_day", "bins_by_group",
        "scores_truth", "counts", "span", "events", "event", "undecided",
        "following", "receipts", "reviewers", "copy_to", "stored", "stored_segments", "stored_features",
        "events_in_hours", "features_in_hours", "speaking_of",
    }  # fmt: skip
    assert written.isdisjoint(wire.QUESTIONS)


def test_a_decision_that_was_escalated_waits_until_somebody_reviews_it_again(both: Both) -> None:
    waits, decided, again, other = (event() for _ in range(4))

    def review(about: StoredEvent, word: str, minutes: int, **more: Any) -> StoredEvent:
        moment = H10 + timedelta(minutes=minutes)
        return event(type="review", about=about.id, time=moment, review=Review(word, "r1"), **more)  # type: ignore[arg-type]

    both.store.append(
        [
            segment(1, waits, decided, again, review(waits, "escalate", 1), review(decided, "override", 9)),
            segment(
                2,
                review(decided, "escalate", 1),  # arrives later and was earlier
                review(again, "approve", 1),
                review(again, "escalate", 2),
                review(other, "escalate", 1, system="t"),
            ),
        ]
    )
    assert (both.reader.undecided("s"), both.reader.undecided("t"), both.reader.undecided("u")) == (2, 1, 0)
    both.store.append([segment(3, review(again, "reject", 2))])  # at the same moment, and said later
    assert both.reader.undecided("s") == 1
