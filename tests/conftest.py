"""What every test shares: the clock, the bounds of Hypothesis, the database as its migrations left it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from math import inf
from typing import Any

import hypothesis
import pytest
from tests import clock, databases, open_databases

# Hypothesis would fail an example that took 200 ms, and a test whose examples are made slowly.
hypothesis.settings.register_profile(
    "any load", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any load")


@pytest.fixture(autouse=True)
def _no_database_opened_as_a_file() -> Iterator[None]:
    """See `tests.open_databases`."""
    with open_databases.watched() as found:
        yield
    assert not found


@pytest.fixture
def running_clock() -> Iterator[None]:
    """The clock runs, for a test of what really waits."""
    with clock.running():
        yield


@pytest.fixture
def lasting_memos(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process remembers for seconds it remembers until the test ends.

    On a busy machine seconds pass between two requests of one test, and the second asks the database again.
    """
    from plumbline.identity import organization
    from plumbline.trail import log_state

    for module in (organization.queries, log_state):
        module.forget()
        monkeypatch.setattr(module, "AGE", inf)


@pytest.fixture
def counted_queries(lasting_memos: None) -> Any:
    """A context manager that yields the queries asked inside of it."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return partial(CaptureQueriesContext, connection)


@pytest.fixture
def django_assert_num_queries(lasting_memos: None, django_assert_num_queries: Any) -> Any:
    """The fixture of pytest-django, the same at any load."""
    return django_assert_num_queries


@pytest.fixture
def django_assert_max_num_queries(lasting_memos: None, django_assert_max_num_queries: Any) -> Any:
    """The fixture of pytest-django, the same at any load."""
    return django_assert_max_num_queries


@pytest.fixture(scope="session")
def _door() -> Iterator[ExitStack]:
    """The door of the records held open while the test database is made."""
    from plumbline.records import guard
    from plumbline.server.new_database import new_tables_at_once

    with ExitStack() as stack:
        stack.enter_context(guard.opened("migrate"))
        stack.enter_context(new_tables_at_once())
        yield stack


@pytest.fixture(scope="session")
def django_db_setup(_door: ExitStack, django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database without the trail's triggers, by which not even a test of tampering could tamper."""
    from django.db import connection
    from django.test import TransactionTestCase

    from plumbline.trail import append_only_triggers

    _door.close()
    with django_db_blocker.unblock():
        append_only_triggers.remove(connection)
        restore = databases.restorer(connection)
    TransactionTestCase._fixture_teardown = lambda case: restore()  # type: ignore[method-assign]
