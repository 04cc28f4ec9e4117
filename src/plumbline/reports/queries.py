"""What reports ask of the database beyond what the rooms below answer, and the packs themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from plumbline.controls import commands as results
from plumbline.controls import registry
from plumbline.controls.models import Result
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.roles import ROLES, kinds_in
from plumbline.kernel import clock
from plumbline.kernel.commitment import SALT_LENGTH, commit
from plumbline.kernel.problems import NotFound
from plumbline.kernel.states import CheckState
from plumbline.records import kinds
from plumbline.records.models import Approval, Record, Revision
from plumbline.records.related.models import Link
from plumbline.reports.models import Pack


@dataclass(frozen=True)
class ApprovalRow:
    """Who approved which revision, when, and the trail entry that says so."""

    by: str
    revision: int
    at: datetime
    leaf: int


def newest_approvals(kind_slug: str, instant: datetime) -> dict[str, ApprovalRow]:
    """The newest approval that every record of a kind had at ``instant``, by reference."""
    rows = Approval.objects.filter(record__kind=kind_slug, at__lte=instant).order_by("at", "id")
    columns = ("record__reference", "person__full_name", "revision", "at", "leaf")
    return {row[0]: ApprovalRow(*row[1:]) for row in rows.values_list(*columns)}


def ever_approved(kind_slug: str) -> list[str]:
    """References of the records of a kind that were ever approved, the first one first."""
    given = Approval.objects.filter(record__kind=kind_slug).order_by("at", "id")
    return list(dict.fromkeys(given.values_list("record__reference", flat=True)))


def approvals_given(kind_slug: str, at: datetime | None = None) -> list[str]:
    """The references that the approvals of a kind were given to, up to ``at``, the first one first."""
    given = Approval.objects.filter(record__kind=kind_slug).order_by("at", "id")
    if at is not None:
        given = given.filter(at__lte=at)
    return list(given.values_list("record__reference", flat=True))


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


def revision_entries(revisions: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The trail entry of each of these revisions, named by reference and number."""
    wanted = set(revisions)
    rows = Revision.objects.filter(record__reference__in={reference for reference, _ in wanted})
    found = rows.values_list("record__reference", "number", "leaf")
    return {(reference, number): leaf for reference, number, leaf in found if (reference, number) in wanted}


def states_of_windows(start: datetime, stop: datetime) -> dict[CheckState, int]:
    """How the windows that begin in the period were judged: each by its newest result."""
    windows = Result.objects.filter(window_start__gte=start, window_start__lt=stop).order_by()
    newest = windows.values("check_name", "subject", "window_start").annotate(last=Max("id")).values("last")
    rows = Result.objects.filter(id__in=newest).order_by().values("word").annotate(size=Count("id"))
    return {CheckState(row["word"]): row["size"] for row in rows}


@dataclass(frozen=True)
class SealedResult:
    """One result as its run sealed it: the bytes, their salt and commitment, and what it is evidence for."""

    subject: str
    requirements: tuple[str, ...]
    body: bytes
    salt: bytes
    digest: bytes


def sealed_results(leaf: int) -> list[SealedResult]:
    """The results of the run that this trail entry seals, in its order.

    None when one of them has no salt, since its commitment cannot be computed without.
    """
    bears_on = {check.slug: check.requirements for check in registry.all_checks()}
    sealed = []
    for row in Result.objects.filter(leaf=leaf).order_by("position"):
        if len(row.salt) != SALT_LENGTH:
            return []
        content, salt = results.body(row), bytes(row.salt)
        requirements = bears_on.get(row.check_name, ())
        sealed.append(SealedResult(row.subject, requirements, content, salt, commit(content, salt).digest))
    return sealed


def may_see_all(actor: Actor) -> bool:
    """Whether ``actor`` may see packs of others, which may contain more than their own unit or scope."""
    if actor.is_stage:
        return True
    today = clock.today()
    return any(
        grant.units is None and kinds_in(grant.scope) is None and grant.holds_on(today)
        for grant in actor.grants
        if "pack" in ROLES[grant.role].verbs_on(None)
    )


def _visible_packs(actor: Actor) -> QuerySet[Pack]:
    policy.require(actor, "pack")
    rows = Pack.objects.select_related("person").order_by("-id")
    return rows if may_see_all(actor) else rows.filter(person__handle__isnull=False, person=actor.person_id)


def packs(actor: Actor, limit: int = 100) -> list[Pack]:
    """Packs that ``actor`` may see, newest first. Raises `NotAllowed`."""
    return list(_visible_packs(actor)[:limit])


def packed_since(record: Record, since: datetime) -> bool:
    """Whether a pack was asked for since a moment: its reader may have ``record`` as it was then."""
    return Pack.objects.filter(created_at__gte=since).exists()


def pack_for(actor: Actor, handle: str) -> Pack:
    """One pack. Raises `NotAllowed`, or `NotFound` also for one that ``actor`` may not see."""
    pack = _visible_packs(actor).filter(handle=handle).first()
    if pack is None:
        raise NotFound("There is no pack with this id that you may see.")
    return pack


def checkpoint_before(pack: Pack) -> int:
    """Size of the checkpoint in the newest earlier pack for the same recipient; 0 when there is none."""
    rows = Pack.objects.filter(recipient=pack.recipient, state=Pack.State.READY).exclude(pk=pack.pk)
    return rows.order_by("-id").values_list("checkpoint", flat=True).first() or 0


def next_pack(now: datetime, stale: datetime) -> Pack | None:
    """The pack to build next: the oldest that waits, or that its builder has not touched since ``stale``."""
    waits = Q(state=Pack.State.WAITING) & (Q(retry_at=None) | Q(retry_at__lte=now))
    left = Q(state=Pack.State.BUILDING, touched_at__lt=stale)
    return Pack.objects.select_related("person").filter(waits | left).order_by("id").first()
