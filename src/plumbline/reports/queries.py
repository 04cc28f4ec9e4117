"""What reports ask of the database beyond what the rooms below answer, and the packs themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from plumbline.controls.models import Result
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.states import CheckWord
from plumbline.records import kinds
from plumbline.records.models import Approval, Link, Record


@dataclass(frozen=True)
class ApprovalRow:
    """Who approved which revision, when, and the trail entry that says so."""

    by: str
    revision: int
    at: datetime
    leaf: int


def newest_approvals(kind_slug: str) -> dict[str, ApprovalRow]:
    """The newest approval of every record of a kind, by reference."""
    rows = Approval.objects.filter(record__kind=kind_slug).order_by("at", "id")
    columns = ("record__reference", "person__full_name", "revision", "at", "leaf")
    return {row[0]: ApprovalRow(*row[1:]) for row in rows.values_list(*columns)}


def visible_references(actor: Actor, kind_slug: str) -> set[str]:
    """References of the records of a kind that ``actor`` may see; none of a kind they may not read."""
    kind = kinds.get(kind_slug)
    verb = "read-sensitive" if kind.sensitive else "read"
    if not policy.may(actor, verb, kind=kind.slug, anywhere=True):
        return set()
    rows = policy.visible(actor, Record.objects.filter(kind=kind.slug))
    return set(rows.values_list("reference", flat=True))


@dataclass(frozen=True)
class LinkedRow:
    """A record that another one points at, with the reference of that other one."""

    source: str
    reference: str
    title: str
    kind: str
    state: str


def linked_from(references: Iterable[str]) -> list[LinkedRow]:
    """What the records with these references link to, in order of linking."""
    rows = Link.objects.filter(source__reference__in=list(references)).order_by("id")
    columns = ("source__reference", "target__reference", "target__title", "target__kind", "target__state")
    return [LinkedRow(*row) for row in rows.values_list(*columns)]


def words_of_windows(start: datetime, stop: datetime) -> dict[CheckWord, int]:
    """What the checks said of the windows that begin in the period: of each window its newest result."""
    windows = Result.objects.filter(window_start__gte=start, window_start__lt=stop).order_by()
    newest = windows.values("check_name", "subject", "window_start").annotate(last=Max("id")).values("last")
    rows = Result.objects.filter(id__in=newest).order_by().values("word").annotate(size=Count("id"))
    return {CheckWord(row["word"]): row["size"] for row in rows}
