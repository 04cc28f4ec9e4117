"""The day on which the demonstration's installation is made, on a clock of its own. Needs no Django."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from plumbline.kernel import clock

AGO = 10
"""Days from the making of the installation, on the demonstration's clock, to the day on which it is shown."""


@contextmanager
def making() -> Iterator[None]:
    """The clock stands on the morning on which the installation is made, some days ago."""
    morning = clock.day_start(clock.today() - timedelta(days=AGO)) + timedelta(hours=9)
    with clock.frozen(morning):
        yield
