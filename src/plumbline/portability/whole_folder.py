"""A folder that appears as a whole or not at all, whatever happens while it is filled."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Unavailable

_MARK = ".partial-"


def refuse_taken(folder: Path) -> None:
    """Raise `Conflict` when ``folder`` is there and not empty: nothing is ever overwritten."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise Conflict(say("portability.no-folder", "{folder} is no folder.", folder=str(folder)))
    if folder.is_dir() and any(folder.iterdir()):
        raise Conflict(
            say(
                "portability.taken",
                "{folder} is not empty; nothing is overwritten. Name a new folder, or move this one aside.",
                folder=str(folder),
            )
        )


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder``, for its owner only, which gets its name when the block has ended well.

    After a failure nothing stays. After a kill the unnamed folder stays until the next one is begun. Raises
    `Conflict` when ``folder`` is not empty, also when another process was first, and `Unavailable` for a
    full disk.
    """
    refuse_taken(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_left_behind(folder)
    partial = folder.with_name(f".{folder.name}{_MARK}{secrets.token_hex(4)}")
    partial.mkdir(mode=0o700)
    # The lock says that somebody still writes here; it is gone with the process, however that ends.
    handle = os.open(partial, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with disk_full_is_said(folder):
            yield partial
            _sync(partial)
            _put_in_place(partial, folder)
    finally:
        os.close(handle)
        if partial.exists():
            shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def disk_full_is_said(target: Path) -> Iterator[None]:
    """Within the block, a full disk is an `Unavailable` that says so and names ``target``."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable(
                say(
                    "portability.disk-full",
                    "The disk is full: {folder} was not written. Free some space or name another disk.",
                    folder=str(target),
                )
            ) from error
        raise


def _put_in_place(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)  # fails on a folder that is not empty: of two writers one is second
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            refuse_taken(folder)
        raise
    _sync_one(folder.parent)


def _sync(folder: Path) -> None:
    """Everything below ``folder`` durable before its name is."""
    for place, _, names in os.walk(folder):
        for name in names:
            _sync_one(Path(place) / name)
        _sync_one(Path(place))


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_left_behind(folder: Path) -> None:
    """Remove what a killed process has left of earlier attempts at the same name."""
    for left in folder.parent.glob(f".{folder.name}{_MARK}*"):
        with contextlib.suppress(OSError):
            handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(handle)
