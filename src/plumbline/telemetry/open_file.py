"""A file that a process keeps open, and whether its name still leads to it.

A process goes on writing to a file that was deleted or replaced meanwhile, and what it writes is gone when it
ends. Whoever acknowledges what is written asks first.
"""

from __future__ import annotations

from pathlib import Path

from plumbline.kernel.messages import say, worded
from plumbline.kernel.problems import Unavailable
from plumbline.telemetry.store_check import NAMES, REMEDY


class StoreLost(Unavailable):
    """One of the files of the telemetry is gone, replaced or damaged."""

    code, title = "store-lost", "A store of the telemetry is gone or damaged"
    remedy = worded("telemetry.remedy", REMEDY)


class OpenFile:
    """``file`` as it was when this was made, just after it was opened."""

    def __init__(self, file: Path) -> None:
        self._file, self._identity = file, _identity(file)

    def require(self) -> None:
        """Raise `StoreLost` when another file, or none, has the name now."""
        if _identity(self._file) != self._identity:
            raise StoreLost(
                say(
                    "telemetry.store-lost",
                    "The {store} was deleted or replaced while it was in use.",
                    store=NAMES[self._file.name],
                )
            )


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
