"""What imports follow from: the entries of their confirmation and their end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db.models import QuerySet

from plumbline.identity import queries as identity
from plumbline.imports.directory.declarations import PERSON
from plumbline.imports.models import ImportJob, ImportRow
from plumbline.imports.stated import queries as stated
from plumbline.records import files
from plumbline.records.models import Record
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import span_of
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

JOB, ROW = "imports.ImportJob", "imports.ImportRow"
_CONFIRMED = (ImportJob.State.RUNNING, ImportJob.State.DONE)
_VERBS = ("confirmed", "resumed", "stopped", "finished", "withdrawn", "assigned", "kept")
ABOUT = frozenset(f"import.{verb}" for verb in _VERBS)
"""The types of the entries about imports."""


def _check_jobs(start: int, stop: int) -> Iterator[Difference]:
    """Every import that was confirmed (`differences`), and whether its file is there as it was."""
    said = list(committed.of_types(ABOUT))
    yield from _differences(said, ImportJob.objects.all())
    confirmed = {entry.view.subject_ref for entry in said if entry.verb not in ("assigned", "kept")}
    jobs = ImportJob.objects.exclude(pk__in=_emptied()).order_by("pk")
    for handle, sha256 in jobs.values_list("handle", "file_sha256"):
        if handle in confirmed and files.digest_of(sha256) != sha256:
            yield Difference("attachments/*", f"file of {handle}", "bytes", sha256, "other or none")


def differences(handles: Collection[str]) -> Iterator[Difference]:
    """Where some imports differ from their entries: file, map, author, end, words, records of their rows."""
    jobs = ImportJob.objects.filter(handle__in=sorted(handles))
    yield from _differences(committed.about(handles, ABOUT), jobs)


def _differences(found: Iterable[CommittedEntry], wanted: QuerySet[ImportJob]) -> Iterator[Difference]:
    expected: dict[str, dict[str, object]] = {}
    noted: defaultdict[str, list[CommittedEntry]] = defaultdict(list)
    entries: dict[str, int] = {}
    for entry in found:
        handle = entry.view.subject_ref
        if entry.verb in ("assigned", "kept"):
            noted[handle].append(entry)
            continue
        _learn(expected.setdefault(handle, {}), entry)
        entries[handle] = entry.index
    jobs = {job.handle: job for job in wanted.select_related("assignee")}
    emptied = _emptied()
    for handle, fields in expected.items():
        if handle not in jobs:
            yield without_row(JOB, handle, entries[handle])
            continue
        job = jobs[handle]
        present = _present(job)
        if job.pk in emptied:  # some of it went with the record, so that no digest is left to compare
            fields.pop("words of the source")
            fields.pop("records of its rows", None)
        shown = {name: present[name] for name in fields}
        yield from compare(JOB, handle, entries[handle], fields, shown)
    yield from _check_notes(jobs, noted)
    for handle, job in jobs.items():
        if job.state in _CONFIRMED and handle not in expected:
            yield without_entry(JOB, handle)


def _emptied() -> set[int]:
    """The imports whose file went as a whole with the first of their records that was erased."""
    gone = ImportRow.objects.filter(reference__in=erasures.records())
    return set(gone.values_list("job_id", flat=True))


def _learn(fields: dict[str, object], entry: CommittedEntry) -> None:
    """What one entry says of an import, after what earlier ones have said."""
    fields |= {"kind": entry.subject["kind"], "file_sha256": entry.facts["sha256"]}
    if entry.verb in ("confirmed", "resumed"):
        fields["actor"] = entry.facts.get("author", entry.view.actor)
    ended = entry.verb == "finished"
    fields["finished"] = ended or (entry.verb == "withdrawn" and fields.get("finished", False))
    fields["withdrawn"] = entry.verb == "withdrawn" or fields.get("withdrawn", False)
    if "map" in entry.openings:
        fields["map"] = entry.text("map")
    fields["words of the source"] = entry.facts.get("stated", "")
    if ended and "records" in entry.facts:
        fields["records of its rows"] = entry.facts["records"]
    elif entry.verb != "withdrawn":  # rows are still being written
        fields.pop("records of its rows", None)


def _present(job: ImportJob) -> dict[str, object]:
    return {
        "kind": job.kind,
        "file_sha256": job.file_sha256,
        "actor": job.actor,
        "finished": job.state == ImportJob.State.DONE,
        "withdrawn": job.withdrawn_at is not None,
        "map": job.map_text,
        "words of the source": stated.digest_of(job.pk),
        "records of its rows": stated.records_of(job.pk),
    }


def _check_notes(
    jobs: Mapping[str, ImportJob], noted: Mapping[str, Sequence[CommittedEntry]]
) -> Iterator[Difference]:
    """To whom an import was assigned, and what it keeps of what its file has no longer."""
    for handle, entries in noted.items():
        if handle not in jobs:
            yield without_row(JOB, handle, entries[-1].index)
    for handle, job in jobs.items():
        expected: dict[str, object] = {"assignee": "", "kept": ""}
        entry = None
        for entry in noted.get(handle, ()):
            if entry.verb == "assigned":
                expected["assignee"] = entry.facts["to"]
            else:
                kept = [*str(expected["kept"]).split(), *entry.facts["references"]]
                expected["kept"] = " ".join(dict.fromkeys(kept))
        found = {"assignee": job.assignee.handle if job.assignee else "", "kept": job.kept}
        yield from compare(JOB, handle, entry.index if entry else None, expected, found)


def _check_rows(start: int, stop: int) -> Iterator[Difference]:
    """Rows that were written name a record of the kind, under their key where they have one."""
    rows = ImportRow.objects.filter(pk__gte=start, pk__lt=stop, written=True).exclude(reference="")
    wanted = list(rows.select_related("job").order_by("pk"))
    known = dict(
        Record.objects.filter(reference__in=[row.reference for row in wanted]).values_list(
            "reference", "kind"
        )
    )
    known |= dict.fromkeys(identity.people_with(row.reference for row in wanted), PERSON.slug)
    for row in wanted:
        name = f"row {row.line} of {row.job.handle}"
        yield from compare(ROW, name, None, {"kind": row.job.kind}, {"kind": known.get(row.reference)})


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        JOB,
        "Kind, digest of the file, map, author and digests of the source's own words and of the records of "
        "its rows stand in the entries of its confirmation and its end.",
        (Pass("jobs", whole, _check_jobs),),
    ),
    Proof(
        ROW,
        "A row that was written names a record of its kind; what that says follows from its own entries.",
        (Pass("rows", lambda: span_of(ImportRow.objects.all()), _check_rows),),
    ),
    NoProof("imports.ImportFault", "What is wrong with rows of a file that wait for somebody to mend them; "
            "read off the file whenever it is planned anew."),
)  # fmt: skip
