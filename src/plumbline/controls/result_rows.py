"""Results as plain rows, for lists and for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline.controls import queries
from plumbline.controls.models import Result
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import Message, to_json
from plumbline.wording import english


@dataclass(frozen=True)
class ResultRow:
    """One result as lists show it."""

    number: int
    check: str
    subject: str
    window_start: datetime
    window_end: datetime
    word: str
    value: float | None
    unit: str
    limit: float | None
    limit_source: str
    numerator: float | None
    denominator: float | None
    population: int | None
    excluded: int
    strength: str
    reason: Message
    named: tuple[str, ...]
    leaf: int
    seen_until: datetime
    received_until: datetime | None
    recorded_at: datetime
    late: int
    restates: int | None
    cause: str
    reference_period: str
    evidence_digest: str
    source_digest: str


def result_row(row: Result) -> ResultRow:
    """A result as `ResultRow`."""
    return ResultRow(
        number=row.pk,
        check=row.check_name,
        subject=row.subject,
        window_start=row.window_start,
        window_end=row.window_end,
        word=row.word,
        value=row.value,
        unit=row.unit,
        limit=row.limit_value,
        limit_source=row.limit_source,
        numerator=row.numerator,
        denominator=row.denominator,
        population=row.population,
        excluded=row.excluded,
        strength=row.strength,
        reason=row.reason,
        named=row.names,
        leaf=row.leaf,
        seen_until=row.seen_until,
        received_until=row.received_until,
        recorded_at=row.recorded_at,
        late=row.late,
        restates=row.restates_id,
        cause=row.cause,
        reference_period=row.reference_period,
        evidence_digest=row.evidence_digest,
        source_digest=row.source_digest,
    )


def result_dict(row: ResultRow) -> dict[str, Any]:
    """A result as JSON values."""
    return {
        "result": row.number,
        "check": row.check,
        "subject": row.subject,
        "window": [rfc3339(row.window_start), rfc3339(row.window_end)],
        "word": row.word,
        "value": row.value,
        "unit": row.unit,
        "limit": row.limit,
        "limit_source": row.limit_source,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "population": row.population,
        "excluded": row.excluded,
        "strength": row.strength,
        "reason": english(row.reason),
        "reason_code": row.reason.code,
        "message": to_json(row.reason),
        "named": list(row.named),
        "entry": row.leaf,
        "seen_until": rfc3339(row.seen_until),
        "received_until": rfc3339(row.received_until) if row.received_until else None,
        "recorded": rfc3339(row.recorded_at),
        "late": row.late,
        "restates": row.restates,
        "cause": row.cause,
        "reference_period": row.reference_period,
        "evidence_digest": row.evidence_digest,
        "source_digest": row.source_digest,
    }


def results(
    *, check: str | None = None, subject: str | None = None, latest: bool = True, limit: int = 200
) -> list[ResultRow]:
    """Results, newest first; with ``latest`` only what each check reads of each subject today."""
    rows = queries.select(check_names=[check] if check else None, subject=subject or "")
    if latest:
        rows = rows.filter(pk__in=queries.read_today())
    return [result_row(row) for row in rows[:limit]]
