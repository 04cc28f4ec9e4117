"""The Merkle tree of RFC 6962 (section 2.1): roots, inclusion proofs, consistency proofs.

Hashes are SHA-256 digests as 32 bytes. A leaf is hashed with a 0x00 byte before it, a node with 0x01,
so neither can pass for the other. Checking follows the algorithms of RFC 9162, sections 2.1.3.2 and
2.1.4.2, and answers yes or no; it never raises for a proof that is merely wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

HASH_LENGTH = 32
LARGEST_SIZE = 2**63 - 1
"""Sizes and indexes are 64-bit signed in every other implementation; a proof beyond that is refused."""
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node: TypeAlias = Callable[[int, int], bytes]
"""node(level, index) is the hash of the perfect subtree over leaves [index·2^level, (index+1)·2^level)."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 ‖ entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The right edge of a tree: the roots of its perfect subtrees, largest first (at most 63 hashes).

    It is all that is needed to add leaves and to know the root.
    """

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, hashed: bytes) -> None:
        """Add one leaf hash."""
        # Adding a leaf is adding one to a binary number: every trailing 1 is a peak that the new leaf
        # completes.
        ones = self.size
        while ones & 1:
            hashed = node_hash(self.peaks.pop(), hashed)
            ones >>= 1
        self.peaks.append(hashed)
        self.size += 1

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Add leaf hashes in order."""
        for hashed in hashes:
            self.append(hashed)

    def root(self) -> bytes:
        """The root of the tree so far; SHA-256 of nothing for the empty tree."""
        if not self.peaks:
            return EMPTY_ROOT
        answer = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            answer = node_hash(peak, answer)
        return answer

    def spans(self) -> list[tuple[int, int]]:
        """The leaf range [start, stop) that each peak stands for."""
        spans, start = [], 0
        for bit in reversed(range(self.size.bit_length())):
            if self.size >> bit & 1:
                spans.append((start, start + (1 << bit)))
                start += 1 << bit
        return spans

    def copy(self) -> Frontier:
        """A frontier that grows on its own."""
        return Frontier(self.size, list(self.peaks))

    def to_bytes(self) -> bytes:
        """The peaks, one after the other; the size is kept beside them."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, content: bytes) -> Frontier:
        """The frontier of ``size`` leaves. Raises ``ValueError`` if the number of hashes does not fit."""
        if size < 0 or len(content) != HASH_LENGTH * size.bit_count():
            raise ValueError("the frontier does not fit the size of the tree")
        return cls(size, [content[at : at + HASH_LENGTH] for at in range(0, len(content), HASH_LENGTH)])


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    frontier = Frontier()
    frontier.extend(hashes)
    return frontier.root()


def _split(count: int) -> int:
    """The largest power of two below ``count`` (RFC 6962: k < n ≤ 2k)."""
    return 1 << (count - 1).bit_length() - 1


def range_root(start: int, stop: int, node: Node) -> bytes:
    """The root over leaves [start, stop), where ``start`` is aligned as the shape of the tree makes it."""
    parts = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        parts.append(node(level, start >> level))
        start += 1 << level
    answer = parts.pop()
    while parts:
        answer = node_hash(parts.pop(), answer)
    return answer


def tree_root(size: int, node: Node) -> bytes:
    """The root of the tree of ``size`` leaves."""
    return range_root(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf ``index`` in the tree of ``size`` leaves, from the leaf upward.

    RFC 6962, section 2.1.1. Raises ``ValueError`` unless 0 ≤ index < size.
    """
    if not 0 <= index < size <= LARGEST_SIZE:
        raise ValueError("no such leaf in a tree of this size")
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(range_root(middle, stop, node))
            stop = middle
        else:
            path.append(range_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of ``new`` leaves begins with the tree of ``old`` leaves (RFC 6962, 2.1.2).

    Raises ``ValueError`` unless 0 < old ≤ new.
    """
    if not 0 < old <= new <= LARGEST_SIZE:
        raise ValueError("a consistency proof goes from a smaller, not empty tree to a larger one")
    # ``whole`` as long as the old tree is itself a subtree of the new one: the verifier then has its root
    # already, and the proof leaves it out.
    start, stop, path, whole = 0, new, [], True
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(range_root(middle, stop, node))
            stop = middle
        else:
            path.append(range_root(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(range_root(start, stop, node))
    return path[::-1]


def _sound(hashes: Sequence[bytes]) -> bool:
    return len(hashes) <= 63 and all(len(hashed) == HASH_LENGTH for hashed in hashes)


def verify_inclusion(index: int, size: int, hashed: bytes, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether leaf hash ``hashed`` stands at ``index`` in the tree (``size``, ``expected`` root)."""
    return _sound([expected]) and root_of_path(index, size, hashed, path) == expected


def root_of_path(index: int, size: int, hashed: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads from leaf hash ``hashed``; ``None`` for an impossible tree or path."""
    if not 0 <= index < size <= LARGEST_SIZE or not _sound(path) or not _sound([hashed]):
        return None
    # The loop must end exactly at the root (`last` = 0). A path that is too short would otherwise prove an
    # inner node, and one that is too long a leaf of another tree.
    place, last, answer = index, size - 1, hashed
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            answer = node_hash(sibling, answer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            answer = node_hash(answer, sibling)
        place, last = place >> 1, last >> 1
    return answer if last == 0 else None


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree (new, new_root) is the tree (old, old_root) with leaves added.

    The empty tree is a prefix of every tree, so nothing can be proved from it: ``old`` = 0 answers no.
    """
    if not 0 < old <= new <= LARGEST_SIZE or not _sound(path) or not _sound([old_root, new_root]):
        return False
    if old == new:
        return not path and old_root == new_root
    # If the old size is a power of two, the old root is the first node; the proof does not repeat it.
    nodes = list(path) if old & (old - 1) else [old_root, *path]
    if not nodes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    # Both roots are rebuilt from the same nodes. Comparing only the new one would accept any old root.
    first = second = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class Tree:
    """A small tree kept whole in memory, for the events of one segment."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        """Build all levels over leaf hashes; O(n) time and memory."""
        self._levels = [list(hashes)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = range(0, len(below) - 1, 2)
            self._levels.append([node_hash(below[at], below[at + 1]) for at in pairs])

    def __len__(self) -> int:
        """The number of leaves."""
        return len(self._levels[0])

    def node(self, level: int, index: int) -> bytes:
        """The hash of a perfect subtree; see `Node`."""
        return self._levels[level][index]

    def root(self) -> bytes:
        """The root over all leaves."""
        return tree_root(len(self), self.node)

    def path(self, index: int) -> list[bytes]:
        """The audit path of one leaf, to be checked with `verify_inclusion`."""
        return inclusion_proof(index, len(self), self.node)
