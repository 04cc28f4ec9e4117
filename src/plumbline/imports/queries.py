"""What can be asked of imports and of the records that have a key already. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import NotFound
from plumbline.records import files, kinds
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.qualified import queries as qualified

WRITING = ("create", "amend")


@dataclass(frozen=True)
class FaultView:
    """One thing wrong with one row."""

    column: str
    field: str
    message: Text
    remedy: Text


@dataclass(frozen=True)
class RowView:
    """One row of an import: its line in the file, what happens to it, and whether that has been done."""

    line: int
    outcome: str
    outcome_label: str
    title: str
    key: str
    reference: str
    repeats: int | None
    set_aside: tuple[str, ...]
    written: bool
    faults: tuple[FaultView, ...]


@dataclass(frozen=True)
class JobView:
    """An import: what it is, what it will do (``counts`` by outcome) and how much of it is ``written``."""

    handle: str
    kind: Kind
    file_name: str
    file_sha256: str
    file_size: int
    encoding: str
    map_text: str
    state: str
    state_label: str
    error: str
    counts: dict[str, int]
    written: int
    created_at: datetime
    confirmed_at: datetime | None
    finished_at: datetime | None

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return sum(self.counts.values())

    @property
    def to_write(self) -> int:
        """How many rows create or amend a record."""
        return sum(self.counts[outcome] for outcome in WRITING)


def by_key(kind: Kind, keys: Sequence[str]) -> dict[str, Any]:
    """Records of ``kind`` by their key in the source, with all that their plain values need.

    A key that is a qualified reference also finds the record that was given this reference here.
    """
    foreign = [
        name for name in kind.own_fields if kind.field(name).is_relation and not kind.field(name).many_to_many
    ]
    many = [name for name in kind.own_fields if kind.field(name).many_to_many]
    rows = kind.model._default_manager.filter(kind=kind.slug)
    rows = rows.select_related("owner", "unit", *foreign).prefetch_related(*many)
    local = qualified.by_qualified(kind.slug, keys)
    found = {str(row.key): row for row in rows.filter(key__in=list(keys))}
    by_reference = {row.reference: row for row in rows.filter(reference__in=list(local.values()))}
    return found | {key: by_reference[reference] for key, reference in local.items()}


def taken(kind: Kind, keys: Sequence[str]) -> frozenset[str]:
    """Those of ``keys`` that a record of ``kind`` has already."""
    rows = Record.objects.filter(kind=kind.slug, key__in=list(keys)) if keys else Record.objects.none()
    recorded = frozenset(str(key) for key in rows.values_list("key", flat=True))
    return recorded | frozenset(qualified.by_qualified(kind.slug, keys))


def visible_among(actor: Actor, kind: Kind, records: Iterable[Record]) -> set[int]:
    """Primary keys of those ``records`` that ``actor`` may see."""
    wanted = [record.pk for record in records]
    if not wanted or not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return set()
    rows = policy.visible(actor, kind.model._default_manager.filter(pk__in=wanted))
    return set(rows.values_list("pk", flat=True))


def job_row(actor: Actor, handle: str) -> ImportJob:
    """The import with this id, if ``actor`` asked for it. Raises `NotFound`, or `NotAllowed`."""
    policy.require(actor, "read", anywhere=True)
    found = _own(actor).filter(handle=handle).first()
    if found is None:
        raise NotFound("There is no import with this id that you asked for.")
    return found


def _own(actor: Actor) -> QuerySet[ImportJob]:
    if actor.person_id is not None:
        return ImportJob.objects.filter(person_id=actor.person_id)
    return ImportJob.objects.filter(actor=actor.id)


def view(job: ImportJob) -> JobView:
    """A job with its counts, in one query."""
    found = (
        ImportRow.objects.filter(job_id=job.pk)
        .order_by()
        .values("outcome", "written")
        .annotate(n=Count("id"))
    )
    counts = dict.fromkeys(ImportRow.Outcome.values, 0)
    written = 0
    for row in found:
        counts[row["outcome"]] += row["n"]
        written += row["n"] if row["written"] else 0
    return JobView(
        handle=job.handle,
        kind=kinds.get(job.kind),
        file_name=job.file_name,
        file_sha256=job.file_sha256,
        file_size=job.file_size,
        encoding=job.encoding,
        map_text=job.map_text,
        state=job.state,
        state_label=str(ImportJob.State(job.state).label),
        error=job.error,
        counts=counts,
        written=written,
        created_at=job.created_at,
        confirmed_at=job.confirmed_at,
        finished_at=job.finished_at,
    )


def job(actor: Actor, handle: str) -> JobView:
    """The import with this id, if ``actor`` asked for it. Raises `NotFound`."""
    return view(job_row(actor, handle))


def content(actor: Actor, handle: str) -> bytes:
    """The bytes of an import's file. Raises `NotFound`."""
    return files.read(job_row(actor, handle).file_sha256)


def jobs(actor: Actor, *, limit: int = 25) -> list[JobView]:
    """The newest imports that ``actor`` asked for. Raises `NotAllowed` for a token that may not read."""
    policy.require(actor, "read", anywhere=True)
    return [view(row) for row in _own(actor).exclude(state=ImportJob.State.DISCARDED)[:limit]]


def rows(
    actor: Actor, handle: str, *, outcome: str = "", page: int = 1, size: int = 25
) -> tuple[list[RowView], int]:
    """Rows of an import in order of line, and how many there are in all; of one ``outcome`` if given."""
    found = ImportRow.objects.filter(job_id=job_row(actor, handle).pk).order_by("line")
    if outcome:
        found = found.filter(outcome=outcome)
    total = found.count()
    listed = found.prefetch_related("faults")[(page - 1) * size : page * size]
    return [_row_view(row) for row in listed], total


def _row_view(row: ImportRow) -> RowView:
    return RowView(
        row.line,
        row.outcome,
        str(ImportRow.Outcome(row.outcome).label),
        row.title,
        row.key,
        row.reference,
        row.repeats,
        tuple(row.set_aside.split()),
        row.written,
        tuple(
            FaultView(fault.column, fault.field, fault.message, fault.remedy) for fault in row.faults.all()
        ),
    )


def faults_by_line(job_id: int) -> dict[int, list[str]]:
    """What is wrong with each faulty row, as sentences, by line."""
    found: dict[int, list[str]] = {}
    listed = ImportFault.objects.filter(row__job_id=job_id, row__outcome="faulty").order_by("row__line", "id")
    for line, column, message, remedy in listed.values_list("row__line", "column", "message", "remedy"):
        text = f"{column}: {message}" if column else str(message)
        found.setdefault(line, []).append(f"{text} ({remedy})" if remedy else text)
    return found


def open_jobs() -> Iterator[ImportJob]:
    """Imports that were confirmed and are not written to the end, oldest first."""
    return iter(list(ImportJob.objects.filter(state=ImportJob.State.RUNNING).order_by("id")))
