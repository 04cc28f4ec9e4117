"""Which results a reader sees.

A result on an AI system is for those who see the record of the system. A result on the organization is for
all who read, but what it names is not: records and systems outside their units are counted, not named.
The *state* of a requirement is that of the whole organization, whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from plumbline import catalogs
from plumbline.controls import queries
from plumbline.controls.declare import ORGANIZATION
from plumbline.controls.models import Result
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity import policy, roles
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.kinds import REFERENCE_IN_TEXT
from plumbline.records.names import titles

SYSTEM = "ai-system"
COUNT_CAP = 10_000
"""Hidden results counted at the most."""
_ROLE_TITLES = frozenset(role.title.casefold() for role in roles.ROLES.values())


@dataclass(frozen=True)
class VisibleResults:
    """The readings that somebody sees, by check and subject, and how many there are besides."""

    rows: Mapping[tuple[str, str], Result]
    hidden: int


def not_shown(count: int, what: str, of: str = "your units") -> str:
    """``3 readings outside your units are not shown.``; empty for none. ``what`` is a singular."""
    if not count:
        return ""
    many = f"More than {COUNT_CAP:,} {what}s" if count > COUNT_CAP else f"{count:,} {what}s"
    one = f"1 {what} outside {of} is not shown."
    return one if count == 1 else f"{many} outside {of} are not shown."


class ResultVisibility:
    """What ``actor`` sees of the results; ``None`` stands for the whole organization."""

    def __init__(self, actor: Actor | None) -> None:
        self.sees_all = actor is None or actor.is_stage or policy.may_everywhere(actor, "read").allowed
        self._actor = actor
        self._systems = frozenset[str]()
        if actor is not None and not self.sees_all and policy.may(actor, "read", kind=SYSTEM, anywhere=True):
            rows = records.visible(actor, kinds.get(SYSTEM))
            self._systems = frozenset(rows.order_by().values_list("slug", flat=True))

    @property
    def subjects(self) -> list[str]:
        """What results are shown on, of a reader who does not see all."""
        return [ORGANIZATION, *sorted(self._systems)]

    def covers(self, subject: str) -> bool:
        """Whether results on ``subject`` (a system's slug, or the organization) are shown."""
        return self.sees_all or subject == ORGANIZATION or subject in self._systems

    def namable(self, references: Iterable[str]) -> frozenset[str]:
        """Those of ``references`` that may be named."""
        wanted = frozenset(references)
        return wanted if self.sees_all or self._actor is None else frozenset(titles(self._actor, wanted))

    def redact(self, rows: Iterable[Result]) -> list[Result]:
        """The results that are shown, with reasons that name only what may be named."""
        kept = [row for row in rows if self.covers(row.subject)]
        if self.sees_all:
            return kept
        wide = [row for row in kept if row.subject == ORGANIZATION]
        known = self.namable(
            one for row in wide for one in (*row.names, *REFERENCE_IN_TEXT.findall(row.reason))
        )
        return [self._rewritten(row, known) if row.subject == ORGANIZATION else row for row in kept]

    def _rewritten(self, row: Result, known: frozenset[str]) -> Result:
        named = {*row.names, *REFERENCE_IN_TEXT.findall(row.reason)}
        hidden = {one for one in named if not self._may_name(one, known)}
        if not hidden:
            return row
        made = copy(row)
        made.reason = without(row.reason, row.names, hidden)
        made.named = "\n".join(one for one in row.names if one not in hidden)
        return made

    def _may_name(self, one: str, known: frozenset[str]) -> bool:
        if REFERENCE_IN_TEXT.fullmatch(one):
            return one in known
        if one.startswith("per_") or one.casefold() in _ROLE_TITLES:
            return True
        return one in self._systems or catalogs.exists(one)


def without(reason: str, names: tuple[str, ...], hidden: set[str], of: str = "your units") -> str:
    """The sentence before the enumeration, the parts of it that say nothing hidden, a count of the rest."""
    first = min((reason.find(one) for one in {*names, *hidden} if one in reason), default=len(reason))
    parts = reason[first:].rstrip(".").split("; ")
    open_to = [one for one in names if one not in hidden]
    kept = [
        part
        for part in parts
        if any(part.startswith(f"{one} ") for one in open_to) and not any(one in part for one in hidden)
    ]
    more = len(open_to) - len(kept)
    said = "; ".join([*kept, f"and {more} more"] if kept and more > 0 else kept)
    closed = len(names) - len(open_to) or len(hidden)
    parts = [reason[:first].rstrip(" ;,:("), f"{said}." if said else "", not_shown(closed, "record", of)]
    return " ".join(part for part in parts if part)


def visible_results(actor: Actor | None) -> VisibleResults:
    """What each check reads today, as ``actor`` sees it."""
    rows, visible = queries.readings(), ResultVisibility(actor)
    shown = {(row.check_name, row.subject): row for row in visible.redact(rows.values())}
    return VisibleResults({key: shown[key] for key in rows if key in shown}, len(rows) - len(shown))


def redact_results(actor: Actor, rows: Iterable[Result]) -> list[Result]:
    """Those of ``rows`` that ``actor`` sees, as they may be told."""
    return ResultVisibility(actor).redact(rows)


def result(actor: Actor, number: int) -> Result:
    """One result. Raises `NotFound`, also where there is one that ``actor`` does not see."""
    shown = redact_results(actor, [queries.result(number)])
    if not shown:
        raise NotFound("There is no result with this number.")
    return shown[0]


def only_visible(actor: Actor, rows: QuerySet[Result]) -> tuple[QuerySet[Result], int]:
    """The results that ``actor`` sees as a query, and how many of ``rows`` there are besides."""
    visible = ResultVisibility(actor)
    if visible.sees_all:
        return rows, 0
    others = rows.exclude(subject__in=visible.subjects).order_by()
    return rows.filter(subject__in=visible.subjects), others[: COUNT_CAP + 1].count()


def redact_posture(rows: list[RequirementPosture], visible: ResultVisibility) -> list[RequirementPosture]:
    """The posture with reasons that name only what may be named; the states stay what they are."""
    if visible.sees_all:
        return rows
    named = {row.attestation for row in rows if row.attestation}
    named |= {
        reason.target for row in rows for reason in row.reasons if REFERENCE_IN_TEXT.fullmatch(reason.target)
    }
    known = visible.namable(named)
    return [_row(row, visible, known) for row in rows]


def _row(row: RequirementPosture, visible: ResultVisibility, known: frozenset[str]) -> RequirementPosture:
    closed = [one for one in row.reasons if one.subject and not visible.covers(one.subject)]
    reasons = []
    for one in row.reasons:
        if one.subject and not visible.covers(one.subject):
            if one is closed[0]:
                text = not_shown(len(closed), "reading")
                told = replace(one, text=text, target=row.id, check="", subject="", result=None, leaf=None)
                reasons.append(told)
        elif not one.check and REFERENCE_IN_TEXT.fullmatch(one.target) and one.target not in known:
            reasons.append(replace(one, text=f"{one.target} says so, which lies outside your units."))
        else:
            reasons.append(one)
    by = row.attested_by if row.attestation in known else ""
    return replace(row, reasons=tuple(reasons), attested_by=by)
