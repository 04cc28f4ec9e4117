"""Where an installation keeps the files that the trail needs outside the database."""

from __future__ import annotations

from pathlib import Path

DEFAULT_ORIGIN = "plumbline.local/main/1"


def keys_folder(data: Path) -> Path:
    """The folder of the keys, for its owner only."""
    return data / "keys"


def continues_file(data: Path) -> Path:
    """The mark of an installation whose log continues another one (`plumbline.trail.predecessors`)."""
    return keys_folder(data) / "continues"


def installation_id(origin: str) -> str:
    """The part of a log's name that stays through its epochs: ``1a2b3c4d`` of ``plumbline/1a2b3c4d/2``."""
    return origin.rpartition("/")[0].rpartition("/")[2]


def origin(data: Path) -> str:
    """The log's name (C2SP origin) as the installation set it, or the name used before that."""
    file = keys_folder(data) / "origin"
    return file.read_text().strip() if file.exists() else DEFAULT_ORIGIN
