"""By when a policy or document is looked at again: as its checks see it, for lists, filters and programs.

Once it was reviewed, the day is that of its last review, unless that wanted a change and the version in force
came after it. Before, it is the day in its text, and the longest interval since its first approval at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet

from plumbline.clauses import intervals, queries
from plumbline.kernel import clock, memo
from plumbline.kernel.intervals import DOCUMENT_REVIEW, POLICY_REVIEW, add_months
from plumbline.records import kinds
from plumbline.records.computed import Computed
from plumbline.records.models import Approval

KINDS: Final[Mapping[str, int]] = {"policy": POLICY_REVIEW, "document": DOCUMENT_REVIEW}
"""Kinds that are reviewed by an act beside them, each with the months delivered for its longest interval."""
REVIEW, OVERDUE, IN_TIME = "document-review", "overdue", "in time"


def parts(kind: str) -> dict[str, QuerySet[Any, Any]]:
    """The annotations from which `by` follows: the last approved review, the first and the last approval."""
    if not kinds.exists(REVIEW):
        return {}
    acts = queries.rows(REVIEW).filter(
        **{kind: OuterRef("pk"), "state__in": kinds.get(REVIEW).workflow.approved}
    )
    act = acts.order_by("-reviewed_on", "-reference")
    given = Approval.objects.filter(record_id=OuterRef("pk"))
    return {
        "act_by": act.values("next_review")[:1],
        "act_on": act.values("reviewed_on")[:1],
        "act_outcome": act.values("outcome")[:1],
        "first_approval": given.order_by("at", "id").values("at")[:1],
        "last_approval": given.order_by("-at", "-id").values("at")[:1],
    }


def by(kind: str, record: Any) -> date | None:
    """The day by which a policy or document, read with its `parts`, is looked at again; None where no day is
    planned, or nobody has approved it yet and its text says none."""
    own: date | None = record.next_review
    acted: date | None = getattr(record, "act_by", None)
    if acted is not None:
        given = record.last_approval
        later = given is not None and _day(given) > record.act_on
        return own if later and record.act_outcome == "to be changed" else acted
    first: datetime | None = getattr(record, "first_approval", None)
    if own is None or first is None:
        return own
    return min(own, add_months(_day(first), _months(kind)))


def _day(at: datetime) -> date:
    return clock.day_of(at)


def _months(kind: str) -> int:
    """The longest interval in force for the next review of a kind, in months."""
    subject = f"{kind}.next_review"
    months: int = memo.read_once(("longest", subject), lambda: intervals.longest(subject, KINDS[kind]))
    return months


def standing(kind: str, record: Any) -> str:
    """Whether a policy or document, read with its `parts`, is looked at in time; empty where nothing of it is
    due."""
    day = by(kind, record)
    if day is None or record.state in kinds.get(kind).workflow.settled:
        return ""
    return OVERDUE if clock.passed(day) else IN_TIME


def overdue(kind: str) -> Q:
    """The policies or documents that are to be looked at and were not: what *overdue* means in conditions."""
    rows = queries.rows(kind).exclude(state__in=kinds.get(kind).workflow.settled).annotate(**parts(kind))
    late = rows.only("pk", "state", "next_review").order_by()
    return Q(pk__in=[record.pk for record in late if standing(kind, record) == OVERDUE])


def of_lists(kind: str) -> Computed:
    """Whether the review of each record of ``kind`` is overdue, as its list, its API and its file say it."""
    return Computed(
        "review", "review by its acts", lambda: parts(kind), lambda record: standing(kind, record)
    )
