"""What every test shares: a test database that can be emptied."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database without the trail's triggers, which would refuse to let it be emptied."""
    from django.db import connection

    from plumbline.trail import seatbelt

    with django_db_blocker.unblock():
        seatbelt.remove(connection)
