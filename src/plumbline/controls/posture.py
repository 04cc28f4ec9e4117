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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import declare, limits, queries, registry, visibility
from plumbline.controls.declare import ORGANIZATION, Check
from plumbline.controls.limits import InForce
from plumbline.controls.models import Result
from plumbline.controls.queries import AttestationRow
from plumbline.controls.requirement_posture import Reason, RequirementPosture
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, states
from plumbline.kernel.states import AttestedState, CheckState, EvidenceState, MeasuredState, RequirementState
from plumbline.records import kinds

_OVER = frozenset({CheckState.OVER, CheckState.UNDER})


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


@dataclass(frozen=True)
class _Part:
    state: MeasuredState
    word: CheckState
    over: bool
    required: bool
    at: datetime | None
    reason: Reason


def posture(actor: Actor | None = None) -> list[RequirementPosture]:
    """The posture of every sub-clause, then of every control, in seven queries.

    With an ``actor``, only for one who may read requirements at all, and with reasons that name only what
    that actor sees (`visibility`); raises `NotAllowed`.
    """
    if actor is not None:
        policy.require(actor, "read", anywhere=True)
    registry.load()
    now, visible, results = clock.now(), visibility.ResultVisibility(actor), queries.readings()
    redacted = {(row.check_name, row.subject): row for row in visible.redact(results.values())}
    facts = _Facts(
        now=now,
        readings={**results, **redacted},
        live=queries.live_systems(),
        in_force=limits.in_force(now.date()),
        attestations=queries.attestations(),
        excluded=queries.excluded(),
        records=queries.records_in_force(),
        documented=queries.documented(),
    )
    checks: dict[str, list[Check]] = {}
    for made in declare.all_checks():
        for requirement in made.requirements:
            checks.setdefault(requirement, []).append(made)
    wanted = (*catalogs.subclauses(), *catalogs.controls())
    return visibility.redact_posture([_of(row, checks.get(row.id, []), facts) for row in wanted], visible)


def _of(row: Requirement, checks: list[Check], facts: _Facts) -> RequirementPosture:
    parts = [part for made in checks for part in _parts(made, facts)]
    attestation = facts.attestations.get(row.id)
    attestation_word = evidence_word(attestation, facts.now) if attestation else None
    in_date = attestation_word in {EvidenceState.IN_DATE, EvidenceState.DUE_SOON}
    measured, reasons = _measured(row, checks, parts, facts, attestation, in_date)
    attested = AttestedState(attestation.verdict) if attestation and in_date else None
    word, have, missing = _evidence(row, checks, parts, facts, in_date)
    times = [part.at for part in parts if part.at is not None]
    return RequirementPosture(
        id=row.id,
        number=row.number,
        title=row.title,
        kind=row.kind,
        group=row.group,
        measured=measured,
        measured_at=min(times, default=None),
        reasons=reasons,
        readings={one: n for one in CheckState if (n := sum(part.word is one for part in parts))},
        checks=tuple(made.slug for made in checks),
        attested=attested,
        attested_at=queries.midnight(attestation.period_until) if attestation else None,
        attested_by=attestation.by if attestation else "",
        attested_until=queries.midnight(attestation.valid_until) if attestation else None,
        attestation=attestation.reference if attestation else "",
        attestation_word=attestation_word,
        disagreement=disagreement(measured, attested, attestation),
        word=word,
        evidence_have=have,
        evidence_of=have + len(missing),
        evidence_missing=missing,
        newest_at=max(times, default=None),
    )


# What the checks read


def _parts(check: Check, facts: _Facts) -> Iterable[_Part]:
    subjects = [ORGANIZATION] if not check.on_telemetry else list(facts.live)
    for subject in subjects:
        result = facts.readings.get((check.slug, subject))
        pause = facts.in_force.pause(check, subject)
        if pause is not None:
            text = f"{check.title}: paused by {pause.reference} until {pause.valid_until}."
            reason = Reason(text, MeasuredState.NO_SIGNAL, pause.reference, check.slug, subject)
            yield _Part(MeasuredState.NO_SIGNAL, CheckState.PAUSED, False, check.required, None, reason)
        elif result is not None:
            part = _read(check, result, facts.now)
            if part is not None:
                yield part
        elif check.expected or not check.on_telemetry:
            whom = "" if subject == ORGANIZATION else f" for {subject}"
            text = f"{check.title}: nothing was reported{whom}."
            reason = Reason(text, MeasuredState.NO_SIGNAL, check.slug, check.slug, subject)
            yield _Part(MeasuredState.NO_SIGNAL, CheckState.NO_SIGNAL, False, check.required, None, reason)


def _read(check: Check, result: Result, now: datetime) -> _Part | None:
    """What one reading contributes; None for a check on records that found nothing to judge."""
    age, over = now - result.seen_until, result.word in _OVER
    word = CheckState(result.word)
    if word is CheckState.NO_SIGNAL and not check.on_telemetry and not result.population:
        return None
    if age > 2 * check.cadence:
        state, word = MeasuredState.NO_SIGNAL, CheckState.NO_SIGNAL
    elif word in {CheckState.NO_SIGNAL, CheckState.PAUSED}:
        state = MeasuredState.NO_SIGNAL
    elif over:
        state = MeasuredState.DEGRADED
    elif age > 1.5 * check.cadence:
        state = MeasuredState.STALE
    else:
        state = MeasuredState.EFFECTIVE
    whom = "" if result.subject == ORGANIZATION else f" ({result.subject})"
    silent = f" Nothing since {result.seen_until:%Y-%m-%d %H:%M} UTC." if age > 2 * check.cadence else ""
    reason = Reason(
        f"{check.title}{whom}: {result.reason}{silent}",
        state,
        check.slug,
        check.slug,
        result.subject,
        result.pk,
        result.leaf,
    )
    counts_as_over = over and word is not CheckState.NO_SIGNAL
    return _Part(state, word, counts_as_over, check.required, min(result.seen_until, now), reason)


def _measured(
    row: Requirement,
    checks: list[Check],
    parts: list[_Part],
    facts: _Facts,
    attestation: AttestationRow | None,
    in_date: bool,
) -> tuple[MeasuredState, tuple[Reason, ...]]:
    if row.id in facts.excluded:
        reference, why = facts.excluded[row.id]
        return MeasuredState.NOT_APPLICABLE, (Reason(why, MeasuredState.NOT_APPLICABLE, reference),)
    if not parts:
        if attestation is not None and not in_date:
            text = f"The attestation {attestation.reference} ended on {attestation.valid_until}."
            return MeasuredState.STALE, (Reason(text, MeasuredState.STALE, attestation.reference),)
        text = "There is nothing yet that its checks could read." if checks else "No check reads it."
        return MeasuredState.NOT_MEASURED, (Reason(text, MeasuredState.NOT_MEASURED, row.id),)
    over = [part for part in parts if part.over]
    if any(part.required for part in over) or 2 * len(over) > len(parts):
        state = MeasuredState.FAILING
    else:
        state = states.worst(part.state for part in parts)
    failing = state is MeasuredState.FAILING
    ordered = sorted(parts, key=lambda part: (not (part.over and failing), _place(part)))
    return state, tuple(part.reason for part in ordered)


def _place(part: _Part) -> tuple[int, bool]:
    return list(MeasuredState).index(part.state), not part.required


# What people vouch for


def evidence_word(attestation: AttestationRow, now: datetime) -> EvidenceState:
    """Age of an attestation: due soon in the last 15% of its validity."""
    today = now.date()
    if attestation.valid_until < today:
        return EvidenceState.OUT_OF_DATE
    whole = (attestation.valid_until - attestation.period_until).days
    left = (attestation.valid_until - today).days
    return EvidenceState.DUE_SOON if left <= 0.15 * whole else EvidenceState.IN_DATE


def disagreement(
    measured: MeasuredState, attested: AttestedState | None, attestation: AttestationRow | None
) -> str:
    """The sentence to show when measured and attested state do not agree; empty if they do."""
    if attested is None or attestation is None:
        return ""
    bad = {MeasuredState.FAILING, MeasuredState.DEGRADED}
    if attested is AttestedState.EFFECTIVE and measured in bad:
        return (
            f"Attested as effective up to {_day(attestation.period_until)}; the checks now read"
            f" {measured.lower()}."
        )
    if attested is AttestedState.NOT_EFFECTIVE and measured is MeasuredState.EFFECTIVE:
        day = _day(attestation.period_until)
        return f"Attested as not effective up to {day}; the checks now read effective."
    return ""


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


# How much evidence there is


def _evidence(
    row: Requirement, checks: list[Check], parts: list[_Part], facts: _Facts, attested: bool
) -> tuple[RequirementState, int, tuple[str, ...]]:
    """How much evidence a requirement has: its word, how many sources there are, and which are missing.

    A requirement asks for up to three sources: *readings* when a check reads it (there when one is
    within its limit and in date), *records* when it asks for documented information or a kind of record gives
    evidence for it (there when one of them is in force, or an approved document names it), and an
    *attestation* when the catalog says that a machine cannot show all of it (there when one is in date).
    All there: complete. Some: partial. None, though a check reads it: missing. None and no check: not
    assessed. It says how much there is to look at, never that the requirement is met.
    """
    sources: dict[str, bool] = {}
    if checks:
        sources["readings"] = any(part.state is MeasuredState.EFFECTIVE for part in parts)
    giving = [kind.slug for kind in kinds.all_kinds() if row.id in kind.requirements]
    if giving or row.documented:
        sources["records"] = row.id in facts.documented or any(facts.records.get(slug) for slug in giving)
    if row.evidence != "automated" or not sources:
        sources["attestation"] = attested
    have = sum(sources.values())
    missing = tuple(name for name, there in sources.items() if not there)
    if not missing:
        return RequirementState.COMPLETE, have, missing
    if have:
        return RequirementState.PARTIAL, have, missing
    return (RequirementState.MISSING if parts else RequirementState.NOT_ASSESSED), have, missing
