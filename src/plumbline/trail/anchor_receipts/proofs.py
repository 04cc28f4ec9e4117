"""What receipts of anchors follow from: the entry that was written when the evidence came."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from plumbline.kernel.clock import parse_rfc3339
from plumbline.trail.anchor_receipts import queries
from plumbline.trail.anchor_receipts.queries import ENTRY_TYPE
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows
from plumbline.trail.models import AnchorReceipt
from plumbline.trail.proofs import Proof

TABLE = "trail.AnchorReceipt"


def _expected(entry: CommittedEntry) -> Mapping[str, object]:
    facts, (anchor, _, name) = entry.facts, entry.view.subject_ref.partition(":")
    return {
        "anchor": anchor,
        "name": name,
        "size": facts["size"],
        "root": facts["root"],
        "evidence": facts["evidence"],
        "stated_at": parse_rfc3339(facts["stated"]) if facts["stated"] else None,
        "time": entry.view.time,
    }


def _found(row: AnchorReceipt) -> Mapping[str, object]:
    return {
        "anchor": row.anchor,
        "name": row.name,
        "size": row.size,
        "root": bytes(row.root).hex(),
        "evidence": hashlib.sha256(bytes(row.evidence)).hexdigest(),
        "stated_at": row.stated_at,
        "time": row.time,
    }


RECEIPTS = EntryRows(
    TABLE,
    queries.rows,
    frozenset({ENTRY_TYPE}),
    _expected,
    _found,
    lambda row: f"{row.anchor}:{row.name} at {row.size}",
)


def declaration() -> Proof:
    """The declaration of the table."""
    return Proof(
        TABLE,
        "Anchor, size, root and times stand in the entry that was written when the evidence came, and so "
        "does the digest of the evidence.",
        RECEIPTS.passes(),
    )
