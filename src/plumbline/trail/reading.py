"""Verified as it is read: what is about to be shown is compared with its entry in the same request.

Whoever reads one record, result, event, account or entry calls `verify` with what differs. Where anything
does, it is kept as a finding, an incident is opened, and the reader is told what differs instead of being
shown it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plumbline.kernel import merkle
from plumbline.trail import queries
from plumbline.trail.commitments.queries import LEAF, CommittedEntry
from plumbline.trail.findings import commands
from plumbline.trail.one_moment import one_moment
from plumbline.trail.proofs import Altered, Difference, shown
from plumbline.trail.tree import WIDTH

Compare = Callable[[], Iterable[Difference]]


def verify(compare: Compare, again: Compare | None = None) -> None:
    """Raise `Altered`, with a finding and its incident, where ``compare`` answers a difference.

    Somebody may have written between two of its queries. So whatever differs is compared once more as of
    one moment, by ``again`` where the rows have to be read anew.
    """
    found = list(compare())
    if not found:
        return
    with one_moment():
        confirmed = list((again or compare)())
    if confirmed:
        commands.note(confirmed)
        raise Altered(confirmed)


def entry_differences(entry: CommittedEntry, slots: Iterable[str] | None = None) -> Iterable[Difference]:
    """What is wrong with an entry as it is stored: bytes, openings (of ``slots``), place in the tree."""
    yield from entry.differences(slots)
    stored = _in_tree(entry.index)
    if stored is not None and stored != merkle.leaf_hash(entry.view.body):
        found = merkle.leaf_hash(entry.view.body).hex()
        yield Difference(LEAF, str(entry.index), "tree", shown(stored), found, entry.index)


def _in_tree(index: int) -> bytes | None:
    """The hash that the tree has of an entry; ``None`` while the tile it belongs to is not full.

    Nothing above the tile is hashed here: that the tile fits the signed root is for the scrub to say.
    """
    hashes = queries.tile(0, index // WIDTH)
    if hashes is None:
        return None
    place = index % WIDTH
    return hashes[place * 32 : place * 32 + 32]
