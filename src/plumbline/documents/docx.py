"""Document → DOCX (WordprocessingML, ECMA-376): headings, repeated heads, imprint on each page."""

from __future__ import annotations

import io
from xml.sax.saxutils import quoteattr

from plumbline.documents.logo import size_of
from plumbline.documents.look import Look
from plumbline.documents.model import Block, Document, Facts, Imprint, Paragraph, Table
from plumbline.documents.parts import (
    CORE_RELATION,
    CORE_TYPE,
    RELATIONS,
    Package,
    core_properties,
    text,
)

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_NAMES = f'xmlns:w="{_W}" xmlns:r="{RELATIONS}"'
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_MILLIMETRE = 36_000
"""In the units of drawings (English metric units)."""
_SHORT, _LONG, _MARGIN = 11_906, 16_838, 1_020
"""The sides of A4 and the margin, in twentieths of a point."""


def write(document: Document, imprint: Imprint) -> bytes:
    """The document as DOCX; the same document and imprint give the same bytes."""
    stream = io.BytesIO()
    package = Package(stream, imprint.instant)
    package.relate("", (f"{RELATIONS}/officeDocument", "word/document.xml"), (CORE_RELATION, "core.xml"))
    package.add(
        "core.xml", CORE_TYPE, core_properties(document.title, document.organization, imprint.instant)
    )
    package.relate(
        "word/document.xml",
        (f"{RELATIONS}/styles", "styles.xml"),
        (f"{RELATIONS}/header", "header.xml"),
        (f"{RELATIONS}/footer", "footer.xml"),
    )
    package.add("word/styles.xml", f"{_PART}.styles+xml", _styles(document.language, imprint.look))
    head = _head(document, imprint.look)
    package.add("word/header.xml", f"{_PART}.header+xml", f"<w:hdr {_NAMES}>{head}</w:hdr>")
    if imprint.look.logo:
        package.relate("word/header.xml", (f"{RELATIONS}/image", "logo.png"))
        package.add_image("word/logo.png", imprint.look.logo)
    package.add("word/footer.xml", f"{_PART}.footer+xml", f"<w:ftr {_NAMES}>{_foot(imprint)}</w:ftr>")
    package.add("word/document.xml", f"{_PART}.document.main+xml", _body(document, imprint.look))
    package.close()
    return stream.getvalue()


def _body(document: Document, look: Look) -> str:
    short, long = (_LONG, _SHORT) if document.landscape else (_SHORT, _LONG)
    width = short - 2 * _MARGIN
    parts = [_paragraph(document.title, "Title"), _block(Facts(document.facts), width, look)]
    for section in document.sections:
        parts.append(_paragraph(section.title, f"Heading{section.level}"))
        parts += [_block(block, width, look) for block in section.blocks]
    turned = ' w:orient="landscape"' if document.landscape else ""
    page = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId2"/>'
        '<w:footerReference w:type="default" r:id="rId3"/>'
        f'<w:pgSz w:w="{short}" w:h="{long}"{turned}/><w:pgMar w:top="1247" w:right="{_MARGIN}"'
        f' w:bottom="1247" w:left="{_MARGIN}" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )
    return f"<w:document {_NAMES}><w:body>{''.join(parts)}{page}</w:body></w:document>"


def _run(words: str) -> str:
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{text(line)}</w:t>' for line in words.split("\n"))
    return f"<w:r>{lines}</w:r>"


def _paragraph(words: str, style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{_run(words)}</w:p>"


def _block(block: Block, width: int, look: Look) -> str:
    match block:
        case Paragraph(words):
            return _paragraph(words)
        case Facts(facts):
            rows = "".join(_row([fact.label, fact.value], [1, 3], width, "Label") for fact in facts)
            return _grid(rows, [1, 3], width, "none", look) if facts else ""
        case Table(columns, rows):
            shares = list(block.shares)
            head = _row(list(columns), shares, width, "Head", is_head=True)
            body = "".join(_row(list(row), shares, width) for row in rows)
            return _grid(head + body, shares, width, "single", look)


def _grid(rows: str, shares: list[int], width: int, line: str, look: Look) -> str:
    grid = "".join(f'<w:gridCol w:w="{width * share // sum(shares)}"/>' for share in shares)
    edges = "".join(
        f'<w:{side} w:val="{line}" w:sz="4" w:space="0" w:color="{colour}"/>'
        for side, colour in (("top", look.second.lstrip("#")), ("bottom", "BBBBBB"), ("insideH", "BBBBBB"))
    )
    properties = (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr>'
    )
    # Two tables without a paragraph between them would be read as one.
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl><w:p/>"


def _row(cells: list[str], shares: list[int], width: int, first: str = "", *, is_head: bool = False) -> str:
    kept = "<w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "")
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width * share // sum(shares)}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(cell, first if is_head or (place == 0 and first) else 'Cell')}</w:tc>"
        for place, (cell, share) in enumerate(zip(cells, shares, strict=True))
    )
    return f"<w:tr><w:trPr>{kept}</w:trPr>{written}</w:tr>"


def _head(document: Document, look: Look) -> str:
    """Logo, name line and title on each page."""
    words = _run(f"{look.name or document.organization} · {document.title}")
    return f'<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{_image(look, document.organization)}{words}</w:p>'


def _image(look: Look, name: str) -> str:
    """The logo in a line, 9 mm high; nothing without one."""
    if not look.logo:
        return ""
    width, height = size_of(look.logo)
    high = 9 * _MILLIMETRE
    extent = f'cx="{high * width // height}" cy="{high}"'
    shown = quoteattr(text(name))
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing"><wp:extent {extent}/>'
        f'<wp:docPr id="1" name="Logo" descr={shown}/><a:graphic xmlns:a="{_DRAWING}/main">'
        f'<a:graphicData uri="{_DRAWING}/picture"><pic:pic xmlns:pic="{_DRAWING}/picture"><pic:nvPicPr>'
        f'<pic:cNvPr id="1" name="Logo" descr={shown}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        '<a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
        f'<a:off x="0" y="0"/><a:ext {extent}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>" + _run("  ")
    )


def _foot(imprint: Imprint) -> str:
    lines = _paragraph(" ".join(imprint.lines), "Footer")
    fields = [
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{name}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        for name in ("PAGE", "NUMPAGES")
    ]
    words = f"{imprint.footer} · " if imprint.footer else ""
    pages = f"{_run(f'{words}{imprint.page_word} ')}{fields[0]}{_run(' / ')}{fields[1]}"
    return f'{lines}<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{pages}</w:p>'


def _style(name: str, label: str, size: int, more: str = "", spacing: str = "", outline: str = "") -> str:
    paragraph = f"<w:pPr>{spacing}{outline}</w:pPr>" if spacing or outline else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{label}"/>'
        f'<w:basedOn w:val="Normal"/>{paragraph}<w:rPr>{more}<w:sz w:val="{size}"/></w:rPr></w:style>'
    )


def _styles(language: str, look: Look) -> str:
    colour = f'<w:color w:val="{look.accent.lstrip("#")}"/>'
    soft, tight = '<w:color w:val="555555"/>', '<w:spacing w:before="0" w:after="20"/>'
    above = '<w:keepNext/><w:spacing w:before="280" w:after="80"/>'
    return (
        f"<w:styles {_NAMES}><w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="20"/>'
        f'<w:lang w:val="{text(language)}"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        + _style("Title", "Title", 36, f"<w:b/>{colour}")
        + _style("Heading1", "heading 1", 28, f"<w:b/>{colour}", above, '<w:outlineLvl w:val="0"/>')
        + _style("Heading2", "heading 2", 24, f"<w:b/>{colour}", above, '<w:outlineLvl w:val="1"/>')
        + _style("Cell", "Cell", 18, "", tight)
        + _style("Head", "Head", 18, "<w:b/>", tight)
        + _style("Label", "Label", 18, soft, tight)
        + _style("Header", "header", 16, soft)
        + _style("Footer", "footer", 16, soft)
        + "</w:styles>"
    )
