"""Reading the log: entries, openings, proofs, checkpoints, and how much of it is signed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet

from plumbline.kernel.merkle import Frontier, consistency_proof, inclusion_proof, tree_root
from plumbline.kernel.note import LogProof
from plumbline.kernel.problems import NotFound, Unavailable
from plumbline.trail import entry, models
from plumbline.trail.clock_check import CLOCK_CORRECTED
from plumbline.trail.errors import ReadOnly
from plumbline.trail.openings import queries as openings_of
from plumbline.trail.tree import StoredTree

CHUNK = 512
"""Rows read at once: a log of any length passes through memory in pieces."""

READ_AHEAD = 4096
"""Rows read at once where only their bytes are wanted."""


@dataclass(frozen=True)
class LeafView:
    """One entry as it stands in the log."""

    index: int
    time: datetime
    entry_type: str
    actor: str
    source: str
    subject_ref: str
    client_id: UUID
    body: bytes
    leaf_hash: bytes

    @cached_property
    def entry(self) -> entry.Entry:
        """The body, read. Raises ``ValueError`` if someone has damaged it."""
        return entry.read(self.body)

    @property
    def subject(self) -> Mapping[str, Any]:
        """What the entry is about."""
        return self.entry.subject

    @property
    def facts(self) -> Mapping[str, Any]:
        """The plain facts of the entry."""
        return self.entry.facts

    @property
    def requirements(self) -> tuple[str, ...]:
        """Ids of the requirements that the entry bears on."""
        return self.entry.requirements

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the commitments in the entry."""
        return tuple(self.entry.commitments)


@dataclass(frozen=True)
class Proof:
    """Leaf ``index`` with ``leaf_hash`` is in the tree of ``size`` leaves with ``root``, by ``path``."""

    index: int
    size: int
    leaf_hash: bytes
    path: tuple[bytes, ...]
    root: bytes


@dataclass(frozen=True)
class Consistency:
    """The tree (``new``, ``new_root``) begins with the tree (``old``, ``old_root``), by ``path``."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Checkpoint:
    """A published size and root, with the signed note that says so.

    ``time`` is when the last entry under it was recorded.
    """

    size: int
    root: bytes
    note: str
    time: datetime


@dataclass(frozen=True)
class State:
    """The coordinator's row: what has been committed, published or not."""

    origin: str
    epoch: int
    frontier: Frontier
    last_time: datetime | None
    counters: Mapping[str, int]

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self.frontier.size


def view(row: models.Leaf) -> LeafView:
    """A row of the table of leaves as other modules see it."""
    return LeafView(
        row.index,
        row.time,
        row.entry_type,
        row.actor,
        row.source,
        row.subject_ref,
        row.client_id,
        bytes(row.body),
        bytes(row.hash),
    )


def state() -> State | None:
    """What the coordinator says, or ``None`` before the first entry.

    Raises `ReadOnly` if its row has been damaged.
    """
    row = models.Coordinator.objects.filter(id=1).first()
    if row is None:
        return None
    frontier, found = edge(row.size, bytes(row.frontier)), counters(bytes(row.counters))
    return State(row.origin, row.epoch, frontier, row.last_time, found)


def edge(size: int, frontier: bytes) -> Frontier:
    """The right edge of the tree as the coordinator's row has it. Raises `ReadOnly` if that is damaged."""
    try:
        return Frontier.from_bytes(size, frontier)
    except ValueError as error:
        raise _damaged_row() from error


def counters(content: bytes) -> dict[str, int]:
    """The last number of every source as the coordinator's row has it. Raises `ReadOnly` as `edge` does."""
    try:
        return entry.read_counters(content)
    except ValueError as error:
        raise _damaged_row() from error


def _damaged_row() -> ReadOnly:
    return ReadOnly("tree-mismatch", "The row that numbers the entries is damaged.")


def size() -> int:
    """How many leaves the log has."""
    return models.Coordinator.objects.filter(id=1).values_list("size", flat=True).first() or 0


def leaf_count() -> int:
    """How many rows the table of leaves has; differs from `size` only if someone has tampered."""
    return models.Leaf.objects.count()


def opening_bounds() -> tuple[int, int]:
    """The lowest and the highest number of a leaf that an opening names; (0, -1) without openings."""
    found = models.Opening.objects.aggregate(Min("index"), Max("index"))
    return (0, -1) if found["index__min"] is None else (int(found["index__min"]), int(found["index__max"]))


def leaf(index: int) -> LeafView:
    """One entry. Raises `NotFound`."""
    row = models.Leaf.objects.filter(index=index).first()
    if row is None:
        raise NotFound("The trail has no entry with this number.")
    return view(row)


def corrected_times() -> Callable[[int], datetime]:
    """The time of recording of an entry by its number, corrected where a wrong clock has dated it.

    What a correction (`plumbline.trail.clock_check`) names was recorded before it; its time is the latest
    that it can have been, and with it times never go back.
    """
    wrong = [
        (int(view.facts["first"]), int(view.facts["last"]), view.time)
        for view in search(entry_type=CLOCK_CORRECTED, limit=CHUNK)
    ]

    def time_of(index: int) -> datetime:
        bounds = [time for first, last, time in wrong if first <= index <= last]
        return min([leaf(index).time, *bounds])

    return time_of


def indexes(client_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The index of every entry that has one of these client ids."""
    known: dict[UUID, int] = {}
    # CHUNK is also below the number of parameters that the oldest SQLite takes (999).
    for start in range(0, len(client_ids), CHUNK):
        rows = models.Leaf.objects.filter(client_id__in=client_ids[start : start + CHUNK])
        known.update(rows.values_list("client_id", "index"))
    return known


def leaves(start: int, stop: int) -> Iterator[LeafView]:
    """The entries [start, stop) that exist, in order, read in chunks."""
    while start < stop:
        end = min(stop, start + CHUNK)
        for row in models.Leaf.objects.filter(index__gte=start, index__lt=end).order_by("index"):
            yield view(row)
        start = end


def of_types(entry_types: Sequence[str]) -> list[LeafView]:
    """The entries of these types, in order: for the few that the log's own rules rest on."""
    return [view(row) for row in models.Leaf.objects.filter(entry_type__in=entry_types).order_by("index")]


def leaf_bodies(start: int, stop: int) -> Iterator[bytes]:
    """The bytes of the entries [start, stop) that exist, in order; the quickest way through a long range."""
    for first in range(start, stop, READ_AHEAD):
        rows = models.Leaf.objects.filter(index__gte=first, index__lt=min(stop, first + READ_AHEAD))
        yield from map(bytes, list(rows.order_by("index").values_list("body", flat=True)))


def search(
    entry_type: str | None = None,
    subject_ref: str | None = None,
    before: int | None = None,
    limit: int = 50,
    *,
    actors: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
) -> list[LeafView]:
    """The newest entries of a type, about a subject, by one of ``actors`` and recorded in a period, newest
    first; ``before`` continues a list, and none is at or below ``after``. Both ends of the period belong to
    it."""
    rows = models.Leaf.objects.order_by("-index")
    if entry_type:
        rows = rows.filter(entry_type=entry_type)
    if subject_ref:
        rows = rows.filter(subject_ref=subject_ref)
    if actors is not None:
        rows = rows.filter(actor__in=actors)
    if since is not None or until is not None:
        first, stop = _recorded_between(since, until)
        rows = rows.filter(index__gte=first, index__lt=stop)
    if before is not None:
        rows = rows.filter(index__lt=before)
    if after is not None:
        rows = rows.filter(index__gt=after)
    return [view(row) for row in rows[:limit]]


def _recorded_between(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The range of entries recorded in a period: times never go back, so that some twenty are looked at."""
    entries, time_of = range(size()), corrected_times()
    first = bisect_left(entries, since, key=time_of) if since is not None else 0
    return first, bisect_right(entries, until, key=time_of) if until is not None else len(entries)


def opening(index: int, slot: str) -> bytes | None:
    """The bytes behind a commitment; ``None`` if there are none, or they were erased or are missing.

    Whoever has to tell these apart asks `plumbline.trail.openings`.
    """
    return openings_of.body_of(openings_of.read(index, slot))


def openings_at(indexes: Collection[int], slot: str) -> dict[int, bytes]:
    """The bytes behind one commitment of each of these entries; those that cannot be read are left out."""
    states = openings_of.read_at(indexes, slot)
    return {index: state.body for index, state in states.items() if isinstance(state, openings_of.Opened)}


def opening_counts(start: int, stop: int) -> dict[str, int]:
    """How many openings the range [start, stop) still has, by slot."""
    rows = models.Opening.objects.filter(index__gte=start, index__lt=stop).order_by().values_list("slot")
    return dict(rows.annotate(size=Count("pk")))


def opening_slots(start: int, stop: int) -> set[tuple[int, str]]:
    """Which (index, slot) in the range [start, stop) still have an opening."""
    return set(models.Opening.objects.filter(index__gte=start, index__lt=stop).values_list("index", "slot"))


def _in_batches(rows: QuerySet[Any], key: str, size: int) -> Iterator[Any]:
    """``rows`` by ``key``, ``size`` at a time, so that a caller who stops midway leaves no cursor open."""
    part = list(rows.order_by(key)[:size])
    while part:
        yield from part
        part = list(rows.filter(**{f"{key}__gt": getattr(part[-1], key)}).order_by(key)[:size])


def tile(level: int, n: int) -> bytes | None:
    """The 256 hashes of a full tile, or ``None``."""
    hashes = models.Tile.objects.filter(level=level, n=n).values_list("hashes", flat=True).first()
    return None if hashes is None else bytes(hashes)


def tiles() -> Iterator[tuple[int, int, bytes]]:
    """All stored tiles as (level, n, hashes), lowest level first."""
    for level in models.Tile.objects.order_by("level").values_list("level", flat=True).distinct():
        for row in _in_batches(models.Tile.objects.filter(level=level), "n", 64):
            yield row.level, row.n, bytes(row.hashes)


def leaf_hashes(start: int, stop: int) -> list[bytes]:
    """The stored hashes of leaves [start, stop)."""
    rows = models.Leaf.objects.filter(index__gte=start, index__lt=stop).order_by("index")
    return [bytes(hashed) for hashed in rows.values_list("hash", flat=True)]


def stored_tree() -> StoredTree:
    """The tree in the database, for proofs."""
    return StoredTree(tile, leaf_hashes)


def _size_or_present(chosen: int | None) -> int:
    present = size()
    if chosen is not None and not 0 < chosen <= present:
        raise NotFound("The trail never had this size.")
    return present if chosen is None else chosen


def inclusion(index: int, size: int | None = None) -> Proof:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves (default: all). Raises `NotFound`."""
    total = _size_or_present(size)
    if not 0 <= index < total:
        raise NotFound("The trail has no entry with this number at this size.")
    tree = stored_tree()
    path = tuple(inclusion_proof(index, total, tree.node))
    return Proof(index, total, tree.node(0, index), path, tree_root(total, tree.node))


def consistency(old: int, new: int) -> Consistency:
    """The proof that the tree of ``new`` leaves begins with that of ``old`` leaves. Raises `NotFound`."""
    total = _size_or_present(new)
    if not 0 < old <= total:
        raise NotFound("The trail never had this size.")
    tree = stored_tree()
    path = tuple(consistency_proof(old, total, tree.node))
    return Consistency(old, total, tree_root(old, tree.node), tree_root(total, tree.node), path)


def _checkpoint(row: models.Checkpoint | None) -> Checkpoint | None:
    return Checkpoint(row.size, bytes(row.root), row.note, row.time) if row else None


def latest_checkpoint() -> Checkpoint | None:
    """The newest published checkpoint."""
    return _checkpoint(models.Checkpoint.objects.order_by("-size").first())


def checkpoint_at(size: int) -> Checkpoint | None:
    """The checkpoint of exactly this size."""
    return _checkpoint(models.Checkpoint.objects.filter(size=size).first())


def checkpoints() -> Iterator[Checkpoint]:
    """All checkpoints, smallest first."""
    for row in _in_batches(models.Checkpoint.objects.all(), "size", CHUNK):
        yield Checkpoint(row.size, bytes(row.root), row.note, row.time)


def receipt(index: int) -> str:
    """The proof for one entry as a C2SP ``.tlog-proof`` text, under the newest checkpoint.

    Raises `NotFound` for no such entry, `Unavailable` while no checkpoint covers it.
    """
    checkpoint = latest_checkpoint()
    if checkpoint is None or not 0 <= index < checkpoint.size:
        if not 0 <= index < size():
            raise NotFound("The trail has no entry with this number.")
        raise Unavailable("The entry is logged; its checkpoint is not signed yet. Ask again in a second.")
    tree = stored_tree()
    return str(LogProof(index, tuple(inclusion_proof(index, checkpoint.size, tree.node)), checkpoint.note))
