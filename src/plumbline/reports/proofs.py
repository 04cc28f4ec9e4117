"""What packs follow from: the entry that each left when it was built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from plumbline.kernel.clock import rfc3339
from plumbline.reports.audit_samples import proofs as samples
from plumbline.reports.commands import pack_path
from plumbline.reports.models import IssuedDocument, Pack
from plumbline.reports.private_notes import proofs as notes
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows, span_of
from plumbline.trail.proofs import Declaration, Difference, Pass, Proof

PACK, FILE, DOCUMENT = "reports.Pack", "packs/*", "reports.IssuedDocument"
_COUNTS = (
    "size",
    "checkpoint",
    "revisions",
    "results",
    "population",
    "sampled",
    "files",
    "prepared",
    "drawn",
    "sample_of",
)


def _expected(entry: CommittedEntry) -> dict[str, object]:
    facts = entry.facts
    expected: dict[str, object] = {
        "handle": entry.view.subject_ref,
        "author": entry.view.actor,
        "sha256": facts["sha256"],
        "range": list(facts["range"]),
        "expires": facts["expires"],
        "state": "ready",
        **{name: facts[name] for name in _COUNTS if name in facts},
    }
    for slot in ("recipient", "purpose"):
        if slot in entry.openings:
            expected[slot] = entry.text(slot)
    return expected


PACKS = EntryRows(
    table=PACK,
    rows=lambda: Pack.objects.filter(leaf__isnull=False),
    types=frozenset({"pack.created"}),
    expected=_expected,
    found=lambda row: {
        "handle": row.handle,
        "author": row.author,
        "sha256": row.sha256,
        "range": [row.start, row.stop],
        "expires": row.expires.isoformat(),
        "state": str(row.state),
        "recipient": row.recipient,
        "purpose": row.purpose,
        **{name: getattr(row, name) for name in _COUNTS},
    },
    row=lambda row: row.handle,
)


def _check_ready(start: int, stop: int) -> Iterator[Difference]:
    """A pack that can be fetched has its entry, and its file the digest in it."""
    rows = Pack.objects.filter(pk__gte=start, pk__lt=stop)
    for row in rows.filter(state=Pack.State.READY):
        if row.leaf is None:
            yield Difference(PACK, row.handle, "leaf", "the entry of the pack", "none")
        file = pack_path(row.sha256)
        if file.exists():
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if digest != row.sha256:
                yield Difference(FILE, row.handle, "bytes", row.sha256, digest, row.leaf)


def _issued(entry: CommittedEntry) -> dict[str, object]:
    names = ("about", "language", "as_of", "entry", "sha256", "rests_on")
    return {
        "code": entry.view.subject_ref,
        "kind": entry.facts["document"],
        "issued_by": entry.view.actor,
        **{name: entry.facts[name] for name in names},
    }


ISSUED_DOCUMENTS = EntryRows(
    table=DOCUMENT,
    rows=lambda: IssuedDocument.objects.all(),
    types=frozenset({"document.issued"}),
    expected=_issued,
    found=lambda row: {
        "code": row.code,
        "kind": row.kind,
        "issued_by": row.issued_by,
        "about": row.about,
        "language": row.language,
        "as_of": rfc3339(row.as_of),
        "entry": row.entry,
        "sha256": row.sha256,
        "rests_on": hashlib.sha256(row.rests_on.encode()).hexdigest(),
    },
    row=lambda row: row.code,
)

DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        PACK,
        "Author, range, last day, counts and digest of a pack stand in the entry that it left, recipient and "
        "purpose in its openings.",
        (*PACKS.passes(), Pass("files", lambda: span_of(Pack.objects.all()), _check_ready, step=5)),
    ),
    Proof(
        FILE, "The bytes of a pack that is kept have the SHA-256 in its entry; compared with reports.Pack."
    ),
    Proof(
        DOCUMENT,
        "Each document that was issued, with its instant, the entry and records it rests on and its digest, "
        "is what the entry of its issue says. When it was issued is that of the entry.",
        ISSUED_DOCUMENTS.passes(),
    ),
    *samples.DECLARATIONS,
    *notes.DECLARATIONS,
)
