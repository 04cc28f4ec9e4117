"""What bulk changes follow from: the entries of their confirmation and their end."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.bulk.models import BulkJob, BulkRow
from plumbline.records.models import Record
from plumbline.trail.commitments import queries as committed
from plumbline.trail.entry_rows import span_of
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

JOB, ROW = "bulk.BulkJob", "bulk.BulkRow"
_CONFIRMED = (BulkJob.State.RUNNING, BulkJob.State.DONE)


def _check_jobs(start: int, stop: int) -> Iterator[Difference]:
    """Kind, request and author of a change that was confirmed, and whether it has ended."""
    expected: dict[str, dict[str, object]] = {}
    entries: dict[str, int] = {}
    for entry in committed.of_types({"bulk.confirmed", "bulk.finished"}):
        fields = expected.setdefault(entry.view.subject_ref, {})
        fields["kind"] = entry.subject["kind"]
        fields["actor"] = entry.view.actor if entry.verb == "confirmed" else fields.get("actor")
        fields["finished"] = entry.verb == "finished"
        if "request" in entry.openings:
            fields["request"] = entry.text("request")
        entries[entry.view.subject_ref] = entry.index
    jobs = {job.handle: job for job in BulkJob.objects.all()}
    gone = BulkRow.objects.filter(reference__in=erasures.records())
    emptied = set(gone.values_list("job_id", flat=True))
    for handle, fields in expected.items():
        job = jobs.get(handle)
        if job is None:
            yield without_row(JOB, handle, entries[handle])
            continue
        finished = job.state == BulkJob.State.DONE
        found = {"kind": job.kind, "request": job.request, "actor": job.actor, "finished": finished}
        if job.pk in emptied and not job.request:
            fields.pop("request", None)
        yield from compare(JOB, handle, entries[handle], fields, found)
    for handle, job in jobs.items():
        if job.state in _CONFIRMED and handle not in expected:
            yield without_entry(JOB, handle)


def _check_rows(start: int, stop: int) -> Iterator[Difference]:
    """Rows that are done name a record of the kind, which has reached the revision that they say."""
    rows = BulkRow.objects.filter(pk__gte=start, pk__lt=stop, done=True).select_related("job").order_by("pk")
    wanted = list(rows)
    known = {
        reference: (kind, revision)
        for reference, kind, revision in Record.objects.filter(
            reference__in=[row.reference for row in wanted]
        ).values_list("reference", "kind", "revision")
    }
    for row in wanted:
        kind, revision = known.get(row.reference, ("", 0))
        found = {"kind": kind, "reached": revision >= (row.revision_after or 0)}
        yield from compare(ROW, f"{row.reference} in {row.job.handle}", None,
                           {"kind": row.job.kind, "reached": True}, found)  # fmt: skip


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        JOB,
        "Kind, request and author stand in the entries of its confirmation and its end.",
        (Pass("jobs", whole, _check_jobs),),
    ),
    Proof(
        ROW,
        "A row that is done names a record of its kind; what that says follows from its own entries.",
        (Pass("rows", lambda: span_of(BulkRow.objects.all()), _check_rows),),
    ),
)
