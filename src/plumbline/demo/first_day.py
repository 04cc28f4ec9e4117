"""The day on which the demonstration's installation is made, on a clock of its own. Needs no Django."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from plumbline.kernel import clock

AGO = 10
"""Days from the making of the installation, on the demonstration's clock, to the day on which it is shown."""


@contextmanager
def making() -> Iterator[None]:
    """The clock stands on the morning on which the installation is made, some days ago."""
    day = clock.now().date() - timedelta(days=AGO)
    with clock.frozen(datetime.combine(day, time(9), UTC)):
        yield
