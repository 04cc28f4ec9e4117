"""What is in force beside what is written: the approved revision, and what was added or changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import names
from plumbline.records.approved import queries as approved
from plumbline.records.kinds import Kind
from plumbline.records.rows import Record
from plumbline.web import cells
from plumbline.web.frame import Cell
from plumbline.web.records import person_names


@dataclass(frozen=True)
class Difference:
    """A field of which the draft says something else than what is in force."""

    label: str
    in_force: Cell
    written: Cell


@dataclass(frozen=True)
class ChangedRecord:
    """A record that the approved one names and that has had revisions since."""

    reference: str
    title: str
    revision: int
    now: int


@dataclass(frozen=True)
class InForce:
    """The revision in force of a record, and how what is written now differs from it.

    ``day`` is a text with which the page shows the record as it was approved.
    """

    revision: int
    leaf: int
    day: str
    digest: str
    is_beside_a_draft: bool
    differences: tuple[Difference, ...]
    changed: tuple[ChangedRecord, ...]

    def is_later(self, leaf: int) -> bool:
        """Whether a file or link with this trail entry was added after what was approved."""
        return leaf > self.leaf


def in_force(actor: Actor, kind: Kind, record: Record, written: Mapping[str, Any]) -> InForce | None:
    """What is in force of ``record``, whose present plain values are ``written``; None while nothing is."""
    row = approved.in_force_of(record, kind)
    if row is None or row["approved_revision"] is None:
        return None
    given = approved.given(record, row["approved_revision"])
    if given is None:
        return None
    beside = record.state not in kind.workflow.frozen
    other = [
        name
        for name in kind.field_names
        if row[name] != written[name] and (name != "unit" or record.unit_change)
    ]
    before, after = person_names.named(
        kind, [{name: side[name] for name in other} for side in (row, written)]
    )
    return InForce(
        revision=row["revision"],
        leaf=given.leaf,
        day=clock.rfc3339(given.at),
        digest=given.digest,
        is_beside_a_draft=beside,
        differences=tuple(
            Difference(
                cells.label(kind, name),
                cells.field_cell(kind, name, before[name]),
                cells.field_cell(kind, name, after[name]),
            )
            for name in other
        ),
        changed=_changed(actor, given.records),
    )


def _changed(actor: Actor, bound: Mapping[str, int]) -> tuple[ChangedRecord, ...]:
    """Those of the records that an approval binds that have changed since; unseen ones are left out."""
    now, titles = approved.revision_numbers(bound), names.titles(actor, bound)
    return tuple(
        ChangedRecord(reference, titles[reference], revision, now[reference])
        for reference, revision in sorted(bound.items())
        if reference in titles and now.get(reference, revision) > revision
    )
