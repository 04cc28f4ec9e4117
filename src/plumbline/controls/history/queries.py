"""What this room asks of the revisions of records: when something came into force, and who was behind it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import dropwhile
from typing import Any

from plumbline.controls import easings
from plumbline.records import kinds
from plumbline.records.approved import queries as approved
from plumbline.records.models import Record, Revision
from plumbline.trail import log


def steps_of_kind(kind: str) -> list[tuple[int, str, int, str, datetime, int]]:
    """Every step along the workflow of every record of a kind, by record and revision: primary key,
    reference and revision of the record, the state it reached, when, and in which trail entry."""
    rows = Revision.objects.filter(record__kind=kind, verb="moved").order_by("record_id", "number")
    return list(rows.values_list("record_id", "record__reference", "number", "state", "at", "leaf"))


def people_behind(reference: str) -> set[int]:
    """People (primary keys) who wrote a record, took a step with it or approved it."""
    rows = Revision.objects.filter(record__reference=reference).exclude(person=None)
    return set(rows.values_list("person_id", flat=True))


def carried_out(reference: str) -> datetime | None:
    """When it was last recorded that a corrective action was carried out; None while it is not."""
    moving = ("moved", "retracted")
    rows = Revision.objects.filter(record__reference=reference.upper(), verb__in=moving).order_by("-number")
    steps = dropwhile(lambda step: step[0] == "verified", rows.values_list("state", "at"))
    state, at = next(steps, ("", None))
    return at if state == "carried out" else None


def revisions(reference: str) -> list[tuple[int, dict[str, Any] | None]]:
    """Trail entry and values of every revision of a record, oldest first; None where it was erased."""
    rows = Revision.objects.filter(record__reference=reference.upper()).order_by("number")
    found = []
    for leaf in rows.values_list("leaf", flat=True):
        opened = log.opening(leaf, "revision")
        found.append((leaf, dict(json.loads(opened)["values"]) if opened else None))
    return found


def with_before(kind: str, rows: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Rows in force of a kind; those that make checks easier have, under `easings.BEFORE`, the row that was
    in force before they did, unless what it said was erased."""
    found = []
    for row in rows:
        if easings.eased(row) and row.get("eased_since") is not None:
            record = Record.objects.get(reference=row["reference"])
            before = approved.as_approved(record, kinds.get(kind), row["eased_since"])
            row = {**row, easings.BEFORE: easings.put_back(kind, row, before)} if before is not None else row
        found.append(row)
    return tuple(found)
