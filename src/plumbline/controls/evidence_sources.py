"""What a person vouches for, and how much evidence there is, of one requirement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from plumbline.catalogs import Requirement
from plumbline.controls.decisions.queries import AttestationRow
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, Word, say
from plumbline.kernel.states import AttestedState, EvidenceState, MeasuredState, RequirementState
from plumbline.records import kinds


def evidence_word(attestation: AttestationRow, now: datetime) -> EvidenceState:
    """Age of an attestation: due soon in the last 15% of its validity."""
    today = clock.day_of(now)
    if attestation.valid_until < today:
        return EvidenceState.OUT_OF_DATE
    whole = (attestation.valid_until - attestation.period_until).days
    left = (attestation.valid_until - today).days
    return EvidenceState.DUE_SOON if left <= 0.15 * whole else EvidenceState.IN_DATE


def disagreement(
    measured: MeasuredState, attested: AttestedState | None, attestation: AttestationRow | None
) -> Text:
    """The message to show when measured and attested state do not agree; empty if they do."""
    if attested is None or attestation is None:
        return ""
    bad = {MeasuredState.FAILING, MeasuredState.DEGRADED}
    day = attestation.period_until
    if attested is AttestedState.EFFECTIVE and measured in bad:
        return say(
            "posture.attested-effective", "Attested as effective up to {day}; the checks now read {state}.",
            day=day, state=Word(measured.lower()),
        )  # fmt: skip
    if attested is AttestedState.NOT_EFFECTIVE and measured.good:
        return say(
            "posture.attested-not-effective",
            "Attested as not effective up to {day}; the checks now read {state}.", day=day,
            state=Word(measured.lower()),
        )  # fmt: skip
    return ""


def giving(rows: Iterable[Requirement]) -> set[str]:
    """The kinds (slugs) whose records in force are evidence for one of the requirements."""
    wanted = {row.id for row in rows}
    return {kind.slug for kind in kinds.all_kinds() if not wanted.isdisjoint(kind.requirements)}


def evidence_of(
    row: Requirement,
    measured: MeasuredState,
    documented: set[str],
    in_force: Mapping[str, int],
    *,
    has_checks: bool,
    attested: AttestedState | None,
) -> tuple[RequirementState, int, tuple[str, ...]]:
    """How much evidence a requirement has: its word, how many sources there are, and which are missing.

    A requirement asks for up to three sources: *readings* when a check reads it (there when the measured
    state is good), *records* (there when one of a kind that gives evidence for it is in force, or an approved
    document of our own names it: what has no record has no evidence), and an *attestation*, since no machine
    shows all of any requirement (there when one is in date that says effective: who cannot tell, or says that
    it is not, vouches for nothing). All there: complete. Some: partial. None, though a check judged
    something: missing. None and nothing judged: not assessed. It says how much there is to look at, never
    that the requirement is met.
    """
    sources: dict[str, bool] = {}
    if has_checks:
        sources["readings"] = measured.good
    sources["records"] = row.id in documented or any(in_force.get(slug) for slug in giving([row]))
    sources["attestation"] = attested is AttestedState.EFFECTIVE
    have = sum(sources.values())
    missing = tuple(name for name, there in sources.items() if not there)
    if not missing:
        return RequirementState.COMPLETE, have, missing
    if have:
        return RequirementState.PARTIAL, have, missing
    looked = has_checks and measured is not MeasuredState.NOTHING_TO_JUDGE
    return (RequirementState.MISSING if looked else RequirementState.NOT_ASSESSED), have, missing
