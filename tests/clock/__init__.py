"""The one clock of the tests: it does not move, and it is the same on every day and on every machine.

Everything in the process reads it: `plumbline.kernel.clock`, Django's sessions and signatures, one-time
passwords, the recorder. A test that needs another instant freezes the product's clock there
(`plumbline.kernel.clock.frozen`); one that lives with running processes lets the clock run (`running`).

Processes that a test starts read the same clock, running, through ``child/sitecustomize.py``: Python
imports it at its start because the folder is on ``PYTHONPATH``, and it moves the clock by the seconds in
``TESTS_CLOCK_SHIFT``. The product has no setting for this, since its time of recording is evidence.

``PLUMBLINE_TEST_DAYS_AHEAD=100`` moves the clock of the tests by so many days: nothing may depend on the day.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from tests.clock.child import shifted

CHILD = Path(__file__).parent / "child"
SHIFT = "TESTS_CLOCK_SHIFT"

NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC) + timedelta(
    days=int(os.environ.get("PLUMBLINE_TEST_DAYS_AHEAD", "0"))
)
"""When the tests take place. In the afternoon, so that hours before and after it are of the same day."""


def stop() -> None:
    """Freeze the clock at `NOW` for good, and tell processes to come how far it is from the real one."""
    if SHIFT not in os.environ:  # set by the parent of a worker: all of them share one shift
        os.environ[SHIFT] = str(NOW.timestamp() - time.time())
    paths = [str(CHILD), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    time_machine.travel(NOW, tick=False).start()


@contextmanager
def running() -> Iterator[None]:
    """Inside the block the clock runs on, as it does in the processes that the tests have started."""
    from plumbline.kernel import clock

    before = clock._last
    travel = shifted.run(float(os.environ[SHIFT]))
    try:
        yield
    finally:
        travel.stop()
        clock._last = before  # it would else not go back to where the clock of the other tests stands


def real() -> float:
    """The seconds since 1970 by the clock of the machine; for what measures the tests themselves."""
    return time_machine.escape_hatch.time.time()
