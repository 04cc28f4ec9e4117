"""Records that make checks easier, accepted until a day that is over: the work of their owners.

Checks over the organization name such a record as missing, and a suspicion is raised. On telemetry a system
stands without signal, of which nothing is raised: somebody has to be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from plumbline.clauses import queries as clauses
from plumbline.controls import easings, queries, registry
from plumbline.controls.assignment.queries import DEPUTIES
from plumbline.controls.queries import REVISED
from plumbline.controls.verdicts import day_of
from plumbline.kernel.messages import Message, Word, listing, say
from plumbline.records import kinds
from plumbline.records.approved import queries as approved
from plumbline.records.models import Record


@dataclass(frozen=True)
class LapsedEasing:
    """A record with the day until which it was accepted that ``checks``, by slug, ask less of it.

    ``owner`` is the handle of whoever answers for it, empty where nobody who is here does.
    """

    reference: str
    title: str
    until: date
    checks: frozenset[str]
    owner: str

    @property
    def reason(self) -> Message:
        """What its owner has to do about it."""
        titles = {slug: check.title for slug, check in registry.by_slug().items()}
        names = [Word(titles.get(slug, slug)) for slug in sorted(self.checks)]
        return say(
            "task.easing-lapsed",
            "What its record makes easier was accepted until {day} and is not confirmed since: {checks}."
            " Revise the record and have it approved anew, or take it back.",
            day=self.until,
            checks=listing(names),
        )


def lapsed_easings(today: date) -> Iterator[LapsedEasing]:
    """Every such record, in order of recording. One query, as long as nothing has lapsed or is revised."""
    here: set[str] | None = None
    in_force: dict[str, dict[str, Mapping[str, Any]]] = {}
    for reference, kind in _candidates(today):
        # A draft beside what is in force says nothing of it: what is in force is read from its revision.
        if kind not in in_force:
            in_force[kind] = {row["reference"]: row for row in approved.in_force(kind)}
        row = in_force[kind].get(reference)
        until = day_of(row.get("accepted_until")) if row is not None else None
        if row is None or until is None or until >= today or not easings.eased(row):
            continue
        if easings.is_settled(kind, row["state"]):
            continue
        if here is None:
            here = {handle for handle, active, _ in queries.people(today) if active}
        owner = str(row["owner"] or "")
        yield LapsedEasing(reference, row["title"], until, easings.eased(row), owner if owner in here else "")


def _candidates(today: date) -> list[tuple[str, str]]:
    """Reference and kind of each record that has lapsed as it is written, or may have as it is in force."""
    of_kinds = [kind for kind in easings.kinds_that_ease() if kinds.exists(kind)]
    wanted = Q(kind__in=of_kinds, state__in=REVISED, approvals__isnull=False)
    for kind in of_kinds:
        lapsed = clauses.rows(kind).filter(accepted_until__lt=today).exclude(eases="")
        wanted |= Q(pk__in=lapsed.values("pk"))
    rows = Record.objects.filter(wanted).exclude(state="retired").distinct().order_by("pk")
    return list(rows.values_list("reference", "kind"))


def first_deputy(today: date) -> str:
    """Handle of whoever answers where no owner is here; empty where there is nobody."""
    here = [(handle, roles) for handle, active, roles in queries.people(today) if active]
    return next((handle for role in DEPUTIES for handle, roles in here if role in roles), "")
