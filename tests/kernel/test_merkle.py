"""The tree against a naive reference, published vectors, and every kind of wrong proof."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernel import reference_tree

from plumbline.kernel import merkle

VECTORS = Path(__file__).parents[1] / "vectors"
ENTRIES = [b"entry %d" % number for number in range(301)]
HASHES = [merkle.leaf_hash(entry) for entry in ENTRIES]
ROOTS = [reference_tree.mth(ENTRIES[:size]) for size in range(301)]


def test_roots_of_all_sizes_to_300():
    """F1: frontier, kept tree and reference agree at every size, and the frontier survives storage."""
    frontier = merkle.Frontier()
    for size in range(301):
        assert (
            frontier.root() == merkle.root(HASHES[:size]) == merkle.Tree(HASHES[:size]).root() == ROOTS[size]
        )
        assert merkle.Frontier.from_bytes(size, frontier.to_bytes()) == frontier
        spans = frontier.spans()
        assert [HASH_SPAN(*span) for span in spans] == frontier.peaks
        frontier.append(HASHES[size] if size < 300 else b"\0" * 32)


def HASH_SPAN(start: int, stop: int) -> bytes:  # noqa: N802
    return merkle.root(HASHES[start:stop])


def test_proofs_of_all_sizes_to_300():
    """F1: paths equal those of the RFC's recursive definition (every leaf to 40, then a few of each size)."""
    tree = merkle.Tree(HASHES)
    pick = random.Random(6962)
    for size in range(1, 301):
        for index in range(size) if size <= 40 else pick.sample(range(size), 3):
            assert merkle.inclusion_proof(index, size, tree.node) == reference_tree.path(
                index, ENTRIES[:size]
            )
        for old in range(1, size + 1) if size <= 40 else pick.sample(range(1, size + 1), 3):
            assert merkle.consistency_proof(old, size, tree.node) == reference_tree.proof(old, ENTRIES[:size])


def test_every_valid_proof_to_64_is_accepted():
    """F2: all (index, size) and all (old, new) up to 64."""
    tree = merkle.Tree(HASHES)
    for size in range(1, 65):
        for index in range(size):
            path = merkle.inclusion_proof(index, size, tree.node)
            assert merkle.verify_inclusion(index, size, HASHES[index], path, ROOTS[size])
        for old in range(1, size + 1):
            path = merkle.consistency_proof(old, size, tree.node)
            assert merkle.verify_consistency(old, size, ROOTS[old], ROOTS[size], path)


def damaged(path: list[bytes], pick: random.Random) -> list[list[bytes]]:
    """F3: drop, add, swap, truncate, duplicate, one bit, wrong lengths."""
    found = [[*path, pick.randbytes(32)], [pick.randbytes(32), *path], [*path, b""], [*path, b"\0" * 31]]
    found.append(path + [pick.randbytes(32)] * 70)
    for place in range(len(path)):
        found.append(path[:place] + path[place + 1 :])
        found.append([*path[: place + 1], *path[place:]])
        found.append(path[:place])
        bit = pick.randrange(256)
        flipped = bytearray(path[place])
        flipped[bit // 8] ^= 1 << bit % 8
        found.append([*path[:place], bytes(flipped), *path[place + 1 :]])
        found.append([*path[:place], path[place][:31], *path[place + 1 :]])
        if place and path[place] != path[place - 1]:
            found.append([*path[: place - 1], path[place], path[place - 1], *path[place + 1 :]])
    return [bad for bad in found if bad != path]


def test_wrong_inclusion_proofs_are_refused():
    """F3, for every leaf of every size to 24."""
    tree, pick = merkle.Tree(HASHES), random.Random(1)
    for size in range(1, 25):
        for index in range(size):
            path, leaf, root = merkle.inclusion_proof(index, size, tree.node), HASHES[index], ROOTS[size]
            for bad in damaged(path, pick):
                assert not merkle.verify_inclusion(index, size, leaf, bad, root)
            for other in (-1, index - 1, index + 1, size, 2**63, 2**64 - 1):
                assert not merkle.verify_inclusion(other, size, leaf, path, root)
            for other in (0, -1, 2**63, 2**64):
                assert not merkle.verify_inclusion(index, other, leaf, path, root)
            assert not merkle.verify_inclusion(index, size, leaf, path, ROOTS[size + 1])
            assert not merkle.verify_inclusion(index, size, leaf, path, b"")
            assert not merkle.verify_inclusion(index, size, ENTRIES[index], path, root)
            if path:
                node = merkle.node_hash(*((path[0], leaf) if index & 1 else (leaf, path[0])))
                assert not merkle.verify_inclusion(index, size, node, path[1:], root)


def test_wrong_sizes_are_refused():
    """A path for one size never fits the root of another."""
    tree = merkle.Tree(HASHES)
    for size in range(1, 40):
        for other in range(1, 64):
            if other != size:
                path = merkle.inclusion_proof(0, size, tree.node)
                assert not merkle.verify_inclusion(0, other, HASHES[0], path, ROOTS[other])


def test_wrong_consistency_proofs_are_refused():
    """F3, for every pair to 16."""
    tree, pick = merkle.Tree(HASHES), random.Random(2)
    for new in range(1, 17):
        for old in range(1, new + 1):
            path = merkle.consistency_proof(old, new, tree.node)
            first, second = ROOTS[old], ROOTS[new]
            for bad in damaged(path, pick):
                assert not merkle.verify_consistency(old, new, first, second, bad)
            for other in (0, -1, old - 1, new + 1, 2**63):
                assert not merkle.verify_consistency(other, new, first, second, path)
            for other in (0, -1, old - 1, 2**63, 2**64):
                assert not merkle.verify_consistency(old, other, first, second, path)
            if old != new:
                assert not merkle.verify_consistency(old, new, second, first, path)
                assert not merkle.verify_consistency(new, old, first, second, path)
            assert not merkle.verify_consistency(old, new, ROOTS[old - 1], second, path)
            assert not merkle.verify_consistency(old, new, first, ROOTS[new + 1], path)
            assert not merkle.verify_consistency(old, new, first, second[:31], path)


def test_proofs_that_cannot_be_made_say_so():
    """Asking for a leaf or size that is not there is the caller's error."""
    tree = merkle.Tree(HASHES)
    for index, size in ((0, 0), (5, 5), (-1, 5), (0, 2**63)):
        with pytest.raises(ValueError):
            merkle.inclusion_proof(index, size, tree.node)
    for old, new in ((0, 5), (6, 5), (-1, 5), (1, 2**63)):
        with pytest.raises(ValueError):
            merkle.consistency_proof(old, new, tree.node)
    for size, content in ((3, b"\0" * 32), (-1, b""), (1, b"\0" * 31)):
        with pytest.raises(ValueError):
            merkle.Frontier.from_bytes(size, content)


def _bytes(texts: list[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in texts or []]


def test_published_inclusion_vectors():
    """Cases of transparency-dev/merkle, right and wrong ones."""
    for case in json.loads((VECTORS / "rfc6962_inclusion_part.json").read_text()):
        answer = merkle.verify_inclusion(
            case["leafIdx"],
            case["treeSize"],
            base64.b64decode(case["leafHash"]),
            _bytes(case["proof"]),
            base64.b64decode(case["root"]),
        )
        assert answer is not case["wantErr"], case["file"]


def test_published_consistency_vectors():
    """Cases of transparency-dev/merkle, right and wrong ones."""
    for case in json.loads((VECTORS / "rfc6962_consistency_part.json").read_text()):
        roots = base64.b64decode(case["root1"]), base64.b64decode(case["root2"])
        answer = merkle.verify_consistency(case["size1"], case["size2"], *roots, _bytes(case["proof"]))
        assert answer is not case["wantErr"], case["file"]


class Numbered:
    """A tree of any size whose leaf n is the entry n, with its nodes worked out on demand."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, int], bytes] = {}

    def node(self, level: int, index: int) -> bytes:
        if (level, index) not in self.kept:
            if level == 0:
                hashed = merkle.leaf_hash(b"%d" % index)
            else:
                hashed = merkle.node_hash(
                    self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1)
                )
            self.kept[(level, index)] = hashed
        return self.kept[(level, index)]


LARGE = Numbered()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70_000), st.data())
def test_large_trees(size, data):
    """F1: at any size to 70,000 a proof made is a proof accepted, and fits no neighbour."""
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    root = merkle.tree_root(size, LARGE.node)
    path = merkle.inclusion_proof(index, size, LARGE.node)
    assert merkle.verify_inclusion(index, size, LARGE.node(0, index), path, root)
    assert not merkle.verify_inclusion(index ^ 1, size, LARGE.node(0, index), path, root)
    path = merkle.consistency_proof(old, size, LARGE.node)
    assert merkle.verify_consistency(old, size, merkle.tree_root(old, LARGE.node), root, path)
    if old < size:
        assert not merkle.verify_consistency(old, size, merkle.tree_root(old + 1, LARGE.node), root, path)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3_000))
def test_frontier_of_large_trees(size):
    """F1: adding one by one ends at the root of the definition."""
    frontier = merkle.Frontier()
    frontier.extend(LARGE.node(0, index) for index in range(size))
    assert frontier.root() == merkle.tree_root(size, LARGE.node)
    assert len(frontier.peaks) <= 63
