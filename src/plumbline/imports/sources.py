"""The file and map of an import that is being written, looked at once for all of its chunks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from plumbline.imports import mapping, targets
from plumbline.imports.directory.declarations import Target
from plumbline.imports.mapping import RegisterMap
from plumbline.records import files


@dataclass(frozen=True)
class Source:
    """What the rows of an import are, and the map that they were read by."""

    kind: Target
    register: RegisterMap


@lru_cache(maxsize=8)
def source(kind_slug: str, sha256: str, map_text: str) -> Source:
    """The kind and map of the file with this digest. Raises `NotFound` when the file is gone.

    What rows say was read when they were planned; but an import whose file is no longer there could not be
    looked up afterwards, so it is not written.
    """
    files.read(sha256)
    return Source(targets.get(kind_slug), mapping.parse(map_text))
