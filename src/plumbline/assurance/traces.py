"""What records leave behind: the decision about a control, what shows it at work, and their last day."""

from __future__ import annotations

from datetime import date

from plumbline.assurance.snapshot import Row, Snapshot


def decided(world: Snapshot) -> dict[str, Row]:
    """The decision about each control of Annex A, by its id."""
    return {row["requirement"]: row for row in world.of("applicability") if row["requirement"]}


def evidence_of(control: str, world: Snapshot) -> list[Row]:
    """Records that show something of a control: of kinds that are evidence for it, and those that name it."""
    of_kinds = [
        row
        for kind, shown in world.evidence.items()
        if control in shown and kind not in {"policy", "responsibility", "document"}
        for row in world.of(kind)
    ]
    named = [
        row
        for row in world.of(
            "document", "attestation", "treatment", "responsibility", "audit-finding", "nonconformity"
        )
        if control in (*row.many("requirements"), *row.many("requirement"), *row.many("controls"))
    ]
    policies = [row for row in world.of("policy") if control in world.evidence.get("policy", ())]
    return [*of_kinds, *named, *policies]


def last_day(row: Row, world: Snapshot) -> date:
    """The last day up to today of which a record speaks: days in its fields and files, and its recording
    unless
    it was imported."""
    days = [value for name, value in row.values.items() if isinstance(value, date) and name not in AHEAD]
    days += [day for file in row.files for day in (file.dated, file.added) if day is not None]
    if not row.imported:
        days.append(row.changed)
    return max((day for day in days if day <= world.today), default=date.min)


AHEAD = frozenset(
    {"next_review", "due", "valid_until", "next_due", "dispose_on", "expires_on", "contract_until"}
)
