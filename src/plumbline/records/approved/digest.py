"""What an approval binds: everything that a reader takes as approved, under one SHA-256.

The body is kept as an opening of the approval's trail entry, so that anybody can work out the digest again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from plumbline.kernel.canonical import JSON, canonical
from plumbline.records import values as plain_values
from plumbline.records.attachments import queries as attachments
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

SLOT = "approval"
"""The opening of the trail entry that keeps the body."""


def body_of(record: Record, kind: Kind) -> bytes:
    """Canonical JSON of what an approval of ``record`` as it stands now binds.

    Its fields, the digests of its files with their dates, its links, and which revision every record was at
    that it names.
    """
    links = list(record.links_out.select_related("target").order_by("id"))
    named = [*_named_by(record, kind), *(link.target for link in links)]
    body: dict[str, JSON] = {
        "kind": kind.slug,
        "reference": record.reference,
        "revision": record.revision,
        "values": plain_values.of_record(record, kind),
        "attachments": [
            {
                "name": row.name,
                "media_type": row.media_type,
                "size": row.size,
                "sha256": row.sha256,
                **attachments.newest(row).as_json(),
                "replaces": row.replaces.sha256 if row.replaces is not None else None,
            }
            for row in record.attachments.order_by("id").select_related("replaces").prefetch_related("dates")
        ],
        "links": [
            {"relation": link.relation, "target": link.target.reference, "note": link.note} for link in links
        ],
        "records": {
            other.reference: other.revision for other in sorted(named, key=lambda row: row.reference)
        },
    }
    return canonical(body)


def digest_of(body: bytes) -> str:
    """SHA-256 of ``body``, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def additions(record: Record) -> int:
    """How many files, later dates of files and links a record has: each changes what an approval binds."""
    files = record.attachments.aggregate(
        files=Count("pk", distinct=True), dates=Count("dates", distinct=True)
    )
    return int(files["files"]) + int(files["dates"]) + record.links_out.count()


def _named_by(record: Record, kind: Kind) -> Iterable[Record]:
    """The records that the fields of ``record`` name."""
    for name in kind.own_fields:
        field = kind.field(name)
        if not field.is_relation:
            continue
        value: Any = getattr(record, name)
        others = value.all() if field.many_to_many else [value]
        yield from (other for other in others if isinstance(other, Record))
