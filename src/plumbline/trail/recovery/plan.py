"""What can be brought back: which entries are lost, and which of them lead to a root that was signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from plumbline.kernel.merkle import Frontier, leaf_hash, tree_root
from plumbline.kernel.note import Note, NoteError, TreeHead
from plumbline.trail import epochs, guard, keys, paths, queries
from plumbline.trail.recovery.sources import DatabaseCopy, OpeningColumns, Source
from plumbline.trail.signer_memory import last_signed


@dataclass(frozen=True)
class Brought:
    """One entry brought back, and where it was found."""

    body: bytes
    source: str
    openings: Sequence[OpeningColumns]


@dataclass(frozen=True)
class Plan:
    """``present`` entries are in the database; ``agreed`` of them contradict no signature, ``proven`` lie
    under one.

    ``expected`` is the size that the guard or the signer has seen, ``root`` the root there. ``entries`` can
    be brought back, by number, all behind each other from ``present``; ``notes`` are signed checkpoints that
    they lead to.
    """

    present: int
    agreed: int
    proven: int
    expected: int
    root: bytes
    entries: Mapping[int, Brought] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def reached(self) -> int:
        """How many entries there are after bringing back what can be."""
        return self.present + len(self.entries)

    @property
    def is_needed(self) -> bool:
        """Whether the database is not what was signed."""
        return self.present < self.expected or self.agreed < self.present

    @property
    def is_complete(self) -> bool:
        """Whether nothing of what was signed stays lost."""
        return self.reached >= self.expected and self.agreed == self.present

    @property
    def lost(self) -> range:
        """The numbers of the entries that stay lost."""
        first = self.reached if self.agreed == self.present else self.agreed
        return range(first, max(first, self.expected))


def expectation() -> tuple[int, bytes]:
    """The largest size that the guard and the signer remember, with its root; (0, empty) without them."""
    config = settings.PLUMBLINE
    record, signed = guard.read(config.guard_file), last_signed(paths.keys_folder(config.data))
    known = [(record.size, record.root)] if record else []
    return max([*known, *([signed] if signed else [])], default=(0, b""))


def make(sources: Sequence[Source]) -> Plan:
    """What ``sources`` can bring back."""
    state = queries.state()
    frontier = state.frontier if state else Frontier()
    expected, root = expectation()
    known = _known_heads(sources)
    known[expected] = root
    agreed = _agreed(frontier, known)
    proven = max((size for size in known if size <= agreed), default=0)
    if agreed < frontier.size:
        return Plan(frontier.size, agreed, proven, expected, root)
    entries: dict[int, Brought] = {}
    notes: list[str] = []
    size = frontier.size
    while True:
        progress = max((_walk(frontier, source, known) for source in sources), key=len, default=[])
        if not progress:
            break
        for brought in progress:
            frontier.append(leaf_hash(brought.body))
            entries[frontier.size - 1] = brought
    notes = [
        note for source in sources for note in source.notes() if _covered(note, size, frontier.size, known)
    ]
    return Plan(size, agreed, proven, expected, root, entries, tuple(dict.fromkeys(notes)))


def _known_heads(sources: Sequence[Source]) -> dict[int, bytes]:
    """Size and root of every checkpoint that this log's key has signed, here and in the sources."""
    notes = [checkpoint.note for checkpoint in queries.checkpoints()]
    notes += [note for source in sources for note in source.notes()]
    heads = (_signed_head(note) for note in notes)
    return {head.size: head.root for head in heads if head is not None}


def _signed_head(text: str) -> TreeHead | None:
    """What a note says, if it is signed by this log's key under the name of one of its epochs."""
    signers = keys.load(settings.PLUMBLINE.data)
    # Any key that the log names: the entry that replaced one may be among those that are lost.
    ours = [period.key for period in signers.history.log] or [signers.log.verifier]
    try:
        note = Note.parse(text)
        head = TreeHead.parse(note.text)
        own = epochs.holds(epochs.epochs(signers.log.name), head.origin, head.size)
        return head if own and any(map(note.signed_by, ours)) else None
    except (NoteError, ValueError):
        return None


def _covered(note: str, after: int, size: int, known: Mapping[int, bytes]) -> bool:
    head = _signed_head(note)
    return head is not None and after < head.size <= size and known.get(head.size) == head.root


def _agreed(frontier: Frontier, known: Mapping[int, bytes]) -> int:
    """How many of the present entries are what was signed; all of them when no signature contradicts."""
    tree = queries.stored_tree()
    bad = [
        size
        for size, root in known.items()
        if 0 < size <= frontier.size and tree_root(size, tree.node) != root
    ]
    if not bad:
        return frontier.size
    return max((size for size in known if size < min(bad)), default=0)


def _walk(frontier: Frontier, source: Source, known: Mapping[int, bytes]) -> list[Brought]:
    """The entries behind ``frontier`` that ``source`` has, up to the last root that was signed."""
    ahead, found, good = frontier.copy(), [], 0
    while ahead.size < max(known, default=0) and (body := source.body(ahead.size)) is not None:
        found.append((ahead.size, body))
        ahead.append(leaf_hash(body))
        if ahead.size in known:
            if ahead.root() != known[ahead.size]:
                break
            good = len(found)
    return [Brought(body, source.name, list(source.openings(index))) for index, body in found[:good]]


def of_copy(copy: DatabaseCopy) -> int:
    """How many entries of a copy of the database are what was signed; 0 when one of them is not.

    All of it is hashed, since its tables will stand for them.
    """
    known = _known_heads([copy])
    expected, root = expectation()
    known[expected] = root
    frontier, good = Frontier(), 0
    while frontier.size < copy.size:
        body = copy.body(frontier.size)
        if body is None:
            return 0
        frontier.append(leaf_hash(body))
        if frontier.size in known:
            if frontier.root() != known[frontier.size]:
                return 0
            good = frontier.size
    return good
