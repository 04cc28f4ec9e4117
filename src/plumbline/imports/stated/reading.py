"""What the sources of records say of them, compared with the entries of their imports before it is shown."""

from __future__ import annotations

from collections.abc import Collection

from plumbline.identity.actors import Actor
from plumbline.imports import proofs
from plumbline.imports.stated import queries
from plumbline.imports.stated.queries import Edition
from plumbline.records import queries as records
from plumbline.trail import reading


def editions_of(references: Collection[str]) -> dict[str, tuple[Edition, ...]]:
    """What each edition of their sources says of records that the caller may see, newest first, by reference.

    Raises `Altered` where an import differs from its entries.
    """
    found = queries.editions_of(references)
    imports = {edition.import_id for editions in found.values() for edition in editions}
    if imports:
        reading.verify(lambda: proofs.differences(imports))
    return found


def editions(reference: str) -> tuple[Edition, ...]:
    """As `editions_of`, of one record."""
    return editions_of([reference]).get(reference, ())


def editions_for(actor: Actor, reference: str) -> tuple[Edition, ...]:
    """As `editions`. Raises `NotFound` or `NotAllowed` unless ``actor`` may read the record."""
    record, _ = records.find(actor, reference)
    return editions(record.reference)
