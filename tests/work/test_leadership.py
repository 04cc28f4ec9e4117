"""One worker leads at a time, another as soon as it ends, and everybody can see who."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.waiting import until

from plumbline.config import Config
from plumbline.work.leadership import Leadership, Workers, workers

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def config(tmp_path: Path, settings: Any) -> Config:
    """An installation in a data folder of its own."""
    made: Config = replace(settings.PLUMBLINE, data=tmp_path)
    return made


@pytest.fixture
def pair(config: Config) -> Iterator[tuple[Leadership, Leadership]]:
    """Two workers, of which the first leads."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(Leadership(config)) for _ in range(2))
        assert first.try_to_lead()
        yield first, second


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def test_one_leads_and_the_other_when_it_ends(config: Config, pair: tuple[Leadership, Leadership]) -> None:
    first, second = pair
    assert not second.try_to_lead()
    assert (first.is_leading(), second.is_leading()) == (True, False)
    assert workers(config) == Workers(first.name, int(on_postgresql()))
    first.release()
    assert second.try_to_lead()
    assert (first.is_leading(), second.is_leading()) == (False, True)
    assert workers(config) == Workers(second.name, 0)
    second.release()
    assert workers(config) == Workers()


def test_one_that_stands_by_ends_when_it_is_asked_to(pair: tuple[Leadership, Leadership]) -> None:
    _, second = pair
    over, answers = threading.Event(), list[bool]()
    waiting = threading.Thread(target=lambda: answers.append(second.wait(over)))
    waiting.start()
    over.set()
    waiting.join()
    assert answers == [False]


def test_a_session_that_was_cut_off_leads_no_longer(
    config: Config, pair: tuple[Leadership, Leadership]
) -> None:
    if not on_postgresql():
        pytest.skip("SQLite has no sessions")
    first, second = pair
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
            [f"plumbline worker {first.name}"],
        )
    until(lambda: not first.is_leading(), "the session is still there")
    # The stores are its own until it has closed them: another waits for the lock of the folder.
    assert not second.try_to_lead()
    first.release()
    assert second.try_to_lead()


def test_a_worker_with_another_data_folder_does_not_lead(
    config: Config, pair: tuple[Leadership, Leadership], tmp_path: Path
) -> None:
    if not on_postgresql():
        pytest.skip("with SQLite another folder is another installation")
    other = tmp_path / "other"
    other.mkdir()
    with Leadership(replace(config, data=other)) as third:
        assert not third.try_to_lead()
        pair[0].release()
        assert third.try_to_lead()
