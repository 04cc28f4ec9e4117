"""Where lost entries can come from: a copy of the database, evidence packs, a tile export.

A source is never believed. It offers bytes under a number; whether they are the entry that was signed is
decided by the root they lead to (`plumbline.trail.recovery.plan`).
"""

from __future__ import annotations

import base64
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol, TypeAlias

from django.conf import settings

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Invalid
from plumbline.trail.static_tiles import tile_path
from plumbline.trail.tree import WIDTH

OpeningColumns: TypeAlias = Mapping[str, object]
"""One row of openings, by the name of its column."""


class Source(Protocol):
    """Something that may hold entries of this log."""

    name: str

    def body(self, index: int) -> bytes | None:
        """The bytes of entry ``index``, if they are there."""
        ...

    def notes(self) -> Iterable[str]:
        """The signed checkpoints that came with the entries."""
        ...

    def openings(self, index: int) -> Iterable[OpeningColumns]:
        """What opens the commitments of entry ``index``, as far as it is there."""
        ...


def open_source(path: Path) -> Source:
    """The source at ``path``: a data folder, a database file, a pack, or a folder of tiles.

    Raises `Invalid` for anything else, and for the database that is to be mended: to look into that as a
    plain file would take the locks away under which it is open.
    """
    live = Path(settings.PLUMBLINE.data) / "plumbline.db"
    if any(place.exists() and live.exists() and place.samefile(live) for place in (path, path / live.name)):
        raise Invalid(
            say("trail.source-itself", "{name} is what is to be mended, no copy of it.", name=path.name)
        )
    if path.is_dir() and (path / "plumbline.db").exists():
        return DatabaseCopy(path / "plumbline.db")
    if path.is_dir() and (path / "tile" / "entries").is_dir():
        return Tiles(path)
    if path.is_file() and zipfile.is_zipfile(path):
        return Pack(path)
    if path.is_file() and path.open("rb").read(16).startswith(b"SQLite format 3"):
        return DatabaseCopy(path)
    raise Invalid(
        say(
            "trail.no-source",
            "{name} is no copy of a data folder or its database, no evidence pack and no tile export.",
            name=path.name,
        )
    )


def _bundle(content: bytes) -> list[bytes]:
    """The leaves of an entry bundle (C2SP tlog-tiles): each after its length in two bytes."""
    leaves, at = [], 0
    while at + 2 <= len(content):
        length = int.from_bytes(content[at : at + 2], "big")
        leaves.append(content[at + 2 : at + 2 + length])
        at += 2 + length
    return leaves


class DatabaseCopy:
    """A copy of the SQLite database, opened for reading only."""

    name = "copy"

    def __init__(self, file: Path) -> None:
        """Open ``file``. Raises `Invalid` when it has no log."""
        self.file = file
        # Without its write-ahead log a file can be read in a folder that nobody may write to.
        mode = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "mode=ro&immutable=1"
        self._connection = sqlite3.connect(f"{file.absolute().as_uri()}?{mode}", uri=True)
        self._connection.row_factory = sqlite3.Row
        try:
            self.size: int = self._connection.execute("SELECT size FROM trail_coordinator").fetchone()[0]
        except (sqlite3.Error, TypeError) as error:
            raise Invalid("The copy of the database has no log in it, or is damaged.") from error

    def body(self, index: int) -> bytes | None:
        """The bytes of an entry."""
        row = self._connection.execute('SELECT body FROM trail_leaf WHERE "index" = ?', (index,)).fetchone()
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    def notes(self) -> Iterable[str]:
        """Its checkpoints."""
        return [row[0] for row in self._connection.execute("SELECT note FROM trail_checkpoint ORDER BY size")]

    def openings(self, index: int) -> Iterable[OpeningColumns]:
        """Its rows of openings."""
        rows = self._connection.execute('SELECT * FROM trail_opening WHERE "index" = ?', (index,))
        return [{name: row[name] for name in row.keys() if name != "id"} for row in rows]  # noqa: SIM118 - a row's keys

    def copy_to(self, target: Path) -> None:
        """Write all of it over the database ``target``, page by page, also while that is in use."""
        with closing(sqlite3.connect(target, timeout=20)) as written:
            self._connection.backup(written)


class Pack:
    """An evidence pack: the entries of its range, and the openings that it discloses."""

    name = "pack"

    def __init__(self, file: Path) -> None:
        """Read the manifest of ``file``. Raises `Invalid` for a file that is no pack."""
        self._zip = zipfile.ZipFile(file)
        try:
            envelope = json.loads(self._zip.read("manifest.dsse.json"))
            start, stop = json.loads(base64.b64decode(envelope["payload"]))["predicate"]["range"]
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
            raise Invalid("The file is no evidence pack, or it is damaged.") from error
        self._start, self._stop = int(start), int(stop)
        self._bundles = {int(name[8:]): name for name in self._zip.namelist() if name.startswith("entries/")}
        self._read: tuple[int, list[bytes]] = (-1, [])
        self._opened: dict[int, list[OpeningColumns]] | None = None

    def body(self, index: int) -> bytes | None:
        """The bytes of an entry in the range of the pack."""
        bundle = index // WIDTH
        if not self._start <= index < self._stop or bundle not in self._bundles:
            return None
        if self._read[0] != bundle:
            self._read = (bundle, _bundle(self._zip.read(self._bundles[bundle])))
        at = index - max(self._start, bundle * WIDTH)
        return self._read[1][at] if at < len(self._read[1]) else None

    def notes(self) -> Iterable[str]:
        """The checkpoint it was made under."""
        return [self._zip.read("checkpoint").decode()]

    def openings(self, index: int) -> Iterable[OpeningColumns]:
        """The disclosed openings."""
        if self._opened is None:
            self._opened = self._disclosed()
        return self._opened.get(index, [])

    def _disclosed(self) -> dict[int, list[OpeningColumns]]:
        found: dict[int, list[OpeningColumns]] = {}
        for name in self._zip.namelist():
            if not name.startswith("openings/"):
                continue
            for line in self._zip.read(name).splitlines():
                row = json.loads(line)
                # Openings of events are no rows of the log; they belong to the segment that is an entry.
                if str(row["slot"]).partition(":")[0] != "event":
                    salt, body = base64.b64decode(row["salt"]), base64.b64decode(row["body"])
                    found.setdefault(row["index"], []).append(
                        {"index": row["index"], "slot": row["slot"], "salt": salt, "body": body, "key_id": ""}
                    )
        return found


class Tiles:
    """A static export (C2SP tlog-tiles): entry bundles under ``tile/entries/``, and a checkpoint."""

    name = "tiles"

    def __init__(self, folder: Path) -> None:
        """Look into ``folder`` when asked for an entry."""
        self._folder = folder
        self._read: tuple[int, list[bytes]] = (-1, [])

    def body(self, index: int) -> bytes | None:
        """The bytes of an entry, from its full bundle or the longest partial one."""
        bundle = index // WIDTH
        if self._read[0] != bundle:
            file = self._folder / "tile" / "entries" / tile_path(bundle)
            partial = sorted(file.with_name(f"{file.name}.p").glob("*"), key=lambda part: int(part.name))
            present = [file] if file.is_file() else partial[-1:]
            self._read = (bundle, _bundle(present[0].read_bytes()) if present else [])
        at = index % WIDTH
        return self._read[1][at] if at < len(self._read[1]) else None

    def notes(self) -> Iterable[str]:
        """The exported checkpoint."""
        file = self._folder / "checkpoint"
        return [file.read_text()] if file.is_file() else []

    def openings(self, index: int) -> Iterable[OpeningColumns]:
        """None: an export holds entries alone."""
        return []
