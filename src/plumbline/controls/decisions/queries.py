"""What people decided and vouch for, as the posture stands it beside what is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from plumbline import catalogs
from plumbline.clauses import queries as clauses
from plumbline.controls.dated_files import ended_file
from plumbline.identity import queries as identity
from plumbline.kernel import clock, memo
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.attachments import queries as attachments

GRAVITY = ("Effective", "Cannot tell", "Not effective")
"""The verdicts of attestations, the gravest last."""


@dataclass(frozen=True)
class AttestationRow:
    """A final attestation of one requirement for the organization."""

    requirement: str
    reference: str
    verdict: str
    statement: str
    by: str
    period_from: date
    period_until: date
    valid_until: date


def attestations(at: datetime | None = None) -> dict[str, AttestationRow]:
    """What people vouch for of each requirement for the organization: the final attestation that counts.

    Of each person the newest counts. Where two who are both in date do not agree, the graver does: nobody
    talks over what somebody else saw. What is vouched for of one system says nothing of all the others.
    """
    rows = _attestations(at) if kinds.exists("attestation") else []
    newest = {(row.requirement, row.by): row for row in rows}
    found = dict[str, AttestationRow]()
    for row in sorted(newest.values(), key=_speaks_last(clock.day_of(at or clock.now()))):
        found[row.requirement] = row
    return found


def _speaks_last(today: date) -> Callable[[AttestationRow], tuple[bool, int, date, str]]:
    return lambda row: (
        row.valid_until >= today,
        GRAVITY.index(row.verdict) if row.valid_until >= today else 0,
        row.period_until,
        row.reference,
    )


def _attestations(at: datetime | None) -> list[AttestationRow]:
    """Final attestations for the organization, by the end of their periods.

    None is valid for longer than a file on which it rests.
    """
    ends = attachments.ends("attestation", at)
    return [
        replace(row, valid_until=min(row.valid_until, ends.get(row.reference, row.valid_until)))
        for row in _as_written(at)
    ]


def _as_written(at: datetime | None) -> list[AttestationRow]:
    if at is None:
        final = clauses.rows("attestation").filter(state="final", system=None).order_by("period_until", "pk")
        columns = ("requirement", "reference", "verdict", "statement", "owner__full_name")
        dates = ("period_from", "period_until", "valid_until")
        return [
            AttestationRow(requirement, reference, verdict, statement, by or "", *period)
            for requirement, reference, verdict, statement, by, *period in final.values_list(*columns, *dates)
        ]
    rows = [row for row in records.in_force("attestation", at) if row["system"] is None]
    people = identity.names(row["owner"] for row in rows if row["owner"])
    # A stable sort: of two that are alike the later record holds, as in the query for today.
    rows.sort(key=lambda row: str(row["period_until"]))
    return [
        AttestationRow(
            row["requirement"],
            row["reference"],
            row["verdict"],
            row["statement"],
            people.get(row["owner"] or "", ""),
            *(date.fromisoformat(row[name]) for name in ("period_from", "period_until", "valid_until")),
        )
        for row in rows
    ]


_DECIDING = ("requirement", "reference", "applicable", "exclusion_reason", "next_review")
"""What is read of a row of the statement of applicability: alike for all who ask, and so asked once."""


def excluded(at: datetime | None = None) -> dict[str, tuple[str, str]]:
    """Reference and reason of the row in force by which each control does not apply.

    It does so until the row's next review: what was left out and not looked at again is judged again. A row
    that rests on a file past its last valid day leaves nothing out either.
    """
    rows, today = _in_force("applicability", _DECIDING, at), clock.day_of(at or clock.now())
    return {
        row["requirement"]: (row["reference"], row["exclusion_reason"])
        for row in rows
        if row["requirement"]
        and row["applicable"] == "no"
        and row["exclusion_reason"].strip()
        # Of before there was an end to it: no day, or one that only its review was due on.
        and (row["next_review"] is None or date.fromisoformat(str(row["next_review"])) >= today)
    }


def undecided() -> list[str]:
    """The controls that no row of the statement of applicability in force decides, in order."""
    decided = {row["requirement"] for row in _in_force("applicability", _DECIDING, None)}
    return [row.id for row in catalogs.controls() if row.id not in decided]


def documented(at: datetime | None = None) -> set[str]:
    """Requirements that a document of our own in force gives evidence for.

    A bought copy of the standard names every requirement and answers none, and one that rests on a file past
    its last valid day answers none any more.
    """
    rows = _in_force("document", ("requirements", "origin"), at)
    return {name for row in rows if row["origin"] == "own" for name in row["requirements"] or ()}


def owners(requirements: Iterable[str]) -> list[str]:
    """Handles of whoever owns the rows in force of the statement of applicability on ``requirements``."""
    wanted = set(requirements)
    rows = records.in_force("applicability") if kinds.exists("applicability") else []
    return list(dict.fromkeys(row["owner"] for row in rows if row["owner"] and row["requirement"] in wanted))


def _in_force(slug: str, columns: Sequence[str], at: datetime | None) -> Sequence[Mapping[str, Any]]:
    """``columns`` of what is in force of a kind and rests on no file that has ended; none where this
    installation has no such kind.

    In one query while none of its files ends and the table says what is in force. It does not for a record
    that is being revised or that takes effect later; then, and for the past, the revisions say it.
    """
    if not kinds.exists(slug):
        return ()
    if at is None:
        return memo.read_once(("in_force", slug, *columns), lambda: _in_force_now(slug, columns))
    today = clock.day_of(at)
    return [row for row in records.in_force(slug, at) if ended_file(row, today) is None]


def _in_force_now(slug: str, columns: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    flow, today = kinds.get(slug).workflow, clock.today()
    rows = clauses.rows(slug).exclude(state__in=flow.ended)
    rows = rows.filter(Q(state__in=flow.approved) | Q(approvals__isnull=False)).distinct()
    ending = attachments.ending_parts()
    rows = rows.annotate(**ending).order_by("pk")
    found = list(rows.values("state", "effective_from", *ending, *columns))
    if all(
        row["state"] in flow.approved
        and (row["effective_from"] or today) <= today
        and not any(row[name] for name in ending)
        for row in found
    ):
        return found
    return [row for row in records.in_force(slug) if ended_file(row, clock.today()) is None]
