"""What a person vouches for, and how much evidence there is, of one requirement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from plumbline.catalogs import Requirement
from plumbline.controls.declare import Check
from plumbline.controls.measured_state import Part
from plumbline.controls.queries import AttestationRow
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


def evidence_of(
    row: Requirement,
    checks: list[Check],
    parts: list[Part],
    documented: set[str],
    in_force: Mapping[str, int],
    *,
    attested: bool,
) -> tuple[RequirementState, int, tuple[str, ...]]:
    """How much evidence a requirement has: its word, how many sources there are, and which are missing.

    A requirement asks for up to three sources: *readings* when a check reads it (there when one is
    within its limit and in date), *records* when it asks for documented information or a kind of record gives
    evidence for it (there when one of them is in force, or an approved document names it), and an
    *attestation* where the catalog says what stays for people, which it does of every sub-clause and control
    (there when one is in date): no check makes evidence complete without a person.
    All there: complete. Some: partial. None, though a check reads it: missing. None and no check: not
    assessed. It says how much there is to look at, never that the requirement is met.
    """
    sources: dict[str, bool] = {}
    if checks:
        sources["readings"] = any(part.state.good for part in parts)
    giving = [kind.slug for kind in kinds.all_kinds() if row.id in kind.requirements]
    if giving or row.documented:
        sources["records"] = row.id in documented or any(in_force.get(slug) for slug in giving)
    if row.people or not sources:
        sources["attestation"] = attested
    have = sum(sources.values())
    missing = tuple(name for name, there in sources.items() if not there)
    if not missing:
        return RequirementState.COMPLETE, have, missing
    if have:
        return RequirementState.PARTIAL, have, missing
    return (RequirementState.MISSING if parts else RequirementState.NOT_ASSESSED), have, missing
