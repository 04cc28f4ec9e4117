"""The statement of applicability (ISO/IEC 42001 6.1.3): one row for each of the 38 controls and each own one.

It is built from the newest rows each time somebody asks for it, says as of when, and names the key and
the signed checkpoint by which everything in it can be checked. It states what was decided beside what is
measured, and never concludes from either that a requirement is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import posture as postures
from plumbline.controls import queries as results
from plumbline.controls import registry
from plumbline.controls.judged import queries as judged
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.identity import policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.as_of import known_at
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports import findings, queries
from plumbline.reports.findings import Finding, RowContext
from plumbline.reports.queries import ApprovalRow
from plumbline.trail import keys, log

KIND = "applicability"


@dataclass(frozen=True)
class Row:
    """One control. ``reference`` is empty when nobody has decided; ``hidden`` when the reader may not see it.

    ``approval`` is of the revision it names; ``approval_holds`` says that this is still the text shown.
    """

    control: str
    number: str
    title: str
    area: str
    reference: str = ""
    hidden: bool = False
    state: str = ""
    revision: int = 0
    applicable: str = ""
    reasons: tuple[str, ...] = ()
    justification: str = ""
    exclusion_reason: str = ""
    how: str = ""
    implementation: str = ""
    risks: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    owner: str = ""
    next_review: str = ""
    approval: ApprovalRow | None = None
    approval_holds: bool = False
    posture: RequirementPosture | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Statement:
    """The whole statement, with what it takes to check it elsewhere."""

    organization: str
    as_of: datetime
    vkey: str
    entries: int
    checkpoint: int
    catalog: str
    rows: tuple[Row, ...]
    own: tuple[Row, ...]

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """The rows of Annex A, then those of the organization's own controls."""
        return self.rows + self.own

    @property
    def findings(self) -> tuple[tuple[Row, Finding], ...]:
        """Every finding with its row."""
        return tuple((row, finding) for row in self.all_rows for finding in row.findings)

    def counted(self, answer: str) -> int:
        """How many of the 38 controls are decided ``yes`` or ``no``, or with ``""`` not at all."""
        return sum(row.applicable == answer and not row.hidden for row in self.rows)


def statement(actor: Actor, at: datetime | None = None) -> Statement:
    """The statement as ``actor`` may see it, now or as of the instant ``at``.

    It rests on the rows in force; a control of which none is shows its draft, which decides nothing. As of a
    day only what was in force then is shown. Raises `NotAllowed` for whoever reads no applicability rows, and
    `Invalid` for a day that has not begun.
    """
    policy.require(actor, "read", kind=KIND, anywhere=True)
    data = _StatementData(actor, known_at(at))
    decided = {row["requirement"]: row for row in data.rows if row["requirement"]}
    checkpoint = log.latest_checkpoint()
    areas = {member: group.title for group in catalogs.areas() for member in group.members}
    return Statement(
        organization=organization.current().organization,
        as_of=data.now,
        vkey=keys.vkey(),
        entries=log.size(),
        checkpoint=checkpoint.size if checkpoint else 0,
        catalog=catalogs.version(),
        rows=tuple(
            _control_row(control, areas.get(control.id, ""), decided.get(control.id), data)
            for control in catalogs.controls()
        ),
        own=tuple(
            _row(row["reference"], row["reference"], row["title"], "Own controls", row, data)
            for row in data.rows
            if not row["requirement"]
        ),
    )


class _StatementData:
    """What the rows are built from, read once for all of them."""

    def __init__(self, actor: Actor, at: datetime | None) -> None:
        self.now = at or clock.now()
        self.rows = _decided(at)
        self.drafts = _drafts() if at is None else {}
        self.seen = queries.visible_references(actor, KIND) if kinds.exists(KIND) else set()
        self.approvals = queries.newest_approvals(KIND, self.now)
        self.people = identity.names(row["owner"] for row in self.rows if row["owner"])
        self.posture = {row.id: row for row in postures.posture(actor, at=at)}
        self.context = RowContext(
            now=self.now,
            cited=findings.citations(_written("treatment", at)),
            newest=_newest_results(at),
            checked=frozenset(row.id for row in self.posture.values() if row.checks),
            attested=frozenset(row.id for row in self.posture.values() if row.attested is not None),
            risks=findings.last_changes(_written("risk", at)),
        )


def _written(kind: str, at: datetime | None) -> list[dict[str, Any]]:
    """All records of a kind, drafts too, since a draft may speak against a row; none where there is no such
    kind."""
    return records.claimed(kind, at) if kinds.exists(kind) else []


def _decided(at: datetime | None) -> list[dict[str, Any]]:
    """The rows in force and, today, those of which none is, in order of recording."""
    if not kinds.exists(KIND):
        return []
    in_force = {row["reference"]: row for row in records.in_force(KIND, at)}
    if at is not None:
        return list(in_force.values())
    written = [row for row in records.claimed(KIND) if row["state"] != "retired"]
    # A record whose approval takes effect later is not in force yet: it stands as the draft it is until then.
    return [in_force.get(row["reference"], row) for row in written]


def _drafts() -> dict[str, int]:
    """The revision that each row is being revised to, by reference, of rows that are in force."""
    frozen = kinds.get(KIND).workflow.frozen if kinds.exists(KIND) else frozenset[str]()
    return {row["reference"]: row["revision"] for row in _written(KIND, None) if row["state"] not in frozen}


def _newest_results(at: datetime | None) -> dict[str, datetime]:
    """Up to when the newest evidence of any check on each requirement reaches."""
    newest: dict[str, datetime] = {}
    by_check: dict[str, datetime] = {}
    readings = results.readings() if at is None else judged.readings_at(at)
    for (slug, _), result in readings.items():
        by_check[slug] = max(by_check.get(slug, result.seen_until), result.seen_until)
    for check in registry.all_checks():
        for requirement in check.requirements:
            if check.slug in by_check:
                newest[requirement] = max(newest.get(requirement, by_check[check.slug]), by_check[check.slug])
    return newest


def _control_row(control: Requirement, area: str, row: Mapping[str, Any] | None, data: _StatementData) -> Row:
    if row is not None:
        return _row(control.id, control.number, control.title, area, row, data)
    return Row(
        control.id,
        control.number,
        control.title,
        area,
        posture=data.posture.get(control.id),
        findings=(findings.MISSING,),
    )


def _row(
    control: str, number: str, title: str, area: str, row: Mapping[str, Any], data: _StatementData
) -> Row:
    if row["reference"] not in data.seen:
        return Row(control, number, title if row["requirement"] else "", area, hidden=True)
    approval = data.approvals.get(row["reference"])
    posture = data.posture.get(control)
    return Row(
        control=control,
        number=number,
        title=title,
        area=area,
        reference=row["reference"],
        state=row["state"],
        revision=row["revision"],
        applicable=row["applicable"],
        reasons=tuple(row["reasons"] or ()),
        justification=row["justification"],
        exclusion_reason=row["exclusion_reason"],
        how=row["how"],
        implementation=row["implementation"],
        risks=tuple(row["risks"]),
        systems=tuple(row["systems"]),
        documents=tuple(row["documents"]),
        owner=data.people.get(row["owner"] or "", ""),
        next_review=row["next_review"] or "",
        approval=approval,
        approval_holds=approval is not None and row["state"] == "approved",
        posture=posture,
        findings=(
            *findings.row_findings(row, approval.at if approval else None, data.context),
            *findings.revised(row, data.drafts.get(row["reference"])),
        ),
    )
