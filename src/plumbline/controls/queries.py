"""What can be asked of results, and the rows of other rooms that this one needs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, QuerySet

from plumbline.clauses import queries as clauses
from plumbline.controls.models import Raised, Reading, Result
from plumbline.controls.windows import floor
from plumbline.discovery import queries as discovery
from plumbline.identity.models import Grant, Person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound
from plumbline.kernel.states import BEYOND, CheckState
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.approved import queries as approved
from plumbline.records.attachments import queries as attachments
from plumbline.records.models import Approval, Attachment, Record, Revision
from plumbline.trail import log

_NO_VERDICT = (CheckState.NO_SIGNAL, CheckState.PAUSED)
"""What a check reads where it could not judge."""


@dataclass(frozen=True)
class LimitRow:
    """A Limit record. ``system`` is a slug, or empty for all."""

    number: int
    reference: str
    revision: int
    name: str
    system: str
    value: float
    paused: bool
    direction: str
    change: str
    effective_from: date | None
    valid_until: date


_LIMIT_COLUMNS = (
    *("pk", "reference", "revision", "check_name", "system__slug", "value"),
    *("paused", "direction", "change", "effective_from", "valid_until"),
)


def _limit_row(row: Sequence[Any]) -> LimitRow:
    number, reference, revision, name, system, value, *rest = row
    return LimitRow(number, reference, revision, name, system or "", float(value), *rest)


def limit_row(reference: str) -> LimitRow:
    """One Limit record, approved or not. Raises `NotFound`."""
    row = clauses.rows("limit").filter(reference=reference).values_list(*_LIMIT_COLUMNS).first()
    if row is None:
        raise NotFound("There is no limit with this reference.")
    return _limit_row(row)


def live_systems() -> dict[str, str]:
    """Reference of every AI system that counts as live, by slug: as it is written now, or as it was approved.

    A draft that says *planned* takes nothing out of operation; what was approved as live stays live until the
    change is approved too.
    """
    if not kinds.exists("ai-system"):
        return {}
    systems = clauses.rows("ai-system").exclude(state="retired")
    live = dict(systems.filter(live=True).values_list("slug", "reference"))
    # Only a record that is being revised can say otherwise than its approved revision.
    revised = systems.filter(live=False, state__in=REVISED, approvals__isnull=False)
    if revised.exists():
        live |= {row["slug"]: row["reference"] for row in records.in_force("ai-system") if row["live"]}
    return dict(sorted(live.items()))


def newest_revision() -> int:
    """Number of the newest revision of any record; 0 for none.

    Revisions are numbered while their trail entry locks the log: a later number was committed later.
    """
    return Revision.objects.aggregate(last=Max("id"))["last"] or 0


def changed_kinds(since: int, until: int) -> set[str]:
    """Kinds of the records that revisions after number ``since`` and up to ``until`` are of."""
    rows = Revision.objects.filter(id__gt=since, id__lte=until).order_by()
    return set(rows.values_list("record__kind", flat=True).distinct())


def people_stamp() -> str:
    """A text that changes when somebody comes or goes, or a role is given or taken away."""
    # Who is inactive, not how many: one person may leave in the moment in which another one returns.
    inactive = Person.objects.filter(is_active=False).order_by("id").values_list("id", flat=True)
    grants = Grant.objects.aggregate(last=Max("id"), over=Count("revoked_at"))
    return f"{Person.objects.count()} {list(inactive)} {grants['last']} {grants['over']}"


def attachments_stamp() -> str:
    """A text that changes when a file is added or dated, which makes no revision, or a record is approved."""
    added = Attachment.objects.aggregate(last=Max("id"))["last"] or 0
    return f"{added} {attachments.stamp()} {approvals_stamp()}"


def approvals(kind: str) -> list[tuple[str, date]]:
    """Reference and day of every approval of a record of ``kind``, in order of time."""
    rows = Approval.objects.filter(record__kind=kind).order_by("at", "id")
    return [(reference, clock.day_of(at)) for reference, at in rows.values_list("record__reference", "at")]


def changed_on_approval(kind: str, fields: Collection[str]) -> list[tuple[str, datetime]]:
    """Records of ``kind`` of which an approval changed one of ``fields``, and when the last one did."""
    approved = Revision.objects.filter(record__kind=kind, record__approvals__leaf=F("leaf"))
    several = (
        Approval.objects.filter(record__kind=kind).order_by().values("record_id").annotate(n=Count("id"))
    )
    rows = approved.filter(record_id__in=several.filter(n__gt=1).values("record_id"))
    steps = list(rows.order_by("record_id", "number").values_list("record__reference", "leaf", "at"))
    bodies = log.openings_at([leaf for _, leaf, _ in steps], "revision")
    before: dict[str, list[Any]] = {}
    changed: dict[str, datetime] = {}
    for reference, leaf, at in steps:
        if leaf in bodies:
            values = json.loads(bodies[leaf])["values"]
            now = [values.get(name) for name in fields]
            if before.get(reference, now) != now:
                changed[reference] = at
            before[reference] = now
    return sorted(changed.items())


def results_stamp(*, without: Collection[str]) -> str:
    """A text that changes when a check has a new result, other than those called ``without``."""
    return str(Result.objects.exclude(check_name__in=without).aggregate(last=Max("id"))["last"] or 0)


def judged_until(check_names: Collection[str]) -> list[tuple[str, str, datetime]]:
    """Check, subject and the instant up to which the newest result with a verdict speaks, for some checks."""
    rows = Reading.objects.filter(check_name__in=check_names).exclude(result__word__in=_NO_VERDICT)
    return list(
        rows.order_by("check_name", "subject").values_list("check_name", "subject", "result__seen_until")
    )


def judged_stamp() -> str:
    """A text that changes when a check has its first result of a day for a subject.

    It says nothing of the last result: a check that reads it would change it by its own, and never rest.
    """
    today = floor(clock.now(), "day")
    rows = Reading.objects.filter(result__seen_until__gte=today).exclude(result__word__in=_NO_VERDICT)
    return f"{today:%Y-%m-%d} {rows.count()}"


def approvals_stamp() -> str:
    """A text that changes when a record is approved."""
    return str(Approval.objects.aggregate(last=Max("id"))["last"] or 0)


def revisions_stamp(kind: str) -> str:
    """A text that changes with every step and change of a record of ``kind``, also with its retirement."""
    return str(Revision.objects.filter(record__kind=kind).aggregate(last=Max("id"))["last"] or 0)


def people(today: date) -> list[tuple[str, bool, list[str]]]:
    """Everybody: opaque id, whether they are active, and the roles they hold on ``today``; in two queries."""
    grants = Grant.objects.filter(revoked_at=None, starts__lte=today).exclude(ends__lt=today)
    roles: dict[str, set[str]] = {}
    for handle, role in grants.values_list("person__handle", "role"):
        roles.setdefault(handle, set()).add(role)
    rows = Person.objects.order_by("handle").values_list("handle", "is_active")
    return [(handle, active, sorted(roles.get(handle, ()))) for handle, active in rows]


def with_attachment(kind: str) -> list[str]:
    """References of the records of a kind that were approved with a file attached."""
    return sorted(row["reference"] for row in records.in_force(kind) if row["attachments"])


def readings() -> dict[tuple[str, str], Result]:
    """What each check reads of each subject today, in one query."""
    # Members are read where they are shown: those of hundreds of results would be most of the bytes.
    rows = Result.objects.filter(pk__in=Reading.objects.values("result")).defer("members")
    return {(row.check_name, row.subject): row for row in rows}


def readings_about(subjects: Collection[str]) -> dict[tuple[str, str], Result]:
    """What each check reads of some subjects today, as `readings` has it, in one query."""
    current = Reading.objects.filter(subject__in=subjects)
    rows = Result.objects.filter(pk__in=current.values("result")).defer("members")
    return {(row.check_name, row.subject): row for row in rows}


def members_of(results: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """The sealed members of results, by their numbers, in one query."""
    return dict(Result.objects.filter(pk__in=list(results)).values_list("pk", "members"))


def reading(check_name: str, subject: str) -> Result:
    """What one check reads of one subject today. Raises `NotFound`."""
    rows = Result.objects.filter(pk__in=Reading.objects.values("result"), check_name=check_name)
    row = rows.filter(subject=subject).first()
    if row is None:
        raise NotFound("This check has not reported on this subject yet.")
    return row


def readings_by(check_names: Collection[str]) -> list[Result]:
    """What some checks read today of every subject, with the members that each result speaks of."""
    current = Reading.objects.filter(check_name__in=check_names)
    return list(Result.objects.filter(pk__in=current.values("result")).order_by("check_name", "subject"))


def readings_of(check_names: Iterable[str], subject: str) -> list[Result]:
    """What some checks read of one subject today."""
    current = Reading.objects.filter(check_name__in=list(check_names), subject=subject)
    return list(Result.objects.filter(pk__in=current.values("result")).order_by("check_name"))


def select(
    *,
    check_names: Iterable[str] | None = None,
    subject: str = "",
    word: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
) -> QuerySet[Result]:
    """Results, newest first, narrowed to checks, a subject, a word and windows that begin in a period."""
    rows = Result.objects.order_by("-id")
    narrowed: dict[str, Any] = {
        "check_name__in": list(check_names) if check_names is not None else None,
        "subject": subject or None,
        "word": word or None,
        "window_start__gte": start,
        "window_start__lt": end,
    }
    return rows.filter(**{name: value for name, value in narrowed.items() if value is not None})


def result(number: int) -> Result:
    """One result. Raises `NotFound`."""
    row = Result.objects.select_related("run").filter(pk=number).first()
    if row is None:
        raise NotFound("There is no result with this number.")
    return row


def raised_by(result: Result) -> str:
    """Reference of the nonconformity under which triage put a result; empty when it did not."""
    rows = Raised.objects.filter(
        check_name=result.check_name, subject=result.subject, window_start=result.window_start
    )
    return rows.values_list("reference", flat=True).first() or ""


def last_raised(check_name: str, subject: str) -> tuple[str, str]:
    """Reference and state of the last nonconformity that a check raised on a subject; empty for none."""
    rows = Raised.objects.filter(check_name=check_name, subject=subject).order_by("-pk")
    reference = rows.values_list("reference", flat=True).first() or ""
    return reference, nonconformity_state(reference) if reference else ""


def results_under(reference: str, limit: int) -> list[Result]:
    """The results of the windows that were put under a nonconformity, newest window first."""
    rows = Raised.objects.filter(reference=reference).order_by("-window_start")[:limit]
    found: list[Result] = []
    for row in rows:
        judged = Result.objects.filter(
            check_name=row.check_name,
            subject=row.subject,
            window_start=row.window_start,
            word__in=BEYOND,
        )
        found += judged.order_by("-id")[:1]
    return found


@dataclass(frozen=True)
class SystemRow:
    """What this room needs to know of a registered AI system; ``owner`` is a handle or empty."""

    reference: str
    title: str
    owner: str
    owner_id: int | None
    unit_id: int | None


def system(slug: str) -> SystemRow | None:
    """The registered AI system with this slug, in operation or not."""
    return _system(slug=slug)


def system_by_reference(reference: str) -> SystemRow | None:
    """The registered AI system with this reference, in operation or not."""
    return _system(reference=reference)


def _system(**wanted: str) -> SystemRow | None:
    if not kinds.exists("ai-system"):
        return None
    rows = clauses.rows("ai-system").filter(**wanted)
    row = rows.values_list("reference", "title", "owner__handle", "owner_id", "unit_id").first()
    return SystemRow(row[0], row[1], row[2] or "", row[3], row[4]) if row else None


def nonconformity_state(reference: str) -> str:
    """State of a nonconformity; empty when there is none with this reference."""
    rows = Record.objects.filter(kind="nonconformity", reference=reference)
    return rows.values_list("state", flat=True).first() or ""


def corrective_action(reference: str) -> dict[str, Any]:
    """Proof fields of a corrective action, what is done by when, the slug of the system it is about and the
    check that raised its nonconformity. Raises `NotFound`."""
    rows = clauses.rows("corrective-action").filter(reference=reference.upper())
    rows = rows.annotate(slug=F("nonconformity__system__slug"), raised_by=F("nonconformity__check_name"))
    columns = ("effectiveness_check", "effectiveness_from", "effectiveness_until", "minimum_results",
               "effectiveness_measure", "action", "due")  # fmt: skip
    row = rows.values("slug", "raised_by", *columns).first()
    if row is None:
        raise NotFound("There is no corrective action with this reference.")
    return {**row, "system": row["slug"] or ""}


def is_begun() -> bool:
    """Whether there is anything to manage: a record in force, or an AI system in use, registered or not.

    A draft that says its system is live is enough: what is used has to be looked after from that day on.
    """
    return approved.exists() or bool(live_systems()) or discovery.any_sighting()


REVISED = ("draft", "in review")
"""States in which a record may have an approved revision that is in force beside what is written now."""


def read_today() -> QuerySet[Reading, int]:
    """The numbers of the results that hold today, to narrow others by."""
    return Reading.objects.values_list("result_id", flat=True)
