"""Each writer, read back by a library that is not ours."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import docx as python_docx
import openpyxl
import pypdf
import pytest

from plumbline.documents import docx, pdf, workbook
from plumbline.documents.model import Document, Fact, Facts, Imprint, Paragraph, Section, Table

ROWS = (("RSK-0001", "Müller & Söhne <b>#let x = 1</b>\nsecond line"), ("RSK-0002", "$e^x$ *not bold* @name"))
DOCUMENT = Document(
    kind="risk-register",
    title="Risk register",
    organization="Nordwind Versicherung",
    as_of="2026-11-20T12:00:00Z",
    entry=41,
    language="en",
    facts=(Fact("As of", "20 Nov 2026"),),
    sections=(
        Section("Risks", (Paragraph("Two risks."), Table(("Reference", "Title"), ROWS, (1, 3)))),
        Section("Part", (Facts((Fact("Owner", "Mina"),)), Paragraph("Bell\x07 gone.")), level=2),
    ),
)
IMPRINT = Imprint("ABCD-EFGH-JKMN-PQRS", "", ("Code ABCD-EFGH-JKMN-PQRS.", "Entry 41."), "Page", "Our footer")


def test_every_word_stands_in_the_pdf_and_none_is_read_as_markup() -> None:
    written = pdf.write(DOCUMENT, IMPRINT)
    reader = pypdf.PdfReader(io.BytesIO(written))
    text = " ".join(page.extract_text() for page in reader.pages)
    for words in ("Müller & Söhne <b>#let x = 1</b>", "$e^x$ *not bold* @name", "Code ABCD-EFGH-JKMN-PQRS."):
        assert words in text
    assert "Our footer" in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Risk register"
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]  # tagged, as a screen reader needs it
    assert str(catalog["/Lang"]).startswith("en")
    assert pdf.write(DOCUMENT, IMPRINT) == written


def test_another_library_reads_the_same_words_in_the_docx() -> None:
    read = python_docx.Document(io.BytesIO(docx.write(DOCUMENT, IMPRINT)))
    assert [(p.style.name, p.text) for p in read.paragraphs if p.text] == [
        ("Title", "Risk register"),
        ("Heading 1", "Risks"),
        ("Normal", "Two risks."),
        ("Heading 2", "Part"),
        ("Normal", "Bell gone."),
    ]
    cells = [[cell.text for cell in row.cells] for row in read.tables[1].rows]
    assert cells == [["Reference", "Title"], *map(list, ROWS)]
    foot = " ".join(p.text for p in read.sections[0].footer.paragraphs)
    assert "Code ABCD-EFGH-JKMN-PQRS. Entry 41." in foot
    assert read.core_properties.title == "Risk register"


def test_the_digest_covers_every_word_and_nothing_of_the_look() -> None:
    assert replace(DOCUMENT, landscape=True).sha256() == DOCUMENT.sha256()
    others = [
        replace(DOCUMENT, as_of="2026-11-20T12:00:01Z"),
        replace(DOCUMENT, entry=42),
        replace(DOCUMENT, facts=(Fact("As of", "21 Nov 2026"),)),
        replace(DOCUMENT, sections=DOCUMENT.sections[:1]),
    ]
    assert len({DOCUMENT.sha256(), *(other.sha256() for other in others)}) == 5


WORDS = workbook.Words("Risks", "Columns", ("column", "label", "meaning", "type"), " [cut: {length}]")
COLUMNS = [workbook.Column(name, name.title(), f"What {name} is.", "text") for name in "abcdefg"]


def _book(rows: list[list[workbook.Value]]) -> openpyxl.Workbook:
    pieces = workbook.write(COLUMNS, rows, [("as of", datetime(2026, 11, 20, 12, 0, 1))], WORDS)
    return openpyxl.load_workbook(io.BytesIO(b"".join(pieces)))


def test_cells_keep_their_types_and_formulas_are_text() -> None:
    row: list[workbook.Value] = [
        "=1+1", 7, Decimal("0.25"), True, date(2026, 2, 28), datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC),
    ]  # fmt: skip
    sheet, about = _book([row]).worksheets
    cells = [cell.value for cell in sheet[2]][:6]
    assert cells == ["=1+1", 7, 0.25, True, datetime(2026, 2, 28), datetime(2026, 3, 1, 23, 59, 59)]
    assert sheet["A2"].data_type == "s" or sheet["A2"].data_type == "inlineStr"
    assert (sheet["E2"].is_date, sheet["F2"].number_format) == (True, "yyyy\\-mm\\-dd\\ hh:mm:ss")
    assert [cell.value for cell in about[1]][:2] == ["as of", datetime(2026, 11, 20, 12, 0, 1)]
    assert [cell.value for cell in about[4]] == ["a", "A", "What a is.", "text"]


@pytest.mark.parametrize("day", [date(1900, 2, 28), date(1582, 10, 15)])
def test_a_day_that_the_date_system_counts_wrongly_stays_its_text(day: date) -> None:
    assert _book([[day]]).worksheets[0]["A2"].value == day.isoformat()


def test_a_cell_that_is_too_long_says_that_it_was_cut() -> None:
    value = str(_book([["x" * 40_000]]).worksheets[0]["A2"].value)
    assert len(value) == workbook.LONGEST_CELL
    assert value.endswith("x [cut: 40000]")


def test_ten_thousand_rows_leave_in_pieces() -> None:
    rows = ([f"RSK-{number}", number, None, False, None, None, None] for number in range(10_000))
    sizes = [len(piece) for piece in workbook.write(COLUMNS, rows, [], WORDS)]
    assert len(sizes) > 15
    assert max(sizes) < 200_000
