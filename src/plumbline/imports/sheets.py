"""Files that were read once, kept for the next view of the same page. Bounded, and in this process only.

Whoever asks has the bytes already, and a file of the data folder is kept only while it is there: an erasure
empties what the process keeps that does it, and every other one lets go of the file before it reads the next.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

from plumbline.imports import reading
from plumbline.imports.reading import READ_AS_FOUND, ReadOptions, Sheet
from plumbline.records import files

LARGEST = 8_000_000
"""Characters of all cells that are kept together, some 30 MB of memory; a larger file is read each time."""
MOST = 8
_lock = Lock()
_kept: OrderedDict[tuple[str, ReadOptions], tuple[Sheet, int, bool]] = OrderedDict()
"""What was read, how many characters it has, and whether the data folder had its bytes."""


def read(content: bytes, options: ReadOptions = READ_AS_FOUND) -> Sheet:
    """As `reading.read`, from what was read before where the same file was asked for in the same way."""
    name = (hashlib.sha256(content).hexdigest(), options)
    with _lock:
        for gone in [each for each, (_, _, stored) in _kept.items() if stored and not files.has(each[0])]:
            del _kept[gone]
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name][0]
    sheet = reading.read(content, options)
    size = sum(len(cell) for row in sheet.rows for cell in row.cells)
    with _lock:
        if size <= LARGEST:
            _kept[name] = (sheet, size, files.has(name[0]))
        while len(_kept) > MOST or sum(each for _, each, _ in _kept.values()) > LARGEST:
            _kept.popitem(last=False)
    return sheet


def forget() -> None:
    """Keep nothing, as after a file was removed."""
    with _lock:
        _kept.clear()
