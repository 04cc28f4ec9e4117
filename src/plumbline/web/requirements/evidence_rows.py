"""Records as evidence: which requirements they bear on, and how much of their validity has passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import DateField, F, Max, Value

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.states import EvidenceState
from plumbline.records import kinds, queries
from plumbline.records.kinds import Kind
from plumbline.web import cells
from plumbline.web.charts import SOON
from plumbline.web.frame import Proof, covered_size, proof

SHOWN = 25
STRIP_MOST = 60
NOT_EVIDENCE = frozenset({"nonconformity", "corrective-action"})
"""Kinds that say what is wrong; they prove that it was seen, not that a requirement has evidence."""
_NO_DATE = Value(None, output_field=DateField())
_COLUMNS = ("reference", "title", "state", "updated_at", "effective_from", "ends", "leaf")


@dataclass(frozen=True)
class EvidenceRow:
    """One record as evidence; ``covered`` is how much of the trail is signed, and whether it is broken.

    ``at`` is the instant as of which its age is meant.
    """

    kind: Kind
    reference: str
    title: str
    state: str
    updated_at: datetime
    effective_from: date | None
    ends: date | None
    leaf: int
    covered: tuple[int, bool]
    at: datetime

    @property
    def href(self) -> str:
        """Its page."""
        return cells.record_href(self.reference)

    @property
    def taken(self) -> datetime:
        """Since when it speaks."""
        return taken_at(self.updated_at, self.effective_from)

    @property
    def share(self) -> float:
        """How much of its validity has passed; 1 is its end."""
        return share_of(self.taken, self.ends, self.at)

    @property
    def word(self) -> EvidenceState:
        """The word for its age."""
        return word_of(self.share)

    @property
    def proof(self) -> Proof:
        """The entry of its newest revision."""
        return proof(self.leaf, self.covered)


def share_of(taken: datetime, ends: date | None, at: datetime) -> float:
    """How much of the validity from ``taken`` to the end of the day ``ends`` had passed ``at`` an instant; 0
    without an end."""
    if ends is None:
        return 0.0
    end = clock.day_end(ends)
    whole_span = (end - taken).total_seconds()
    passed = (at - taken).total_seconds()
    return 1.0 + max(-whole_span, 0) if whole_span <= 0 else max(passed / whole_span, 0.0)


def taken_at(recorded: datetime, effective: date | None) -> datetime:
    """Since when a record speaks: the day from which it is effective, else the time of its last change."""
    if effective is None:
        return recorded
    return min(clock.day_start(effective), recorded)


def word_of(share: float) -> EvidenceState:
    """The evidence word of a share of validity."""
    if share >= 1:
        return EvidenceState.OUT_OF_DATE
    return EvidenceState.DUE_SOON if share >= SOON else EvidenceState.IN_DATE


def bears_on(kind: Kind, requirement: str) -> str | None:
    """How records of ``kind`` bear on a requirement: ``all`` do, those that name it in a field, or none."""
    for name in ("requirement", "requirements"):
        if name in kind.own_fields:
            return name
    return "all" if requirement in kind.requirements else None


def newest_rows(actor: Actor, requirement: str, needed: int) -> list[EvidenceRow]:
    """The newest ``needed`` records of every kind that bears on the requirement, most urgent first."""
    covered, now = covered_size(), clock.now()
    found = []
    for kind in kinds.all_kinds():
        if kind.slug in NOT_EVIDENCE or not policy.may(actor, "read", kind=kind.slug, anywhere=True):
            continue
        rows = queries.select(actor, kind)
        if requirement:
            how = bears_on(kind, requirement)
            if how is None:
                continue
            if how != "all":
                rows = rows.filter(**{how if how == "requirement" else f"{how}__contains": requirement})
        ends = F(kind.due) if kind.due else _NO_DATE
        rows = rows.annotate(ends=ends, leaf=Max("revisions__leaf")).order_by("-id")
        found += [
            EvidenceRow(kind, **row, covered=covered, at=now) for row in rows.values(*_COLUMNS)[:needed]
        ]
    return sorted(found, key=lambda row: (row.share, row.updated_at), reverse=True)


def evidence_rows(actor: Actor, requirement: str, *, limit: int = SHOWN) -> Sequence[EvidenceRow]:
    """Records that bear on a requirement, those closest to their end first, each with its proof."""
    return newest_rows(actor, requirement, limit)[:limit]


def shares_by_clause(actor: Actor) -> dict[str, list[float]]:
    """For every clause, the share of validity that has passed for each of its records with an end date."""
    found: dict[str, list[float]] = {}
    now = clock.now()
    wanted = {kind.slug: kind for kind in kinds.all_kinds() if kind.due and kind.slug not in NOT_EVIDENCE}
    for row in queries.validities(actor, wanted.values(), STRIP_MOST):
        clause = wanted[row.kind].clause.partition(".")[0]
        share = share_of(taken_at(row.recorded_at, row.effective_from), row.ends, now)
        found.setdefault(clause, []).append(share)
    return found
