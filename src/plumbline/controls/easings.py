"""What the record of an AI system, or of what belongs to one, makes easier to pass, and until when that is
accepted.

A revision that makes a check easier to pass is accepted until a day, as a limit is. A limit that has ended
falls back on the one before it; what a record says of a system cannot fall back, since it may be true. So the
checks that it made easier say by name, from the day after, that they rest on what nobody has confirmed since,
until two people confirm it anew, take it back, or retire the record.

Until that day it takes what it takes with their word, and is named for it: what a check would miss of the
system as it was before stands among what is left out with an approved reason. So an easing that takes nothing
when it is approved is named on the day on which it first does.

The kinds are those with a `Kind.scope`, and AI systems, of which every field may be one. They are made known
here (`use`), since checks import nothing that reads records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from plumbline.controls.verdicts import Evidence, MemberVerdict, day_of, name_text
from plumbline.kernel.messages import Message, Ref, plain, say
from plumbline.kernel.states import MemberState

BETWEEN = ", "
"""What stands between two checks in the field that names those that a record makes easier."""
BEFORE = "before_easing"
"""The key under which a row in force has the one that was in force before it made a check easier."""
KIND = "ai-system"
Row = Mapping[str, Any]


_scopes: dict[str, tuple[str, ...]] = {KIND: ()}
_settled: dict[str, frozenset[str]] = {}


def use(scopes: Mapping[str, tuple[str, ...]], settled: Mapping[str, frozenset[str]]) -> None:
    """Make known the scope of each kind that has one, and the states in which nothing of it can be overdue,
    by slug."""
    _scopes.update(scopes)
    _settled.update(settled)


def kinds_that_ease() -> tuple[str, ...]:
    """The kinds, by slug, of which a revision that makes a check easier has a reason and an end."""
    return tuple(_scopes)


def put_back(kind: str, row: Row, before: Row) -> dict[str, Any]:
    """``row`` with what ``before`` said in place of what makes a check easier.

    Of an AI system that is all of it. Of another kind it is the fields by which checks know over what they
    speak: what was written down of a dataset in the meantime counts whatever system it belongs to.
    """
    if kind == KIND:
        return dict(before)
    return {**row, **{name: before[name] for name in _scopes[kind]}}


def eased(row: Row) -> frozenset[str]:
    """The checks that a record as it is in force makes easier to pass, by slug."""
    return frozenset(filter(None, (row.get("eases") or "").split(BETWEEN)))


def is_settled(kind: str, state: str) -> bool:
    """Whether what a record was asked for has been done, so that it is asked for no less any more: of a
    treatment that was carried out after all, say."""
    return state in _settled.get(kind, frozenset())


def lapsed(check: str, rows: Iterable[Row], today: date) -> list[tuple[Row, Message]]:
    """Of records in force, those that make ``check`` easier to pass and whose day for that is over, each
    with what is to be said of it."""
    found = []
    for row in rows:
        until = day_of(row.get("accepted_until"))
        if until is not None and until < today and check in eased(row):
            message = say(
                "easing.lapsed",
                "is asked for less since a revision accepted until {day} and not confirmed since",
                day=until,
            )
            found.append((row, message))
    return found


def lapsed_members(check: str, evidence: Evidence) -> list[MemberVerdict]:
    """As `lapsed`, as members of a check over the organization that miss something."""
    return [
        MemberVerdict(
            Ref(row["reference"]),
            MemberState.MISSING,
            message,
            next(iter(behind), ""),
            row["owner"] or "",
            () if kind == KIND else behind,
        )
        for kind in kinds_that_ease()
        for row, message in lapsed(check, _unsettled(kind, evidence), evidence.today)
        for behind in (_systems(kind, row),)
    ]


def _systems(kind: str, row: Row) -> tuple[str, ...]:
    """The AI systems that a record stands behind, or stood behind before it made a check easier."""
    if kind == KIND:
        return (row["reference"],)
    named = set[str]()
    for version in (row, row.get(BEFORE) or {}):
        named.update(version.get("systems") or (), filter(None, (version.get("system"),)))
    return tuple(sorted(named))


def accepted(check: str, rows: Iterable[Row], today: date) -> list[tuple[Row, date]]:
    """Of records in force, those that make ``check`` easier to pass, each with the day until which that is
    accepted."""
    found = []
    for row in rows:
        until = day_of(row.get("accepted_until"))
        if until is not None and until >= today and check in eased(row):
            found.append((row, until))
    return found


def as_before(check: str, evidence: Evidence) -> Evidence | None:
    """The same evidence with each record as it was before it made ``check`` easier; None where none does."""
    before = {row["reference"]: row[BEFORE] for _, row, _ in _accepted(check, evidence) if row.get(BEFORE)}
    if not before:
        return None

    def put(of_kinds: Mapping[str, tuple[Row, ...]]) -> dict[str, tuple[Row, ...]]:
        eased_kinds = set(kinds_that_ease()).intersection(of_kinds)
        changed = {
            kind: tuple(before.get(row["reference"], row) for row in of_kinds[kind]) for kind in eased_kinds
        }
        return {**of_kinds, **changed}

    return replace(evidence, records=put(evidence.records), claims=put(evidence.claims))


def _accepted(check: str, evidence: Evidence) -> list[tuple[str, Row, date]]:
    return [
        (kind, row, until)
        for kind in kinds_that_ease()
        for row, until in accepted(check, _unsettled(kind, evidence), evidence.today)
    ]


def _unsettled(kind: str, evidence: Evidence) -> list[Row]:
    return [row for row in evidence.records.get(kind, ()) if not is_settled(kind, row["state"])]


def accepted_members(check: str, evidence: Evidence, before: Iterable[MemberVerdict]) -> list[MemberVerdict]:
    """Of the members as they would be judged without what makes ``check`` easier, those that would miss
    something: left out, with the approved reason and its day.

    A member is a system that makes it easier, or what stands behind it; another record of its own, or the
    supplier that it named before.
    """
    easing = {
        name: (row, until) for kind, row, until in _accepted(check, evidence) for name in _hides(kind, row)
    }
    found = []
    for member in before:
        behind = [name for name in (name_text(member.name), member.system, *member.systems) if name in easing]
        if member.state is MemberState.MISSING and member.message is not None and behind:
            row, until = easing[behind[0]]
            message = say(
                "easing.accepted", "{missing}, which two people accepted until {day}: {why}",
                missing=member.message, day=until, why=plain(row.get("change_reason") or ""),
            )  # fmt: skip
            found.append(replace(member, state=MemberState.EXCLUDED, message=message))
    return found


def _hides(kind: str, row: Row) -> set[str]:
    """References of what a record that makes a check easier may take out of it."""
    before = row.get(BEFORE) or {}
    return {row["reference"]} | ({before["supplier"]} if kind != KIND and before.get("supplier") else set())


def not_asked(check: str, rows: Iterable[Row], today: date) -> dict[str, Message]:
    """By slug, the systems that ``check`` may not ask about any more, each with the approved reason."""
    return {
        row["slug"]: say(
            "easing.not-asked", "is not asked, which two people accepted until {day}: {why}",
            day=until, why=plain(row.get("change_reason") or ""),
        )
        for row, until in accepted(check, rows, today)
    }  # fmt: skip
