"""How one AI system stands: what shows that requirements are met for it, and what checks miss of it.

The states are those of `posture.measured_for`: of a check over telemetry the reading of that system, of one
over the organization whatever does not belong to another system. Only requirements count that some check
reads of this very system; what the organization has as a whole stands on the page of the requirement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import members, one_system, queries, registry
from plumbline.controls.declare import Check
from plumbline.controls.models import Result
from plumbline.controls.posture import _judge, _Judged, _measured, _measured_facts
from plumbline.controls.queries import SystemRow
from plumbline.controls.requirement_posture import Reason
from plumbline.controls.verdicts import ORGANIZATION, MemberVerdict
from plumbline.controls.visibility import ResultVisibility
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, Subject, redact, say
from plumbline.kernel.states import MeasuredState, MemberState


@dataclass(frozen=True)
class SystemRequirement:
    """One requirement as it is measured for one AI system, with the reason that decides.

    ``checks`` is how many checks read it of this system.
    """

    requirement: Requirement
    state: MeasuredState
    reason: Message | None
    checks: int


@dataclass(frozen=True)
class MissingMember:
    """Something that a check over the organization misses of one AI system."""

    check: Check
    member: MemberVerdict


@dataclass(frozen=True)
class SystemStatus:
    """What is measured of one AI system today. ``results`` are those of checks over its telemetry."""

    results: Mapping[tuple[str, str], Result]
    requirements: Sequence[SystemRequirement]
    missing: Sequence[MissingMember]

    @property
    def silent(self) -> int:
        """How many of the requirements are in no state of strength."""
        return sum(not row.state.good for row in self.requirements)


def of_system(actor: Actor, slug: str) -> SystemStatus:
    """How the AI system with this slug stands today, as ``actor`` sees it, who has to see its record.

    Messages name nothing that ``actor`` may not know of. A system that nobody registered has no status.
    """
    system = queries.system(slug)
    readings = queries.readings_about([slug, ORGANIZATION])
    own = {key: result for key, result in readings.items() if key[1] == slug}
    if system is None:
        return SystemStatus(own, (), ())
    over = [readings[check.slug, ORGANIZATION] for check in _over_all(readings)]
    sealed = {
        result: members.from_rows(rows) for result, rows in queries.members_of(row.pk for row in over).items()
    }
    mine = {
        check.slug: _members_of(check, sealed.get(readings[check.slug, ORGANIZATION].pk, ()), slug, system)
        for check in _over_all(readings)
    }
    judged = _judged_of(slug, system, readings, sealed, mine)
    missing = [
        MissingMember(check, member)
        for check in registry.all_checks()
        for member in mine.get(check.slug, ())
        if member.state is MemberState.MISSING
    ]
    return _redacted(actor, SystemStatus(own, judged, missing))


def _over_all(readings: Mapping[tuple[str, str], Result]) -> list[Check]:
    return [
        check
        for check in registry.all_checks()
        if not check.on_telemetry and (check.slug, ORGANIZATION) in readings
    ]


def _members_of(
    check: Check, sealed: Sequence[MemberVerdict], slug: str, system: SystemRow
) -> list[MemberVerdict]:
    """The members that name this system, as themselves or as what they belong to."""
    shared = check.population is not None and check.population.shared
    return [
        member
        for member in sealed
        if (member.system or isinstance(member.name, Subject))
        and one_system.counts(member, slug, system.reference, shared=shared)
    ]


def _judged_of(
    slug: str,
    system: SystemRow,
    readings: Mapping[tuple[str, str], Result],
    sealed: Mapping[int, Sequence[MemberVerdict]],
    mine: Mapping[str, Sequence[MemberVerdict]],
) -> tuple[SystemRequirement, ...]:
    """The requirements that a check reads of this system, those in the gravest state first."""
    narrowed = dict(readings)
    for check in _over_all(readings):
        result = readings[check.slug, ORGANIZATION]
        rows = sealed.get(result.pk, ())
        narrowed[check.slug, ORGANIZATION] = one_system.narrowed_to(
            check, result, rows, slug, system.reference
        )
    facts = _measured_facts(clock.now(), None, narrowed)
    judged: dict[str, list[_Judged]] = {}
    about: dict[str, int] = {}
    for check in registry.all_checks():
        one = _judge(check, facts, slug)
        speaks = (
            bool(one.coverage.total or one.coverage.excluded) if check.on_telemetry else mine.get(check.slug)
        )
        for name in check.requirements:
            judged.setdefault(name, []).append(one)
            about[name] = about.get(name, 0) + bool(speaks)
    found, missed = [], _missed(mine)
    for row in (*catalogs.subclauses(), *catalogs.controls()):
        if about.get(row.id):
            state, reasons = _measured(row.id, judged[row.id], facts, None)
            reason = missed.get(row.id) or _deciding(reasons)
            found.append(SystemRequirement(row, state, reason, about[row.id]))
    return tuple(found)


def _missed(mine: Mapping[str, Sequence[MemberVerdict]]) -> dict[str, Message]:
    """What checks over the organization miss of this system, the first of each requirement.

    Their own verdicts speak of everybody.
    """
    found: dict[str, Message] = {}
    for check in registry.all_checks():
        for member in mine.get(check.slug, ()):
            if member.state is MemberState.MISSING and member.message is not None:
                said = say(
                    "system.missed", "{member} {message}", member=member.naming, message=member.message
                )
                for name in check.requirements:
                    found.setdefault(name, said)
    return found


def _deciding(reasons: Sequence[Reason]) -> Message | None:
    """The reason of the first reading of the system itself that is in no good state."""
    return next((one.message for one in reasons if one.subject != ORGANIZATION and not one.state.good), None)


def _redacted(actor: Actor, status: SystemStatus) -> SystemStatus:
    """The status with messages that name only what the reader may know of; what a member is stays."""
    visible = ResultVisibility(actor)
    if visible.sees_all:
        return status
    reasons = [row.reason for row in status.requirements if row.reason is not None]
    said = [row.member.message for row in status.missing if row.member.message is not None]
    named = [
        say("member.name", "{name}", name=row.member.name)
        for row in status.missing
        if isinstance(row.member.name, (Ref, Subject))
    ]
    may_name = visible.may_name([*reasons, *said, *named])
    shown, _ = members.redact_members((row.member for row in status.missing), may_name)
    known = {(member.name, member.system): member for member in shown}
    missing = [
        MissingMember(row.check, replace(row.member, message=redact(row.member.message, may_name)))
        for row in status.missing
        if row.member.message is not None and (row.member.name, row.member.system) in known
    ]
    requirements = [
        replace(row, reason=redact(row.reason, may_name) if row.reason is not None else None)
        for row in status.requirements
    ]
    return SystemStatus(status.results, requirements, missing)
