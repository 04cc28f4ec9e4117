"""The stage that writes confirmed imports through the door, in short chunks that can be resumed.

A chunk is one transaction: the records, their entries in the trail and the mark on each row stand or fall
together. Whatever kills the process between two chunks, or inside one, the import goes on at the first row
that is not marked, and writes nothing twice.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from plumbline.identity import resumption
from plumbline.identity.actors import Actor
from plumbline.imports import entries, later, queries, sources
from plumbline.imports.chunks import commands as chunks
from plumbline.imports.directory.commands import DirectoryWriter
from plumbline.imports.directory.declarations import Directory
from plumbline.imports.judging import judged, told_apart, usable
from plumbline.imports.mapping import REVISE, RegisterMap
from plumbline.imports.models import ImportFault, ImportJob, ImportRow
from plumbline.imports.opening import rules as opening
from plumbline.imports.rows import MappedRow
from plumbline.imports.stated import queries as stated
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound, Problem, Stale
from plumbline.records import commands
from plumbline.records import queries as records
from plumbline.records.batches.commands import NewRecords
from plumbline.records.kinds import Kind
from plumbline.records.search_index import commands as search_index
from plumbline.trail import write_priority

SLICE = 0.25
"""Seconds that one call of the stage writes for, so that other stages are not kept waiting."""
CHUNK_ROWS = 200
FEWEST_ROWS = 25
"""What a chunk costs whatever its size, a dozen statements and a commit, is about the cost of so many rows:
smaller chunks would hold the lock longer in all, and no shorter each."""
LEASE = chunks.LEASE
"""How long nobody else takes an import up."""
CHUNK_SECONDS = 0.06
"""How long the transaction of a chunk should take. On SQLite it holds the only write lock for that long.

Rows are checked before it begins, so that what ingest and people wait for is the writing alone. How many rows
that is depends on the machine and on what else it does: each chunk is cut by what the one before it took.
"""


class ImportStage:
    """Takes confirmed imports further."""

    name = "imports"

    def advance(self) -> bool:
        """Write on, the oldest import to its end before the next begins; whether there may be more to write.

        Of two imports at once each would have its file read again at every turn.
        """
        return any(advance(job.handle, seconds=SLICE) for job in queries.open_jobs())


def advance(handle: str, *, seconds: float = 1.0, in_turn: bool = True) -> bool:
    """Write on with a confirmed import for about ``seconds``; whether there is more to write.

    A chunk ends as soon as short writers wait, and the next begins when they are through. A request that
    writes a moment itself is one of those; it says ``in_turn=False`` and writes one chunk. Safe to call
    from several places: one at a time holds the job, the others return at once.
    """
    running = ImportJob.objects.filter(handle=handle, state=ImportJob.State.RUNNING)
    free = running.filter(Q(leased_until__isnull=True) | Q(leased_until__lt=clock.now()))
    job = free.select_related("person", "author").first()
    if job is None:
        return False
    try:
        # Before the lease: reading a large file takes longer than that.
        source = sources.source(job.kind, job.file_sha256, job.map_text)
        before, job.leased_until = job.leased_until, clock.now() + chunks.LEASE
        # Compared and swapped: of two that read the same row, one update finds it unchanged.
        if not running.filter(leased_until=before).update(leased_until=job.leased_until):
            return False
        until = time.monotonic() + seconds
        actor = _actor_now(job)
        writer = (
            DirectoryWriter(job, actor, source.kind)
            if isinstance(source.kind, Directory)
            else _Writer(job, actor, source.kind, source.register)
        )
        while writer.write_chunk(in_turn=in_turn):
            if not in_turn:
                return True
            write_priority.yield_to_foreground()
            if time.monotonic() >= until:
                return True
        _finish(job, actor)
    except chunks.Lost:
        return False
    except Problem as problem:
        running.update(state=ImportJob.State.STOPPED, error=problem.detail)
    finally:
        running.filter(leased_until=job.leased_until).update(leased_until=None)
    return False


def _actor_now(job: ImportJob) -> Actor:
    """Whoever confirmed the job, with the rights of this moment. Raises `NotAllowed` when they are gone."""
    refusal = "The token that confirmed this import is no longer valid. Confirm it again."
    return resumption.resumed(job.actor, job.author or job.person, job.scopes, refusal)


def _finish(job: ImportJob, actor: Actor) -> None:
    with transaction.atomic():
        ended = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.RUNNING)
        if ended.update(state=ImportJob.State.DONE, finished_at=clock.now()):
            became = {"records": stated.records_of(job.pk)}
            entries.append(job, actor.id, "import.finished", queries.view(job), became)


class _Writer:
    """Writes rows of one import, chunk after chunk, for as long as one call of `advance` goes on.

    New records are checked first and written together; every other row is dealt with inside the transaction.
    """

    def __init__(self, job: ImportJob, actor: Actor, kind: Kind, register: RegisterMap) -> None:
        self._job, self._actor, self._kind, self._register = job, actor, kind, register
        self._waiting: deque[ImportRow] = deque()
        self._more = True
        self._rows = FEWEST_ROWS
        self._recorded: frozenset[str] = frozenset()
        self._records: NewRecords | None = None
        self._accepted: list[ImportRow] = []

    def write_chunk(self, *, in_turn: bool) -> bool:
        """Write some rows in one transaction; whether there are more."""
        if not self._waiting:
            self._refill()
        if not self._waiting:
            return self._write_later()
        done: list[ImportRow] = []
        later: list[Callable[[], None]] = []
        while self._waiting and len(done) < self._rows:
            row = self._waiting.popleft()
            done.append(row)
            later.append(self._prepare(row))
            if in_turn and write_priority.foreground_waiting():
                break
        began = time.monotonic()
        with transaction.atomic():
            renewed = chunks.renewed(self._job)
            for act in later:
                act()
            self._write_accepted()
            chunks.mark(done)
            # Found by a search from the moment on at which they are shown.
            search_index.note_words([row.reference for row in done if row.written and row.stated])
        self._job.leased_until = renewed  # only now: a chunk that was rolled back has not renewed it
        fitting = len(done) * CHUNK_SECONDS / max(time.monotonic() - began, 0.001)
        self._rows = max(FEWEST_ROWS, min(int(fitting), 2 * self._rows, CHUNK_ROWS))
        return bool(self._waiting) or self._more or self._later_rows().exists()

    def _later_rows(self) -> QuerySet[ImportRow]:
        """Rows of which something waits for the others: fields that refer to them, and links."""
        return ImportRow.objects.filter(job_id=self._job.pk, written=True).exclude(later="").order_by("line")

    def _write_later(self) -> bool:
        """Write what waits of some rows, in one transaction; whether there is more."""
        rows = list(self._later_rows()[:FEWEST_ROWS])
        with transaction.atomic():
            renewed = chunks.renewed(self._job)
            for row in rows:
                self._settle(row)
        self._job.leased_until = renewed
        return self._later_rows().exists()

    def _settle(self, row: ImportRow) -> None:
        creating = row.outcome == ImportRow.Outcome.CREATE
        said = {} if creating else {name: row.values[name] for name in row.fields.split()}
        before = 1 if creating else self._opened(row) if said else row.revision or 0
        waiting = later.stored(row.later)
        became = later.write(
            self._actor,
            self._kind,
            row.reference,
            before,
            usable(self._kind, said, new=False),
            waiting,
            self._note(row),
        )
        if became.revision > before:
            # The revision before the last one that the import has made, as for every other row.
            row.revision = became.revision - 1
            row.fields = " ".join(dict.fromkeys([*row.fields.split(), *waiting.fields]))
        row.later, row.linked = "", " ".join(map(str, became.links))
        row.save(update_fields=["revision", "fields", "later", "linked"])
        ImportFault.objects.bulk_create(
            ImportFault(
                row=row, field=name, message=fault.message, remedy=fault.remedy, sort="not understood"
            )
            for name, fault in became.refused
        )

    def _refill(self) -> None:
        """Read the next rows. While the lease holds nobody else writes them: they stay as they were read."""
        rows = ImportRow.objects.filter(job_id=self._job.pk, outcome__in=queries.WRITING, written=False)
        self._waiting.extend((rows | stated.to_state(self._job.pk)).order_by("line")[:CHUNK_ROWS])
        self._more = len(self._waiting) == CHUNK_ROWS
        creating = [row for row in self._waiting if row.outcome == ImportRow.Outcome.CREATE]
        self._recorded = queries.taken(self._kind, [row.key for row in creating])
        if creating and self._records is not None:
            self._records.expect([self._values(row) for row in creating])

    def _prepare(self, row: ImportRow) -> Callable[[], None]:
        """Check ``row``; what is left to do inside the transaction."""
        if row.outcome == ImportRow.Outcome.UNCHANGED:
            return partial(_take_words, row)
        if not row.fields and not row.later:
            text = "was planned by an earlier version, which kept no values"
            return partial(chunks.refuse, row, [Fault("", text, "import the file again")])
        if row.outcome != ImportRow.Outcome.CREATE:
            return partial(self._amend, row)
        if row.key in self._recorded:
            return partial(self._meanwhile, row)
        try:
            self._accept(row)
        except (Invalid, Conflict, NotAllowed) as problem:
            return partial(chunks.refuse, row, _faults(problem))
        return _nothing

    def _write_accepted(self) -> None:
        """Write the new records together, or one by one when somebody else was first with one of them.

        The door undoes what it began, so that after a refusal by the database the transaction can go on.
        """
        accepted, self._accepted = self._accepted, []
        if self._records is None or not accepted:
            return
        try:
            saved = self._records.write()
        except (IntegrityError, Conflict):
            for row in accepted:
                self._create(row)
            return
        for row, record in zip(accepted, saved, strict=True):
            row.reference, row.written = record.reference, True

    def _values(self, row: ImportRow) -> dict[str, Any]:
        return usable(self._kind, row.values, new=True)

    def _note(self, row: ImportRow) -> str:
        lead = f"Imported from {self._job.file_name}, line {row.line}."
        return f"{lead}\n{row.note}" if row.note else lead

    def _accept(self, row: ImportRow) -> None:
        if self._records is None:
            self._records = NewRecords(self._actor, self._kind)
            self._records.expect([self._values(each) for each in (row, *self._waiting)])
        try:
            self._records.add(self._values(row), note=self._note(row), key=row.key)
        except Invalid as problem:
            # A slug that is taken gets an end of its own, once; anything else is for a person to mend.
            if not told_apart(self._register, row.key, row.values, problem.faults):
                raise
            self._records.add(self._values(row), note=self._note(row), key=row.key)
        self._accepted.append(row)

    def _create(self, row: ImportRow) -> None:
        """Create the record of a row by itself, and find out whether this is the one that was taken."""
        kind = self._kind
        try:
            saved = commands.create(self._actor, kind, self._values(row), note=self._note(row), key=row.key)
            row.reference, row.written = saved.reference, True
        except (IntegrityError, Invalid, Conflict, NotAllowed) as problem:
            if queries.taken(kind, [row.key]):
                self._meanwhile(row)
            elif isinstance(problem, IntegrityError):
                raise
            else:
                chunks.refuse(row, _faults(problem))

    def _amend(self, row: ImportRow) -> None:
        if row.later:  # with what waits: two revisions would not be taken back as one
            row.written = True
            return
        said = {name: row.values[name] for name in row.fields.split()}
        values = usable(self._kind, said, new=False)
        try:
            with transaction.atomic():  # a revision that is opened and not changed would wait for nothing
                revision = self._opened(row)
                commands.amend(self._actor, row.reference, values, revision=revision, note=self._note(row))
            row.written, row.revision = True, revision
        except Stale:  # somebody else was first
            self._meanwhile(row)
        except (Invalid, Conflict, NotAllowed, NotFound) as problem:
            chunks.refuse(row, _faults(problem))

    def _opened(self, row: ImportRow) -> int:
        """The revision that the row changes: where its record is approved and the map says so, a new one."""
        if self._register.approved != REVISE:
            return row.revision or 0
        record, kind = records.find(self._actor, row.reference)
        step = opening.step_for(kind, self._register, record.state)
        if step is None:
            return row.revision or 0
        lead = self._note(row)
        return commands.move(
            self._actor, row.reference, step.name, revision=row.revision, reason=lead
        ).revision

    def _meanwhile(self, row: ImportRow) -> None:
        """What becomes of a row whose record was created or changed since the preview.

        When the record says what the row says, nothing has to be done; otherwise somebody has to look again.
        """
        kind, actor = self._kind, self._actor
        said = {name: row.values[name] for name in row.fields.split()}
        mapped = MappedRow(row.line, row.key, said)
        known = {row.key: row.reference} if row.reference else {}
        present = queries.present(actor, kind, [mapped], known)[row.key]
        now, record, seen = (
            judged(actor, kind, self._register, mapped, present),
            present.record,
            present.seen,
        )
        if now.outcome == "unchanged" and not now.notices:
            row.outcome, row.reference = ImportRow.Outcome.UNCHANGED, now.reference
            row.written = bool(row.stated)
            return
        message: Text
        remedy = "import the file again to see what would change"
        if not seen:
            message, remedy = "was recorded meanwhile, where you may not see it", ""
        elif row.outcome == ImportRow.Outcome.CREATE:
            message = say(
                "imports.was-recorded-meanwhile-as-which-says",
                "was recorded meanwhile as {reference}, which says something else",
                reference=record.reference,
            )
        else:
            message = say(
                "imports.was-changed-meanwhile-it-is-at",
                "{reference} was changed meanwhile; it is at revision {revision}",
                reference=record.reference,
                revision=record.revision,
            )
        chunks.refuse(row, [Fault("", message, remedy)])


def _take_words(row: ImportRow) -> None:
    """Keep what the source says in its own words of a record that says the same otherwise."""
    row.written = True


def _nothing() -> None:
    """What is left to do for a row that was accepted: it is written with the others."""


def _faults(problem: Problem) -> Sequence[Fault]:
    return problem.faults or (Fault("", problem.detail, "import the row again"),)
