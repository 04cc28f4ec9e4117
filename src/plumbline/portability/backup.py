"""A backup: a copy of an installation as of one moment, made while it runs, from which it can go on.

The folder has ``manifest.json`` and ``data``, which is a data folder. What it says is read off the copies and
not off what was copied: the log is hashed again in the copy before the manifest names its size and root.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.db import connection, transaction

import plumbline
from plumbline.config import Config
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict
from plumbline.portability import manifest, postgresql
from plumbline.portability.snapshot import DATABASE, EVIDENCE, Snapshot, snapshot
from plumbline.portability.stored_backup import (
    DATA,
    FORMAT,
    GUARD,
    KEYS,
    LEFT_OUT,
    STORES,
    Backup,
    key_store_file,
    opening_keys_file,
)
from plumbline.portability.whole_folder import refuse_taken, whole_folder
from plumbline.telemetry.store.remote import open_reader
from plumbline.trail import copies, queries
from plumbline.trail.copies import LogCopy

_PASSING: Final = ("-wal", "-shm", "-journal", ".lock", ".sock", ".wal", ".tmp")
"""How names end of what belongs to a running process: locks, sockets and journals."""


def make(config: Config, folder: Path, *, signing_keys: bool = True, name: str = "") -> Backup:
    """Write a backup of the running installation to the new ``folder``; ``name`` is its id if it has one.

    Raises `Conflict` for a folder that is not empty or lies in the data folder, and `Unavailable` for a full
    disk, a store that cannot be read, or missing programs of PostgreSQL. Nothing half-written stays.
    """
    if folder.resolve().is_relative_to(config.data.resolve()):
        raise Conflict("A backup does not lie in the folder that it is a backup of. Name another folder.")
    refuse_taken(folder)
    with whole_folder(folder) as partial:
        copied = partial / DATA
        copied.mkdir(mode=0o700)
        # Before the log: what guard and signer remember may lie behind the copied log, and never ahead of it.
        guard = _guard(config)
        kept = _copy_keys(config.data / "keys", copied / "keys", signing_keys=signing_keys)
        log, events = _copy_stores(config, copied)
        opening_keys = copy_opening_keys(config, folder.parent, log.origin)
        damaged = tuple(_copy_files(config.data / "attachments", copied / "attachments"))
        _copy_others(config.data, copied)
        if guard:
            (partial / GUARD).write_bytes(guard)
        facts = {
            "id": name or new_name(),
            "version": plumbline.__version__,
            "made_at": clock.rfc3339(clock.now()),
            "database": "postgresql" if config.database else "sqlite",
            "log": {
                "origin": log.origin,
                "size": log.size,
                "root": log.root.hex(),
                "checkpoint": log.checkpoint,
            },
            "events": events,
            "keys": kept,
            "opening_keys": opening_keys,
            "left_out": dict(LEFT_OUT),
            "damaged": list(damaged),
        }
        made = manifest.describe(partial, FORMAT, facts)
        (partial / manifest.NAME).write_bytes(made.content())
    return Backup(folder, made, damaged)


def new_name() -> str:
    """An opaque id for a backup."""
    return f"bak_{secrets.token_hex(10)}"


def _guard(config: Config) -> bytes:
    return config.guard_file.read_bytes() if config.guard_file.exists() else b""


def _copy_stores(config: Config, copied: Path) -> tuple[LogCopy, int]:
    if not config.database:
        with snapshot(config.data) as taken:
            _copy_sqlite(taken, copied)
        log = copies.log_of(copied / DATABASE)
    else:
        postgresql.program("pg_dump")  # before anything is read
        with _exported() as exported, snapshot(config.data, within=exported.take) as taken:
            _copy_sqlite(taken, copied)
            postgresql.dump(config.database, copied / postgresql.DUMP, exported.name)
            log = exported.log
    events = 0
    if (config.data / EVIDENCE).exists():
        with open_reader(config.data, timeout=3_600.0) as store:
            events = store.copy_to(str((copied / EVIDENCE).absolute()), log.size)
    return log, events


def _copy_sqlite(taken: Snapshot, copied: Path) -> None:
    for name in taken.connections:
        taken.copy(name, copied / name)


@dataclass
class _Exported:
    """A snapshot of the PostgreSQL database that other connections can see, and the log as it is in it."""

    name: str = ""
    log: LogCopy = field(default_factory=lambda: LogCopy("", 0, b"", ""))

    def take(self) -> None:
        """Begin the snapshot now."""
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            # It waits for pg_dump and the files, which may take longer than an ordinary transaction may idle.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (self.name,) = cursor.fetchone()
        state, signed = queries.state(), queries.latest_checkpoint()
        if state is not None:
            self.log = LogCopy(state.origin, state.size, state.frontier.root(), signed.note if signed else "")


@contextmanager
def _exported() -> Iterator[_Exported]:
    with transaction.atomic(durable=True):
        yield _Exported()


def _copy_files(source: Path, target: Path) -> Iterator[str]:
    """Copy the files of records; answers those whose bytes are not those of their name (their SHA-256)."""
    for folder in sorted(source.iterdir()) if source.is_dir() else ():
        for file in sorted(folder.iterdir()):
            if file.name.startswith("."):  # on its way in
                continue
            (target / folder.name).mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(file, target / folder.name / file.name, follow_symlinks=False)
            if manifest.digest_of(target / folder.name / file.name)[1] != file.name:
                yield f"attachments/{folder.name}/{file.name}"


def _copy_keys(source: Path, target: Path, *, signing_keys: bool) -> dict[str, str]:
    """Copy the keys that belong into a backup; answers each with its reason."""
    target.mkdir(mode=0o700)
    kept = {}
    for file in sorted(source.iterdir()):
        signs, plain = file.suffix == ".key", file.is_file() and not file.is_symlink()
        if plain and f"keys/{file.name}" not in LEFT_OUT and (signing_keys or not signs):
            shutil.copyfile(file, target / file.name)
            beside = "signs beside the key that replaces it" if signs else "lies beside the keys"
            kept[file.name] = KEYS.get(file.name, beside)
    return kept


def copy_opening_keys(config: Config, folder: Path, origin: str) -> str:
    """Replace the copy of the key store beside the backups; answers its name, empty without a key store.

    After the log was read: keys are written before what they encrypt, so none is missing. The newest copy has
    every key that older backups need, save those that were destroyed since, as an erasure wants it.
    """
    source = key_store_file(config)
    if source is None or not source.exists():
        return ""
    target = opening_keys_file(folder, origin)
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(source, timeout=60)) as keys, closing(sqlite3.connect(new)) as copied:
        keys.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")
    new.chmod(0o600)
    new.replace(target)
    return target.name


def _copy_others(source: Path, target: Path) -> None:
    """Copy whatever else lies in the data folder: the settings, and what plugins keep there."""
    handled = STORES | {"attachments", "keys", "guard", "key-store"}
    for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
        passing = entry.name.endswith(_PASSING) or entry.name.startswith(".")
        if entry.name in handled or passing or entry.is_symlink():
            continue
        if entry.is_file():
            shutil.copyfile(entry.path, target / entry.name)
        elif entry.is_dir():
            shutil.copytree(entry.path, target / entry.name, symlinks=False, ignore=_links)


def _links(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if (Path(folder) / name).is_symlink()}
