"""The state of the log: whether it takes entries now, and if not, what happened and what mends it.

Derived anew from what is there: the database, the guard, the signer's memory, the clock, the last scrub, and
what kept the publisher from signing. No process remembers that all was well: one that was started before a
backup was restored finds the guard ahead of the database like any other.
"""

from __future__ import annotations

import time as system_time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import connection

from plumbline.kernel import clock
from plumbline.kernel.measurements import REFUSED_WRITES
from plumbline.kernel.merkle import Frontier, tree_root
from plumbline.kernel.messages import Text, say
from plumbline.trail import clock_check, guard, paths, queries, refusals
from plumbline.trail.append_sql import LogHead
from plumbline.trail.errors import ReadOnly
from plumbline.trail.signer_memory import last_signed

AGE = 1.0
"""Seconds for which a derived state is used again, unless one of the files behind it has changed."""


class Mode(StrEnum):
    """Whether the log takes entries."""

    WRITABLE = "writable"
    READ_ONLY = "read-only"


@dataclass(frozen=True)
class LogState:
    """What the log does now; a writable one has no more to say.

    ``reason`` is a stable word (see `plumbline.trail.errors`), ``detail`` says what was found, ``remedy``
    what mends it, ``since`` when it was first seen.
    """

    mode: Mode = Mode.WRITABLE
    reason: str = ""
    detail: Text = ""
    remedy: Text = ""
    since: datetime | None = None

    @property
    def is_writable(self) -> bool:
        """Whether every door may write."""
        return self.mode is Mode.WRITABLE


@dataclass(frozen=True)
class _Head:
    """Where the database says that the log ends."""

    origin: str
    epoch: int
    frontier: Frontier
    last_time: datetime | None


_PUBLISHER_ALONE = frozenset({"tree-mismatch", "fork", "second-instance", "signer-refused"})
_states: dict[Path, tuple[float, tuple[object, ...], LogState]] = {}
_prefixes: dict[tuple[int, bytes], float] = {}
_since: dict[str, datetime] = {}


def current() -> LogState:
    """The state of the log, at most `AGE` seconds old."""
    leave_replaced_database()
    config = settings.PLUMBLINE
    signature = _signature(config.data, config.guard_file)
    known = _states.get(config.guard_file)
    now = system_time.monotonic()
    if known is not None and now - known[0] < AGE and known[1] == signature:
        return known[2]
    found = _derived()
    _states[config.guard_file] = (now, signature, found)
    return found


def forget() -> None:
    """Derive the state anew at the next question, whatever is known."""
    _states.clear()
    _prefixes.clear()


def require_writable() -> None:
    """Raise `ReadOnly` with reason and remedy unless the log takes entries; every door asks this first."""
    found = current()
    if not found.is_writable:
        REFUSED_WRITES.add(reason=found.reason)
        raise ReadOnly(found.reason, found.detail)


def require_agreement(head: LogHead, now: datetime) -> None:
    """Raise `ReadOnly` unless an entry may follow ``head``, the coordinator's row locked by the caller.

    The last word before every append: nothing here is older than this transaction, but for the root under
    a guard that lies behind, which is compared once a second.
    """
    _refuse_replaced_database()
    frontier = queries.edge(head.size, head.frontier)
    refusal = _disagreement(_Head(head.origin, head.epoch, frontier, head.last_time), now)
    if refusal is not None:
        raise refusal


def _derived() -> LogState:
    try:
        state = queries.state()
    except ReadOnly as damage:
        return _read_only(damage)
    head = _Head(state.origin, state.epoch, state.frontier, state.last_time) if state else None
    refusal = _disagreement(head, clock.now())
    if refusal is None:
        _since.clear()
        return LogState()
    return _read_only(refusal)


def _read_only(refusal: ReadOnly) -> LogState:
    kept = refusals.last(settings.PLUMBLINE.guard_file)
    if kept is not None and kept.reason == refusal.reason:
        since = kept.since
    else:
        since = _since.setdefault(refusal.reason, clock.now())
    return LogState(Mode.READ_ONLY, refusal.reason, refusal.detail, refusal.remedy, since)


def _disagreement(head: _Head | None, now: datetime) -> ReadOnly | None:
    """What keeps an entry from following ``head`` at ``now``; ``None`` when everything agrees."""
    config = settings.PLUMBLINE
    try:
        record, signed = guard.read(config.guard_file), last_signed(paths.keys_folder(config.data))
    except ReadOnly as refusal:
        return refusal
    if record is None:
        return _without_guard(head)
    if head is not None and (record.origin, record.epoch) != (head.origin, head.epoch):
        return ReadOnly("other-log", "The guard belongs to another log.")
    known = [(record.size, record.root), *([signed] if signed else [])]
    # Before what a scrub has found: entries that are gone are damage to it, and this says more of them.
    seen, frontier = max(size for size, _ in known), head.frontier if head else Frontier()
    if frontier.size < seen:
        return rolled_back(seen, frontier.size)
    if record.damage is not None:
        return damaged(record.damage)
    for size, root in known:
        if size and (mismatch := _not_a_prefix(frontier, size, root)) is not None:
            return mismatch
    wrong = clock_check.refusal(record, head.last_time if head else None, now)
    return wrong or _publisher_refusal()


def _publisher_refusal() -> ReadOnly | None:
    """What the publisher found and nothing here can see; what can be seen here is seen anew."""
    kept = refusals.last(settings.PLUMBLINE.guard_file)
    return ReadOnly(kept.reason, kept.detail) if kept and kept.reason in _PUBLISHER_ALONE else None


def _without_guard(head: _Head | None) -> ReadOnly | None:
    """Without guard, keys and checkpoint the log has not begun; `plumbline.trail.keys.init` begins it."""
    if head is None or head.frontier.size == 0:
        return None
    begun = (paths.keys_folder(settings.PLUMBLINE.data) / "log.key").exists() or queries.latest_checkpoint()
    return ReadOnly("guard-missing", "The guard file is missing.") if begun else None


def damaged(damage: guard.Damage) -> ReadOnly:
    """The refusal for what a scrub has found."""
    message = say(
        "trail.damaged",
        "Entries {first} to {last} were changed: {detail}",
        first=damage.first,
        last=damage.last,
        detail=damage.detail,
    )
    return ReadOnly("damaged", message)


def rolled_back(seen: int, present: int) -> ReadOnly:
    """The refusal for a database that has fewer entries than the guard or the signer has seen."""
    message = say(
        "trail.rolled-back",
        "The guard has seen {seen} entries; the database has {present}.",
        seen=seen,
        present=present,
    )
    return ReadOnly("rolled-back", message)


def root_mismatch(size: int) -> ReadOnly:
    """The refusal for a database with other entries than the guard has seen."""
    message = say(
        "trail.root-mismatch", "At size {size} the guard has another root than the database.", size=size
    )
    return ReadOnly("root-mismatch", message)


def _not_a_prefix(frontier: Frontier, size: int, root: bytes) -> ReadOnly | None:
    """Whether the tree of ``size`` leaves with ``root`` is no longer what a database that has as many begins
    with."""
    if frontier.size == size:
        return None if frontier.root() == root else root_mismatch(size)
    # The root at a smaller size takes a few hundred hashes to read, which is too much for every append.
    now = system_time.monotonic()
    if now - _prefixes.get((size, root), -AGE) < AGE:
        return None
    try:
        if tree_root(size, queries.stored_tree().node) != root:
            return root_mismatch(size)
    except (LookupError, ValueError):
        return ReadOnly("tree-mismatch", "A tile of the tree is missing or damaged.")
    if len(_prefixes) > 64:
        _prefixes.clear()
    _prefixes[(size, root)] = now
    return None


# The file of the database


def _signature(data: Path, guard_file: Path) -> tuple[object, ...]:
    """What changes whenever one of the files behind the state does."""
    files = [guard_file, paths.keys_folder(data) / "signer.json", refusals.file_beside(guard_file)]
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        files += [Path(name), Path(f"{name}-wal")]
    return tuple(_identity(file) for file in files)


def _identity(file: Path) -> tuple[int, ...] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _is_replaced() -> bool:
    """Whether another file has the name of the one that this connection has open."""
    opened: tuple[int, int] | None = getattr(connection, "file_identity", None)
    if opened is None or connection.connection is None:
        return False
    try:
        present = Path(str(connection.settings_dict["NAME"])).stat()
    except FileNotFoundError:
        return True
    return (present.st_dev, present.st_ino) != opened


def leave_replaced_database() -> None:
    """Close a connection to a file that another one has replaced: what is written to it is lost."""
    if not connection.in_atomic_block and _is_replaced():
        connection.close()


def _refuse_replaced_database() -> None:
    if _is_replaced():
        raise ReadOnly("database-replaced", "Another database was put in place of the one in use.")
