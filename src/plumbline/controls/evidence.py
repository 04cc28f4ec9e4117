"""Gathering what a check asked for, once per batch, and the digest that says what it was given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from plumbline.controls import easings, facts
from plumbline.controls.declare import Check
from plumbline.controls.facts import Rows
from plumbline.controls.history import queries as history
from plumbline.controls.verdicts import Evidence, Limit, Measure
from plumbline.controls.windows import floor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.metrics import queries as points
from plumbline.metrics.models import Reference
from plumbline.records import queries as records
from plumbline.telemetry.store.port import Reader, Receipts


class Gatherer:
    """Gathers the evidence of a batch of judgements; what is read once serves the whole batch."""

    def __init__(self, store: Reader, now: datetime, references: Sequence[Reference] | None = None) -> None:
        """``references`` are compared with in place of those by which a window is judged."""
        self.store = store
        self.now = now
        self.references = references
        self._records: dict[str, Rows] = {}
        self._facts: dict[str, Rows] = {}
        self._digests: dict[str, str] = {}
        self._receipts: dict[tuple[str, datetime, datetime], Receipts] = {}
        self._last_hours: dict[tuple[str, datetime, datetime], dict[str, datetime]] = {}
        self._references_at: dict[tuple[str, datetime], list[Reference]] = {}

    def of(
        self, check: Check, subject: str, start: datetime, end: datetime, limits: Mapping[str, Limit]
    ) -> Evidence:
        """The evidence that ``check`` asked for on ``subject`` in the window."""
        if not check.on_telemetry:
            return Evidence(
                subject,
                start,
                end,
                self.now,
                records={kind: self._rows(records.in_force, kind) for kind in check.needed("records")},
                claims={kind: self._rows(records.claimed, kind) for kind in check.needed("claims")},
                facts={name: self._named(name) for name in check.needed("facts")},
                limits=limits,
            )
        references = self.references
        if references is None:
            references = self._references(subject, start)
        read = points.measures(check.needed("metric"), subject, start, end, self.store, references)
        period = points.period_of(references)
        return Evidence(
            subject,
            start,
            end,
            self.now,
            measures={
                metric: {
                    group: Measure(
                        row.value,
                        row.population,
                        row.numerator,
                        row.denominator,
                        base=row.base,
                        bins=row.bins,
                        between=row.between,
                    )
                    for group, row in groups.items()
                }
                for metric, groups in read.items()
            },
            limits=limits,
            reference_period=period is not None and period[0] < end and start < period[1],
        )

    def _rows(self, read: Callable[[str], Iterable[Mapping[str, Any]]], kind: str) -> Rows:
        key = f"{read.__name__}:{kind}"
        if key not in self._records:
            rows = tuple(read(kind))
            eased = kind in easings.kinds_that_ease() and read is records.in_force
            self._records[key] = history.with_before(kind, rows) if eased else rows
        return self._records[key]

    def _named(self, name: str) -> Rows:
        if name not in self._facts:
            self._facts[name] = facts.FACTS[name].read()
        return self._facts[name]

    def receipts(self, check: Check, evidence: Evidence, open_for: timedelta) -> Receipts:
        """When the events behind the evidence were received, and how many after the window was closed,
        ``open_for`` after its end; nothing is received of records."""
        if not check.on_telemetry:
            return Receipts(None, 0)
        window = evidence.subject, evidence.start, evidence.end
        if window not in self._receipts:
            self._receipts[window] = self.store.receipts(*window, evidence.end + open_for)
        return self._receipts[window]

    def reference_period(self, check: Check, evidence: Evidence) -> str:
        """The days from which the reference of the evidence is taken; empty where none is compared with."""
        if not check.on_telemetry or not points.compare_with_reference(check.needed("metric")):
            return ""
        period = points.period_of(self._references(evidence.subject, evidence.start))
        return "/".join(str(clock.day_of(instant)) for instant in _inclusive(period)) if period else ""

    def seen_until(self, check: Check, evidence: Evidence) -> datetime:
        """Up to when the evidence reaches: the last hour with data, or the present for records."""
        if not check.on_telemetry:
            return min(self.now, evidence.end)
        window = evidence.subject, evidence.start, evidence.end
        if window not in self._last_hours:
            self._last_hours[window] = points.last_hours(*window)
        names, hours = points.hourly_names(check.needed("metric")), self._last_hours[window]
        return min(max((hours[name] for name in names if name in hours), default=evidence.end), evidence.end)

    def _references(self, subject: str, start: datetime) -> list[Reference]:
        if (subject, start) not in self._references_at:
            self._references_at[subject, start] = points.references_at(subject, start)
        return self._references_at[subject, start]

    def digest(self, evidence: Evidence) -> str:
        """SHA-256 over the evidence in the canonical form; figures as Python writes them."""
        body: JSON = {
            "subject": evidence.subject,
            "window": [rfc3339(evidence.start), rfc3339(evidence.end)],
            "measures": {
                metric: {group: _plain(measure) for group, measure in groups.items()}
                for metric, groups in evidence.measures.items()
            },
            "records": {
                kind: self._digest(f"records:{kind}", rows) for kind, rows in evidence.records.items()
            },
            "claims": {kind: self._digest(f"claims:{kind}", rows) for kind, rows in evidence.claims.items()},
            "facts": {name: self._digest(f"facts:{name}", rows) for name, rows in evidence.facts.items()},
            "limits": {
                name: [repr(limit.value), limit.minimum, limit.source, limit.revision]
                for name, limit in evidence.limits.items()
            },
            "day": rfc3339(floor(evidence.now, "day")) if evidence.judged_by_day else "",
            "reference_period": evidence.reference_period,
        }
        return hashlib.sha256(canonical(body)).hexdigest()

    def _digest(self, name: str, rows: Rows) -> str:
        if name not in self._digests:
            plain = [dict(row) for row in rows]
            self._digests[name] = hashlib.sha256(canonical(plain)).hexdigest()
        return self._digests[name]


def _inclusive(period: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    return period[0], period[1] - timedelta(microseconds=1)


def _plain(measure: Measure) -> list[JSON]:
    figures: list[JSON] = [repr(measure.value), measure.population]
    figures += [repr(measure.numerator), repr(measure.denominator)]
    if measure.between is not None:
        figures += [repr(edge) for edge in measure.between]
    return figures if measure.base is None else [*figures, measure.base, measure.bins]
