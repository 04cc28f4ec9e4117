"""Writing the log: one entry at a time, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.commitment import commit
from plumbline.kernel.ids import uuid7
from plumbline.kernel.merkle import Frontier, leaf_hash, root
from plumbline.kernel.note import Note, TreeHead
from plumbline.kernel.problems import Conflict
from plumbline.trail import append_sql, entry, models, paths
from plumbline.trail.errors import ReadOnly
from plumbline.trail.tree import WIDTH, split


@dataclass(frozen=True)
class Appended:
    """Where an entry stands. ``repeated``: it was there already under the same client id."""

    index: int
    leaf_hash: bytes
    time: datetime
    repeated: bool = False


def in_transaction() -> bool:
    """Whether the caller has opened a transaction of its own (one opened by a test case does not count)."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def _lock_head(client_id: UUID) -> tuple[append_sql.LogHead, int | None]:
    """Where the log ends, locked, and the index of the entry with this client id."""
    head, first = append_sql.lock_head(client_id)
    if head is not None:
        return head, first
    if models.Leaf.objects.exists():
        raise ReadOnly("tree-mismatch", "The trail has entries but has lost the row that numbers them.")
    models.Coordinator.objects.bulk_create(
        [models.Coordinator(id=1, origin=paths.origin(settings.PLUMBLINE.data))], ignore_conflicts=True
    )
    return _lock_head(client_id)


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
    """Add one entry to the log, in the caller's transaction.

    ``entry_type`` is a word pair (``record.created``), ``actor`` an opaque id. ``subject`` says what the
    entry is about; its ``ref`` is what `search` finds. ``openings`` are the exact bytes that may not stand
    in a leaf: each is committed to under a random salt and stored beside the log, by slot. ``facts`` are
    ids and numbers. The same ``client_id`` again gives the first answer and writes nothing.

    Raises ``RuntimeError`` outside a transaction, `Invalid` naming a field that may not stand in a leaf,
    `TooLarge` over 16 KiB, `ReadOnly` when the clock has gone back, `Conflict` when the same client id
    is being recorded at this moment (ask again).
    """
    if not in_transaction():
        raise RuntimeError("trail.log.append belongs inside transaction.atomic()")
    committed = {slot: commit(opened) for slot, opened in (openings or {}).items()}
    draft = entry.Draft(
        entry_type=entry_type,
        actor=actor,
        client_id=client_id or uuid7(),
        source=source,
        subject=subject or {},
        requirements=requirements,
        retention=retention,
        facts=facts or {},
        commitments={slot: commitment.digest for slot, commitment in committed.items()},
    )
    entry.check(draft)
    head, first = _lock_head(draft.client_id)
    if first is not None:
        known = models.Leaf.objects.get(index=first)
        return Appended(first, bytes(known.hash), known.time, repeated=True)
    appended = _add(head, draft)
    rows = []
    for slot, made in committed.items():
        key = {"index": appended.index, "slot": slot, "retention": retention}
        rows.append(models.Opening(salt=made.salt, body=(openings or {})[slot], **key))
    if rows:
        models.Opening.objects.bulk_create(rows)
    return appended


def _add(head: append_sql.LogHead, draft: entry.Draft) -> Appended:
    time = clock.now()
    if head.last_time is not None and time < head.last_time:
        raise ReadOnly(
            "clock-back",
            "The server's clock is behind the last entry of the trail. Set it right to write again.",
        )
    counters = entry.read_counters(head.counters)
    counters[draft.source] = counters.get(draft.source, 0) + 1
    content = entry.body(draft, origin=head.origin, time=time, counter=counters[draft.source])
    frontier = Frontier.from_bytes(head.size, head.frontier)
    index, hashed = frontier.size, leaf_hash(content)
    frontier.append(hashed)
    try:
        append_sql.add_leaf(
            index=index,
            body=content,
            hash=hashed,
            entry_type=draft.entry_type,
            subject_ref=draft.subject_ref,
            actor=draft.actor,
            time=time,
            source=draft.source,
            client_id=draft.client_id,
        )
    except IntegrityError as error:
        raise Conflict(
            "This entry is being recorded at this moment. Send it again to get its number."
        ) from error
    if frontier.size % WIDTH == 0:
        _store_tiles(frontier.size)
    head.size, head.frontier = frontier.size, frontier.to_bytes()
    head.last_time, head.counters = time, canonical(counters)
    append_sql.advance(head)
    return Appended(index, hashed, time)


def _store_tiles(size: int) -> None:
    """Write every tile that the leaf number ``size`` - 1 has filled, lowest first."""
    level, count = 0, size
    while count and count % WIDTH == 0:
        start = count - WIDTH
        if level == 0:
            rows = models.Leaf.objects.filter(index__gte=start, index__lt=count).order_by("index")
            hashes = [bytes(hashed) for hashed in rows.values_list("hash", flat=True)]
        else:
            below = models.Tile.objects.filter(level=level - 1, n__gte=start, n__lt=count).order_by("n")
            hashes = [root(split(bytes(tile))) for tile in below.values_list("hashes", flat=True)]
        models.Tile(level=level, n=start // WIDTH, hashes=b"".join(hashes)).save(force_insert=True)
        level, count = level + 1, count // WIDTH


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
            raise ReadOnly("fork", f"Another checkpoint of size {head.size} has been published.")
        return False
