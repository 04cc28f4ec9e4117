"""What the code on a document stands for, and whether the record has changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline.identity.organization import queries as organization
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.problems import NotFound
from plumbline.records.models import Record
from plumbline.reports.models import IssuedDocument
from plumbline.reports.proofs import ISSUED_DOCUMENTS
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.proofs import Difference

_CHUNK = 500
_MISREAD = str.maketrans("OIL", "011")
"""Letters that the codes have none of, and what somebody who types one has seen on paper."""


@dataclass(frozen=True)
class Verification:
    """What a code stands for: the sort of document, its instant and entry, and its digest; never its words.

    ``records`` are in it, ``changed`` of them have another revision today, or are gone. Records that have
    come since are in no document and are not counted.
    """

    code: str
    organization: str
    kind: str
    about: str
    language: str
    as_of: datetime
    entry: int
    issued_at: datetime
    issued_entry: int
    sha256: str
    records: int
    changed: int


def normalized(code: str) -> str:
    """A code as it was typed from paper, in its one spelling; the text itself if it is none."""
    letters = re.sub(r"[\s\-–—]", "", code).upper().translate(_MISREAD)
    if re.fullmatch("[0-9A-HJKMNP-TV-Z]{16}", letters) is None:
        return code
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


def verify(code: str) -> Verification:
    """What the document with this code is. Whoever has the code has the document, so that anybody may ask.

    Raises `NotFound` for a code that was never given, and `Altered` where the row is not what its entry says.
    """
    row = IssuedDocument.objects.filter(code=normalized(code)).first()
    if row is None:
        raise NotFound("No document of this installation has this code.")
    entry = committed.at([row.leaf]).get(row.leaf)

    def differences() -> Iterator[Difference]:
        yield from ISSUED_DOCUMENTS.differences(row, entry)

    reading.verify(differences)
    basis = dict(line.split(" ") for line in row.rests_on.splitlines())
    return Verification(
        row.code, organization.current().organization, row.kind, row.about, row.language, row.as_of,
        row.entry, row.issued_at, row.leaf, row.sha256, len(basis), _changed(basis),
    )  # fmt: skip


def _changed(basis: dict[str, str]) -> int:
    references, same = list(basis), 0
    for start in range(0, len(references), _CHUNK):
        part = references[start : start + _CHUNK]
        now = Record.objects.filter(reference__in=part).values_list("reference", "revision")
        same += sum(basis[reference] == str(revision) for reference, revision in now)
    return len(basis) - same


def as_dict(found: Verification) -> dict[str, Any]:
    """A verification as plain values."""
    return {
        "code": found.code,
        "organization": found.organization,
        "document": found.kind,
        "about": found.about,
        "language": found.language,
        "as_of": rfc3339(found.as_of),
        "entry": found.entry,
        "issued": rfc3339(found.issued_at),
        "issued_entry": found.issued_entry,
        "sha256": found.sha256,
        "records": found.records,
        "changed": found.changed,
    }
