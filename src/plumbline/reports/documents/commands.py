"""Issuing a document: it gets a code and an entry before anybody gets the file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from plumbline.documents import docx, pdf, workbook
from plumbline.documents.model import Document, Fact, Facts, Imprint, Table
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import parse_rfc3339
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.reports.documents import frame, kind_lists, registers, single
from plumbline.reports.models import IssuedDocument
from plumbline.trail import log

ISSUED, FETCHED = "document.issued", "document.fetched"
SUBJECT = "issued-document"
REGISTERS: Mapping[str, Callable[[Actor, datetime | None], Document]] = {
    registers.STATEMENT: registers.statement,
    registers.RISKS: registers.risks,
    registers.POSTURE: registers.posture,
}
"""Documents that are more than a list, by name. Others are all records of a kind, by its name in the plural,
or one record, by its reference."""
FORMATS = ("pdf", "docx", "xlsx", "json")
_ALPHABET = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""From the letters of RFC 4648 to those of Crockford, which nobody takes for one another on paper."""
_CODE_BYTES = 10
"""80 bits of the digest: nobody finds another document with the code of a given one."""
_TRIES = 3


@dataclass(frozen=True)
class IssuedFile:
    """A file to hand out: its name, media type and bytes, and the code that stands in it."""

    name: str
    media_type: str
    content: bytes
    code: str


def code_of(sha256: str) -> str:
    """The code of a digest: its first 80 bits as ``0123-4567-89AB-CDEF``."""
    letters = base64.b32encode(bytes.fromhex(sha256)[:_CODE_BYTES]).translate(_ALPHABET).decode()
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def issue(actor: Actor, name: str, file_format: str, at: datetime | None = None) -> IssuedFile:
    """Build the document ``name`` and hand it out: one of `REGISTERS`, a kind in the plural, or a reference.

    ``at`` is the instant it speaks of, now by default. Leaves an entry, and raises what refuses one: nothing
    leaves unrecorded. Raises `Invalid` for a format that there is none of, and whatever the reading raises.
    """
    if file_format not in FORMATS:
        known = say("documents.formats", "Use one of {names}.", names=listing(FORMATS))
        raise Invalid("The document was not made.", [Fault("format", "is not one of a document", known)])
    document = _built(actor, name, at)
    if file_format == "pdf" and _rows(document) > pdf.MOST_ROWS:
        over = say("documents.rows", "has more than {most} rows", most=pdf.MOST_ROWS)
        raise Invalid("The document was not made.", [Fault("format", over, "take XLSX or DOCX")])
    sha256 = document.sha256()
    code = code_of(sha256)
    row = _recorded(actor, document, sha256, code, file_format)
    imprint = _imprint(row, code)
    media_type, content = _written(document, imprint, sha256, file_format)
    stem = document.about or document.kind
    return IssuedFile(f"{stem}-{document.as_of[:10]}.{file_format}", media_type, content, code)


def _rows(document: Document) -> int:
    tables = (block for part in document.sections for block in part.blocks if isinstance(block, Table))
    return sum(len(table.rows) for table in tables)


def _built(actor: Actor, name: str, at: datetime | None) -> Document:
    for _ in range(_TRIES):
        before = frame.entry_at(at)
        register, kind = REGISTERS.get(name), kind_lists.kind_of(name)
        if register is not None:
            document = register(actor, at)
        elif kind is not None:
            document = kind_lists.listed(actor, kind, at)
        else:
            document = single.record(actor, name, at)
        if document.entry == before:
            return document
    # Entries keep coming while it is read: then it rests on those from before, and perhaps on more.
    return replace(document, entry=before)


@transaction.atomic
def _recorded(actor: Actor, document: Document, sha256: str, code: str, file_format: str) -> IssuedDocument:
    """The row of the document, with an entry for this copy of it."""
    found = IssuedDocument.objects.filter(code=code).first()
    basis = "\n".join(f"{reference} {revision}" for reference, revision in document.rests_on)
    facts: dict[str, JSON] = {
        "document": document.kind, "about": document.about, "as_of": document.as_of, "entry": document.entry,
        "language": document.language, "sha256": sha256, "format": file_format,
    }  # fmt: skip
    if found is None:
        facts["rests_on"] = hashlib.sha256(basis.encode()).hexdigest()
    appended = log.append(
        ISSUED if found is None else FETCHED,
        actor=actor.id, subject={"kind": SUBJECT, "ref": code}, facts=facts,
    )  # fmt: skip
    return found or IssuedDocument.objects.create(
        code=code, kind=document.kind, about=document.about, language=document.language,
        as_of=parse_rfc3339(document.as_of), entry=document.entry, sha256=sha256, rests_on=basis,
        issued_at=clock.now(), issued_by=actor.id, leaf=appended.index,
    )  # fmt: skip


def _imprint(row: IssuedDocument, code: str) -> Imprint:
    settings = organization.current()
    address = f"{settings.address}/verify-document/{code}" if settings.address else ""
    where = (
        gettext("Verify at {address}").format(address=address)
        if address
        else gettext("Verify with “plumbline document verify {code}”").format(code=code)
    )
    lines = (
        gettext("As of {instant}.").format(instant=frame.instant(row.as_of)),
        gettext("Rests on entry {entry} of the trail.").format(entry=f"{row.entry:,}"),
        gettext("Code {code}.").format(code=code),
        where,
    )
    look = organization.look()
    footer = look.footer or settings.organization
    return Imprint(code, address, lines, gettext("Page"), footer, look, int(row.issued_at.timestamp()))


def _written(document: Document, imprint: Imprint, sha256: str, file_format: str) -> tuple[str, bytes]:
    match file_format:
        case "pdf":
            return pdf.TYPE, pdf.write(document, imprint)
        case "docx":
            return docx.TYPE, docx.write(document, imprint)
        case "xlsx":
            return workbook.TYPE, b"".join(_sheets(document, imprint))
        case _:
            value: dict[str, JSON] = {"code": imprint.code, "sha256": sha256, "content": document.content()}
            return "application/json", canonical(value) + b"\n"


def _sheets(document: Document, imprint: Imprint) -> Iterable[bytes]:
    """The tables of the document below one another, each row with its section; answers as label and value."""
    tables = [(part.title, block) for part in document.sections for block in part.blocks]
    widest = max((block for _, block in tables if isinstance(block, Table)), key=_width, default=None)
    heads = widest.columns if widest else (gettext("Label"), gettext("Value"))
    rows: list[tuple[str, ...]] = []
    for title, block in tables:
        if isinstance(block, Facts):
            rows += [(title, fact.label, fact.value) for fact in block.facts]
        elif isinstance(block, Table):
            rows += [(title, *row) for row in block.rows]
    section = gettext("Section")
    columns = [
        workbook.Column(head, head, gettext("As in the document of this code."), gettext("text"))
        for head in (section, *heads)
    ]
    told = (*document.facts, Fact(gettext("Code"), imprint.code), Fact(gettext("Verify"), imprint.lines[-1]))
    words = workbook.Words(
        gettext("Content"), gettext("Columns"),
        (gettext("Column"), gettext("Label"), gettext("Meaning"), gettext("Type")),
        gettext(" [shortened; {length} letters]"),
    )  # fmt: skip
    facts = [(fact.label, fact.value) for fact in told]
    return workbook.write(columns, rows, facts, words, imprint.instant, imprint.look)


def _width(table: Table) -> int:
    return len(table.columns)
