"""Mending the log, each time by an explicit command that leaves an entry.

The order is the same everywhere: what is in the database is committed first, the signer's memory and the
guard follow. After a stop in between, the same command goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.commitment import opens
from plumbline.kernel.merkle import tree_root
from plumbline.kernel.note import Note, TreeHead, sign
from plumbline.kernel.problems import Conflict
from plumbline.trail import (
    clock_check,
    commands,
    entry,
    epochs,
    keys,
    log_state,
    paths,
    publisher,
    queries,
    refusals,
)
from plumbline.trail.entry import NewEntry
from plumbline.trail.guard import Guard, GuardRecord, read
from plumbline.trail.key_history import LOG, PACK
from plumbline.trail.keys import SigningKey
from plumbline.trail.private_files import write_private
from plumbline.trail.recovery.head import DerivedHead
from plumbline.trail.recovery.plan import Brought, Plan
from plumbline.trail.recovery.sources import DatabaseCopy, OpeningColumns, Source
from plumbline.trail.signer_memory import last_signed

RECOVERED = "trail.recovered"
_CHUNK = 2_000


def adopt(copy: DatabaseCopy) -> None:
    """Put a copy of the database in place of the present one; the caller has compared their logs.

    The present one is kept beside it. Raises `Conflict` where the database is no file.
    """
    if connection.vendor != "sqlite":
        raise Conflict("Restore the dump with the database's own tools, then run this command again.")
    live = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    DatabaseCopy(live).copy_to(live.with_name(f"{live.name}.before-recovery"))
    copy.copy_to(live)
    log_state.forget()


def bring_back(actor: str, plan: Plan, lost: Plan | None = None) -> None:
    """Write the entries of ``plan`` behind the present ones.

    When all are back, one entry more says so; ``lost`` is the plan from before a copy was put in place.
    """
    numbers = sorted(plan.entries)
    for at in range(0, len(numbers), _CHUNK):
        part = [plan.entries[number] for number in numbers[at : at + _CHUNK]]
        with transaction.atomic():
            commands.restore([brought.body for brought in part], _openings(part))
    _restore_notes(plan.notes)
    log_state.forget()
    if plan.is_complete:
        with transaction.atomic():
            commands.append_recovery(_recovered(actor, lost or plan, plan))
        publish()


def _openings(part: Sequence[Brought]) -> list[OpeningColumns]:
    """The openings that fit their commitments; one under a key is compared by the next scrub."""
    found: list[OpeningColumns] = []
    for brought in part:
        commitments = entry.read(brought.body).commitments
        for row in brought.openings:
            digest = commitments.get(str(row["slot"]))
            salt, body = row["salt"], row["body"]
            if digest is None or not isinstance(salt, bytes) or not isinstance(body, bytes):
                continue
            if row.get("key_id") or opens(digest, salt, body):
                found.append({"retention": entry.read(brought.body).retention, **row})
    return found


def _restore_notes(notes: Sequence[str]) -> None:
    for text in notes:
        note = Note.parse(text)
        head = TreeHead.parse(note.text)
        commands.store_checkpoint(head, note, queries.leaf(head.size - 1).time)


def _recovered(actor: str, lost: Plan, plan: Plan) -> NewEntry:
    names = {brought.source for brought in plan.entries.values()}
    if lost is not plan:
        names.add(DatabaseCopy.name)
    facts: dict[str, JSON] = {
        "what": "entries",
        "first": lost.agreed,
        "last": plan.reached - 1,
        # Only a copy of the database brings the records themselves; of these there is the entry alone.
        "entries_alone": [min(plan.entries), max(plan.entries)] if plan.entries else [],
        "sources": sorted(names),
    }
    return NewEntry(RECOVERED, actor, facts=facts, source="trail", retention="permanent")


def publish() -> None:
    """Sign what was mended, so that the state says at once whether it is."""
    refusals.forget(settings.PLUMBLINE.guard_file)
    log_state.forget()
    publisher.publish()
    log_state.forget()


# The row that numbers the entries


def renew_head(actor: str, head: DerivedHead) -> None:
    """Write the row that numbers the entries as it follows from them, and an entry that says so."""
    facts: dict[str, JSON] = {"what": "head", "size": head.frontier.size, "unsigned": head.unsigned}
    with transaction.atomic():
        commands.write_head(
            origin=head.record.origin,
            epoch=head.record.epoch,
            size=head.frontier.size,
            frontier=head.frontier.to_bytes(),
            last_time=head.last_time,
            counters=canonical({**head.counters}),
        )
    log_state.forget()
    publisher.scrub()  # what it found is remembered by the guard until it finds nothing
    with transaction.atomic():
        commands.append_recovery(
            NewEntry(RECOVERED, actor, facts=facts, source="trail", retention="permanent")
        )
    publish()


# A new epoch


def open_epoch(actor: str, plan: Plan) -> str:
    """Begin a new epoch behind the entries that there are; returns the key under which it is verified.

    Its first entry holds the last checkpoint of the old epoch and how far both agree. Everything behind that
    is lost, and stays named as such in the entry.
    """
    data, file = settings.PLUMBLINE.data, settings.PLUMBLINE.guard_file
    state, record = queries.state(), read(file)
    if state is None or record is None:
        raise Conflict("There is no log, or no guard, that a new epoch could follow.")
    if state.epoch == record.epoch:
        _begin(actor, plan, state, record)
    _follow(record)
    publish()
    return str(keys.load(data).log.verifier)


def _begin(actor: str, plan: Plan, state: queries.State, record: GuardRecord) -> None:
    new = epochs.following(state.origin)
    data = settings.PLUMBLINE.data
    signers = keys.load(data)
    key = signers.log
    old = TreeHead(state.origin, plan.expected, plan.root)
    # The same key signs the same bytes as it did when this was published, so nothing new is claimed.
    note = sign(old.text(), key.verifier, key.sign)
    # The keys stay, under the new name; on disk before the entry that names them so.
    keys.store(data, LOG, SigningKey(new, key.private))
    keys.store(data, PACK, SigningKey(f"{new}/pack", signers.pack.private))
    facts: dict[str, JSON] = {
        "old": {"origin": old.origin, "size": old.size, "root": old.root.hex()},
        "agreed": plan.proven,
        "kept": state.size,
        "lost": len(plan.lost),
    }
    with transaction.atomic():
        # Checkpoints of entries that are no longer here would contradict the new epoch.
        commands.remove_checkpoints(plan.proven)
        commands.append_recovery(
            NewEntry(
                epochs.OPENED,
                actor,
                facts=facts,
                openings={"checkpoint": str(note).encode()},
                source="trail",
                retention="permanent",
            ),
            epoch=(new, record.epoch + 1),
        )


def _follow(record: GuardRecord) -> None:
    """Let name, signer and guard follow the new epoch that the database has begun."""
    data, file = settings.PLUMBLINE.data, settings.PLUMBLINE.guard_file
    state = queries.state()
    assert state is not None
    # From the entry and not from the plan: after a stop in between, the plan knows the new epoch already.
    agreed = epochs.epochs(state.origin)[-1].agreed
    root = tree_root(agreed, queries.stored_tree().node)
    write_private(paths.keys_folder(data) / "origin", state.origin.encode())
    memory = paths.keys_folder(data) / "signer.json"
    if agreed:
        write_private(memory, canonical({"size": agreed, "root": root.hex()}))
    else:
        memory.unlink(missing_ok=True)
    with Guard(file) as guard:
        guard.swap(record, GuardRecord(state.origin, state.epoch, agreed, root, clock.now()))


# The guard


def renew_guard(actor: str) -> None:
    """Make a guard that was lost anew, from the newest checkpoint that is signed and fits the entries.

    Raises `Conflict` when there is one, and what the signer remembers beyond the database as `ReadOnly`.
    """
    data, file = settings.PLUMBLINE.data, settings.PLUMBLINE.guard_file
    if file.exists():
        raise Conflict("There is a guard; a new one is made only when it is lost.")
    state, newest = queries.state(), queries.latest_checkpoint()
    signed = last_signed(paths.keys_folder(data))
    if state is None or newest is None:
        raise Conflict("Nothing was signed yet, so nothing shows what the guard has seen.")
    publisher.head_of(newest, keys.load(data))
    size, root = max((newest.size, newest.root), signed or (0, b""))
    if state.size < size:
        raise log_state.rolled_back(size, state.size)
    if tree_root(size, queries.stored_tree().node) != root:
        raise log_state.root_mismatch(size)
    facts: dict[str, JSON] = {"what": "guard", "size": size, "root": root.hex()}
    with transaction.atomic():
        commands.append_recovery(
            NewEntry(RECOVERED, actor, facts=facts, source="trail", retention="permanent")
        )
    write_private(file, GuardRecord(state.origin, state.epoch, size, root, clock.now()).content())
    publish()


# The clock


def correct_clock(actor: str) -> tuple[int, datetime, datetime] | None:
    """Accept the present time of the server, with an entry that names what a wrong clock has dated.

    Returns how many entries were dated ahead, the first of their times and the last; ``None`` when the clock
    agrees with the log. The rule: times never go back but at this entry, and what it names was recorded
    before it.
    """
    now, state, file = clock.now(), queries.state(), settings.PLUMBLINE.guard_file
    record = read(file)
    if state is None or record is None:
        raise Conflict("There is no log, or no guard, whose times could be compared.")
    if clock_check.refusal(record, state.last_time, now) is None:
        return None
    first = _first_after(now, state.size)
    wrong = range(first, state.size)
    facts: dict[str, JSON] = {"first": first, "last": state.size - 1, "count": len(wrong)}
    span = (queries.leaf(first).time, queries.leaf(state.size - 1).time) if wrong else (now, now)
    facts["wrong"] = {"from": clock.rfc3339(span[0]), "until": clock.rfc3339(span[1])}
    with transaction.atomic():
        commands.append_recovery(
            NewEntry(clock_check.CLOCK_CORRECTED, actor, facts=facts, source="trail", retention="permanent")
        )
    with Guard(file) as guard:
        boot, uptime = clock_check.boot_id(), clock_check.uptime()
        guard.swap(record, replace(record, time=now, boot=boot, uptime=uptime))
    publish()
    return len(wrong), *span


def _first_after(now: datetime, size: int) -> int:
    """The first of the entries at the end of the log that lie after ``now``."""
    # From the end, since only what follows the last correction is in order.
    first = size
    while first and queries.leaf(first - 1).time > now:
        first -= 1
    return first


def describe(source: Source, numbers: Sequence[int]) -> list[tuple[int, str, str]]:
    """Number, type and reference of entries that a source has but that no signature vouches for."""
    found = []
    for number in numbers:
        body = source.body(number)
        if body is None:
            break
        try:
            read_entry = entry.read(body)
        except ValueError:
            break
        found.append((number, read_entry.entry_type, str(read_entry.subject.get("ref") or "")))
    return found
