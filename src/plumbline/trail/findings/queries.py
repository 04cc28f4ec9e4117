"""Reading findings and the state of the scrub: for pages, lists, the seal and the health endpoint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Value

from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
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
    was last compared: ``size`` entries, ``compared`` rows and entries, ``differences`` found; it had begun at
    ``begun_at``, for ``finished_for`` if somebody had asked. Of the one that runs, ``hashed`` of
    ``entries`` entries are hashed and, after that, ``done`` of ``total`` rows and entries compared.
    ``asked_at`` and ``asked_by`` are of whoever waits for one.
    """

    running: str
    position: int
    started_at: datetime | None
    finished_at: datetime | None
    size: int
    compared: int
    differences: int
    findings: int
    asked_at: datetime | None = None
    asked_by: str = ""
    hashed: int = 0
    entries: int = 0
    done: int = 0
    total: int = 0
    moved_at: datetime | None = None
    begun_at: datetime | None = None
    finished_for: str = ""

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for one: it runs without a pause, or begins in a moment."""
        return self.asked_at is not None


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
        row.asked_at,
        row.asked_by,
        row.hashed,
        row.size,
        row.compared,
        max(row.total, row.compared) if row.total else 0,  # entries of incidents come while it runs
        row.moved_at,
        row.finished_begun_at,
        row.finished_for,
    )


def scrub_as_dict(view: ScrubView) -> dict[str, JSON]:
    """The state of the scrub as JSON: what runs, who waits, how the last whole one ended."""

    def instant(at: datetime | None) -> JSON:
        return clock.rfc3339(at) if at is not None else None

    running: JSON = {
        "begun": instant(view.started_at),
        "hashed": view.hashed,
        "entries": view.entries,
        "compared": view.done,
        "of": view.total,
        "table": view.running,
    }
    finished: JSON = {
        "begun": instant(view.begun_at),
        "finished": instant(view.finished_at),
        "asked_by": view.finished_for,
        "entries": view.size,
        "compared": view.compared,
        "differences": view.differences,
    }
    return {
        "running": running if view.started_at is not None else None,
        "asked": {"by": view.asked_by, "at": instant(view.asked_at)} if view.is_wanted else None,
        "last": finished if view.finished_at is not None else None,
        "findings": view.findings,
    }


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
    is_comparing: bool = False


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
        comparing=scrub.values("started_at"),
        findings=counted,
    )
    names = ("size", "signed", "compared_at", "compared_size", "findings", "comparing")
    figures = rows.values_list(*names).first()
    present, signed, compared_at, compared_size, findings, comparing = figures or (0, *[None] * 5)
    return SealFigures(
        present, signed or 0, compared_at, compared_size or 0, findings or 0, comparing is not None
    )
