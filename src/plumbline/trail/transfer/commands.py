"""A log that begins with the whole log of another installation: its entries as they were, under their name.

The old entries keep number, bytes and name; together they have the root that the old checkpoint states, which
is checked before anything is written. The first entry behind them (`predecessors.CONTINUED`) names the old
log, and from there on the new installation signs, with keys of its own, checkpoints over the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.commitment import opens
from plumbline.kernel.merkle import Frontier, leaf_hash
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, NoteError, TreeHead, VerifierKey
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.trail import append_sql, commands, entry, keys, models, predecessors, queries, sealed_opening
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.guard import Guard
from plumbline.trail.key_store.opened import key_store
from plumbline.trail.paths import continues_file, keys_folder
from plumbline.trail.private_files import write_private
from plumbline.trail.transfer.queries import LogOpening

_CHUNK = 500
_ROLES = {"log": "", "pack": "/pack", "recovery": "/recovery"}


@dataclass(frozen=True)
class OldLog:
    """The log that is taken over: its name, size, root, newest checkpoint (empty: none) and verifier key."""

    origin: str
    size: int
    root: bytes
    checkpoint: str
    vkey: str


def refuse_used_log() -> None:
    """Raise `Conflict` when there are entries: a log is taken over by an empty installation alone."""
    if models.Leaf.objects.exists() or models.Coordinator.objects.exists():
        raise Conflict("This installation has entries already. An organization moves into an empty one.")


def check_checkpoint(old: OldLog) -> None:
    """Raise `Invalid` unless the old log's key signed its checkpoint, of at most the entries that came."""
    if not old.checkpoint:
        return
    try:
        note = Note.parse(old.checkpoint)
        head, key = TreeHead.parse(note.text), VerifierKey.parse(old.vkey)
        good = note.signed_by(key) and head.origin == key.name == old.origin and head.size <= old.size
        good = good and (head.size < old.size or head.root == old.root)
    except (NoteError, ValueError):
        good = False
    if not good:
        raise Invalid("The checkpoint of the old log is not signed by its key, or is of other entries.")


def take_over(old: OldLog, bodies: Iterable[bytes], openings: Iterable[LogOpening]) -> None:
    """Write the entries and openings of ``old``, in the caller's transaction, into a log without any.

    Raises `Invalid` naming the first entry or opening that does not belong there, and when the entries do not
    give the size and root that were stated.
    """
    refuse_used_log()
    check_checkpoint(old)
    frontier, counters, signed = Frontier(), dict[str, int](), Signed(old)
    rows = iter(bodies)
    last = None
    while part := list(islice(rows, _CHUNK)):
        start, leaves, hashes = frontier.size, list[models.Leaf](), list[bytes]()
        for content in part:
            leaf, read = _leaf(frontier.size, content)
            leaves.append(leaf)
            hashes.append(leaf_hash(content))
            frontier.append(hashes[-1])
            signed.note(frontier)
            counters[read.source], last = read.counter, read.time
        models.Leaf.objects.bulk_create(leaves)
        commands.store_tiles(start, hashes)
    if (frontier.size, frontier.root()) != (old.size, old.root) or not signed.fits:
        raise Invalid("The entries do not give the size and root of the old log. Nothing was imported.")
    models.Coordinator.objects.create(
        id=1,
        origin=old.origin,
        size=frontier.size,
        frontier=frontier.to_bytes(),
        last_time=last,
        counters=canonical(counters),
    )
    for batch in _in_chunks(openings):
        _add_openings(batch)
    _note_erased()


class Signed:
    """Whether the entries have, at the size of the signed checkpoint, the root that it states."""

    def __init__(self, old: OldLog) -> None:
        self._head = TreeHead.parse(Note.parse(old.checkpoint).text) if old.checkpoint else None
        self.fits = self._head is None

    def note(self, frontier: Frontier) -> None:
        """Look at the tree as it is after one more entry."""
        if self._head is not None and frontier.size == self._head.size:
            self.fits = frontier.root() == self._head.root


def _leaf(index: int, content: bytes) -> tuple[models.Leaf, entry.Entry]:
    try:
        read = entry.read(content)
    except (ValueError, TypeError, AttributeError, KeyError):
        raise Invalid(say("trail.no-entry", "Entry {index} is not one.", index=index)) from None
    leaf = models.Leaf(
        index=index,
        body=content,
        hash=leaf_hash(content),
        entry_type=read.entry_type,
        subject_ref=str(read.subject.get("ref") or ""),
        actor=read.actor,
        time=read.time,
        source=read.source,
        client_id=read.client_id,
    )
    return leaf, read


def _in_chunks(openings: Iterable[LogOpening]) -> Iterator[list[LogOpening]]:
    rows = iter(openings)
    while part := list(islice(rows, _CHUNK)):
        yield part


def _note_erased() -> None:
    """Have it looked up which openings are gone because an entry erased them."""
    for view in queries.of_types((erasures.ENTRY_TYPE,)):
        models.ErasedOpening.objects.bulk_create(
            [
                models.ErasedOpening(
                    index=gone.index, slot=gone.slot, first=gone.first, last=gone.last, leaf=view.index
                )
                for gone in erasures.ranges_of(view.entry.facts)
            ]
        )


def _add_openings(batch: Sequence[LogOpening]) -> None:
    leaves = models.Leaf.objects.in_bulk({opening.index for opening in batch})
    entries = {index: entry.read(bytes(leaf.body)) for index, leaf in leaves.items()}
    for opening in batch:
        said = entries.get(opening.index)
        digest = said.commitments.get(opening.slot) if said is not None else None
        if digest is None or not opens(digest, opening.salt, opening.body):
            raise Invalid(
                say(
                    "trail.foreign-opening",
                    "The opening {slot} of entry {index} does not fit what the entry commits to.",
                    slot=opening.slot,
                    index=opening.index,
                )
            )
    scopes = {
        index: commands.scope_of(str(said.subject.get("ref") or ""), said.retention, said.time)
        for index, said in entries.items()
    }
    found = key_store().current(set(scopes.values()))
    ciphers = {scope: (key.id, sealed_opening.cipher(key.secret)) for scope, key in found.items()}
    rows = []
    for opening in batch:
        key_id, cipher = ciphers[scopes[opening.index]]
        where = sealed_opening.place(opening.index, opening.slot)
        sealed = sealed_opening.seal(cipher, opening.salt, opening.body, where)
        rows.append((opening.index, opening.slot, b"", sealed, opening.retention, key_id))
    append_sql.add_openings(rows)


def begin(
    data: Path, guard_file: Path, origin: str, old: OldLog, sequences: Mapping[str, int]
) -> keys.InitReport:
    """Make keys, guard and the first entry of the log ``origin`` behind the entries of ``old``.

    As `keys.init` does for a log that begins by itself. ``sequences`` is the last number that the old
    installation gave for each prefix of references. In the caller's transaction.
    """
    made = {role: keys.make(f"{origin}{tail}") for role, tail in _ROLES.items()}
    vkeys = {role: str(key.verifier) for role, key in made.items()}
    write_private(keys_folder(data) / "origin", origin.encode())
    write_private(continues_file(data), str(old.size).encode())
    models.Coordinator.objects.filter(id=1).update(origin=origin)
    Guard.create(guard_file, origin=origin, time=clock.now())
    commands.append(
        predecessors.CONTINUED,
        actor="stage:import",
        subject={"ref": made["log"].verifier.key_id.hex()},
        facts={
            "old": {"origin": old.origin, "size": old.size, "root": old.root.hex(), "vkey": old.vkey},
            "agreed": old.size,
            "keys": vkeys,
            "sequences": dict(sequences),
        },
        openings={"checkpoint": old.checkpoint.encode()} if old.checkpoint else {},
        source="trail",
        retention="permanent",
    )
    write_private(keys_folder(data) / "pack.key", keys.pem(made["pack"]))
    write_private(keys_folder(data) / "recovery.vkey", vkeys["recovery"].encode())
    write_private(keys_folder(data) / "log.key", keys.pem(made["log"]))
    return keys.InitReport(vkeys["log"], vkeys["pack"], keys.on_paper(made["recovery"]), vkeys["recovery"])
