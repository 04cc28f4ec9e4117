"""The dates that files have now, had when they were approved, and by which somebody has to act."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import kinds
from plumbline.records.attachments.dates import Dates, strictest
from plumbline.records.models import Attachment, AttachmentDates, Record


def history(file: Attachment) -> list[tuple[int, Dates]]:
    """The dates of ``file`` one after the other, each with the entry that said so. Prefetch ``dates``."""
    rows = sorted(file.dates.all(), key=lambda row: row.leaf)
    return [
        (file.leaf, Dates(file.document_date, file.valid_until)),
        *((row.leaf, Dates(row.document_date, row.valid_until)) for row in rows),
    ]


def newest(file: Attachment) -> Dates:
    """The dates of ``file`` as they are written now. Prefetch ``dates``."""
    return history(file)[-1][1]


def counting(said: Sequence[tuple[int, Dates]], approval: int | None) -> Dates:
    """What counts of the dates of a file, as `history` has them: those that the approval with the entry
    ``approval`` binds, or earlier ones that were written since."""
    present = said[-1][1]
    if approval is None:
        return present
    bound = [dates for leaf, dates in said if leaf < approval]
    return strictest(bound[-1] if bound else present, present)


@dataclass(frozen=True)
class FileOfRecord:
    """A file with its dates one after the other, as `history` has them; ``replaces`` is a key."""

    pk: int
    record: int
    leaf: int
    name: str
    sha256: str
    replaces: int | None
    said: tuple[tuple[int, Dates], ...]

    def as_row(self, approval: int | None, replaced: Collection[int | None]) -> dict[str, Any]:
        """As rows of records in force have it: its dates are those that count."""
        own = {"name": self.name, "sha256": self.sha256, "replaced": self.pk in replaced}
        return {**own, **counting(self.said, approval).as_json()}


def of_records(records: QuerySet[Record], at: datetime | None) -> list[FileOfRecord]:
    """The files of some records, the oldest first, now or as of an instant; in two queries at the most."""
    until = {} if at is None else {"at__lte": at}
    columns = ("pk", "record_id", "leaf", "name", "sha256", "replaces_id", "document_date", "valid_until")
    files = list(Attachment.objects.filter(record__in=records, **until).order_by("id").values_list(*columns))
    later: dict[int, list[tuple[int, Dates]]] = {}
    dated = AttachmentDates.objects.filter(attachment__record__in=records, **until).order_by("leaf")
    if files:
        for pk, leaf, day, end in dated.values_list("attachment_id", "leaf", "document_date", "valid_until"):
            later.setdefault(pk, []).append((leaf, Dates(day, end)))
    return [
        FileOfRecord(pk, record, leaf, name, sha256, replaces, ((leaf, Dates(day, end)), *later.get(pk, ())))
        for pk, record, leaf, name, sha256, replaces, day, end in files
    ]


def added_at(at: datetime | None) -> dict[int, datetime]:
    """When each file was added, by primary key, of those until the instant ``at``; in one query."""
    until = {} if at is None else {"at__lte": at}
    return dict(Attachment.objects.filter(**until).values_list("pk", "at"))


def ends(kind: str, at: datetime | None = None) -> dict[str, date]:
    """The first last valid day among the files of each record of a kind without approvals, by reference, of
    the files that none replaces."""
    records = Record.objects.filter(kind=kind)
    files = of_records(records, at)
    replaced = {file.replaces for file in files}
    found: dict[int, date] = {}
    for file in files:
        end = file.said[-1][1].valid_until
        if end is not None and file.pk not in replaced:
            found[file.record] = min(end, found.get(file.record, end))
    references = dict(records.filter(pk__in=found).values_list("pk", "reference")) if found else {}
    return {references[pk]: end for pk, end in found.items()}


def ending_parts() -> dict[str, QuerySet[Any, Any]]:
    """Annotations of a query of records, neither of them set unless a last valid day stands, or stood, on any
    file of the record."""
    own = Attachment.objects.filter(record=OuterRef("pk"), valid_until__isnull=False)
    later = AttachmentDates.objects.filter(attachment__record=OuterRef("pk"), valid_until__isnull=False)
    return {"file_ends": own.order_by().values("pk")[:1], "dates_end": later.order_by().values("pk")[:1]}


def ends_written(since: datetime) -> list[tuple[date, date]]:
    """When each last valid day of a file was written since an instant, and that day."""
    columns = ("at", "valid_until")
    files = Attachment.objects.filter(at__gte=since, valid_until__isnull=False).values_list(*columns)
    later = AttachmentDates.objects.filter(at__gte=since, valid_until__isnull=False).values_list(*columns)
    return [(clock.day_of(at), end) for at, end in (*files, *later) if end is not None]


@dataclass(frozen=True)
class EndingFile:
    """A file whose last valid day is near or has passed, of a record that is not over."""

    reference: str
    title: str
    name: str
    valid_until: date


def ending(actor: Actor, until: date, most: int = 500) -> list[EndingFile]:
    """The files of the records that the person ``actor`` owns, whose last valid day is ``until`` or earlier
    and that no other file replaces, those that end first first; in one query."""
    if actor.person_id is None:
        return []
    states: dict[frozenset[str], list[str]] = {}
    for kind in kinds.all_kinds():
        if policy.may(actor, "read", kind=kind.slug, anywhere=True):
            states.setdefault(kind.workflow.final - kind.workflow.counts, []).append(kind.slug)
    wanted = Q(pk__in=[])
    for over, slugs in states.items():
        wanted |= Q(kind__in=slugs) & ~Q(state__in=over)
    own = policy.visible(actor, Record.objects.filter(wanted, owner_id=actor.person_id))
    files = Attachment.objects.filter(record__in=own.order_by(), replaced_by=None)
    said = AttachmentDates.objects.filter(attachment=OuterRef("pk")).order_by("-id")
    present = Case(
        When(Exists(said), then=Subquery(said.values("valid_until")[:1])), default=F("valid_until")
    )
    rows = files.annotate(ends=present).filter(ends__lte=until).order_by("ends", "id")
    columns = ("record__reference", "record__title", "name", "ends")
    return [EndingFile(*row) for row in rows.values_list(*columns)[:most]]


def stamp() -> str:
    """A text that changes when somebody gives a file other dates."""
    last = AttachmentDates.objects.order_by("-id").values_list("id", flat=True).first()
    return str(last or 0)
