"""What the six verbs share: the transaction behind the door, the lock on a record, its revision and entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import canonical
from plumbline.kernel.problems import NotFound, RevisionRequired, Stale
from plumbline.records import guard, kinds
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.records.list_index import commands as list_index
from plumbline.records.models import Record, Revision, Sequence
from plumbline.trail import log


@contextmanager
def door() -> Iterator[None]:
    """One transaction in which record tables may be written."""
    with guard.opened("door"), transaction.atomic():
        yield


def next_reference(prefix: str) -> str:
    """The next reference of a prefix: ``RSK-0008`` after ``RSK-0007``."""
    return next_references(prefix, 1)[0]


def next_references(prefix: str, count: int) -> list[str]:
    """The next ``count`` references of a prefix, in one step of its sequence.

    The row of the sequence stays locked until the transaction ends, and a transaction that fails gives its
    numbers back: references have no gaps.
    """
    sequence, _ = Sequence.objects.select_for_update().get_or_create(prefix=prefix)
    first, sequence.last = sequence.last + 1, sequence.last + count
    sequence.save(update_fields=["last"])
    return [f"{prefix}-{number:04d}" for number in range(first, sequence.last + 1)]


def locked(actor: Actor, reference: str) -> tuple[Record, Kind]:
    """The record, locked until the transaction ends, if ``actor`` may see it. Raises `NotFound`."""
    kind = kinds.of_reference(reference)
    found = kind.model._default_manager.select_for_update(of=("self", "record_ptr")).filter(
        reference=reference.upper()
    )
    record = policy.visible(actor, found).first()
    if record is None:
        raise NotFound(f"There is no record {reference.upper()[:24]} that you may see.")
    return record, kind


def check_revision(record: Record, revision: int | None) -> None:
    """Raise `Stale` or `RevisionRequired` unless ``revision`` is the present one."""
    if revision is None:
        raise RevisionRequired("An amend or move needs the number of the revision that you saw.")
    if revision != record.revision:
        raise Stale(
            f"{record.reference} is at revision {record.revision}; you saw {revision}. Read it again.",
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


def revise(
    actor: Actor,
    kind: Kind,
    record: Record,
    verb: str,
    note: str,
    *,
    facts: Mapping[str, Any] | None = None,
) -> Revision:
    """Append the trail entry of the record as it stands; keep its revision and its index row."""
    snapshot = plain_values.snapshot(record, kind)
    list_index.write(kind, record, snapshot["values"])
    (entry,) = log.append_many([revision_entry(actor, kind, record, verb, note, snapshot, facts)])
    revision = revision_row(actor, record, verb, note, entry.index)
    revision.save(force_insert=True)
    return revision


def revision_entry(
    actor: Actor,
    kind: Kind,
    record: Record,
    verb: str,
    note: str,
    snapshot: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
) -> log.NewEntry:
    """What the trail is told of a record's new revision.

    The words of the record are openings: a leaf holds no text, and what is opened can be erased.
    """
    openings = {"revision": canonical(snapshot)}
    if note:
        openings["note"] = note.encode()
    return log.NewEntry(
        f"record.{verb}",
        actor=actor.id,
        subject={"kind": kind.slug, "ref": record.reference, "revision": record.revision},
        openings=openings,
        requirements=requirements(kind, record),
        facts={"state": record.state.replace(" ", "-"), **(facts or {})},
        retention=record.retention,
    )


def revision_row(actor: Actor, record: Record, verb: str, note: str, leaf: int) -> Revision:
    """The revision that entry number ``leaf`` proves, not yet saved."""
    return Revision(
        record_id=record.pk,
        number=record.revision,
        verb=verb,
        state=record.state,
        actor=actor.id,
        person_id=actor.person_id,
        note=note,
        at=record.updated_at,
        effective_from=record.effective_from,
        leaf=leaf,
    )


def requirements(kind: Kind, record: Record) -> tuple[str, ...]:
    """The requirement ids a change of this record is evidence for."""
    own = [getattr(record, "requirement", None) or "", *(getattr(record, "requirements", None) or ())]
    return tuple(dict.fromkeys((*kind.requirements, *(item for item in own if item))))


def entry(
    actor: Actor, kind: Kind, record: Record, verb: str, slot: str, body: bytes, facts: Mapping[str, Any]
) -> log.Appended:
    """Append a trail entry about a record that leaves its revision as it is."""
    return log.append(
        f"record.{verb}",
        actor=actor.id,
        subject={"kind": kind.slug, "ref": record.reference, "revision": record.revision},
        openings={slot: body},
        requirements=requirements(kind, record),
        facts=facts,
        retention=record.retention,
    )
