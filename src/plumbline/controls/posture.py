"""The posture: what each of the 38 controls and 32 sub-clauses reads, and what a person vouches for.

*Not applicable*: an approved row of the statement of applicability excludes the control, with a reason. *Not
measured*: no check reads it. *Stale*: no check reads it and the attestation is past its date. Every other
state is rolled up over the members of each check and over the checks (`roll_up`); the good ones say how
strong the evidence is.

A check over systems speaks of every live system that has to report, registered or not: one that has not begun
to is silent. How much evidence there is (`RequirementState`) is a count of sources: see `evidence_of`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import inventory, limits, members, one_system, queries, registry, roll_up, visibility
from plumbline.controls.decisions import queries as decisions
from plumbline.controls.decisions.queries import AttestationRow
from plumbline.controls.declare import Check
from plumbline.controls.evidence_sources import disagreement, evidence_of, evidence_word, giving
from plumbline.controls.inventory import Inventory
from plumbline.controls.judged import queries as judged_results
from plumbline.controls.limits import InForce
from plumbline.controls.measured_state import Part, parts_of
from plumbline.controls.models import Result
from plumbline.controls.requirement_posture import Coverage, Reason, RequirementPosture
from plumbline.controls.verdicts import ORGANIZATION, name_text
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, memo
from plumbline.kernel.as_of import known_at
from plumbline.kernel.messages import Message
from plumbline.kernel.states import STRENGTHS, AttestedState, CheckState, EvidenceState, MeasuredState
from plumbline.records.approved import queries as approved


@dataclass(frozen=True)
class _Facts:
    """Everything the posture is made of, read in a handful of queries."""

    now: datetime
    readings: Mapping[tuple[str, str], Result]
    inventory: Inventory
    in_force: InForce
    attestations: Mapping[str, AttestationRow]
    excluded: Mapping[str, tuple[str, str]]
    records: Mapping[str, int]
    documented: set[str]


EXCLUSIONS, AGAINST = "soa-complete", "applicability.against"
"""The check that tests the reasons of exclusions, and what it says of one that the register contradicts."""


@dataclass(frozen=True)
class _Judged:
    """What one check contributes to every requirement that it reads; worked out once for all of them."""

    check: Check
    parts: Sequence[Part]
    coverage: Coverage
    reasons: tuple[Reason, ...]


def posture(
    actor: Actor | None = None,
    results: Mapping[tuple[str, str], Result] | None = None,
    only: Collection[str] | None = None,
    at: datetime | None = None,
) -> list[RequirementPosture]:
    """The posture of every sub-clause, then of every control, in a handful of queries.

    ``results`` are those of `queries.readings`, for a page that has read them already.

    With an ``actor``, only for one who may read requirements at all, and with reasons that name only what
    that actor sees (`visibility`); raises `NotAllowed`. ``only`` names the requirements that are wanted.

    With ``at`` the posture as of that instant: of what had been judged by then, under the records, limits and
    attestations in force then. Who may see what is as of today.
    """
    if actor is not None:
        policy.require(actor, "read", anywhere=True)
    at = known_at(at)
    now, visible = at or clock.now(), visibility.ResultVisibility(actor)
    if results is None:
        results = queries.readings() if at is None else judged_results.readings_at(at)
    redacted = {(row.check_name, row.subject): row for row in visible.redact(results.values())}
    every = (*catalogs.subclauses(), *catalogs.controls())
    wanted = every if only is None else [row for row in every if row.id in only]
    facts = _facts(now, at, {**results, **redacted}, None if only is None else giving(wanted))
    judged: dict[str, list[_Judged]] = {row.id: [] for row in wanted}
    for check in registry.all_checks():
        read = judged.keys() & set(check.requirements)
        if read:
            one = _judge(check, facts)
            for requirement in read:
                judged[requirement].append(one)
    return visibility.redact_posture([_of(row, judged[row.id], facts) for row in wanted], visible)


def measured_for(
    systems: Collection[str],
    requirements: Collection[str],
    at: datetime | None = None,
    now: datetime | None = None,
) -> dict[str, dict[str, MeasuredState]]:
    """Measured state of ``requirements`` as it is for each of ``systems`` (slugs); "" is for all together.

    Of a check over telemetry only the reading of that system counts; of one over the organization whatever
    does not belong to another system (`one_system`).
    With ``at`` as it was at that instant, as `posture` says; with ``now`` as what is known already will read
    at that instant, later today, if nothing is reported until then.
    """
    if not systems or not requirements:
        return {}
    readings = queries.readings() if at is None else judged_results.readings_at(at)
    facts = _measured_facts(at or now or clock.now(), at, readings)
    checks = [
        check for check in registry.all_checks() if not set(requirements).isdisjoint(check.requirements)
    ]
    sealed = _sealed_members(checks, readings)
    found: dict[str, dict[str, MeasuredState]] = {}
    for slug in systems:
        own = replace(facts, readings=_of_one(slug, checks, readings, sealed)) if slug else facts
        judged = [_judge(check, own, slug) for check in checks]
        found[slug] = {
            name: _measured(name, [one for one in judged if name in one.check.requirements], facts, None)[0]
            for name in requirements
        }
    return found


def organization_wide(requirements: Collection[str]) -> frozenset[str]:
    """Those of ``requirements`` that read for one system as they do for every other one, at least in part."""
    if not requirements:
        return frozenset()
    checks = [
        check
        for check in registry.all_checks()
        if not check.on_telemetry and not set(requirements).isdisjoint(check.requirements)
    ]
    readings = queries.readings_of([check.slug for check in checks], ORGANIZATION)
    sealed = queries.members_of(row.pk for row in readings)
    wide = {row.check_name for row in readings if one_system.organization_wide(sealed.get(row.pk, []))}
    read = {name for check in checks if check.slug in wide for name in check.requirements}
    return frozenset(read.intersection(requirements))


def _sealed_members(
    checks: Sequence[Check], readings: Mapping[tuple[str, str], Result]
) -> dict[int, list[dict[str, Any]]]:
    """The members of what the checks over the organization read, by number of the result; one query."""
    read = [readings.get((check.slug, ORGANIZATION)) for check in checks if not check.on_telemetry]
    return queries.members_of(row.pk for row in read if row is not None)


def _of_one(
    slug: str,
    checks: Sequence[Check],
    readings: Mapping[tuple[str, str], Result],
    sealed: Mapping[int, list[dict[str, Any]]],
) -> dict[tuple[str, str], Result]:
    """``readings`` with those over the organization narrowed to one system."""
    system = queries.system(slug)
    narrowed = dict(readings)
    for check in checks if system is not None else ():
        result = readings.get((check.slug, ORGANIZATION))
        if result is not None and system is not None and not check.on_telemetry:
            rows = sealed.get(result.pk, [])
            narrowed[check.slug, ORGANIZATION] = one_system.narrowed(
                check, result, rows, slug, system.reference
            )
    return narrowed


def _facts(
    now: datetime,
    at: datetime | None,
    readings: Mapping[tuple[str, str], Result],
    kinds_wanted: Collection[str] | None = None,
) -> _Facts:
    return replace(
        _measured_facts(now, at, readings),
        attestations=decisions.attestations(at),
        records=approved.counts(at, kinds_wanted),
        documented=decisions.documented(at),
    )


def _measured_facts(now: datetime, at: datetime | None, readings: Mapping[tuple[str, str], Result]) -> _Facts:
    """The facts that measured states rest on, without those that only evidence and attestations need: these
    are the dearer half, and the page of a risk asks for measured states alone."""
    return _Facts(
        now=now,
        readings=readings,
        inventory=inventory.read(now) if at is None else inventory.read_at(at),
        in_force=limits.in_force(now),
        attestations={},
        excluded=decisions.excluded(at),
        records={},
        documented=set(),
    )


def _judge(check: Check, facts: _Facts, only: str = "") -> _Judged:
    systems = _speaks_of(check, facts) if check.on_telemetry else {}
    if only:
        systems = {slug: excluded for slug, excluded in systems.items() if slug == only}
    lapsed = facts.inventory.lapsed(check) if systems else {}
    parts = tuple(parts_of(check, systems, facts.readings, facts.in_force, facts.now, lapsed))
    covered = roll_up.coverage(check, parts)
    return _Judged(check, parts, covered, roll_up.reasons_of(check, parts, covered.state))


def _speaks_of(check: Check, facts: _Facts) -> inventory.Members:
    """The systems that a check on telemetry speaks of: its population, and every live one that has a reading.

    Nobody is left out, by a reason or by its kind, while it is measured all the same.
    """
    wanted = dict(facts.inventory.must_report(check))
    for slug in facts.inventory.systems:
        if (check.slug, slug) in facts.readings:
            wanted[slug] = None
    return dict(sorted(wanted.items()))


def _measured(
    requirement: str, judged: Sequence[_Judged], facts: _Facts, ended: AttestationRow | None
) -> tuple[MeasuredState, tuple[Reason, ...]]:
    exclusion = facts.excluded.get(requirement)
    if exclusion is not None:
        against = _against(requirement, facts.readings.get((EXCLUSIONS, ORGANIZATION)))
        return roll_up.not_applicable(*exclusion) if against is None else roll_up.contradicted(*against)
    if not judged:
        return roll_up.not_measured(requirement, ended)
    return roll_up.of_checks([(one.coverage.state, one.reasons) for one in judged])


def _against(requirement: str, result: Result | None) -> tuple[Message, Result] | None:
    """What on record speaks against leaving ``requirement`` out, by the newest result; None for nothing."""
    if result is None:
        return None
    # Readings leave their members out; those of this one are asked for by a query that is bound.
    if "members" in result.get_deferred_fields():
        key = result.pk
        sealed = memo.read_once(("members", key), lambda: queries.members_of([key]).get(key, []))
    else:
        sealed = result.members
    for member in members.from_rows(sealed):
        message = member.message
        if name_text(member.name) == requirement and message is not None and message.code == AGAINST:
            return message, result
    return None


def _of(row: Requirement, judged: Sequence[_Judged], facts: _Facts) -> RequirementPosture:
    attestation = facts.attestations.get(row.id)
    attestation_word = evidence_word(attestation, facts.now) if attestation else None
    in_date = attestation_word in {EvidenceState.IN_DATE, EvidenceState.DUE_SOON}
    state, reasons = _measured(row.id, judged, facts, None if in_date else attestation)
    attested = AttestedState(attestation.verdict) if attestation and in_date else None
    word, have, missing = evidence_of(
        row, state, facts.documented, facts.records, has_checks=bool(judged), attested=attested
    )
    parts = [part for one in judged for part in one.parts if part.total]
    times = [part.at for part in parts if part.at is not None]
    return RequirementPosture(
        id=row.id,
        number=row.number,
        title=row.title,
        kind=row.kind,
        group=row.group,
        measured=state,
        measured_at=min(times, default=None),
        reasons=reasons,
        readings=_words(parts),
        checks=tuple(one.check.slug for one in judged),
        attested=attested,
        attested_at=clock.day_start(attestation.period_until) if attestation else None,
        attested_by=attestation.by if attestation else "",
        attested_until=clock.day_end(attestation.valid_until) if attestation else None,
        attestation=attestation.reference if attestation else "",
        attestation_word=attestation_word,
        disagreement=disagreement(state, attested, attestation),
        word=word,
        evidence_have=have,
        evidence_of=have + len(missing),
        evidence_missing=missing,
        newest_at=max(times, default=None),
        coverage=tuple(one.coverage for one in judged),
        reach=max((one.check.strength for one in judged), key=STRENGTHS.index, default=None),
    )


def _words(parts: Iterable[Part]) -> dict[CheckState, int]:
    counted = Counter(part.word for part in parts)
    return {word: counted[word] for word in CheckState if counted[word]}
