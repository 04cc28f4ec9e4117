"""The key store of this installation, opened once per process."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

from plumbline.config import Config
from plumbline.trail.errors import ReadOnly
from plumbline.trail.key_store import queries
from plumbline.trail.key_store.sqlite import SqliteKeyStore
from plumbline.trail.key_store.store import KeyStore

_MOST: Final = 4
"""Stores kept open at once: an installation has one; tests go through many, and each has files open."""
_stores: OrderedDict[tuple[int, str], KeyStore] = OrderedDict()
_opening = threading.Lock()


def location(config: Config) -> str:
    """Where the key store is: a file, or the address of a PostgreSQL database."""
    return config.key_store or str(config.data / "key-store" / "keys.db")


def key_store() -> KeyStore:
    """The key store of this installation. Raises `Unavailable` when it cannot be opened."""
    config: Config = settings.PLUMBLINE
    # By process too: a connection must not be carried over a fork.
    place = (os.getpid(), location(config))
    with _opening:
        if place not in _stores:
            _stores[place] = _open(place[1])
            while len(_stores) > _MOST:
                _stores.popitem(last=False)[1].close()
        _stores.move_to_end(place)
        return _stores[place]


def _open(where: str) -> KeyStore:
    if where.startswith(("postgresql:", "postgres:")):
        from plumbline.trail.key_store.postgresql import PostgresKeyStore

        return PostgresKeyStore(where)
    return SqliteKeyStore(Path(where))


def refuse_lost_keys() -> None:
    """Raise `ReadOnly` (``keys-missing``) when openings are encrypted and the file of their keys is gone.

    Asked at every start: an empty store in the place of a lost one would let new openings be written beside
    unreadable ones, and nobody would be told before somebody wants to read.
    """
    where = location(settings.PLUMBLINE)
    if where.startswith(("postgresql:", "postgres:")) or Path(where).exists():
        return
    if "trail_opening" in connection.introspection.table_names() and queries.anything_encrypted():
        raise ReadOnly(
            "keys-missing",
            "The store of the keys of openings is not there, so nothing recorded before can be read.",
        )


def forget(data: Path) -> None:
    """Close the store of a data folder, as before its files are removed."""
    with _opening:
        for place in [place for place in _stores if place[1].startswith(str(data))]:
            _stores.pop(place).close()
