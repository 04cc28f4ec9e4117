"""The posture: what each of the 38 controls and 32 sub-clauses reads, and what a person vouches for.

The measured state follows the design language, by the most severe of these that holds:

* *Not applicable*: an approved row of the statement of applicability excludes the control, with a reason.
* *Failing*: a required check is over its limit, or more than half of the readings are.
* *No signal*: a check has not reported for two cadences, cannot say anything, or is paused.
* *Stale*: a reading is older than one and a half cadences; or nothing measures the requirement and the
  attestation is past its date.
* *Degraded*: a check is over its limit, and the requirement still works.
* *Not measured*: no check reads it, or there is nothing yet that its checks could read.
* *Effective*: every reading is within its limit and in date.

A check over systems counts once for every live system that must report it or has begun to. How much
evidence there is (`RequirementState`) is a count of sources: see `_evidence`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import limits, queries, registry, visibility
from plumbline.controls.declare import Check
from plumbline.controls.evidence_sources import disagreement, evidence_of, evidence_word
from plumbline.controls.limits import InForce
from plumbline.controls.measured_state import measured, parts_of
from plumbline.controls.models import Result
from plumbline.controls.queries import AttestationRow
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.states import AttestedState, CheckState, EvidenceState


@dataclass(frozen=True)
class _Facts:
    """Everything the posture is made of, read in seven queries."""

    now: datetime
    readings: Mapping[tuple[str, str], Result]
    live: Mapping[str, str]
    in_force: InForce
    attestations: Mapping[str, AttestationRow]
    excluded: Mapping[str, tuple[str, str]]
    records: Mapping[str, int]
    documented: set[str]


def posture(
    actor: Actor | None = None,
    results: Mapping[tuple[str, str], Result] | None = None,
    only: Collection[str] | None = None,
) -> list[RequirementPosture]:
    """The posture of every sub-clause, then of every control, in seven queries.

    ``results`` are those of `queries.readings`, for a page that has read them already.

    With an ``actor``, only for one who may read requirements at all, and with reasons that name only what
    that actor sees (`visibility`); raises `NotAllowed`. ``only`` names the requirements that are wanted.
    """
    if actor is not None:
        policy.require(actor, "read", anywhere=True)
    now, visible = clock.now(), visibility.ResultVisibility(actor)
    results = queries.readings() if results is None else results
    redacted = {(row.check_name, row.subject): row for row in visible.redact(results.values())}
    facts = _Facts(
        now=now,
        readings={**results, **redacted},
        live=queries.live_systems(),
        in_force=limits.in_force(now),
        attestations=queries.attestations(),
        excluded=queries.excluded(),
        records=queries.records_in_force(),
        documented=queries.documented(),
    )
    checks: dict[str, list[Check]] = {}
    for check in registry.all_checks():
        for requirement in check.requirements:
            checks.setdefault(requirement, []).append(check)
    every = (*catalogs.subclauses(), *catalogs.controls())
    wanted = every if only is None else [row for row in every if row.id in only]
    return visibility.redact_posture([_of(row, checks.get(row.id, []), facts) for row in wanted], visible)


def _of(row: Requirement, checks: list[Check], facts: _Facts) -> RequirementPosture:
    parts = [
        part
        for check in checks
        for part in parts_of(check, facts.live, facts.readings, facts.in_force, facts.now)
    ]
    attestation = facts.attestations.get(row.id)
    attestation_word = evidence_word(attestation, facts.now) if attestation else None
    in_date = attestation_word in {EvidenceState.IN_DATE, EvidenceState.DUE_SOON}
    state, reasons = measured(
        row.id,
        parts,
        has_checks=bool(checks),
        exclusion=facts.excluded.get(row.id),
        attestation=attestation,
        in_date=in_date,
    )
    attested = AttestedState(attestation.verdict) if attestation and in_date else None
    word, have, missing = evidence_of(row, checks, parts, facts.documented, facts.records, attested=in_date)
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
        readings={word: n for word in CheckState if (n := sum(part.word is word for part in parts))},
        checks=tuple(check.slug for check in checks),
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
    )
