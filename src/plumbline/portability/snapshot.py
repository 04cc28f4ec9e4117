"""Copies of all stores as of one moment, while others go on writing.

What is sealed goes spool → log → opening store → evidence store, and the spool is trimmed last. So the moment
is taken in that light: while the spool's write lock is held nothing is sealed and nothing trimmed, and within
it a reading transaction is begun on the opening store, then on the log, then on the spool. Every event that
the copied log knows is then in the copied spool or in the copied opening store, and neither has a number that
the copied log does not know. The lock is held for milliseconds; copying goes on from the transactions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Unavailable

DATABASE, SPOOL, OPENINGS, EVIDENCE = "plumbline.db", "spool.db", "openings.db", "evidence.duckdb"
_PATIENCE = 60.0
"""Seconds to wait for the writer of the spool."""


@dataclass(frozen=True)
class Snapshot:
    """Reading transactions on the SQLite files of a data folder, by the name of the file."""

    connections: dict[str, sqlite3.Connection]

    def copy(self, name: str, target: Path) -> None:
        """Write the file ``name`` as of the moment of the snapshot to ``target``."""
        with closing(sqlite3.connect(target, isolation_level=None)) as copied:
            self.connections[name].backup(copied)
            # Whole in one file: a copy must need no journal beside it. The product sets its own mode again.
            copied.execute("PRAGMA journal_mode=DELETE")


def _reading(stack: ExitStack, file: Path) -> sqlite3.Connection:
    """A connection whose reading transaction has begun."""
    connection = stack.enter_context(closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)))
    connection.execute("BEGIN")
    connection.execute(
        "SELECT count(*) FROM sqlite_master"
    ).fetchone()  # a snapshot begins with its first read
    return connection


@contextmanager
def snapshot(data: Path, within: Callable[[], None] | None = None) -> Iterator[Snapshot]:
    """All SQLite files of ``data`` as of one moment. Raises `Unavailable` when one stays locked.

    Where the log lies in PostgreSQL, ``within`` takes its snapshot at that same moment.
    """
    with ExitStack() as stack:
        try:
            taken = Snapshot(_connections(stack, data, within))
        except sqlite3.OperationalError as error:
            raise Unavailable(
                say(
                    "portability.store-busy",
                    "A store of the data folder cannot be read now ({error}). Try again.",
                    error=str(error),
                )
            ) from error
        yield taken


def _connections(
    stack: ExitStack, data: Path, within: Callable[[], None] | None
) -> dict[str, sqlite3.Connection]:
    with ExitStack() as held:
        if (data / SPOOL).exists():
            spool = sqlite3.connect(data / SPOOL, timeout=_PATIENCE, isolation_level=None)
            held.enter_context(closing(spool)).execute("BEGIN IMMEDIATE")
        # In this order: see the head of the module.
        found = {OPENINGS: _reading(stack, data / OPENINGS)} if (data / OPENINGS).exists() else {}
        if within is not None:
            within()
        elif (data / DATABASE).exists():
            found[DATABASE] = _reading(stack, data / DATABASE)
        if (data / SPOOL).exists():
            found[SPOOL] = _reading(stack, data / SPOOL)
    return found
