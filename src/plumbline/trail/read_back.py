"""Reading back what was committed: nothing is signed before it has been read and hashed again.

The database may have lost or changed what it confirmed (a full disk, a bad cable, a bug), and a signature on
that could never be taken back. It is read in a new transaction, since the old one would answer from memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plumbline.kernel.merkle import Frontier, leaf_hash, root, tree_root
from plumbline.kernel.messages import say
from plumbline.trail import queries
from plumbline.trail.errors import ReadOnly
from plumbline.trail.tree import WIDTH, split


@dataclass(frozen=True)
class Readback:
    """The root recomputed at the guard's size and at the present size."""

    old_root: bytes
    frontier: Frontier


def _missing(index: int) -> ReadOnly:
    return ReadOnly("tree-mismatch", say("trail.entry-missing", "Entry {index} is missing.", index=index))


def _rehash(views: Iterable[queries.LeafView], start: int, stop: int) -> Iterator[bytes]:
    expected = start
    for view in views:
        hashed = leaf_hash(view.body)
        if view.index != expected:
            raise _missing(expected)
        if hashed != view.leaf_hash:
            message = say(
                "trail.entry-changed", "Entry {index}: the bytes do not fit their hash.", index=view.index
            )
            raise ReadOnly("tree-mismatch", message)
        yield hashed
        expected += 1
    if expected != stop:
        raise _missing(expected)


def edge(size: int) -> Frontier:
    """The frontier at the last full tile before ``size``, from tiles."""
    start = size // WIDTH * WIDTH
    frontier = Frontier()
    tree = queries.stored_tree()
    for first, stop in Frontier(start).spans():
        level = (stop - first).bit_length() - 1
        frontier.peaks.append(tree.node(level, first >> level))
    frontier.size = start
    return frontier


def read_back(old: int, state: queries.State) -> Readback:
    """Hash again the entries from ``old`` to the present, with the open tile before them.

    Raises `ReadOnly` (``tree-mismatch``, naming the entry) if an entry is missing or changed, a tile does
    not fit its entries, or the tree that comes out is not the one the coordinator has.
    """
    try:
        frontier = edge(old)
    except (LookupError, ValueError) as error:
        raise ReadOnly("tree-mismatch", "A tile of the tree is missing or damaged.") from error
    # The open tile is hashed again from its first leaf: only full tiles were checked when they were written.
    start = frontier.size
    old_root = frontier.root() if start == old else b""
    for hashed in _rehash(queries.leaves(start, state.size), start, state.size):
        frontier.append(hashed)
        if frontier.size == old:
            old_root = frontier.root()
    if frontier != state.frontier:
        raise ReadOnly("tree-mismatch", "The entries read back do not give the tree that was committed.")
    _check_tiles(start, state)
    return Readback(old_root, frontier)


def expected_tile(level: int, n: int) -> bytes | None:
    """What tile (level, n) must hold by what is stored one level below it; ``None`` if that is incomplete."""
    first, stop = n * WIDTH, (n + 1) * WIDTH
    if level == 0:
        hashes = queries.leaf_hashes(first, stop)
    else:
        below = [queries.tile(level - 1, place) for place in range(first, stop)]
        hashes = [root(split(tile)) for tile in below if tile is not None]
    return b"".join(hashes) if len(hashes) == WIDTH else None


def _check_tiles(start: int, state: queries.State) -> None:
    """Every tile filled since ``start`` must be what the level below it gives, and give the root."""
    level, first, stop = 0, start // WIDTH, state.size // WIDTH
    while stop > first:
        for n in range(first, stop):
            if (stored := queries.tile(level, n)) is None or stored != expected_tile(level, n):
                message = say(
                    "trail.tile-changed",
                    "Tile {n} of level {level} does not fit what is below it.",
                    n=n,
                    level=level,
                )
                raise ReadOnly("tree-mismatch", message)
        level, first, stop = level + 1, first // WIDTH, stop // WIDTH
    if tree_root(state.size, queries.stored_tree().node) != state.frontier.root():
        raise ReadOnly("tree-mismatch", "The stored tiles do not give the root of the tree.")
