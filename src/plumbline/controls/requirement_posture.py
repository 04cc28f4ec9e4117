"""One requirement's posture as a value: what is measured and why, what is attested, how much evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plumbline.kernel import clock
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import Message, Text, say, to_json
from plumbline.kernel.states import (
    AttestedState,
    CheckState,
    EvidenceState,
    MeasuredState,
    RequirementState,
    Strength,
)
from plumbline.wording import english


@dataclass(frozen=True)
class Reason:
    """Why a requirement reads as it does: a message, the state that it makes, and what it leads to.

    ``record`` is the reference of the record that decides, ``check`` the slug of the check that reads
    ``subject``, ``result`` and ``leaf`` the number of its result and of the trail entry that seals it.
    ``target`` is what the reason leads to first: the record, the check, or the requirement itself.
    """

    message: Message
    state: MeasuredState
    target: str
    record: str = ""
    check: str = ""
    subject: str = ""
    result: int | None = None
    leaf: int | None = None

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Coverage:
    """How much of its population one check covers, and the state that this makes. It names nobody.

    ``total`` members are judged, without the ``excluded`` ones. ``missing`` lack what is asked or are beyond
    the limit, ``silent`` give no signal, ``stale`` gave one too long ago; the rest is covered. ``strength``
    is the strongest word that the check can show.
    """

    check: str
    title: str
    state: MeasuredState
    total: int
    missing: int
    silent: int
    stale: int
    excluded: int
    strength: Strength

    @property
    def covered(self) -> int:
        """How many members are in order."""
        return self.total - self.missing - self.silent - self.stale


@dataclass(frozen=True)
class RequirementPosture:
    """One requirement: what is measured, what is attested, and how much evidence there is.

    ``measured`` says in its good end how strong the evidence is; ``reach`` is the strongest that the checks
    of the requirement can show at all, None where no check reads it. ``coverage`` is how much of its
    population each check covers. ``measured_at`` is the end of the oldest evidence among its readings, so the
    state is never shown as fresher than it is; ``newest_at`` is that of the newest. ``readings`` counts
    readings by word. ``evidence_have`` of ``evidence_of`` sources are there.
    """

    id: str
    number: str
    title: str
    kind: str
    group: str
    measured: MeasuredState
    measured_at: datetime | None
    reasons: tuple[Reason, ...]
    readings: Mapping[CheckState, int]
    checks: tuple[str, ...]
    attested: AttestedState | None
    attested_at: datetime | None
    attested_by: str
    attested_until: datetime | None
    attestation: str
    attestation_word: EvidenceState | None
    disagreement: Text
    word: RequirementState
    evidence_have: int
    evidence_of: int
    evidence_missing: tuple[str, ...]
    newest_at: datetime | None = None
    coverage: tuple[Coverage, ...] = ()
    reach: Strength | None = None

    @property
    def share(self) -> Message | None:
        """How many members the check that decides covers, with their number; None where nobody is judged.

        No state stands without its denominator: of several checks that are alike the one with the most
        members is the one to look at.
        """
        judged = [row for row in self.coverage if row.total]
        if not judged or self.measured is MeasuredState.NOT_APPLICABLE:
            return None
        row = max(judged, key=lambda one: (one.state is self.measured, one.missing + one.silent, one.total))
        return say("posture.share", "{covered} of {total}", covered=row.covered, total=row.total)

    @property
    def summary(self) -> str:
        """The reason that decides the state, in one sentence."""
        return str(self.reasons[0]) if self.reasons else ""


# As plain values


def _time(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant is not None else None


def as_dict(row: RequirementPosture) -> dict[str, Any]:
    """One requirement's posture as JSON values."""
    age = clock.now() - row.measured_at if row.measured_at else None
    return {
        "requirement": row.id,
        "title": row.title,
        "kind": row.kind,
        "measured": str(row.measured),
        "measured_at": _time(row.measured_at),
        "age_seconds": int(age.total_seconds()) if age is not None else None,
        "share": english(row.share) if row.share is not None else None,
        "reach": str(row.reach) if row.reach else None,
        "readings": {str(word): count for word, count in row.readings.items()},
        "checks": list(row.checks),
        "coverage": [coverage_dict(one) for one in row.coverage],
        "reasons": [
            {
                "text": english(reason.message),
                "code": reason.message.code,
                "message": to_json(reason.message),
                "state": str(reason.state),
                "target": reason.target,
                "subject": reason.subject,
                "result": reason.result,
                "entry": reason.leaf,
            }
            for reason in row.reasons
        ],
        "attested": str(row.attested) if row.attested else None,
        "attested_at": _time(row.attested_at),
        "attested_by": row.attested_by,
        "attested_until": _time(row.attested_until),
        "attestation": row.attestation,
        "attestation_age": str(row.attestation_word) if row.attestation_word else None,
        "disagreement": english(row.disagreement),
        "evidence": str(row.word),
        "evidence_have": row.evidence_have,
        "evidence_of": row.evidence_of,
        "evidence_missing": list(row.evidence_missing),
    }


def coverage_dict(row: Coverage) -> dict[str, Any]:
    """How much of its population a check covers, as JSON values."""
    return {
        "check": row.check,
        "state": str(row.state),
        "strength": str(row.strength),
        "total": row.total,
        "covered": row.covered,
        "missing": row.missing,
        "silent": row.silent,
        "stale": row.stale,
        "excluded": row.excluded,
    }


def as_cells(row: RequirementPosture) -> tuple[str, ...]:
    """One requirement's posture as cells: number, title, measured, members, the strongest word that its
    checks can show, age, attested, the reason that decides."""
    age = spoken(clock.now() - row.measured_at) if row.measured_at else ""
    attested = str(row.attested or row.attestation_word or "")
    members = english(row.share) if row.share is not None else ""
    reach = str(row.reach or "")
    return row.number, row.title, str(row.measured), members, reach, age, attested, row.summary


def spoken(age: timedelta) -> str:
    """An age in its largest whole unit: ``3 days``."""
    seconds = max(int(age.total_seconds()), 0)
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "now"
