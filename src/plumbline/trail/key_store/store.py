"""The key store: a key for each scope and period, found by id, destroyed for good.

A scope is what is erased together: one record, one person, one data subject, or a retention class. Its name
is kept only as a keyed digest, so that the store tells nobody whose keys it holds. A period (a month, or
empty) divides the keys of a scope, so that what is kept for a time can be destroyed by time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from plumbline.kernel import clock

KEY_BYTES = 32
CHUNK = 400
"""Parameters in one statement at most; the oldest SQLite takes 999."""


Scope: TypeAlias = tuple[str, str]
"""What is erased together, and the period of it: ``ref:RSK-0007`` and nothing, ``class:telemetry`` and
``2026-11``. The id of its key begins with the first letter of the name."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and the id by which what it encrypted names it."""

    id: str
    secret: bytes


class KeyStore(Protocol):
    """Where keys are kept. Every method is one short transaction, durable when it returns."""

    def current(self, scopes: Collection[Scope]) -> dict[Scope, Key]:
        """The key that encrypts for each scope now; made where there is none yet."""
        ...

    def find(self, ids: Collection[str]) -> dict[str, bytes]:
        """Those of these keys that are here, by id."""
        ...

    def ids_of(self, names: Collection[str]) -> list[str]:
        """The ids of all keys of scopes with these names, of every period."""
        ...

    def ids_before(self, name: str, period: str) -> list[str]:
        """The ids of the keys of one scope for periods before ``period``."""
        ...

    def retire(self, ids: Collection[str]) -> None:
        """Encrypt nothing more under these keys; what they encrypted stays readable."""
        ...

    def destroy(self, ids: Collection[str]) -> None:
        """Destroy keys. What they encrypted is unreadable from here on; repeating it changes nothing."""
        ...

    def keep_erasures(self, bodies: Mapping[int, bytes]) -> None:
        """Keep the bytes of erasure entries by number: a ledger that outlives a restored database."""
        ...

    def erasures(self) -> list[tuple[int, bytes]]:
        """Every erasure entry that was kept, by number."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


def in_chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """``values`` in lists that fit a statement."""
    found = list(values)
    return (found[start : start + CHUNK] for start in range(0, len(found), CHUNK))


class SqlKeyStore(ABC):
    """What both databases have in common; a subclass says how a statement is executed and committed."""

    binary = "BLOB"
    mark = "?"

    def __init__(self) -> None:
        """Make the tables and read the secret under which names are digested."""
        for statement in self.schema():
            self._write([(statement, [])])
        # Two first processes may both come here: the row that is there first is the one both read.
        made = (self._sql("INSERT INTO {t}_meta VALUES (1, {m}) ON CONFLICT DO NOTHING", 1), [self._fresh()])
        self._write([made])
        ((secret,),) = self._read(self._sql("SELECT secret FROM {t}_meta"), [])
        self._naming = bytes(secret)

    table = "opening_key"

    def schema(self) -> list[str]:
        """The statements that make the tables where they are not there yet."""
        return [
            statement.format(t=self.table, b=self.binary)
            for statement in (
                "CREATE TABLE IF NOT EXISTS {t}_meta (number INTEGER PRIMARY KEY, secret {b} NOT NULL)",
                "CREATE TABLE IF NOT EXISTS {t} (id TEXT PRIMARY KEY, tag {b} NOT NULL,"
                " period TEXT NOT NULL, secret {b} NOT NULL, made TEXT NOT NULL, retired INTEGER NOT NULL)",
                "CREATE TABLE IF NOT EXISTS {t}_erasure (digest {b} PRIMARY KEY, leaf BIGINT NOT NULL,"
                " body {b} NOT NULL)",
                "CREATE INDEX IF NOT EXISTS {t}_tag ON {t} (tag, period)",
                "CREATE UNIQUE INDEX IF NOT EXISTS {t}_current ON {t} (tag, period) WHERE retired = 0",
            )
        ]

    def _sql(self, text: str, count: int = 0) -> str:
        return text.format(t=self.table, m=", ".join([self.mark] * count), one=self.mark)

    @abstractmethod
    def _read(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows that a statement answers with."""

    @abstractmethod
    def _write(self, statements: Sequence[tuple[str, Sequence[Any]]], many: Sequence[Any] = ()) -> None:
        """Execute in one transaction; with ``many``, the first statement once for each of its rows."""

    @staticmethod
    def _fresh() -> bytes:
        return secrets.token_bytes(KEY_BYTES)

    def _tag(self, name: str) -> bytes:
        return hmac.digest(self._naming, name.encode(), "sha256")[:16]

    def current(self, scopes: Collection[Scope]) -> dict[Scope, Key]:
        """See `KeyStore.current`."""
        wanted = {(self._tag(scope[0]), scope[1]): scope for scope in scopes}
        found = self._current(wanted)
        missing = [place for place, scope in wanted.items() if scope not in found]
        if missing:
            made = clock.rfc3339(clock.now())
            rows = [
                (wanted[place][0][0] + secrets.token_urlsafe(12), *place, self._fresh(), made, 0)
                for place in missing
            ]
            insert = self._sql("INSERT INTO {t} VALUES ({m}) ON CONFLICT DO NOTHING", 6)
            self._write([(insert, [])], rows)
            # Read again: where another process made the key first, its key is the one.
            found |= self._current({place: wanted[place] for place in missing})
        return found

    def _current(self, wanted: dict[tuple[bytes, str], Scope]) -> dict[Scope, Key]:
        found = {}
        # A scope has a key for each month of its life, so the period is asked for as well.
        select = (
            "SELECT tag, period, id, secret FROM {t} WHERE retired = 0 AND period = {one} AND tag IN ({m})"
        )
        for period in {period for _, period in wanted}:
            for tags in in_chunks(tag for tag, own in wanted if own == period):
                for tag, own, id, secret in self._read(self._sql(select, len(tags)), [period, *tags]):
                    found[wanted[bytes(tag), own]] = Key(id, bytes(secret))
        return found

    def find(self, ids: Collection[str]) -> dict[str, bytes]:
        """See `KeyStore.find`."""
        found: dict[str, bytes] = {}
        for part in in_chunks(set(ids)):
            rows = self._read(self._sql("SELECT id, secret FROM {t} WHERE id IN ({m})", len(part)), part)
            found.update((id, bytes(secret)) for id, secret in rows)
        return found

    def ids_of(self, names: Collection[str]) -> list[str]:
        """See `KeyStore.ids_of`."""
        found: list[str] = []
        for tags in in_chunks(self._tag(name) for name in set(names)):
            rows = self._read(self._sql("SELECT id FROM {t} WHERE tag IN ({m})", len(tags)), tags)
            found.extend(id for (id,) in rows)
        return found

    def ids_before(self, name: str, period: str) -> list[str]:
        """See `KeyStore.ids_before`."""
        select = self._sql("SELECT id FROM {t} WHERE tag = {one} AND period < {one}")
        return [id for (id,) in self._read(select, [self._tag(name), period])]

    def retire(self, ids: Collection[str]) -> None:
        """See `KeyStore.retire`."""
        self._write(
            [
                (self._sql("UPDATE {t} SET retired = 1 WHERE id IN ({m})", len(part)), part)
                for part in in_chunks(ids)
            ]
        )

    def destroy(self, ids: Collection[str]) -> None:
        """See `KeyStore.destroy`."""
        self._write(
            [(self._sql("DELETE FROM {t} WHERE id IN ({m})", len(part)), part) for part in in_chunks(ids)]
        )
        self.overwrite()

    def keep_erasures(self, bodies: Mapping[int, bytes]) -> None:
        """See `KeyStore.keep_erasures`."""
        insert = self._sql("INSERT INTO {t}_erasure VALUES ({m}) ON CONFLICT DO NOTHING", 3)
        rows = [(hashlib.sha256(body).digest(), leaf, body) for leaf, body in bodies.items()]
        if rows:
            self._write([(insert, [])], rows)

    def erasures(self) -> list[tuple[int, bytes]]:
        """See `KeyStore.erasures`."""
        rows = self._read(self._sql("SELECT leaf, body FROM {t}_erasure ORDER BY leaf, digest"), [])
        return [(leaf, bytes(body)) for leaf, body in rows]

    @abstractmethod
    def overwrite(self) -> None:
        """Leave nothing of destroyed rows in the files of the database."""
