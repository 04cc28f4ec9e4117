"""What bore on a requirement as of an earlier day, read from the revisions that were known by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import kinds, queries
from plumbline.records.kinds import Kind
from plumbline.web.frame import covered_size
from plumbline.web.requirements.evidence_rows import NOT_EVIDENCE, EvidenceRow, bears_on
from plumbline.web.requirements.related import (
    CLOSED,
    HISTORY_SHOWN,
    HistoryRow,
    history_row,
)

HISTORY = ("attestation", "applicability", "nonconformity")
"""Kinds whose records the history of a requirement lists."""


@dataclass(frozen=True)
class KnownRecord:
    """A record as it was known on an earlier day, with the entry that says so."""

    kind: Kind
    leaf: int
    snapshot: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        """A value of the revision, such as ``statement``."""
        try:
            return self.snapshot["values"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def reference(self) -> str:
        """Its reference."""
        return str(self.snapshot["reference"])

    @property
    def state(self) -> str:
        """The state that it was in."""
        return str(self.snapshot["state"])

    @property
    def created_at(self) -> datetime:
        """When that revision was recorded, by the name that lists of records of today use."""
        return self.recorded

    @property
    def recorded(self) -> datetime:
        """When that revision was recorded."""
        return clock.parse_rfc3339(self.snapshot["recorded"])

    def day(self, name: str) -> date | None:
        """A day among its values."""
        text = self.snapshot["values"].get(name) if name else None
        return date.fromisoformat(text) if text else None

    def names(self, requirement: str) -> bool:
        """Whether it bears on a requirement: all of its kind do, or it names the requirement."""
        how = bears_on(self.kind, requirement)
        if how is None or how == "all":
            return how == "all"
        value = self.snapshot["values"].get(how)
        return value == requirement if how == "requirement" else requirement in (value or ())


def known(actor: Actor, requirement: str, at: datetime) -> list[KnownRecord]:
    """The records that bore on ``requirement`` at ``at``, of every kind that ``actor`` may read."""
    return list(_known(actor, requirement, at))


def _known(actor: Actor, requirement: str, at: datetime) -> Iterator[KnownRecord]:
    for kind in kinds.all_kinds():
        if requirement and bears_on(kind, requirement) is None:
            continue
        if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
            continue
        for leaf, snapshot in queries.known_at(actor, kind, at).items():
            record = KnownRecord(kind, leaf, snapshot)
            if not requirement or record.names(requirement):
                yield record


def evidence_rows(records: list[KnownRecord], at: datetime) -> list[EvidenceRow]:
    """Those of ``records`` that are evidence, those closest to their end at ``at`` first."""
    covered = covered_size()
    rows = [
        EvidenceRow(
            record.kind,
            record.reference,
            str(record.title),
            record.state,
            record.recorded,
            record.day("effective_from"),
            record.day(record.kind.due),
            record.leaf,
            covered,
            at,
        )
        for record in records
        if record.kind.slug not in NOT_EVIDENCE
    ]
    return sorted(rows, key=lambda row: (row.share, row.updated_at), reverse=True)


def applicability(records: list[KnownRecord]) -> KnownRecord | None:
    """The row of the statement of applicability."""
    return next((record for record in records if record.kind.slug == "applicability"), None)


def open_nonconformities(records: list[KnownRecord]) -> int:
    """How many nonconformities were open."""
    return sum(record.kind.slug == "nonconformity" and record.state not in CLOSED for record in records)


def history(records: list[KnownRecord]) -> tuple[HistoryRow, ...]:
    """Attestations, applicability and nonconformities, the newest revision first."""
    shown = sorted(
        (record for record in records if record.kind.slug in HISTORY),
        key=lambda record: record.leaf,
        reverse=True,
    )[:HISTORY_SHOWN]
    names = identity.names(str(record.snapshot["values"].get("owner") or "") for record in shown)
    return tuple(
        history_row(
            record.kind.slug,
            record,
            names.get(str(record.snapshot["values"].get("owner") or ""), "Plumbline"),
        )
        for record in shown
    )
