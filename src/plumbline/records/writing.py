"""What the six verbs share: the transaction behind the door, locks, rows, revisions and trail entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.identity.stand_ins import queries as stand_ins
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import NotFound, RevisionRequired, Stale
from plumbline.records import bulk_insert, guard, kinds
from plumbline.records import values as plain_values
from plumbline.records.approved import digest
from plumbline.records.kinds import Kind
from plumbline.records.list_index import commands as list_index
from plumbline.records.models import Record, Revision
from plumbline.records.search_index import commands as search_index
from plumbline.trail import log, log_state
from plumbline.trail.entry import NewEntry


@dataclass(frozen=True)
class Saved:
    """What a verb did: the record's reference, its revision now, and the trail entry that says so.

    ``additions`` counts its files and links, which are no part of a revision and yet of what is approved.
    """

    reference: str
    revision: int
    state: str
    leaf: int
    additions: int = 0


@dataclass(frozen=True)
class Written:
    """A record with its new content, before its revision is kept.

    ``many_valued`` are the records that its many-valued fields refer to, by field name, where they are at
    hand; with ``None`` they are read from the database.
    """

    record: Record
    many_valued: Mapping[str, Sequence[models.Model]] | None
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    openings: Mapping[str, bytes] = field(default_factory=dict)


def saved(record: Record, leaf: int) -> Saved:
    """What a verb answers for ``record`` as it stands."""
    return Saved(record.reference, record.revision, record.state, leaf, digest.additions(record))


@contextmanager
def door() -> Iterator[None]:
    """One transaction in which record tables may be written.

    Raises `plumbline.trail.errors.ReadOnly` while the log takes no entries, before anything is done.
    """
    log_state.require_writable()
    with guard.opened("door"), transaction.atomic():
        yield


def next_references(prefix: str, count: int) -> list[str]:
    """The next references of a prefix: ``RSK-0008`` and so on after ``RSK-0007``.

    One statement that adds and answers, so that two writers at once never get the same number: the row stays
    locked until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO records_sequence (prefix, last) VALUES (%s, %s) ON CONFLICT (prefix)"
            " DO UPDATE SET last = records_sequence.last + excluded.last RETURNING last",
            [prefix, count],
        )
        (last,) = cursor.fetchone()
    return [f"{prefix}-{number:04d}" for number in range(last - count + 1, last + 1)]


def create(actor: Actor, kind: Kind, batch: Sequence[Written]) -> list[Saved]:
    """Write new records with what only the system sets, all rows of a table in one statement."""
    now, records = clock.now(), [written.record for written in batch]
    for record, reference in zip(records, next_references(kind.prefix, len(records)), strict=True):
        record.reference, record.kind, record.state = reference, kind.slug, kind.workflow.initial
        record.author, record.created_at, record.updated_at = actor.id, now, now
    bulk_insert.insert(Record, records)
    # Read back by what is unique of them, not in the order of insertion: no database promises that order.
    rows = Record.objects.filter(reference__in=[record.reference for record in records])
    keys = dict(rows.values_list("reference", "pk"))
    for record in records:
        record.pk = record.id = keys[record.reference]  # the key of a kind's row is that of its base row
    bulk_insert.insert(kind.model, records)
    _insert_many_valued(kind, batch)
    return revise_many(actor, kind, batch, "created")


def _insert_many_valued(kind: Kind, batch: Collection[Written]) -> None:
    """Insert what many-valued fields of new records refer to, one statement for each field."""
    for name in kind.many_valued:
        relation = kind.model._meta.get_field(name)
        assert isinstance(relation, models.ManyToManyField)
        through = relation.remote_field.through
        assert through is not None
        source, target = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        rows = [
            through(**{source: written.record.pk, target: other.pk})
            for written in batch
            for other in (written.many_valued or {}).get(name, ())
        ]
        bulk_insert.insert(through, rows)


def not_found(reference: str) -> NotFound:
    """There is no such record, or none that the actor may see; which of the two is not said."""
    return NotFound(
        say(
            "record.not-found",
            "There is no record {reference} that you may see.",
            reference=reference.upper()[:24],
        )
    )


def locked(actor: Actor, reference: str) -> tuple[Record, Kind]:
    """The record, locked until the transaction ends, if ``actor`` may see it. Raises `NotFound`."""
    kind = kinds.of_reference(reference)
    records = locked_many(actor, kind, [reference.upper()])
    if not records:
        raise not_found(reference)
    return records[reference.upper()], kind


def locked_many(actor: Actor, kind: Kind, references: Collection[str]) -> dict[str, Record]:
    """Those of some records that ``actor`` may see, by reference, locked until the transaction ends.

    In the order of their keys, so that two batches with records in common wait for each other and never both.
    """
    rows = kind.model._default_manager.select_for_update(of=("self", "record_ptr"))
    visible = policy.visible(actor, rows.filter(reference__in=references))
    return {record.reference: record for record in visible.order_by("pk")}


def check_revision(record: Record, revision: int | None) -> None:
    """Raise `Stale` or `RevisionRequired` unless ``revision`` is the present one."""
    if revision is None:
        raise RevisionRequired("An amend or move needs the number of the revision that you saw.")
    if revision != record.revision:
        raise Stale(
            say(
                "record.stale",
                "{record} is at revision {current}; you saw {seen}. Read it again.",
                record=Ref(record.reference),
                current=record.revision,
                seen=revision,
            ),
            current_revision=record.revision,
        )


def check_additions(record: Record, seen: int | None) -> None:
    """Raise `Stale` when files or links were added after what the actor saw; ``None``: nothing was read."""
    present = digest.additions(record)
    if seen is not None and seen != present:
        raise Stale(
            say(
                "record.added-since",
                "{record} has {present} files and links; you saw {seen}. Read it again, then approve it.",
                record=Ref(record.reference),
                present=present,
                seen=seen,
            ),
            current_revision=record.revision,
        )


def require(actor: Actor, verb: str, kind: Kind, record: Record | None = None) -> None:
    """Raise `NotAllowed` unless ``actor`` may do ``verb`` to this record (or kind)."""
    policy.require(
        actor,
        verb,
        kind=kind.slug,
        unit_id=record.unit_id if record else None,
        owner_id=record.owner_id if record else None,
    )


def pass_create_gates(actor: Actor, kind: Kind, written: Written) -> None:
    """Ask the gates that the kind has for new records; each may refuse by raising."""
    for gate in kind.create_gates:
        gate(actor, written.record, written.many_valued or {})


def require_as_written(actor: Actor, kind: Kind, record: Record) -> None:
    """Raise `NotAllowed` unless ``actor`` may amend the record where its present values would put it."""
    unit_id = record.unit_wanted_id if record.unit_change else record.unit_id
    policy.require(actor, "amend", kind=kind.slug, unit_id=unit_id, owner_id=record.owner_id)


def revise_many(actor: Actor, kind: Kind, batch: Sequence[Written], verb: str) -> list[Saved]:
    """Keep the revisions and the index rows of records as they stand now, each proved by its trail entry."""
    if not batch:
        return []
    snapshots = [plain_values.revision_body(written.record, kind, written.many_valued) for written in batch]
    records = [written.record for written in batch]
    fresh = verb == "created"
    list_index.write(
        kind, [(record, body["values"]) for record, body in zip(records, snapshots, strict=True)], new=fresh
    )
    search_index.write(kind, records, new=fresh)
    acting_for = stand_ins.acting_for(actor.person_id, kind.slug)
    absent = [acting_for.get(record.owner_id or 0) for record in records]
    # The entries come last: whoever appends holds up every other writer of the trail until the commit.
    entries = log.append_many(
        [
            _entry(actor, kind, written, verb, body, owner)
            for written, body, owner in zip(batch, snapshots, absent, strict=True)
        ]
    )
    bulk_insert.insert(
        Revision,
        [
            Revision(
                record_id=written.record.pk,
                number=written.record.revision,
                verb=verb,
                state=written.record.state,
                actor=actor.id,
                person_id=actor.person_id,
                deputy_for_id=owner.pk if owner is not None else None,
                note=written.note,
                at=written.record.updated_at,
                effective_from=written.record.effective_from,
                leaf=entry.index,
            )
            for written, entry, owner in zip(batch, entries, absent, strict=True)
        ],
    )
    # Nothing hangs on a new record yet: no query for each of a batch.
    return [
        Saved(record.reference, record.revision, record.state, entry.index)
        if fresh
        else saved(record, entry.index)
        for record, entry in zip(records, entries, strict=True)
    ]


def _entry(
    actor: Actor,
    kind: Kind,
    written: Written,
    verb: str,
    snapshot: Mapping[str, Any],
    deputy_for: Person | None,
) -> NewEntry:
    record, openings = written.record, {"revision": canonical(snapshot), **written.openings}
    if written.note:
        openings["note"] = written.note.encode()
    return NewEntry(
        f"record.{verb}",
        actor.id,
        subject={"kind": kind.slug, "ref": record.reference, "revision": record.revision},
        openings=openings,
        requirements=requirements(kind, record),
        facts={"state": record.state.replace(" ", "-"), **written.facts, **_for(deputy_for)},
        retention=record.retention,
    )


def _for(person: Person | None) -> dict[str, str]:
    """Who is away and in whose place it was done, as the fact of an entry."""
    return {"deputy_for": person.handle} if person is not None else {}


def requirements(kind: Kind, record: Record) -> tuple[str, ...]:
    """The requirement ids a change of this record is evidence for."""
    own = [getattr(record, "requirement", None) or "", *(getattr(record, "requirements", None) or ())]
    return tuple(dict.fromkeys((*kind.requirements, *(item for item in own if item))))


def entry(
    actor: Actor, kind: Kind, record: Record, verb: str, slot: str, body: bytes, facts: Mapping[str, Any]
) -> log.Appended:
    """Append a trail entry about a record that leaves its revision as it is; without a ``slot`` it opens to
    nothing."""
    deputy_for = stand_ins.acting_for(actor.person_id, kind.slug).get(record.owner_id or 0)
    return log.append(
        f"record.{verb}",
        actor=actor.id,
        subject={"kind": kind.slug, "ref": record.reference, "revision": record.revision},
        openings={slot: body} if slot else {},
        requirements=requirements(kind, record),
        facts={**facts, **_for(deputy_for)},
        retention=record.retention,
    )
