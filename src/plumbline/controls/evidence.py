"""Gathering what a check asked for, once per batch, and the digest that says what it was given."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from plumbline import catalogs
from plumbline.controls import queries
from plumbline.controls.declare import Check, Evidence, Limit, Measure, floor
from plumbline.discovery import queries as sightings
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.metrics import queries as points
from plumbline.records import queries as records
from plumbline.telemetry.store.port import Reader

Facts = tuple[Mapping[str, Any], ...]


class Gatherer:
    """Gathers the evidence of a batch of judgements; what is read once serves the whole batch."""

    def __init__(self, store: Reader, now: datetime) -> None:
        self.store = store
        self.now = now
        self._records: dict[str, Facts] = {}
        self._facts: dict[str, Facts] = {}
        self._digests: dict[str, str] = {}

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
                records={kind: self._kind(kind) for kind in check.needed("records")},
                facts={name: self._named(name) for name in check.needed("facts")},
                limits=limits,
            )
        read = points.measures(check.needed("metric"), subject, start, end, self.store)
        period = points.reference_period(subject)
        return Evidence(
            subject,
            start,
            end,
            self.now,
            measures={
                metric: {
                    group: Measure(
                        one.value,
                        one.population,
                        one.numerator,
                        one.denominator,
                        base=one.base,
                        bins=one.bins,
                    )
                    for group, one in groups.items()
                }
                for metric, groups in read.items()
            },
            limits=limits,
            reference_period=period is not None and period[0] < end and start < period[1],
        )

    def _kind(self, kind: str) -> Facts:
        if kind not in self._records:
            self._records[kind] = tuple(records.facts(kind))
        return self._records[kind]

    def _named(self, name: str) -> Facts:
        if name not in self._facts:
            self._facts[name] = _FACTS[name]()
        return self._facts[name]

    def seen_until(self, check: Check, evidence: Evidence) -> datetime:
        """Up to when the evidence reaches: the last hour with data, or the present for records."""
        if not check.on_telemetry:
            return min(self.now, evidence.end)
        last = points.last_hour(
            evidence.subject, points.kept(check.needed("metric")), evidence.start, evidence.end
        )
        return min(last or evidence.end, evidence.end)

    def digest(self, evidence: Evidence) -> str:
        """SHA-256 over the evidence in the canonical form; figures as Python writes them."""
        body: JSON = {
            "subject": evidence.subject,
            "window": [rfc3339(evidence.start), rfc3339(evidence.end)],
            "measures": {
                metric: {group: _plain(one) for group, one in groups.items()}
                for metric, groups in evidence.measures.items()
            },
            "records": {
                kind: self._digest(f"records:{kind}", rows) for kind, rows in evidence.records.items()
            },
            "facts": {name: self._digest(f"facts:{name}", rows) for name, rows in evidence.facts.items()},
            "limits": {
                name: [repr(limit.value), limit.minimum, limit.source, limit.revision]
                for name, limit in evidence.limits.items()
            },
            "day": rfc3339(floor(evidence.now, "day")) if evidence.records or evidence.facts else "",
            "reference_period": evidence.reference_period,
        }
        return hashlib.sha256(canonical(body)).hexdigest()

    def _digest(self, name: str, rows: Facts) -> str:
        if name not in self._digests:
            plain = [dict(row) for row in rows]
            self._digests[name] = hashlib.sha256(canonical(plain)).hexdigest()
        return self._digests[name]


def _plain(one: Measure) -> list[JSON]:
    figures: list[JSON] = [repr(one.value), one.population, repr(one.numerator), repr(one.denominator)]
    return figures if one.base is None else [*figures, one.base, one.bins]


def _sightings() -> Facts:
    return tuple(
        {
            "slug": row.slug,
            "reference": row.reference,
            "dismissed_until": row.dismissed_until.isoformat() if row.dismissed_until else None,
        }
        for row in sightings.sightings()
    )


def _controls() -> Facts:
    return tuple({"id": row.id, "title": row.title} for row in catalogs.controls())


def _documents_asked() -> Facts:
    """Sub-clauses that ask for a document, and for which; 7.5.1 asks for them all and is left out."""
    rows = (
        (row, [one.what for one in row.documented if one.form == "document"]) for row in catalogs.subclauses()
    )
    return tuple(
        {"id": row.id, "what": "; ".join(what)} for row, what in rows if what and row.number != "7.5.1"
    )


def _attached() -> Facts:
    return tuple({"reference": reference} for reference in queries.with_attachment("document"))


def _people() -> Facts:
    rows = queries.people(clock.now().date())
    return tuple({"handle": handle, "active": active, "roles": roles} for handle, active, roles in rows)


_FACTS = {
    "sightings": _sightings,
    "controls": _controls,
    "documents-asked": _documents_asked,
    "attached": _attached,
    "people": _people,
}
