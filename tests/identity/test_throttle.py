"""Limits: exact over one key, shared by connections and processes, paid for in blocks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from plumbline.identity import throttle
from plumbline.kernel import clock

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
START = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_start() -> Iterator[None]:
    with clock.frozen(START):
        yield


def test_limit_is_exact_and_comes_back_evenly() -> None:
    """Ten a minute: ten at once, the eleventh after 6 s (60 s / 10), then one every 6 s."""
    assert [throttle.take("a", 10, 60) for _ in range(10)] == [None] * 10
    assert throttle.take("a", 10, 60) == pytest.approx(6.0)
    with clock.frozen(START + timedelta(seconds=5.9)):
        assert throttle.take("a", 10, 60) == pytest.approx(0.1)
    with clock.frozen(START + timedelta(seconds=6)):
        assert throttle.take("a", 10, 60) is None
        assert throttle.take("a", 10, 60) == pytest.approx(6.0)
    with clock.frozen(START + timedelta(seconds=120)):
        assert [throttle.take("a", 10, 60) for _ in range(11)].count(None) == 10


def test_keys_do_not_share_and_can_be_forgiven() -> None:
    assert throttle.take("a", 1, 60) is None
    assert throttle.take("b", 1, 60) is None
    assert throttle.take("a", 1, 60) is not None
    throttle.forget("a")
    assert throttle.take("a", 1, 60) is None


def test_refused_take_uses_nothing() -> None:
    assert throttle.take("a", 2, 60, cost=2) is None
    waits = [throttle.take("a", 2, 60) for _ in range(5)]
    assert waits == [pytest.approx(30.0)] * 5


def test_no_limit() -> None:
    assert all(throttle.take("a", 0, 60) is None for _ in range(5))


def test_keys_are_not_stored_in_the_clear() -> None:
    from plumbline.identity.models import Throttle

    throttle.take("account:noor@example.org", 10, 60)
    assert not Throttle.objects.filter(key__contains="noor").exists()


def test_holds_across_connections() -> None:
    """Eight threads, each with a connection of its own, ask 10 times for a limit of 25."""
    answers: list[float | None] = []

    def ask() -> None:
        try:
            for _ in range(10):
                answers.append(throttle.take("shared", 25, 3600))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 80
    assert answers.count(None) == 25


def test_bucket_writes_once_per_block(django_assert_num_queries: object) -> None:
    bucket = throttle.Bucket("ingest", 100, 60, chunk=20)
    assert bucket.take("tok") is None
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert [bucket.take("tok") for _ in range(19)] == [None] * 19
    assert bucket.take("tok") is None


def test_buckets_of_two_processes_share_one_limit() -> None:
    one, two = (throttle.Bucket("ingest", 100, 60, chunk=20) for _ in range(2))
    answers = [bucket.take("tok") for _ in range(100) for bucket in (one, two)]
    assert answers.count(None) == 100
    assert answers[-1] is not None


def test_what_a_bucket_bought_does_not_outlive_the_window() -> None:
    bucket = throttle.Bucket("ingest", 100, 60, chunk=100)
    assert bucket.take("tok") is None
    with clock.frozen(START + timedelta(seconds=61)):
        assert [bucket.take("tok") for _ in range(120)].count(None) == 100


def test_f11_a_clock_set_back_an_hour_refuses_nobody() -> None:
    """What a clock that ran ahead has written would else stand until that time has come."""
    bucket = throttle.Bucket("reads", 100, 60)
    assert bucket.take("a") is None
    assert [throttle.take("b", 2, 60) for _ in range(3)][:2] == [None, None]
    with clock.frozen(START - timedelta(hours=1)):
        assert throttle.Bucket("reads", 100, 60).take("a") is None
        assert [throttle.take("b", 2, 60) for _ in range(3)].count(None) == 2
