"""Erasing openings of entries: the keys first, then the rows, then the entry that says so.

The order makes a crash harmless. Before anything is destroyed, whatever else is encrypted under the same
keys is encrypted anew, in a transaction of its own; after that every step may be repeated and changes
nothing twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from plumbline.kernel import ids
from plumbline.kernel.canonical import JSON
from plumbline.kernel.problems import Unavailable
from plumbline.trail import append_sql, commands, models, sealed_opening
from plumbline.trail.entry import NewEntry
from plumbline.trail.erasures.queries import ENTRY_TYPE, EVENT, ErasedRange, ranges_of
from plumbline.trail.key_store.opened import key_store
from plumbline.trail.openings.queries import CHUNK, Opened, states_of

PART = 10_000
"""Bytes of facts in one erasure entry at most; a leaf has 16 KiB. A longer list goes into several entries."""


@dataclass(frozen=True)
class Erasure:
    """What an erasure entry says besides what it names; ids and slugs only, no personal data.

    ``erasure`` is the opaque id of the request, ``requested_at`` when it was made: the entries of a request
    get the same client ids however often its last step is repeated. ``replays`` is the entry that is
    repeated after a backup was restored.
    """

    erasure: str
    requested_at: datetime
    ground: str
    approver: str
    records: Sequence[str] = ()
    people: Sequence[str] = ()
    replays: int | None = None


@dataclass
class _Part:
    slots: dict[str, list[str]] = field(default_factory=dict)
    events: dict[str, list[list[int]]] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    size: int = 0


def protect_others(places: Collection[tuple[int, str]]) -> list[str]:
    """Encrypt anew what else is under the keys of these openings; the ids of the keys, ready to be destroyed.

    Raises `Unavailable` when one of the others cannot be read: destroying its key would lose it for good.
    """
    with transaction.atomic():
        append_sql.lock_head(None)
        doomed = _keys_of(places)
        store = key_store()
        # With the head locked no append holds one of these keys, and from here on none gets one.
        store.retire(doomed)
        wanted = set(places)
        rows = models.Opening.objects.filter(key_id__in=doomed).order_by("index", "slot")
        others = [row for row in rows.iterator(chunk_size=CHUNK) if (row.index, row.slot) not in wanted]
        if others:
            _encrypt_anew(others)
    return doomed


def _keys_of(places: Collection[tuple[int, str]]) -> list[str]:
    wanted = set(places)
    found: set[str] = set()
    for part in _chunks({index for index, _ in places}):
        rows = models.Opening.objects.filter(index__in=part).exclude(key_id="")
        found.update(
            key for index, slot, key in rows.values_list("index", "slot", "key_id") if (index, slot) in wanted
        )
    return sorted(found)


def _encrypt_anew(rows: Sequence[models.Opening]) -> None:
    scope = f"batch:{ids.uuid7()}", ""
    key = key_store().current({scope})[scope]
    cipher = sealed_opening.cipher(key.secret)
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        for row, state in zip(part, states_of(part), strict=True):
            if not isinstance(state, Opened):
                raise Unavailable(
                    "Content beside what is to be erased is damaged, and would be lost for good with its "
                    "key. Run `plumbline trail scrub` and mend it first. Nothing was erased."
                )
            where = sealed_opening.place(row.index, row.slot)
            row.body, row.key_id = sealed_opening.seal(cipher, state.salt, state.body, where), key.id
        models.Opening.objects.bulk_update(part, ["body", "key_id"])


def _chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    found = sorted(values)
    return (found[start : start + CHUNK] for start in range(0, len(found), CHUNK))


def erase(said: Erasure, named: Sequence[ErasedRange]) -> list[int]:
    """Delete the openings of entries that ``named`` lists, and log what was erased; the entries' numbers.

    Inside the caller's transaction, after the keys were destroyed. Events are deleted by the room that keeps
    them, before this is called; here they are only named.
    """
    delete_openings({(item.index, item.slot) for item in named if item.slot != EVENT})
    entries = [_entry(said, part, number) for number, part in enumerate(_parts(said, named))]
    appended = commands.append_many(entries)
    for entry, answer in zip(entries, appended, strict=True):
        index_entry(answer.index, entry.facts)
    return [answer.index for answer in appended]


def delete_openings(places: Collection[tuple[int, str]]) -> None:
    """Delete openings of entries, after their keys were destroyed; SQLite overwrites them."""
    for part in _chunks({index for index, _ in places}):
        rows = models.Opening.objects.filter(index__in=part).values_list("pk", "index", "slot")
        gone = [pk for pk, index, slot in rows if (index, slot) in places]
        models.Opening.objects.filter(pk__in=gone).delete()


def index_entry(leaf: int, facts: Mapping[str, Any]) -> None:
    """Write the look-up rows of an erasure entry; those that are there already stay."""
    models.ErasedOpening.objects.bulk_create(
        [
            models.ErasedOpening(
                index=item.index, slot=item.slot, first=item.first, last=item.last, leaf=leaf
            )
            for item in ranges_of(facts)
        ],
        ignore_conflicts=True,
        batch_size=CHUNK,
    )


def _parts(said: Erasure, named: Sequence[ErasedRange]) -> list[_Part]:
    parts = [_Part()]

    def room(size: int) -> _Part:
        if parts[-1].size + size > PART:
            parts.append(_Part())
        parts[-1].size += size
        return parts[-1]

    for item in named:
        if item.slot == EVENT:
            room(24).events.setdefault(str(item.index), []).append([item.first, item.last])
        else:
            room(len(item.slot) + 16).slots.setdefault(str(item.index), []).append(item.slot)
    for reference in said.records:
        room(len(reference) + 3).records.append(reference)
    for handle in said.people:
        room(len(handle) + 3).people.append(handle)
    return parts


def _entry(said: Erasure, part: _Part, number: int) -> NewEntry:
    facts: dict[str, JSON] = {
        "erasure": said.erasure,
        "ground": said.ground,
        "approver": said.approver,
        "part": number,
        "slots": part.slots,
        "events": part.events,
        "records": part.records,
        "people": part.people,
        **({"replays": said.replays} if said.replays is not None else {}),
    }
    return NewEntry(
        ENTRY_TYPE,
        said.approver,
        subject={"kind": "erasure", "ref": said.erasure},
        facts=facts,
        source="trail",
        client_id=ids.uuid7_of(
            int(said.requested_at.timestamp() * 1000), f"{said.erasure}/{said.replays}/{number}"
        ),
        retention="permanent",
    )


def keep_ledger(leaves: Collection[int]) -> None:
    """Write erasure entries beside the keys, where a restored backup of the database does not reach."""
    rows = models.Leaf.objects.filter(index__in=leaves, entry_type=ENTRY_TYPE)
    key_store().keep_erasures({row.index: bytes(row.body) for row in rows})


def overwrite() -> None:
    """Leave nothing of deleted rows in the files of the database. Outside of any transaction.

    SQLite overwrites deleted content itself (``secure_delete``); its write-ahead log is emptied here. On
    PostgreSQL dead rows are vacuumed; its own write-ahead log ages out.
    """
    if commands.in_transaction():
        raise RuntimeError("what was deleted can be overwritten only after the transaction")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if not connection.in_atomic_block:  # a test case keeps one open
                cursor.execute("VACUUM")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
