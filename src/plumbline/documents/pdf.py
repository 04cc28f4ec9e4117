"""Document → PDF, by Typst: compiled in this process, offline, with the fonts that the library brings.

The template is a constant; everything that varies goes in as data and is set as text, so that no word of a
record is ever read as markup. PDF/UA-1 is asked for: headings, tables and language are tagged, and Typst
refuses to write a file that would not keep to it; what happens then stands at `write`.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Literal

import typst

from plumbline.documents.model import Block, Document, Facts, Imprint, Paragraph, Table
from plumbline.kernel.canonical import JSON

TYPE = "application/pdf"
MOST_ROWS = 2_000
"""Rows of tables that a PDF may have: a tagged one is laid out in memory as a whole, which takes about 100 MB
and half a second of CPU for every thousand."""


def write(document: Document, imprint: Imprint) -> bytes:
    """The document as a tagged PDF whose every page carries the imprint."""
    template = files("plumbline.documents").joinpath("template.typ").read_bytes()
    data = json.dumps(_clean(_data(document, imprint)), ensure_ascii=False)
    try:
        # Its own fonts, or the same document would look otherwise on another machine.
        return _compiled(template, data, imprint.instant, "ua-1")
    except typst.TypstError:
        # PDF/UA-1 refuses a letter that no font has, such as one of a script that the library brings none of.
        # The fonts of the machine may have it; a box in place of a letter is better than no document.
        return _compiled(template, data, imprint.instant, None)


def _compiled(template: bytes, data: str, instant: int, standard: Literal["ua-1"] | None) -> bytes:
    written = typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=standard is not None,
        sys_inputs={"document": data},
        pdf_standards=[standard] if standard else [],
        timestamp=instant,
    )
    assert isinstance(written, bytes)
    return written


def _clean(value: JSON) -> JSON:
    """Without control characters, which are no letters of any font."""
    if isinstance(value, str):
        return "".join(letter for letter in value if letter >= " " or letter == "\n")
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    return value


def _data(document: Document, imprint: Imprint) -> dict[str, JSON]:
    return {
        "title": document.title,
        "organization": document.organization,
        "language": document.language,
        "landscape": document.landscape,
        "facts": [[fact.label, fact.value] for fact in document.facts],
        "sections": [
            {
                "title": section.title,
                "level": section.level,
                "blocks": [_block(block) for block in section.blocks],
            }
            for section in document.sections
        ],
        "lines": list(imprint.lines),
        "page": imprint.page_word,
        "name": imprint.look.name or document.organization,
        "footer": imprint.footer,
        "accent": imprint.look.accent,
        "second": imprint.look.second,
        "logo": list(imprint.look.logo),
    }


def _block(block: Block) -> dict[str, JSON]:
    match block:
        case Paragraph(text):
            return {"type": "text", "text": text}
        case Facts(facts):
            return {"type": "facts", "facts": [[fact.label, fact.value] for fact in facts]}
        case Table(columns, rows):
            return {
                "type": "table",
                "columns": list(columns),
                "rows": [list(row) for row in rows],
                "widths": list(block.shares),
            }
