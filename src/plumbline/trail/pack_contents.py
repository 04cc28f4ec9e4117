"""What a pack shows of a range of the log: entries, proofs, openings, and what became of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from plumbline.kernel import merkle
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.merkle import consistency_proof, inclusion_proof
from plumbline.kernel.messages import say
from plumbline.kernel.note import LogProof, encode64, proofs_text
from plumbline.kernel.problems import Fault, Invalid, NotFound, Unavailable
from plumbline.trail import epochs, queries
from plumbline.trail.entry import encode_digest
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.openings import queries as openings_of
from plumbline.trail.packzip import PackWriter
from plumbline.trail.predecessors import CONTINUED
from plumbline.trail.queries import Checkpoint
from plumbline.trail.tree import WIDTH


@dataclass(frozen=True)
class EventOpening:
    """One event of a segment, disclosed: the segment's leaf, its place among the events, salt and bytes."""

    index: int
    position: int
    salt: bytes
    body: bytes


class SlotCount(NamedTuple):
    """How many openings of one slot are in the pack, kept back, named by an entry of erasure, or lost."""

    disclosed: int
    withheld: int
    erased: int
    missing: int


def _row(index: int, slot: str, salt: bytes, body: bytes) -> bytes:
    row: dict[str, JSON] = {"body": encode64(body), "index": index, "salt": encode64(salt), "slot": slot}
    return canonical(row) + b"\n"


class _Head(msgspec.Struct):
    """What a pack needs to know of a leaf; the rest of it is not read."""

    type: str
    commitments: dict[str, str]


_head = msgspec.json.Decoder(_Head).decode


def _damaged(first: int) -> Unavailable:
    text = say(
        "pack.entries-damaged",
        "The entries from {first} on are not there or cannot be read. Run plumbline trail scrub.",
        first=first,
    )
    return Unavailable(text)


class PackContents:
    """A pack being built: what it shows of [start, stop) under ``checkpoint``."""

    def __init__(self, start: int, stop: int, checkpoint: Checkpoint, writer: PackWriter) -> None:
        self.start, self.stop, self.checkpoint, self.writer = start, stop, checkpoint, writer
        self.tree = queries.stored_tree()
        self.committed: Counter[str] = Counter()
        self.disclosed: Counter[str] = Counter()
        self.kept: Counter[str] = Counter(queries.opening_counts(start, stop))
        self.erased: set[tuple[int, str]] = set()
        self.segments: dict[int, int] = {}
        self.proven: set[int] = set()

    def inside(self, index: int) -> bool:
        """Whether an entry is in the range."""
        return self.start <= index < self.stop

    def trail(self) -> None:
        """Add the entries, their proofs, and entries elsewhere that change keys, rename the log or erase."""
        self.entries()
        self.proofs()
        self.erasures()
        for leaf in queries.of_types(("key.rotated", "key.announced", epochs.OPENED, CONTINUED)):
            if leaf.index < self.checkpoint.size:
                self.outside(leaf.index)

    def entries(self) -> None:
        """Add the bundles, each leaf after its length in two bytes, and count the commitments in them."""
        bundle: list[bytes] = []
        bodies = queries.leaf_bodies(self.start, self.stop)
        for index, body in enumerate(bodies, self.start):
            bundle.append(body)
            if (index + 1) % WIDTH == 0 or index + 1 == self.stop:
                self._bundle(index // WIDTH, bundle)
                bundle = []
        if bundle or index + 1 != self.stop:
            raise _damaged(index)

    def _bundle(self, number: int, bodies: Sequence[bytes]) -> None:
        try:
            for body in bodies:
                head = _head(body)
                for slot in head.commitments:
                    self.committed[slot] += 1
        except msgspec.DecodeError as error:
            raise _damaged(number * WIDTH) from error
        content = b"".join([len(body).to_bytes(2, "big") + body for body in bodies])
        self.writer.add(f"entries/{number:06d}", content)

    def proofs(self) -> None:
        """Add the proofs of the first and last entry of the range and of the entry that names the keys."""
        for name, index in (("first", self.start), ("last", self.stop - 1), ("key", 0)):
            self._proof(name, index)

    def _proof(self, name: str, index: int) -> None:
        path = tuple(inclusion_proof(index, self.checkpoint.size, self.tree.node))
        proof = LogProof(index, path, self.checkpoint.note, queries.leaf(index).body)
        self.writer.add(f"proofs/{name}.tlog-proof", str(proof).encode())

    def outside(self, index: int) -> None:
        """Add the proof of an entry outside of the range, once. Raises `Unavailable` if it is not signed."""
        if not 0 <= index < self.checkpoint.size:
            text = say(
                "pack.entry-not-signed",
                "Entry {entry} is not signed yet. Ask again in a second.",
                entry=index,
            )
            raise Unavailable(text)
        if not self.inside(index) and index not in self.proven:
            self.proven.add(index)
            self._proof(f"entry-{index}", index)

    def erasures(self) -> None:
        """Note which openings of the range entries of erasure name, and bring those entries along."""
        for erased, entry in erasures.within(self.start, self.stop):
            self.outside(entry)
            places = (
                [f"event:{place}" for place in range(erased.first, erased.last + 1)]
                if erased.slot == erasures.EVENT
                else [erased.slot]
            )
            self.erased |= {(erased.index, slot) for slot in places}

    def openings(self, chosen: Iterable[tuple[int, str]], events: Iterable[EventOpening]) -> None:
        """Add openings, also of entries outside of the range. Raises `NotFound` for one that is not there."""
        rows: dict[int, list[tuple[int, str, bytes]]] = {}
        wanted = set(chosen)
        for (index, slot), state in openings_of.read_many(wanted).items():
            if not isinstance(state, openings_of.Opened):
                raise NotFound(f"Entry {index} has no opening {slot} that could be disclosed.")
            self.outside(index)
            row = _row(index, slot, state.salt, state.body)
            rows.setdefault(index // WIDTH, []).append((index, slot, row))
            self.disclosed[slot] += self.inside(index)
        for event in events:
            slot = f"event:{event.position}"
            row = _row(event.index, slot, event.salt, event.body)
            rows.setdefault(event.index // WIDTH, []).append((event.index, slot, row))
            self.disclosed["event"] += 1
        for bundle, lines in rows.items():
            self.writer.add(f"openings/{bundle:06d}.jsonl", b"".join(row for _, _, row in sorted(lines)))

    def segment(self, index: int, digests: Sequence[bytes]) -> None:
        """Add the event commitments of the segment in leaf ``index``. Raises `Invalid` if they do not fit."""
        root = merkle.root(map(merkle.leaf_hash, digests)).hex()
        if not self.inside(index) or queries.leaf(index).facts.get("root") != root:
            fault = Fault("segments", "These are not the events of that entry.", "Give all events in order.")
            raise Invalid("The pack cannot take this segment.", [fault])
        lines = "".join(encode_digest(digest) + "\n" for digest in digests)
        self.writer.add(f"segments/{index}.jsonl", lines.encode())
        self.segments[index] = len(digests)

    def growth(self, since: Checkpoint) -> None:
        """Add the earlier checkpoint and the proof that leads from it to the present one."""
        old = since.size
        if not 0 < old <= self.checkpoint.size or merkle.tree_root(old, self.tree.node) != since.root:
            fault = Fault(
                "since", "The log has not grown from this checkpoint.", "Give a checkpoint of this log."
            )
            raise Invalid("The pack cannot start from this checkpoint.", [fault])
        self.writer.add("checkpoint.from", since.note.encode())
        path = consistency_proof(old, self.checkpoint.size, self.tree.node)
        self.writer.add("consistency.txt", proofs_text(path).encode())

    def slots(self, lost_events: set[tuple[int, str]]) -> dict[str, SlotCount]:
        """What became of the openings of the range, by slot."""
        committed, kept = self.committed.copy(), self.kept.copy()
        erased = Counter(
            "event" if slot.startswith("event:") else slot
            for index, slot in self.erased
            if not slot.startswith("event:") or index in self.segments
        )
        if self.segments:
            committed["event"] = sum(self.segments.values())
            kept["event"] = committed["event"] - erased["event"] - len(lost_events - self.erased)
        return {
            slot: SlotCount(
                self.disclosed[slot],
                max(0, min(kept[slot], count - erased[slot]) - self.disclosed[slot]),
                erased[slot],
                max(0, count - erased[slot] - max(kept[slot], self.disclosed[slot])),
            )
            for slot, count in sorted(committed.items())
        }


def missing(pack: PackContents) -> Iterator[tuple[int, str]]:
    """The first openings of entries of the range that are not there, with nothing to say why."""
    for first in range(pack.start, pack.stop, WIDTH):
        stop = min(first + WIDTH, pack.stop)
        there = queries.opening_slots(first, stop) | pack.erased
        for leaf in queries.leaves(first, stop):
            gone = [(leaf.index, slot) for slot in leaf.slots if (leaf.index, slot) not in there]
            if gone:
                yield min(gone)
                return
