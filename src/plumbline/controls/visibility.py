"""Which results a reader sees.

A result on an AI system is for those who see the record of the system. A result on the organization is for
all who read, but what it names is not: records and systems outside their units are counted, not named. The
*state* of a requirement is that of the whole organization, whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from django.db.models import QuerySet

from plumbline.controls import members, queries
from plumbline.controls.models import RestatementAcceptance, Result
from plumbline.controls.requirement_posture import Reason, RequirementPosture
from plumbline.controls.sealed_results.proofs import verify_result
from plumbline.controls.verdicts import ORGANIZATION, MemberVerdict
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, Subject, Text, names, redact, say
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records.names import titles

SYSTEM = "ai-system"
COUNT_CAP = 10_000
"""Hidden results counted at the most: counting on would cost more than the figure is worth."""


AcceptedRestatement: TypeAlias = RestatementAcceptance
VisibleResult: TypeAlias = Result
"""A result as somebody sees it: the type for rooms above, which import no models."""


@dataclass(frozen=True)
class VisibleResults:
    """The readings that somebody sees, by check and subject, and how many there are besides."""

    rows: Mapping[tuple[str, str], Result]
    hidden: int


def not_shown(count: int, what: Literal["reading", "system"]) -> Text:
    """``3 readings outside your units are not shown.``; empty for none."""
    if not count:
        return ""
    if count > COUNT_CAP:
        return say(
            "visibility.many-hidden",
            "More than {count} readings outside your units are not shown.",
            count=COUNT_CAP,
        )
    if what == "system":
        return say(
            "visibility.systems-hidden", "{count} system outside your units is not shown.",
            plural="{count} systems outside your units are not shown.", count=count,
        )  # fmt: skip
    return say(
        "visibility.readings-hidden", "{count} reading outside your units is not shown.",
        plural="{count} readings outside your units are not shown.", count=count,
    )  # fmt: skip


class ResultVisibility:
    """What ``actor`` sees of the results; ``None`` stands for the whole organization."""

    def __init__(self, actor: Actor | None) -> None:
        self.sees_all = actor is None or actor.is_stage or policy.may_everywhere(actor, "read").allowed
        self._actor = actor
        self._systems = frozenset[str]()
        if actor is None or self.sees_all or not kinds.exists(SYSTEM):
            return
        if policy.may(actor, "read", kind=SYSTEM, anywhere=True):
            rows = records.visible(actor, kinds.get(SYSTEM))
            self._systems = frozenset(rows.order_by().values_list("slug", flat=True))

    @property
    def subjects(self) -> list[str]:
        """What results are shown on, of a reader who does not see all."""
        return [ORGANIZATION, *sorted(self._systems)]

    def covers(self, subject: str) -> bool:
        """Whether results on ``subject`` (a system's slug, or the organization) are shown."""
        return self.sees_all or subject == ORGANIZATION or subject in self._systems

    def may_name(self, messages: Iterable[Message]) -> Callable[[Ref | Subject], bool]:
        """Whether a name in ``messages`` may be shown: a record by its own visibility, a system by its slug.

        The records are looked up in one query for all messages, since a page shows many.
        """
        named = {name for message in messages for name in names(message)}
        references = {name.reference for name in named if isinstance(name, Ref)}
        known = frozenset(titles(self._actor, references)) if self._actor and references else frozenset()

        def allowed(name: Ref | Subject) -> bool:
            return name.reference in known if isinstance(name, Ref) else name.slug in self._systems

        return allowed

    def redact(self, rows: Iterable[Result]) -> list[Result]:
        """The results that are shown, with reasons that name only what may be named."""
        shown = [row for row in rows if self.covers(row.subject)]
        if self.sees_all:
            return shown
        # What a result on a system names belongs to that system, which the reader sees.
        may_name = self.may_name(row.reason for row in shown if row.subject == ORGANIZATION)
        return [_redacted(row, may_name) if row.subject == ORGANIZATION else row for row in shown]


def _redacted(row: Result, may_name: Callable[[Ref | Subject], bool]) -> Result:
    """A copy to read from: the row itself keeps what was recorded and sealed."""
    redacted = copy(row)
    redacted.reason = redact(row.reason, may_name)
    return redacted


def visible_results(
    actor: Actor | None, results: Mapping[tuple[str, str], Result] | None = None
) -> VisibleResults:
    """What each check reads today, as ``actor`` sees it; ``results`` are those of `queries.readings`."""
    readings = queries.readings() if results is None else results
    shown = {(row.check_name, row.subject): row for row in ResultVisibility(actor).redact(readings.values())}
    return VisibleResults({key: shown[key] for key in readings if key in shown}, len(readings) - len(shown))


@dataclass(frozen=True)
class VisibleMembers:
    """The members of a population that somebody sees, the ones to look at first, and how many there are
    besides."""

    rows: Sequence[MemberVerdict]
    hidden: int


def members_of(actor: Actor | None, result: Result) -> VisibleMembers:
    """The members that a result speaks of, as ``actor`` sees them."""
    judged = members.from_rows(result.members)
    visible = ResultVisibility(actor)
    if visible.sees_all:
        return VisibleMembers(members.in_order(judged), 0)
    named = [say("member.name", "{name}", name=member.name) for member in judged]
    systems = [
        say("member.system", "{system}", system=Ref(member.system)) for member in judged if member.system
    ]
    reasons = [member.message for member in judged if member.message is not None]
    rows, hidden = members.redact_members(judged, visible.may_name([*named, *systems, *reasons]))
    return VisibleMembers(members.in_order(rows), hidden)


def redact_results(actor: Actor, rows: Iterable[Result]) -> list[Result]:
    """Those of ``rows`` that ``actor`` sees, with reasons that name only what ``actor`` may know of."""
    return ResultVisibility(actor).redact(rows)


def result(actor: Actor, number: int) -> Result:
    """One result. Raises `NotFound`, also where there is one that ``actor`` does not see."""
    shown = redact_results(actor, [queries.result(number)])
    if not shown:
        raise NotFound("There is no result with this number.")
    # As it is stored and not as it is shown: a name that this reader may not see is left out of the latter.
    verify_result(number)
    return shown[0]


def only_visible(actor: Actor, rows: QuerySet[Result]) -> tuple[QuerySet[Result], int]:
    """The results that ``actor`` sees as a query, and how many of ``rows`` there are besides."""
    visible = ResultVisibility(actor)
    if visible.sees_all:
        return rows, 0
    others = rows.exclude(subject__in=visible.subjects).order_by()
    return rows.filter(subject__in=visible.subjects), others[: COUNT_CAP + 1].count()


def redact_posture(rows: list[RequirementPosture], visible: ResultVisibility) -> list[RequirementPosture]:
    """The posture with reasons that name only what may be named; the states stay what they are.

    The reasons on systems outside the reader's units become one that counts them, in the place of the first,
    so that a state is still seen to have a reason.
    """
    if visible.sees_all:
        return rows
    attestations = [
        say("posture.attestation", "{record}", record=Ref(row.attestation)) for row in rows if row.attestation
    ]
    messages = [reason.message for row in rows for reason in row.reasons]
    may_name = visible.may_name([*messages, *attestations])
    return [_redacted_posture(row, visible, may_name) for row in rows]


def _redacted_posture(
    row: RequirementPosture, visible: ResultVisibility, may_name: Callable[[Ref | Subject], bool]
) -> RequirementPosture:
    hidden = [reason for reason in row.reasons if reason.subject and not visible.covers(reason.subject)]
    reasons = []
    for reason in row.reasons:
        if reason not in hidden:
            reasons.append(_redacted_reason(reason, row.id, may_name))
        elif reason is hidden[0]:
            reasons.append(_counted(hidden, row.id))
    by = row.attested_by if row.attestation and may_name(Ref(row.attestation)) else ""
    return replace(row, reasons=tuple(reasons), attested_by=by)


def _counted(hidden: list[Reason], requirement: str) -> Reason:
    message = say(
        "visibility.readings-hidden", "{count} reading outside your units is not shown.",
        plural="{count} readings outside your units are not shown.", count=len(hidden),
    )  # fmt: skip
    return Reason(message, hidden[0].state, requirement)


def _redacted_reason(reason: Reason, requirement: str, may_name: Callable[[Ref | Subject], bool]) -> Reason:
    if reason.record and not may_name(Ref(reason.record)):
        message = say("visibility.record-decides", "A record outside your units decides this.")
        return replace(reason, message=message, record="", target=requirement)
    return replace(reason, message=redact(reason.message, may_name))
