"""What a document consists of, and the digest of it that a printed code stands for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TypeAlias

from plumbline.documents.look import Look
from plumbline.kernel.canonical import JSON, canonical

FORM = 1
"""Version of the canonical form of a document; a later one gives other digests of the same words."""


@dataclass(frozen=True)
class Fact:
    """A short answer under a label, such as the owner."""

    label: str
    value: str


@dataclass(frozen=True)
class Paragraph:
    """Words; a line end in them begins a new line."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Short answers one below the other."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Table:
    """Rows of texts below named columns. ``widths`` are the shares of the columns, equal by default."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()

    @property
    def shares(self) -> tuple[int, ...]:
        """The share of each column in the width of the page."""
        return self.widths or (1,) * len(self.columns)


Block: TypeAlias = Paragraph | Facts | Table


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it; ``level`` 2 is a part of the section before."""

    title: str
    blocks: tuple[Block, ...]
    level: int = 1


@dataclass(frozen=True)
class Document:
    """A document before it is issued.

    ``kind`` names what it is for programs, ``about`` is the reference of its one record or empty. ``as_of``
    is the instant it speaks of (RFC 3339), ``entry`` the number of the last entry of the trail that it rests
    on. ``rests_on`` are the records in it, each by reference and revision. ``language`` is that of its words.
    """

    kind: str
    title: str
    organization: str
    as_of: str
    entry: int
    language: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    about: str = ""
    rests_on: tuple[tuple[str, int], ...] = ()
    landscape: bool = field(default=False, compare=False)

    def content(self) -> dict[str, JSON]:
        """The document as plain values: all that its digest covers, in a form that anybody can hash."""
        return {
            "form": FORM,
            "kind": self.kind,
            "about": self.about,
            "title": self.title,
            "organization": self.organization,
            "as_of": self.as_of,
            "entry": self.entry,
            "language": self.language,
            "facts": [[fact.label, fact.value] for fact in self.facts],
            "sections": [
                {
                    "title": section.title,
                    "level": section.level,
                    "blocks": [_block(block) for block in section.blocks],
                }
                for section in self.sections
            ],
        }

    def sha256(self) -> str:
        """SHA-256 of the canonical bytes of `content`."""
        return hashlib.sha256(canonical(self.content())).hexdigest()


def _block(block: Block) -> dict[str, JSON]:
    match block:
        case Paragraph(text):
            return {"text": text}
        case Facts(facts):
            return {"facts": [[fact.label, fact.value] for fact in facts]}
        case Table(columns, rows):
            return {"columns": list(columns), "rows": [list(row) for row in rows]}


@dataclass(frozen=True)
class Imprint:
    """What every page of an issued document carries: how a reader of the paper finds out whether it holds.

    ``lines`` are finished sentences in the language of the document: as of when, on which entry, where to
    verify. ``code`` stands among them; ``address`` is empty while the installation has none. ``footer`` and
    ``look`` are the organization's own, and nothing of them is in the digest.
    """

    code: str
    address: str
    lines: tuple[str, ...]
    page_word: str
    footer: str = ""
    look: Look = field(default_factory=Look)
    instant: int = 0
    """Seconds since 1970 at which it was issued: files say when they were made, and repeat byte by byte."""
