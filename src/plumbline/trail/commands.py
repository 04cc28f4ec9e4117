"""Writing the log: one entry or a batch, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.commitment import Commitment, commit
from plumbline.kernel.ids import uuid7
from plumbline.kernel.merkle import leaf_hash, root
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, TreeHead
from plumbline.kernel.problems import Conflict
from plumbline.trail import append_sql, entry, log_state, models, paths, queries, sealed_opening
from plumbline.trail.entry import NewEntry
from plumbline.trail.errors import ReadOnly
from plumbline.trail.key_store.opened import key_store
from plumbline.trail.key_store.store import Key, Scope
from plumbline.trail.tree import WIDTH, split


@dataclass(frozen=True)
class Appended:
    """Where an entry stands. ``repeated``: it was there already under the same client id."""

    index: int
    leaf_hash: bytes
    time: datetime
    repeated: bool = False


LARGE_BATCH = 16
"""From so many entries on, the openings of a batch share a key made for it: a key for each would take a third
of the time of the append. Erasing one of them later encrypts the others anew."""


def _scopes(entries: Sequence[NewEntry]) -> list[Scope | None]:
    """Under whose key the openings of each entry are encrypted; ``None`` without openings.

    That is the key of the record or person it is about, else that of its retention class in this month.
    """
    if len(entries) >= LARGE_BATCH:
        shared = f"batch:{uuid7()}", ""
        return [shared if new.openings else None for new in entries]
    now = clock.now()
    return [
        scope_of(str(new.subject.get("ref") or ""), new.retention, now) if new.openings else None
        for new in entries
    ]


def scope_of(ref: str, retention: str, recorded: datetime) -> Scope:
    """Under whose key the openings of an entry about ``ref`` (empty: nothing named) are encrypted."""
    return (f"ref:{ref}", "") if ref else (f"class:{retention}", recorded.strftime("%Y-%m"))


def in_transaction() -> bool:
    """Whether the caller has opened a transaction of its own (one opened by a test case does not count)."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def _lock_head(client_ids: Sequence[UUID]) -> tuple[append_sql.LogHead, dict[UUID, int]]:
    """Where the log ends, locked, and the index of every entry that has one of these client ids."""
    # A single id is looked up by the statement that locks, which saves an append a round trip. Several are
    # looked up behind it: with the head locked, nobody can add one of them in between.
    single = client_ids[0] if len(client_ids) == 1 else None
    head, index = append_sql.lock_head(single)
    if head is not None:
        if single is None:
            return head, queries.indexes(client_ids)
        return head, {} if index is None else {single: index}
    # Only an empty log may start at 0. Making the row anew beside existing leaves would number them twice.
    # Where each statement sees what is committed by then (PostgreSQL), somebody else may have begun the log
    # since the row was looked for: it is lost only if it is not there now either.
    if models.Leaf.objects.exists():
        if append_sql.lock_head(None)[0] is not None:
            return _lock_head(client_ids)
        raise ReadOnly("tree-mismatch", "The trail has entries but has lost the row that numbers them.")
    # Two first writers may both come here: one row is made, and both go on to lock it.
    models.Coordinator.objects.bulk_create(
        [models.Coordinator(id=1, origin=paths.origin(settings.PLUMBLINE.data))], ignore_conflicts=True
    )
    return _lock_head(client_ids)


def append(
    entry_type: str,
    *,
    actor: str,
    subject: Mapping[str, JSON] | None = None,
    openings: Mapping[str, bytes] | None = None,
    requirements: Sequence[str] = (),
    facts: Mapping[str, JSON] | None = None,
    source: str = "governance",
    client_id: UUID | None = None,
    retention: str = "governance",
) -> Appended:
    """Add one entry to the log, in the caller's transaction: `append_many` of one.

    The fields are those of `NewEntry`.
    """
    new = NewEntry(
        entry_type,
        actor,
        subject=subject or {},
        openings=openings or {},
        requirements=requirements,
        facts=facts or {},
        source=source,
        client_id=client_id,
        retention=retention,
    )
    return append_many([new])[0]


def append_recovery(new: NewEntry, *, epoch: tuple[str, int] | None = None) -> Appended:
    """Append the entry that ends a state in which the log takes none; nothing else is asked.

    ``epoch`` is the name and number of a new epoch that begins with it. Its time may lie before that of the
    last entry, for this is how a wrong clock is put right.
    """
    (answer,) = _append([new], recovery=True, epoch=epoch)
    return answer


def restore(bodies: Sequence[bytes], openings: Iterable[Mapping[str, object]]) -> None:
    """Write entries back behind the last one, as they were recorded; `plumbline.trail.recovery` checked them.

    The columns, the counters and the tiles follow from the bytes. ``openings`` are rows by column.
    """
    if not in_transaction():
        raise RuntimeError("trail.commands.restore belongs inside transaction.atomic()")
    head, _ = _lock_head([])
    frontier, counters = queries.edge(head.size, head.frontier), queries.counters(head.counters)
    start, hashes = head.size, []
    for content in bodies:
        body, hashed = entry.read(content), leaf_hash(content)
        row = (frontier.size, content, hashed, body.entry_type, str(body.subject.get("ref") or ""))
        append_sql.add_leaves([(*row, body.actor, body.source, body.client_id)], body.time)
        counters[body.source], head.last_time = body.counter, body.time
        frontier.append(hashed)
        hashes.append(hashed)
    models.Opening.objects.bulk_create([models.Opening(**row) for row in openings])
    store_tiles(start, hashes)
    head.size, head.frontier, head.counters = frontier.size, frontier.to_bytes(), canonical(counters)
    append_sql.advance(head)


def write_head(**columns: object) -> None:
    """Put a derived row of the coordinator in place of the present one, or of one that is gone."""
    models.Coordinator.objects.update_or_create(id=1, defaults=columns)


def append_many(entries: Sequence[NewEntry]) -> list[Appended]:
    """Add entries to the log in this order, in the caller's transaction; one answer for each.

    All are written or none: what one `append` after the other would write, but with one lock, one advance of
    the frontier and one insert for all leaves and one for all openings. They share one time of recording. A
    client id that the log has already, or that comes twice here, gives the first answer and writes nothing.

    Raises ``RuntimeError`` outside a transaction, `Invalid` naming a field that may not stand in a leaf,
    `TooLarge` over 16 KiB, `ReadOnly` when the log takes no entries (`plumbline.trail.log_state`),
    `Conflict` when the same client id is being recorded at this moment (ask again).
    """
    return _append(entries)


def _append(
    entries: Sequence[NewEntry], *, recovery: bool = False, epoch: tuple[str, int] | None = None
) -> list[Appended]:
    # A leaf outside the caller's transaction could commit without the change it tells of, or the change
    # without it.
    if not in_transaction():
        raise RuntimeError("trail.log.append belongs inside transaction.atomic()")
    for new in entries:
        entry.check(new)
    if not entries:
        return []
    # Whoever holds the head keeps every other writer waiting, so what needs no number is done before.
    commitments = [{slot: commit(content) for slot, content in new.openings.items()} for new in entries]
    scopes = _scopes(entries)
    head, known = _lock_head([new.client_id for new in entries if new.client_id is not None])
    time = clock.now()
    if epoch is not None:
        head.origin, head.epoch = epoch
        models.Coordinator.objects.filter(id=1).update(origin=head.origin, epoch=head.epoch)
    if not recovery:
        log_state.require_agreement(head, time)
        # Times in the log never go back, also where a clock makes a small step: a verifier checks them.
        time = max(time, head.last_time or time)
    # With the head locked: whoever erases destroys a key under the same lock, so nothing is encrypted under a
    # key that is being destroyed. The key store commits first; a key that nothing uses does no harm.
    keys = key_store().current({scope for scope in scopes if scope is not None}) if any(scopes) else {}
    batch = _Batch(head, time, _answers_of(known), keys)
    answers = [
        batch.add(new, salted, scope) for new, salted, scope in zip(entries, commitments, scopes, strict=True)
    ]
    batch.write()
    return answers


def _answers_of(known: Mapping[UUID, int]) -> dict[UUID, Appended]:
    """The answers that were given for entries of these client ids."""
    rows = models.Leaf.objects.filter(index__in=known.values()).in_bulk() if known else {}
    return {
        client_id: Appended(index, bytes(rows[index].hash), rows[index].time, repeated=True)
        for client_id, index in known.items()
    }


class _Batch:
    """Leaves on their way behind ``head``; nothing is written before `write`."""

    def __init__(
        self,
        head: append_sql.LogHead,
        time: datetime,
        answered: dict[UUID, Appended],
        keys: Mapping[Scope, Key],
    ) -> None:
        self.head, self.time, self.answered = head, time, answered
        self.ciphers = {scope: (key.id, sealed_opening.cipher(key.secret)) for scope, key in keys.items()}
        self.frontier = queries.edge(head.size, head.frontier)
        self.counters = queries.counters(head.counters)
        self.leaves: list[append_sql.LeafRow] = []
        self.openings: list[append_sql.OpeningRow] = []

    def add(self, new: NewEntry, commitments: Mapping[str, Commitment], scope: Scope | None) -> Appended:
        """Number and hash one entry, unless its client id has had an answer already."""
        if new.client_id is not None and new.client_id in self.answered:
            return self.answered[new.client_id]
        client_id, counter = new.client_id or uuid7(), self.counters.get(new.source, 0) + 1
        content = entry.body(
            new,
            client_id=client_id,
            commitments={slot: commitment.digest for slot, commitment in commitments.items()},
            origin=self.head.origin,
            time=self.time,
            counter=counter,
        )
        self.counters[new.source] = counter
        index, hashed = self.frontier.size, leaf_hash(content)
        self.frontier.append(hashed)
        self.leaves.append(
            (index, content, hashed, new.entry_type, new.subject_ref, new.actor, new.source, client_id)
        )
        if scope is not None:
            key_id, cipher = self.ciphers[scope]
            for slot, commitment in commitments.items():
                where = sealed_opening.place(index, slot)
                sealed = sealed_opening.seal(cipher, commitment.salt, new.openings[slot], where)
                self.openings.append((index, slot, b"", sealed, new.retention, key_id))
        if new.client_id is not None:
            self.answered[client_id] = Appended(index, hashed, self.time, repeated=True)
        return Appended(index, hashed, self.time)

    def write(self) -> None:
        """Insert leaves, openings and the tiles they fill, and move the head behind them."""
        if not self.leaves:
            return
        head = self.head
        try:
            append_sql.add_leaves(self.leaves, self.time)
        except IntegrityError as error:
            # On PostgreSQL the look-up of a single client id is from before the wait for the lock, so another
            # writer may have added it meanwhile; the unique column is what decides.
            raise Conflict(
                "This entry is being recorded at this moment. Send it again to get its number."
            ) from error
        if self.openings:
            append_sql.add_openings(self.openings)
        store_tiles(head.size, [row[2] for row in self.leaves])
        head.size, head.frontier = self.frontier.size, self.frontier.to_bytes()
        head.last_time, head.counters = self.time, canonical(self.counters)
        append_sql.advance(head)


def store_tiles(start: int, hashes: Sequence[bytes]) -> None:
    """Write every tile that the leaves from ``start`` on, with these hashes, have filled, lowest level first.

    A tile is written once, when it is full; the open one at the edge follows from its leaves.
    """
    level, first, last = 0, start // WIDTH, (start + len(hashes)) // WIDTH
    while first < last:
        # The tile that this batch found open began with leaves that only the database still has.
        stored = queries.leaf_hashes(first * WIDTH, start) if level == 0 else []
        below = [*stored, *hashes] if level == 0 else _tile_roots(level - 1, first * WIDTH, last * WIDTH)
        filled = [b"".join(below[at : at + WIDTH]) for at in range(0, (last - first) * WIDTH, WIDTH)]
        models.Tile.objects.bulk_create(
            [models.Tile(level=level, n=n, hashes=hashes) for n, hashes in enumerate(filled, first)]
        )
        level, first, last = level + 1, first // WIDTH, last // WIDTH


def _tile_roots(level: int, start: int, stop: int) -> list[bytes]:
    """The roots of the tiles [start, stop) of a level."""
    tiles = models.Tile.objects.filter(level=level, n__gte=start, n__lt=stop).order_by("n")
    return [root(split(bytes(hashes))) for hashes in tiles.values_list("hashes", flat=True)]


def store_checkpoint(head: TreeHead, note: Note, time: datetime) -> bool:
    """Publish a signed checkpoint; ``False`` if the very same one is there already.

    Raises `ReadOnly` (``fork``) if another checkpoint of this size has been published.
    """
    with transaction.atomic():
        known = models.Checkpoint.objects.filter(size=head.size).first()
        if known is None:
            models.Checkpoint.objects.create(size=head.size, root=head.root, note=str(note), time=time)
            return True
        if bytes(known.root) != head.root or known.note != str(note):
            message = say(
                "trail.fork", "Another checkpoint of size {size} has been published.", size=head.size
            )
            raise ReadOnly("fork", message)
        return False


def remove_checkpoints(after: int) -> None:
    """Remove the checkpoints of more than ``after`` entries: they are of an epoch that has ended."""
    models.Checkpoint.objects.filter(size__gt=after).delete()
