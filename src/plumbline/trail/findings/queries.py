"""Reading findings and the state of the scrub: for pages, lists, the seal and the health endpoint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Value

from plumbline.trail import models
from plumbline.trail.proofs import Difference


@dataclass(frozen=True)
class FindingView:
    """One finding: what differs, when it was seen first and last, and the entry of its incident."""

    difference: Difference
    first_seen: datetime
    last_seen: datetime
    incident: int | None


@dataclass(frozen=True)
class ScrubView:
    """How far the scrub is and how the last whole one ended.

    ``running`` is where one that has begun stands, empty when none has; ``finished_at`` is when everything
    was last compared: ``size`` entries, ``compared`` rows and entries, ``differences`` found.
    """

    running: str
    position: int
    started_at: datetime | None
    finished_at: datetime | None
    size: int
    compared: int
    differences: int
    findings: int


def scrub_state() -> ScrubView:
    """The state of the scrub, in one small query; of a place that has never been scrubbed, in two."""
    grouped = models.Finding.objects.order_by().annotate(one=Value(1)).values("one")
    counted = grouped.annotate(count=Count("pk")).values("count")
    row = models.ScrubState.objects.filter(id=1).annotate(findings=counted).first()
    if row is None:
        return ScrubView("", 0, None, None, 0, 0, 0, count())
    return ScrubView(
        row.part,
        row.position,
        row.started_at,
        row.finished_at,
        row.finished_size,
        row.finished_compared,
        row.finished_differences,
        row.findings or 0,
    )


def unfinished() -> models.ScrubState | None:
    """The scrub that has begun and was not finished."""
    return models.ScrubState.objects.filter(id=1, started_at__isnull=False).first()


def findings(limit: int = 200) -> list[FindingView]:
    """What is found and not right again yet, oldest first."""
    return [_view(row) for row in models.Finding.objects.order_by("pk")[:limit]]


def _view(row: models.Finding) -> FindingView:
    difference = Difference(row.table, row.row, row.field, row.expected, row.found, row.entry)
    return FindingView(difference, row.first_seen, row.last_seen, row.incident)


def count() -> int:
    """How many findings are kept."""
    return models.Finding.objects.count()


def rows_with_findings(rows: Collection[str]) -> set[str]:
    """Which of these rows (references, handles) have a finding, for lists."""
    wanted = list(rows)
    return (
        set(models.Finding.objects.filter(row__in=wanted).values_list("row", flat=True)) if wanted else set()
    )


@dataclass(frozen=True)
class SealFigures:
    """What the seal on every page says: entries, signed entries, and how the last whole scrub ended."""

    present: int
    signed: int
    compared_at: datetime | None
    compared_size: int
    findings: int


def seal_figures() -> SealFigures:
    """The figures of the seal in one query, since every page asks for them."""
    newest = models.Checkpoint.objects.order_by("-size").values("size")[:1]
    scrub = models.ScrubState.objects.filter(id=1)
    grouped = models.Finding.objects.order_by().annotate(one=Value(1)).values("one")
    counted = grouped.annotate(count=Count("pk")).values("count")
    rows = models.Coordinator.objects.filter(id=1).annotate(
        signed=newest,
        compared_at=scrub.values("finished_at"),
        compared_size=scrub.values("finished_size"),
        findings=counted,
    )
    figures = rows.values_list("size", "signed", "compared_at", "compared_size", "findings").first()
    present, signed, compared_at, compared_size, findings = figures or (0, None, None, None, None)
    return SealFigures(present, signed or 0, compared_at, compared_size or 0, findings or 0)
