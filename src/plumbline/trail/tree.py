"""Hashes of the stored tree: full tiles where they exist, leaf rows at the right edge."""

from __future__ import annotations

from collections.abc import Callable

from plumbline.kernel.merkle import HASH_LENGTH, root

WIDTH = 256
HEIGHT = 8

TileReader = Callable[[int, int], bytes | None]
"""Gives the 256 hashes of tile (level, n), or None where the tile is not full."""
HashReader = Callable[[int, int], list[bytes]]
"""Gives the leaf hashes [start, stop)."""


def split(hashes: bytes) -> list[bytes]:
    """The hashes that stand one after the other in ``hashes``."""
    return [hashes[at : at + HASH_LENGTH] for at in range(0, len(hashes), HASH_LENGTH)]


class StoredTree:
    """Reads nodes for proofs, and remembers what it has read while it lives (one proof, one pack)."""

    def __init__(self, tile: TileReader, hashes: HashReader) -> None:
        """``tile`` and ``hashes`` fetch from wherever the log is stored."""
        self._tile, self._hashes = tile, hashes
        self._kept: dict[tuple[int, int], list[bytes]] = {}

    def tile(self, level: int, n: int, count: int = WIDTH) -> list[bytes]:
        """At least the first ``count`` hashes of tile (level, n), full or not."""
        kept = self._kept.get((level, n))
        if kept is None or len(kept) < count:
            stored = self._tile(level, n)
            kept = self._kept[(level, n)] = (
                split(stored) if stored is not None else self._edge(level, n, count)
            )
        return kept

    def _edge(self, level: int, n: int, count: int) -> list[bytes]:
        first = n * WIDTH
        if level == 0:
            return self._hashes(first, first + count)
        return [root(self.tile(level - 1, first + place)) for place in range(count)]

    def node(self, level: int, index: int) -> bytes:
        """The hash of a perfect subtree (`plumbline.kernel.merkle.Node`).

        Raises ``LookupError`` beyond the log.
        """
        # Tiles hold the hashes of every eighth level. A node between two of those levels is the root over a
        # run of hashes in the tile below it.
        height, above = divmod(level, HEIGHT)
        n, place = divmod(index << above, WIDTH)
        hashes = self.tile(height, n, place + (1 << above))[place : place + (1 << above)]
        if len(hashes) != 1 << above:
            raise LookupError("the log has no such leaves")
        return hashes[0] if above == 0 else root(hashes)
