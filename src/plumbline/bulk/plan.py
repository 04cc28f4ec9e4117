"""What a bulk change would do with each record, judged by the rules of the door. Nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from plumbline.bulk.requests import BulkRequest
from plumbline.identity.actors import Actor
from plumbline.kernel.canonical import canonical
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import Problem
from plumbline.records import commands, queries
from plumbline.records import values as plain_values
from plumbline.records.commands import Amendment
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

PART = 200
"""Records that are read and judged together."""


@dataclass(frozen=True)
class PlannedRow:
    """What happens with one record. ``values`` are those that an undo would put back, as canonical JSON."""

    reference: str
    revision: int
    outcome: str
    message: Text = ""
    remedy: Text = ""
    values: str = ""


def plan(actor: Actor, kind: Kind, request: BulkRequest, references: Sequence[str]) -> Iterator[PlannedRow]:
    """Every record of ``references`` that ``actor`` may see, in their order, with what would happen."""
    for start in range(0, len(references), PART):
        part = list(references[start : start + PART])
        for record in visible_records(actor, kind, part):
            yield judged(actor, kind, request, record)


def visible_records(actor: Actor, kind: Kind, references: Iterable[str]) -> list[Record]:
    """Records that ``actor`` may see, with all that their plain values need, in the order asked for."""
    names = [name for name in kind.field_names if kind.field(name).is_relation]
    foreign = [name for name in names if name not in kind.many_valued]
    rows = queries.visible(actor, kind).select_related("unit_wanted", *foreign)
    found = rows.prefetch_related(*kind.many_valued).filter(reference__in=references)
    by_reference = {row.reference: row for row in found}
    return [by_reference[reference] for reference in references if reference in by_reference]


def judged(
    actor: Actor,
    kind: Kind,
    request: BulkRequest,
    record: Record,
    values: str = "",
    revision: int | None = None,
) -> PlannedRow:
    """What would happen with one record; for an undo with its own ``values``, at ``revision`` alone."""
    reference, seen = record.reference, record.revision if revision is None else revision
    try:
        before = _before(kind, request, record)
        changes = _would_change(actor, kind, request, record, values, seen)
    except Problem as problem:
        return PlannedRow(reference, seen, "refused", *reason(problem))
    if not changes:
        return PlannedRow(reference, seen, "unchanged")
    return PlannedRow(reference, seen, "change", values=values or before)


def _before(kind: Kind, request: BulkRequest, record: Record) -> str:
    if request.act != "edit" or request.undo:
        return ""
    present = plain_values.of_record(record, kind)
    return canonical({name: present[name] for name in request.values}).decode()


def _would_change(
    actor: Actor, kind: Kind, request: BulkRequest, record: Record, values: str, revision: int
) -> bool:
    """Raises the problem that the act itself would raise."""
    if request.act == "move":
        commands.judge_move(actor, kind, record, request.move, request.reason)
        return True
    if request.act == "link":
        return commands.judge_link(actor, kind, record, request.relation, request.target)
    wanted = json.loads(values) if request.undo else request.values
    return commands.judge_amendment(actor, kind, record, Amendment(record.reference, wanted, revision))


def reason(problem: Problem) -> tuple[Text, Text]:
    """Why a record is left out, and what would help, of the first fault that says so."""
    if not problem.faults:
        return problem.detail, problem.remedy or ""
    fault = problem.faults[0]
    return problem.detail, fault.remedy or fault.message
