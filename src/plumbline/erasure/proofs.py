"""What requests, holds and retention periods follow from: the entries that each of them left."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.erasure.models import ErasureRequest, LegalHold, RetentionPeriod
from plumbline.trail.commitments import queries as committed
from plumbline.trail.erasures.queries import ENTRY_TYPE
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

REQUEST, HOLD, PERIOD = "erasure.ErasureRequest", "erasure.LegalHold", "erasure.RetentionPeriod"
_DECIDED = {"erasure.approved": "approved", "erasure.refused": "refused", ENTRY_TYPE: "done"}


def _check_requests(start: int, stop: int) -> Iterator[Difference]:
    """Kind, ground, target, who asked and who decided; a request is done exactly when an entry says so."""
    expected: dict[str, dict[str, object]] = {}
    entries: dict[str, int] = {}
    for entry in committed.of_types({"erasure.requested", *_DECIDED}):
        handle = entry.view.subject_ref
        fields = expected.setdefault(handle, {})
        if entry.view.entry_type == "erasure.requested":
            fields |= {"kind": entry.facts["of"], "ground": entry.facts["ground"], "actor": entry.view.actor}
            fields |= {slot: entry.text(slot) for slot in ("target", "reason") if slot in entry.openings}
        else:
            fields["state"] = _DECIDED[entry.view.entry_type]
            fields["decided_by"] = entry.view.actor
        entries[handle] = entry.index
    rows = {row.handle: row for row in ErasureRequest.objects.all()}
    for handle, fields in expected.items():
        if handle in rows:
            yield from compare(REQUEST, handle, entries[handle], fields, _request(rows[handle]))
        elif "kind" in fields:  # of a replay after a restore there is an erasure entry alone
            yield without_row(REQUEST, handle, entries[handle])
    for handle in rows.keys() - expected.keys():
        yield without_entry(REQUEST, handle)


def _request(row: ErasureRequest) -> dict[str, object]:
    # Running is what an approved request is while its work is done.
    state = "approved" if row.state == ErasureRequest.State.RUNNING else str(row.state)
    return {
        "kind": row.kind,
        "ground": row.ground,
        "actor": row.actor,
        "target": row.target,
        "reason": row.reason,
        "state": state,
        "decided_by": row.decided_by,
    }


def _check_holds(start: int, stop: int) -> Iterator[Difference]:
    expected: dict[str, dict[str, object]] = {}
    entries: dict[str, int] = {}
    for entry in committed.of_types({"hold.placed", "hold.released"}):
        handle = entry.view.subject_ref
        fields = expected.setdefault(handle, {})
        if entry.verb == "placed":
            of = entry.facts["of"]
            fields |= {"kind": "" if of == "all" else of, "actor": entry.view.actor, "released_by": ""}
            fields |= {slot: entry.text(slot) for slot in ("target", "ground") if slot in entry.openings}
        else:
            fields["released_by"] = entry.view.actor
        entries[handle] = entry.index
    rows = {row.handle: row for row in LegalHold.objects.all()}
    for handle, fields in expected.items():
        if handle in rows:
            row = rows[handle]
            yield from compare(
                HOLD, handle, entries[handle], fields, {name: getattr(row, name) for name in fields}
            )
        else:
            yield without_row(HOLD, handle, entries[handle])
    for handle in rows.keys() - expected.keys():
        yield without_entry(HOLD, handle)


def _check_periods(start: int, stop: int) -> Iterator[Difference]:
    proposed = {entry.index: entry for entry in committed.of_types({"retention.proposed"})}
    approved = {entry.index: entry for entry in committed.of_types({"retention.approved"})}
    rows = {row.leaf: row for row in RetentionPeriod.objects.all()}
    for index, entry in proposed.items():
        if index not in rows:
            yield without_row(PERIOD, str(index), index)
            continue
        row = rows[index]
        fields = {"actor": entry.view.actor, "months": entry.facts["months"]}
        fields["retention"] = entry.view.subject_ref.removeprefix("retention-")
        yield from compare(PERIOD, str(row.pk), index, fields, {name: getattr(row, name) for name in fields})
        if (row.approved_at is not None) != (row.approval_leaf in approved):
            yield without_entry(PERIOD, str(row.pk), row.approval_leaf)
    for leaf in rows.keys() - proposed.keys():
        yield without_entry(PERIOD, str(rows[leaf].pk))


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        REQUEST,
        "Kind, ground, target, who asked and who decided stand in the entries of the request; it is done "
        "when an erasure entry names it. What it found is repeated by that entry.",
        (Pass("requests", whole, _check_requests),),
    ),
    Proof(
        HOLD, "Follows from the entries that placed and released it.", (Pass("holds", whole, _check_holds),)
    ),
    Proof(
        PERIOD,
        "Class and months stand in the entry that proposed it; it is in force when an entry approved it.",
        (Pass("periods", whole, _check_periods),),
    ),
)
