"""Files that only their owner may read, written completely or not at all, and never in the database.

Lives in the lowest room that keeps keys; Django's settings read the session secret from here before
any model exists.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import threading
from pathlib import Path

_making = threading.Lock()


def private_folder(folder: Path) -> Path:
    """Create ``folder`` (and its parents) for its owner only and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def make_private(file: Path) -> None:
    """Make an empty ``file`` for its owner only, ready to be opened as a database; one that is there stays.

    A database that is open in this process must not be opened and closed as a plain file: the closing drops
    all locks that the process holds on it (POSIX ``fcntl``), and another process then deletes the write-ahead
    log under it, with all that is written from then on.
    """
    private_folder(file.parent)
    with _making:  # nobody opens it before it is closed here
        if not file.exists():
            # SQLite would make it with the rights of the umask, and its -wal and -shm files copy them.
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def write_private(file: Path, content: bytes) -> None:
    """Write ``content`` to ``file`` with mode 0600, durably and all at once."""
    # The bytes are on disk before the name points at them, and the name is on disk before this returns: after
    # a power cut there is the old content or the new one. Syncing the folder makes the renaming itself
    # durable.
    private_folder(file.parent)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


_contents: dict[Path, tuple[tuple[int, int, int], bytes]] = {}


def read_cached(file: Path) -> bytes:
    """The content of a small file that `write_private` replaces as a whole. Raises ``OSError``.

    It is read again whenever the file is another one: a replaced file has a number and a time of its own.
    """
    found = file.stat()
    identity = (found.st_ino, found.st_mtime_ns, found.st_size)
    known = _contents.get(file)
    if known is None or known[0] != identity:
        known = _contents[file] = (identity, file.read_bytes())
        if len(_contents) > 64:  # a process has a handful of such files; only tests name more
            _contents.clear()
    return known[1]


def session_secret(data: Path) -> str:
    """The secret that signs sessions, created on first use and kept in ``keys/session.secret``."""
    file = data / "keys" / "session.secret"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(48).encode())
    return file.read_text().strip()
