"""What every test shares: a test database that can be emptied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database without the trail's triggers and the door's guard, which would not let it be emptied."""
    from django.db import connection
    from django.test import TransactionTestCase

    from plumbline.records import guard
    from plumbline.trail import seatbelt

    with django_db_blocker.unblock():
        seatbelt.remove(connection)
    empty = TransactionTestCase._fixture_teardown

    def through_the_door(case: TransactionTestCase) -> None:
        with guard.opened("test teardown"):
            empty(case)

    TransactionTestCase._fixture_teardown = through_the_door  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _emptying_passes_the_door() -> Iterator[None]:
    """Tests that commit are emptied table by table afterwards, record tables too."""
    from django.test import TransactionTestCase

    from plumbline.records import guard

    plain = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def opened(case: Any) -> None:
        with guard.opened("test teardown"):
            plain(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", opened)
        yield
