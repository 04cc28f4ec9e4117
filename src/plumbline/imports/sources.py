"""The file and map of an import that is being written, read once for all of its chunks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from plumbline.imports.mapping import RegisterMap
from plumbline.imports.plan import read_file
from plumbline.imports.rows import MappedRow, mapped_rows
from plumbline.records import files, kinds
from plumbline.records.kinds import Kind


@dataclass(frozen=True)
class Source:
    """A kept file through its map: what each of its lines says."""

    kind: Kind
    register: RegisterMap
    rows: Mapping[int, MappedRow]


@lru_cache(maxsize=1)
def source(kind_slug: str, sha256: str, map_text: str) -> Source:
    """The file with this digest through this map. Raises `NotFound` when the file is gone.

    One is kept: the stage writes an import to its end before the next, and a file may have 100,000 rows.
    """
    kind = kinds.get(kind_slug)
    sheet, register = read_file(kind, files.read(sha256), map_text)
    return Source(kind, register, {row.line: row for row in mapped_rows(sheet, register)})
