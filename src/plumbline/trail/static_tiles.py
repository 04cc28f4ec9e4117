"""The log as static files that other tools read: checkpoint, tiles of hashes and bundles of entries.

Layout: c2sp.org/tlog-tiles. Everything is of the newest published checkpoint; entries that nothing has signed
yet are in no tile. Entries hold no personal data (`plumbline.trail.entry`), openings are never among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from plumbline.kernel.problems import NotFound, Unavailable
from plumbline.trail import queries
from plumbline.trail.anchor_receipts import queries as receipts
from plumbline.trail.queries import Checkpoint
from plumbline.trail.tree import WIDTH

TILE = r"(?:x[0-9]{3}/){0,5}[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"
"""A tile in a path: its number in groups of three digits, and the width of one that is not full."""
_TILE = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def tile_path(n: int, width: int = WIDTH) -> str:
    """The path of tile ``n``: 1234067 is ``x001/x234/067``; one that is not full ends in ``.p/<width>``."""
    digits = str(n).zfill((len(str(n)) + 2) // 3 * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"


def parse_tile_path(path: str) -> tuple[int, int]:
    """The number and the width in a path. Raises `NotFound` for what `tile_path` would not write."""
    match = _TILE.fullmatch(path)
    if match is None:
        raise NotFound("There is no such tile.")
    n, width = int(re.sub("[x/]", "", match[1])), int(match[2] or WIDTH)
    # One spelling for each tile: x000/001 is not another name of 001.
    if tile_path(n, width) != path:
        raise NotFound("There is no such tile.")
    return n, width


def _newest() -> Checkpoint:
    checkpoint = queries.latest_checkpoint()
    if checkpoint is None:
        raise Unavailable("No checkpoint is signed yet. Ask again in a second.", retry_after=1)
    return checkpoint


def checkpoint() -> str:
    """The newest checkpoint with its cosignatures. Raises `Unavailable` before the first one."""
    return receipts.cosigned_note(_newest())


def tile(level: int, path: str) -> bytes:
    """The hashes of one tile. Raises `NotFound` where the signed log does not reach."""
    n, width = parse_tile_path(path)
    _require_signed(level, n, width)
    return b"".join(queries.stored_tree().tile(level, n, width)[:width])


def bundle(path: str) -> bytes:
    """The entries of one bundle, each after its length in two bytes. Raises `NotFound`."""
    n, width = parse_tile_path(path)
    _require_signed(0, n, width)
    return _bundle(n, width)


def _bundle(n: int, width: int) -> bytes:
    views = queries.leaves(n * WIDTH, n * WIDTH + width)
    return b"".join(len(view.body).to_bytes(2, "big") + view.body for view in views)


def _require_signed(level: int, n: int, width: int) -> None:
    reached = _newest().size // WIDTH**level if 0 <= level < 8 else 0
    if not 1 <= width <= WIDTH or n * WIDTH + width > reached:
        raise NotFound("The signed log has no such tile.")


@dataclass(frozen=True)
class TilesExport:
    """What an export holds: entries under its checkpoint, and how many files were written anew."""

    size: int
    written: int


def export(folder: Path, progress: Callable[[int, int], None] | None = None) -> TilesExport:
    """Write the log as static files into ``folder``. Full tiles that are there already are left alone.

    The checkpoint is written last: whoever reads meanwhile finds the tiles of the one that is there.
    Raises `Unavailable` before the first checkpoint.
    """
    newest, written = _newest(), 0
    tree, total = queries.stored_tree(), (newest.size + WIDTH - 1) // WIDTH
    for level, n, width in _tiles(newest.size):
        path = folder / "tile" / str(level) / tile_path(n, width)
        if not path.exists():
            _write(path, b"".join(tree.tile(level, n, width)[:width]))
            written += 1
        entries = folder / "tile" / "entries" / tile_path(n, width)
        if level == 0 and not entries.exists():
            _write(entries, _bundle(n, width))
            written += 1
        if progress and level == 0:
            progress(n + 1, total)
    _write(folder / "checkpoint", receipts.cosigned_note(newest).encode())
    return TilesExport(newest.size, written + 1)


def _tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Every tile of a tree of ``size`` leaves: level, number and width."""
    level, count = 0, size
    while count:
        for n in range(count // WIDTH):
            yield level, n, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def _write(path: Path, content: bytes) -> None:
    # Under another name first, so that a reader never finds half a tile and a stop leaves none.
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.new")
    part.write_bytes(content)
    part.replace(path)
