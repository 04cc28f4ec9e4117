"""Notices code that opens a database as a plain file while the same process has it open as a database.

SQLite's locks are POSIX ``fcntl`` locks: closing any handle of a file drops all that the process holds on it,
and another process then deletes the write-ahead log under the one that still writes to it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SUFFIXES = (".db", ".duckdb")
OURS = f"{os.sep}plumbline{os.sep}"
found: list[str] = []
_watching = False


def _is_open(file: str) -> bool:
    wanted = Path(file).stat()
    for handle in Path("/proc/self/fd").iterdir():
        try:
            present = handle.stat()
        except OSError:
            continue
        if (present.st_dev, present.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False


def _opener() -> str:
    frame = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if OURS in name and "site-packages" not in name:
            return f"{Path(name).name}:{frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return ""


def _hook(event: str, given: tuple[Any, ...]) -> None:
    if event != "open" or not _watching or not isinstance(given[0], str | os.PathLike):
        return
    file = os.fspath(given[0])
    if isinstance(file, str) and file.endswith(SUFFIXES) and Path(file).exists() and _is_open(file):
        opener = _opener()
        if opener:
            found.append(f"{opener} opens {file}, which is open as a database")


@contextmanager
def watched() -> Iterator[list[str]]:
    """What was found while this is open."""
    global _watching
    before, _watching = len(found), Path("/proc/self/fd").is_dir()
    try:
        fresh: list[str] = []
        yield fresh
        fresh += found[before:]
    finally:
        _watching = False


sys.addaudithook(_hook)
