"""What can be asked of imports and of the records that have a key already. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.imports import summary, targets
from plumbline.imports.batch import queries as batch
from plumbline.imports.directory.declarations import Directory, Target
from plumbline.imports.judging import Present
from plumbline.imports.merged import queries as merged
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.imports.rows import MappedRow
from plumbline.imports.stated import words
from plumbline.imports.stated.queries import CONFIRMED, incomplete_of, kept_rows, newest_words
from plumbline.imports.stated.words import Stated
from plumbline.imports.summary import Summary
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import NotFound
from plumbline.records import files
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.qualified import queries as qualified

WRITING = ("create", "amend")
MOST_TITLES = 50_000
"""Titles that new rows are compared with."""
_KEYS = 500
"""Keys that are asked for at once."""


@dataclass(frozen=True)
class FaultView:
    """One thing about one row: ``text`` is in the file, ``sort`` what became of it (`notices.Sort`)."""

    column: str
    field: str
    message: Text
    remedy: Text
    text: str = ""
    sort: str = "refused"
    chosen: bool = False
    """Whether somebody has chosen it for this row."""


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
    notices: tuple[FaultView, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    stated: tuple[Stated, ...] = ()


@dataclass(frozen=True)
class JobView:
    """An import: what it is, what it will do (``counts`` by outcome) and how much of it is ``written``."""

    handle: str
    kind: Target
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
    summary: Summary = field(default_factory=Summary)
    register: str = ""
    importer: str = ""
    assignee: str = ""
    """Names of who asked for it and of whom it is assigned to."""
    withdrawn_at: datetime | None = None
    kept: tuple[str, ...] = ()
    """References of what stays although the file has it no longer."""
    together: str = ""
    """Id of the file with several lists that it came with."""

    @property
    def gone(self) -> tuple[str, ...]:
        """References of what the file has no longer and nobody has kept."""
        return tuple(reference for reference in self.summary.gone if reference not in self.kept)

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
    rows = _whole(kind)
    local = qualified.by_qualified(kind.slug, keys)
    found = {str(row.key): row for row in rows.filter(key__in=list(keys))}
    by_reference = {row.reference: row for row in rows.filter(reference__in=list(local.values()))}
    return found | {key: by_reference[reference] for key, reference in local.items()}


def by_reference(kind: Kind, references: Sequence[str]) -> dict[str, Any]:
    """Records of ``kind`` by reference, with all that their plain values need."""
    return {row.reference: row for row in _whole(kind).filter(reference__in=list(references))}


def _whole(kind: Kind) -> QuerySet[Any]:
    foreign = [
        name for name in kind.own_fields if kind.field(name).is_relation and not kind.field(name).many_to_many
    ]
    many = [name for name in kind.own_fields if kind.field(name).many_to_many]
    rows = kind.model._default_manager.filter(kind=kind.slug)
    return rows.select_related("owner", "unit", *foreign).prefetch_related(*many)


def references_of(kind: Kind, rows: Iterable[MappedRow]) -> dict[str, str]:
    """References of the records that have the keys of ``rows``, by key."""
    keys = [row.key for row in rows if row.key]
    found = {**_earlier_keys(kind, keys), **qualified.by_qualified(kind.slug, keys)}
    for start in range(0, len(keys), _KEYS):
        part = Record.objects.filter(kind=kind.slug, key__in=keys[start : start + _KEYS])
        found |= {str(key): reference for key, reference in part.values_list("key", "reference")}
    return merged.references(found)


def _earlier_keys(kind: Kind, keys: Sequence[str]) -> dict[str, str]:
    """References of the records that an earlier row with one of ``keys`` was about, by that key: a record
    keeps the key that it came with, also when the register has given it another one since."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), _KEYS):
        rows = ImportRow.objects.filter(
            job__kind=kind.slug, job__state__in=CONFIRMED, key__in=keys[start : start + _KEYS]
        )
        rows = rows.filter(kept_rows()).exclude(reference="")
        found |= dict(rows.order_by("id").values_list("key", "reference"))
    return found


def _editions(kind: Kind, register: str, columns: Sequence[str]) -> QuerySet[ImportJob]:
    jobs = ImportJob.objects.filter(kind=kind.slug, register=register)
    return jobs if register else jobs.filter(columns=json.dumps(list(columns)))


def kept_of_register(
    kind: Kind, register: str, columns: Sequence[str], references: Sequence[str]
) -> frozenset[str]:
    """Those of ``references`` of which an earlier edition was told that they stay."""
    return batch.kept_before(references, _editions(kind, register, columns))


def of_register(kind: Kind, register: str, columns: Sequence[str]) -> list[str]:
    """References of the records that earlier editions of a register made, changed or found as they were."""
    jobs = _editions(kind, register, columns).filter(state__in=CONFIRMED)
    rows = ImportRow.objects.filter(job__in=jobs).exclude(reference="").order_by("id")
    rows = rows.filter(kept_rows())
    return list(dict.fromkeys(rows.values_list("reference", flat=True)))


def present(
    actor: Actor, kind: Kind, rows: Sequence[MappedRow], again: Mapping[str, str] | None = None
) -> dict[str, Present]:
    """The records that ``rows`` are about, by the key of the row, with what each said at its last import.

    ``again`` are references by key, of rows that are about a record although it has another key.
    """
    keys = [row.key for row in rows]
    known = merged.records(by_key(kind, keys), partial(by_reference, kind))
    other = {**_earlier_keys(kind, keys), **{key: (again or {})[key] for key in keys if key in (again or {})}}
    other = {key: reference for key, reference in other.items() if key not in known}
    if other:
        records = by_reference(kind, list(other.values()))
        taken_already = {record.reference for record in known.values()}
        known |= {
            key: records[reference]
            for key, reference in other.items()
            if reference in records and reference not in taken_already
        }
    seen = visible_among(actor, kind, known.values())
    references = [record.reference for record in known.values()]
    said, own_words = last_values(references), newest_words(references)
    stated = {row.key: row.revision for row in rows}
    found = {}
    for key, record in known.items():
        values, first = said.get(record.reference, (None, 0))
        # An import of before kept no values; the revision that it wrote says whether anybody came since.
        alone = values is None and first and record.revision == first
        exported = stated.get(key) == str(record.revision)
        before = own_words.get(record.reference, "")
        found[key] = Present(record, record.pk in seen, values, bool(alone or exported), before)
    return found


def last_values(references: Sequence[str]) -> dict[str, tuple[Mapping[str, Any] | None, int]]:
    """What the last import said of each record, field by field, and the revision that it made of it.

    ``None`` for the values where an import of before kept none. Rows that changed nothing count too: the file
    said then what the record said.
    """
    rows = ImportRow.objects.filter(reference__in=list(references), job__state__in=CONFIRMED)
    rows = rows.filter(kept_rows()).order_by("id")
    found: dict[str, tuple[Mapping[str, Any] | None, int]] = {}
    for reference, values, revision in rows.values_list("reference", "values", "revision"):
        earlier = found.get(reference, (None, 0))[0]
        merged = {**(earlier or {}), **values} if values else earlier
        found[reference] = merged, (revision or 0) + 1
    return found


def titles(actor: Actor, kind: Kind) -> dict[str, str]:
    """Titles of the records of ``kind`` that ``actor`` may see and that are not over, by reference."""
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return {}
    rows = policy.visible(actor, kind.model._default_manager.exclude(state__in=kind.workflow.final))
    return dict(rows.values_list("reference", "title")[:MOST_TITLES])


def taken(kind: Kind, keys: Sequence[str]) -> frozenset[str]:
    """Those of ``keys`` that a record of ``kind`` has already."""
    rows = Record.objects.filter(kind=kind.slug, key__in=list(keys)) if keys else Record.objects.none()
    recorded = frozenset(str(key) for key in rows.values_list("key", flat=True))
    return recorded | frozenset(qualified.by_qualified(kind.slug, keys))


def visible_keys(actor: Actor, keys: Sequence[str]) -> dict[str, str]:
    """The qualified references of the records that ``keys`` mean and that ``actor`` may see, by key."""
    local = qualified.local_references(keys)
    rows = policy.visible(actor, Record.objects.filter(reference__in=list(local.values())))
    known = qualified.homes()
    names = {row.reference: known.name(row) for row in rows}
    return {text: names[reference] for text, reference in local.items() if reference in names}


def visible_among(actor: Actor, kind: Kind, records: Iterable[Record]) -> set[int]:
    """Primary keys of those ``records`` that ``actor`` may see."""
    wanted = [record.pk for record in records]
    if not wanted or not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return set()
    rows = policy.visible(actor, kind.model._default_manager.filter(pk__in=wanted))
    return set(rows.values_list("pk", flat=True))


def job_row(actor: Actor, handle: str) -> ImportJob:
    """The import with this id, if ``actor`` asked for it or has it. Raises `NotFound`, or `NotAllowed`."""
    policy.require(actor, "read", anywhere=True)
    found = batch.theirs(actor).filter(handle=handle).select_related("assignee", "person").first()
    if found is None:
        raise NotFound("There is no import with this id that you asked for.")
    return found


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
        written += row["n"] if row["written"] and row["outcome"] in WRITING else 0
    return JobView(
        handle=job.handle,
        kind=targets.get(job.kind),
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
        summary=summary.stored(job.summary),
        register=job.register,
        importer=job.person.full_name if job.person else "",
        assignee=job.assignee.full_name if job.assignee else "",
        withdrawn_at=job.withdrawn_at,
        kept=tuple(job.kept.split()),
        together=job.together,
    )


def job(actor: Actor, handle: str) -> JobView:
    """The import with this id, if ``actor`` asked for it. Raises `NotFound`."""
    return view(job_row(actor, handle))


def incomplete(actor: Actor, handle: str) -> int:
    """How many of the records that an import made still lack answers; none while it is being written."""
    row = job_row(actor, handle)
    ended = row.state in (ImportJob.State.DONE, ImportJob.State.STOPPED)
    kind = targets.get(row.kind)
    return incomplete_of(row.pk, kind) if ended and not isinstance(kind, Directory) else 0


def content(actor: Actor, handle: str) -> bytes:
    """The bytes of an import's file. Raises `NotFound`."""
    return files.read(job_row(actor, handle).file_sha256)


def jobs(actor: Actor, *, limit: int = 25) -> list[JobView]:
    """The newest imports that ``actor`` asked for. Raises `NotAllowed` for a token that may not read."""
    policy.require(actor, "read", anywhere=True)
    found = batch.theirs(actor).exclude(state=ImportJob.State.DISCARDED)
    return [view(row) for row in found.select_related("assignee", "person")[:limit]]


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
    said = [
        FaultView(
            fault.column, fault.field, fault.message, fault.remedy, fault.text, fault.sort, fault.chosen
        )
        for fault in row.faults.all()
    ]
    return RowView(
        row.line,
        row.outcome,
        str(ImportRow.Outcome(row.outcome).label),
        row.title,
        row.key,
        row.reference,
        row.repeats,
        tuple(row.set_aside.split()),
        row.written and row.outcome in WRITING,
        tuple(fault for fault in said if fault.sort == "refused"),
        tuple(fault for fault in said if fault.sort != "refused"),
        row.values,
        tuple(row.fields.split()),
        words.of_stored(row.stated),
    )


def refusals(job_id: int) -> Iterator[tuple[int, FaultView]]:
    """What is wrong with each row that cannot be taken, with its line, in order."""
    listed = ImportFault.objects.filter(row__job_id=job_id, row__outcome="faulty", sort="refused")
    columns = ("row__line", "column", "field", "message", "remedy", "text", "sort", "chosen")
    for line, *rest in listed.order_by("row__line", "id").values_list(*columns):
        yield line, FaultView(*rest)


def open_jobs() -> Iterator[ImportJob]:
    """Imports that were confirmed and are not written to the end, oldest first."""
    return iter(list(ImportJob.objects.filter(state=ImportJob.State.RUNNING).order_by("id")))
