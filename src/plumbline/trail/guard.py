"""The guard: a small file outside the database that remembers the newest size and root.

A database can be restored, truncated or edited; it then no longer agrees with the guard, and nothing is
signed. Only `Guard.create` creates the file: a missing guard is a reason to stop, never to start afresh. It
is replaced as a whole and durably, by whoever holds the operating system's lock on the file beside it. The
lock is on a file of its own because the guard itself is replaced, and with it its inode.
"""

from __future__ import annotations

import fcntl
import os
import time as sleeping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType

from plumbline.kernel.canonical import CanonicalError, canonical, parse
from plumbline.kernel.clock import parse_rfc3339, rfc3339
from plumbline.kernel.merkle import EMPTY_ROOT
from plumbline.kernel.problems import Conflict
from plumbline.trail.errors import ReadOnly
from plumbline.trail.private_files import private_folder, read_cached, write_private


@dataclass(frozen=True)
class Damage:
    """Entries ``first`` to ``last`` (inclusive) were found changed."""

    first: int
    last: int
    detail: str


@dataclass(frozen=True)
class GuardRecord:
    """What the guard remembers of a log; ``damage`` is set by a scrub and cleared by a clean one.

    ``boot`` names the run of the machine in which this was written, ``uptime`` the milliseconds since its
    start: the clock of later moments is compared with them.
    """

    origin: str
    epoch: int
    size: int
    root: bytes
    time: datetime
    damage: Damage | None = None
    boot: str = ""
    uptime: int = 0

    def content(self) -> bytes:
        """The bytes of the file."""
        return canonical(
            {
                "version": 1,
                "origin": self.origin,
                "epoch": self.epoch,
                "size": self.size,
                "root": self.root.hex(),
                "time": rfc3339(self.time),
                "damage": asdict(self.damage) if self.damage else None,
                "boot": self.boot,
                "uptime": self.uptime,
            }
        )


def read(file: Path) -> GuardRecord | None:
    """What the guard file says, or ``None`` if it is missing. Raises `ReadOnly` if it cannot be read."""
    try:
        return _parsed(read_cached(file))
    except FileNotFoundError:
        return None
    except (OSError, CanonicalError, KeyError, TypeError, ValueError) as error:
        raise ReadOnly("guard-missing", "The guard file is there but cannot be read.") from error


@lru_cache(maxsize=8)
def _parsed(content: bytes) -> GuardRecord:
    value = parse(content)
    damage = Damage(**value["damage"]) if value["damage"] else None
    root, time = bytes.fromhex(value["root"]), parse_rfc3339(value["time"])
    # A guard written by an earlier version knows no run of the machine.
    boot, uptime = value.get("boot", ""), value.get("uptime", 0)
    return GuardRecord(value["origin"], value["epoch"], value["size"], root, time, damage, boot, uptime)


class Guard:
    """The guard file, locked: ``with Guard(file) as guard``.

    Raises `ReadOnly` (``second-instance``) if another process keeps the lock for longer than ``patience``
    seconds.
    """

    def __init__(self, file: Path, patience: float = 5.0) -> None:
        """Name the guard file; the lock is taken on entering the block."""
        self._file, self._patience = file, patience
        self._handle: int | None = None

    @staticmethod
    def create(file: Path, *, origin: str, time: datetime) -> None:
        """Create the guard of a new log. Raises `Conflict` if there is one that has seen entries."""
        record = read(file)
        if record is not None and record.size:
            raise Conflict("There is a guard already; it is never replaced by a new one.")
        write_private(file, GuardRecord(origin, 1, 0, EMPTY_ROOT, time).content())

    def __enter__(self) -> Guard:
        """Take the lock."""
        private_folder(self._file.parent)
        handle = os.open(self._file.with_name(self._file.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        deadline = sleeping.monotonic() + self._patience
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._handle = handle
                return self
            except BlockingIOError as error:
                if sleeping.monotonic() >= deadline:
                    os.close(handle)
                    raise ReadOnly(
                        "second-instance", "Another process holds the guard; only one may sign."
                    ) from error
                sleeping.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        # Closing the file releases the lock, and so does the end of the process, however it ends.
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def read(self) -> GuardRecord | None:
        """What the guard says now."""
        return read(self._file)

    def swap(self, expected: GuardRecord, new: GuardRecord) -> None:
        """Replace ``expected`` by ``new``, durably (file and folder synced).

        Raises `ReadOnly` (``second-instance``) if the file no longer says ``expected``.
        """
        if self._handle is None:
            raise RuntimeError("the guard is not locked")
        # The lock keeps other processes on this machine out. The comparison also catches one on another
        # machine that writes the same file, and a file put back from a backup meanwhile.
        if self.read() != expected:
            raise ReadOnly("second-instance", "The guard was changed by another process; only one may sign.")
        write_private(self._file, new.content())

    def note_damage(self, damage: Damage | None) -> None:
        """Remember the damage that a scrub has found, or forget it after a clean scrub."""
        record = self.read()
        if record is not None and record.damage != damage:
            self.swap(record, replace(record, damage=damage))
