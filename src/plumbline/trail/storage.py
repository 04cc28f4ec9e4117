"""What keeps something from being written to disk, said by its name: full, over quota, read-only, failing.

Databases and the operating system wrap the same few causes in many exceptions. Every door asks here before it
calls something "busy" or "an unexpected error": whoever runs the machine then knows what to do.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from typing import Final

from plumbline.kernel.messages import worded
from plumbline.kernel.problems import Unavailable


class DiskFull(Unavailable):
    """No space is left, or none that this user may take."""

    code, title = "disk-full", "The disk is full"
    remedy = worded("storage.remedy", "Make space on the volume of the data folder, or raise the quota.")


class StorageReadOnly(Unavailable):
    """The file system or the database takes no writes."""

    code, title = "storage-read-only", "The storage is read-only"
    remedy = worded(
        "storage.remedy", "Mount the volume of the data folder for writing and check the rights of its files."
    )


class StorageFailing(Unavailable):
    """Reading or writing failed, or what was read is damaged."""

    code, title = "storage-failing", "The storage fails"
    remedy = worded(
        "storage.remedy",
        "Check the disk and the log of the system, then run `plumbline trail scrub` to see what is damaged.",
    )


_FULL: Final = "The disk is full. Nothing was saved, and nothing is half-written."
_QUOTA: Final = "The quota of the disk is used up. Nothing was saved, and nothing is half-written."
_READ_ONLY: Final = "The storage takes no writes. Nothing was saved, and nothing is half-written."
_FAILING: Final = "The disk or a file of the data folder fails. Nothing was saved."


def problem_of(error: BaseException) -> Unavailable | None:
    """The problem behind an exception of the database or the system; ``None`` when it is no such thing."""
    for cause in _causes(error):
        if isinstance(cause, OSError):
            if cause.errno == errno.ENOSPC:
                return DiskFull(_FULL)
            if cause.errno == errno.EDQUOT:
                return DiskFull(_QUOTA)
            if cause.errno == errno.EROFS:
                return StorageReadOnly(_READ_ONLY)
            if cause.errno == errno.EIO:
                return StorageFailing(_FAILING)
        found = _of_sqlite(cause) or _of_postgresql(cause)
        if found is not None:
            return found
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(16):  # a chain of exceptions may be a ring
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _of_sqlite(error: BaseException) -> Unavailable | None:
    if not isinstance(error, sqlite3.Error):
        return None
    # The lowest byte is the error; what is above it says where it happened.
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return DiskFull(_FULL)
        case sqlite3.SQLITE_READONLY:
            return StorageReadOnly(_READ_ONLY)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StorageFailing(_FAILING)
    return None


def _of_postgresql(error: BaseException) -> Unavailable | None:
    match getattr(error, "sqlstate", None):
        case "53100":
            return DiskFull(_FULL)
        case "25006":
            return StorageReadOnly(_READ_ONLY)
        case "58030" | "XX001" | "XX002":
            return StorageFailing(_FAILING)
    return None
