"""The look of documents: what may be a logo, which colours can be read, and that every writer shows it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace

import docx as python_docx
import openpyxl
import pypdf
import pytest
from tests.documents.test_writers import COLUMNS, DOCUMENT, IMPRINT, WORDS

from plumbline.documents import docx, logo, pdf, workbook
from plumbline.documents.look import Look, contrast_with_white, is_colour
from plumbline.kernel.problems import Problem

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    b'viewBox="0 0 200 50">'
    b'%s<rect width="200" height="50" fill="#1f5a3f"/></svg>'
)


def png(width: int, height: int, noise: bytes = b"") -> bytes:
    """A PNG of one colour; ``noise`` stands in a chunk that no reader knows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x20\x50\x90" * min(width, 100)) * min(height, 100))
    parts = [chunk(b"IHDR", head), chunk(b"prVt", noise), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


LOOK = Look("Halden & Co. AI office", "Internal", "#7a1f1f", "#1f5a3f", logo.png_of(SVG % b""))


@pytest.mark.parametrize(
    ("colour", "ratio"),
    # As the checker of WebAIM and the notes of WCAG give them.
    [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54), ("#777777", 4.47), ("#949494", 3.03)],
)
def test_contrast_is_what_others_compute(colour: str, ratio: float) -> None:
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.011)


def test_a_colour_is_six_digits() -> None:
    assert is_colour("#1f3a5f")
    for text in ("1f3a5f", "#1F3A5F", "#fff", "red", "#1f3a5f;", "#1f3a5f\n"):
        assert not is_colour(text), text


@pytest.mark.parametrize("content", [SVG % b"", png(40, 40, b"<script>alert(1)</script>")])
def test_a_logo_is_drawn_anew_and_nothing_of_the_file_goes_on(content: bytes) -> None:
    drawn = logo.png_of(content)
    width, height = logo.size_of(drawn)
    assert drawn.startswith(b"\x89PNG")
    assert 0 < width <= 720
    assert 0 < height <= 180
    assert b"script" not in drawn


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "neither"),
        (b"GIF89a", "neither"),
        (b"<html/>", "no SVG"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 60, "broken"),
        (png(40, 40)[:70], "cannot be drawn"),
        (png(5_000, 10), "4,000 pixels"),
        (SVG % b"<script>alert(1)</script>", "more in it than shapes"),
        (SVG % b"<foreignObject/>", "more in it than shapes"),
        (SVG % b'<image xlink:href="/etc/passwd"/>', "more in it than shapes"),
        (SVG % b'<use xlink:href="#a"/>', "more in it than shapes"),
        (SVG % b"<filter/>", "more in it than shapes"),
        (SVG % b"<text>Halden</text>", "more in it than shapes"),
        (SVG % b'<g onload="alert(1)"/>', "runs or loads"),
        (SVG % b'<linearGradient xlink:href="https://evil.example/#a"/>', "runs or loads"),
        (SVG % b'<g style="fill: url(https://evil.example/a.svg#b)"/>', "runs or loads"),
        (SVG % b"<style>@import 'https://evil.example/a.css';</style>", "runs or loads"),
        (SVG % b"<?xml-stylesheet href='https://evil.example/a.css'?>", "runs or loads"),
        (SVG % (b"<g/>" * 2_001), "over 2,000 shapes"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG % b"<title>&a;</title>", "document type"),
        (SVG % (b" " * 300_000), "over 262,144 bytes"),
    ],
)
def test_what_is_no_plain_logo_is_refused_with_why(content: bytes, what: str) -> None:
    with pytest.raises(Problem) as caught:
        logo.png_of(content)
    (fault,) = caught.value.faults
    assert what in str(fault.message), fault.message
    assert fault.field == "document_logo"
    assert fault.remedy


def test_gradients_and_styles_of_a_logo_are_drawn() -> None:
    shapes = (
        b"<style>.a { fill: url(#g) }</style><defs><linearGradient id='g'><stop stop-color='#900'/>"
        b"</linearGradient></defs><circle class='a' cx='25' cy='25' r='20'/>"
    )
    plain = SVG % b""
    assert logo.png_of(plain.replace(b"</svg>", shapes + b"</svg>")) != logo.png_of(plain)


def test_the_pdf_shows_the_look_and_stays_tagged() -> None:
    written = pdf.write(DOCUMENT, replace(IMPRINT, look=LOOK))
    reader = pypdf.PdfReader(io.BytesIO(written))
    page = reader.pages[0]
    assert "Halden & Co. AI office" in page.extract_text()
    assert len(page.images) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert len(pypdf.PdfReader(io.BytesIO(pdf.write(DOCUMENT, IMPRINT))).pages[0].images) == 0


def test_the_docx_shows_the_look() -> None:
    read = python_docx.Document(io.BytesIO(docx.write(DOCUMENT, replace(IMPRINT, look=LOOK))))
    head = read.sections[0].header
    assert head.paragraphs[0].text.strip() == "Halden & Co. AI office · Risk register"
    (image,) = [part for part in head.part.related_parts.values() if part.content_type == "image/png"]
    assert image.blob == LOOK.logo
    assert str(read.styles["Title"].font.color.rgb) == "7A1F1F"


def test_the_workbook_shows_the_look() -> None:
    pieces = workbook.write(COLUMNS, [["a"]], [("as of", "today")], WORDS, look=LOOK)
    written = b"".join(pieces)
    book = openpyxl.load_workbook(io.BytesIO(written))
    rows, _ = book.worksheets
    assert rows["A1"].fill.fgColor.rgb == "FF7A1F1F"
    assert rows["A1"].font.color.rgb == "FFFFFFFF"
    assert rows.sheet_properties.tabColor.rgb == "FF1F5A3F"
    assert rows.oddHeader.left.text.replace("&&", "&") == "Halden & Co. AI office"
    assert rows.oddFooter.left.text == "Internal"
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        assert archive.read("xl/media/logo.png") == LOOK.logo
        assert b'r:id="rId1"' in archive.read("xl/worksheets/sheet2.xml")
        assert b"../drawings/drawing1.xml" in archive.read("xl/worksheets/_rels/sheet2.xml.rels")
        assert b"../media/logo.png" in archive.read("xl/drawings/_rels/drawing1.xml.rels")
    plain = openpyxl.load_workbook(io.BytesIO(b"".join(workbook.write(COLUMNS, [["a"]], [], WORDS))))
    assert plain.worksheets[0]["A1"].fill.fill_type is None
