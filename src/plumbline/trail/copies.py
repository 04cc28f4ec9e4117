"""The log inside a copy of the database file, read without Django: what a backup holds, checked as it lies.

A copy is another file than the database of the settings, so it is opened by itself, read-only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from plumbline.kernel.merkle import Frontier, leaf_hash
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Invalid


@dataclass(frozen=True)
class LogCopy:
    """Where the log of a copy ends, recomputed from its entries, and its newest checkpoint (empty: none)."""

    origin: str
    size: int
    root: bytes
    checkpoint: str


@contextmanager
def opened_copy(file: Path) -> Iterator[sqlite3.Connection]:
    """A copied SQLite file, read-only and as it lies. Raises `Invalid` for one that is no database."""
    # Immutable: SQLite then neither looks for nor leaves a journal beside a file that must not change.
    connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)
    try:
        yield connection
    except sqlite3.DatabaseError as error:
        raise Invalid(
            say(
                "trail.copy-damaged",
                "{name} is no whole database: {error}.",
                name=file.name,
                error=str(error),
            )
        ) from error
    finally:
        connection.close()


def integrity(file: Path) -> None:
    """Raise `Invalid` unless SQLite finds the structure of the copied file whole."""
    with opened_copy(file) as connection:
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise Invalid(
                say(
                    "trail.copy-damaged",
                    "{name} is no whole database: {error}.",
                    name=file.name,
                    error=str(found),
                )
            )


def log_of(file: Path) -> LogCopy:
    """The log in a copied database: every entry hashed again. Raises `Invalid` when it does not fit."""
    with opened_copy(file) as connection:
        head = connection.execute(
            "SELECT origin, size, frontier FROM trail_coordinator WHERE id = 1"
        ).fetchone()
        if head is None:
            return LogCopy("", 0, Frontier().root(), "")
        origin, size, frontier = head
        tree = Frontier()
        rows = connection.execute(
            'SELECT "index", body FROM trail_leaf WHERE "index" < ? ORDER BY "index"', (size,)
        )
        for index, body in rows:
            # A forged copy may hold text in the place of bytes: SQLite keeps whatever it is given.
            if index != tree.size or not isinstance(body, bytes):
                raise _broken(tree.size)
            tree.append(leaf_hash(body))
        if tree.size != size or Frontier.from_bytes(size, frontier).root() != tree.root():
            raise _broken(tree.size)
        note = connection.execute("SELECT note FROM trail_checkpoint ORDER BY size DESC LIMIT 1").fetchone()
        return LogCopy(origin, size, tree.root(), note[0] if note else "")


def _broken(index: int) -> Invalid:
    return Invalid(
        say("trail.copy-broken", "The log of the copy does not hold together at entry {index}.", index=index)
    )
