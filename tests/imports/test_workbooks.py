"""Excel workbooks, OpenDocument spreadsheets and tables of Word files: what is read and said."""

from __future__ import annotations

import pytest
from tests.imports.packages import (
    open_sheet,
    paragraph,
    rows,
    word_file,
    word_row,
    workbook,
    zipped,
)

from plumbline.imports import mapping, reading
from plumbline.imports.reading import ReadOptions, Sheet
from plumbline.kernel.problems import Malformed, Problem, TooLarge

REGISTER = rows("Id|Name|Stage", "1|Mail Sorter|Live", "2|Tariff Finder|Pilot")


def said(sheet: Sheet) -> str:
    return "\n".join(str(notice) for notice in sheet.notices)


def test_the_sheet_that_has_the_table_is_found_and_another_can_be_chosen() -> None:
    content = workbook(
        {"Cover": rows("Our register", "Read me"), "Register": REGISTER, "Old": REGISTER}, hidden=("Old",)
    )
    sheet = reading.read(content)
    assert (sheet.format, sheet.options.sheet, sheet.columns) == (
        "Excel workbook",
        "Register",
        ("Id", "Name", "Stage"),
    )
    assert [(row.line, row.cells) for row in sheet.rows] == [
        (2, ("1", "Mail Sorter", "Live")),
        (3, ("2", "Tariff Finder", "Pilot")),
    ]
    assert [(table.place, table.hidden) for table in sheet.tables] == [
        ("Cover", False),
        ("Register", False),
        ("Old", True),
    ]
    assert "1 sheet is hidden in the workbook: Old" in said(sheet)
    assert reading.read(content, ReadOptions(sheet="old")).options.sheet == "Old"
    assert mapping.reading_words(sheet) == {"sheet": "Register"}
    assert (
        mapping.reading_words(reading.read(workbook({"2024": REGISTER}))) == {}
    )  # the next one is called 2025
    with pytest.raises(Malformed) as caught:
        reading.read(content, ReadOptions(sheet="2025"))
    assert caught.value.faults[0].field == "sheet"
    assert "Cover, Register, Old" in str(caught.value.faults[0].remedy)


def test_cells_keep_their_type_and_no_number_gains_digits() -> None:
    shared = "<si><t>Name</t></si><si><r><t>Mail </t></r><r><t>Sorter</t></r><rPh><t>x</t></rPh></si>"
    data = (
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>Cost</v></c>'
        '<c r="C1" t="inlineStr"><is><t>Live since</t></is></c><c r="D1" t="inlineStr"><is><t>At</t></is></c>'
        '<c r="E1" t="inlineStr"><is><t>Id</t></is></c><c r="F1" t="inlineStr"><is><t>On</t></is></c></row>'
        '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3"><v>0.30000000000000004</v></c>'
        '<c r="C3" s="1"><v>45352</v></c><c r="D3" s="2"><v>45352.5625</v></c><c r="E3" s="3"><v>7</v></c>'
        '<c r="F3" t="b"><v>1</v></c></row>'
        '<row r="4"><c r="B4"><v>1E+20</v></c><c r="C4" t="e"><v>#N/A</v></c>'
        '<c r="E4"><v>2024.0</v></c></row>'
        "</sheetData>"
    )
    content = workbook(
        {"A": data},
        texts=shared,
        formats='<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/>'
        '<numFmt numFmtId="165" formatCode="000"/>',
        styles='<xf/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>',
    )
    sheet = reading.read(content)
    first, second = sheet.rows
    assert first.cells == ("Mail Sorter", "0.3", "2024-03-01", "2024-03-01T13:30:00", "007", "true")
    assert (first.types, first.line) == ("tnditb", 3)
    assert second.cells == ("", "100000000000000000000", "#N/A", "", "2024")
    assert sheet.column_type("Live since") == ""
    assert sheet.column_type("Cost") == "n"
    assert "1 cell has an error" in said(sheet)


@pytest.mark.parametrize(
    ("serial", "from_1904", "text"),
    [
        ("1", False, "1900-01-01"),
        ("59", False, "1900-02-28"),
        ("60", False, "60"),  # 29 February 1900, which never was
        ("61", False, "1900-03-01"),
        ("0", False, "0"),
        ("-5", False, "-5"),
        ("2958465", False, "9999-12-31"),
        ("2958466", False, "2958466"),
        ("0", True, "1904-01-01"),
        ("43890", True, "2024-03-01"),
    ],
)
def test_dates_of_both_systems(serial: str, from_1904: bool, text: str) -> None:
    data = (
        '<sheetData><row r="1"><c t="inlineStr"><is><t>On</t></is></c></row>'
        f'<row r="2"><c s="0"><v>{serial}</v></c></row></sheetData>'
    )
    sheet = reading.read(workbook({"A": data}, styles='<xf numFmtId="14"/>', from_1904=from_1904))
    assert sheet.rows[0].cells == (text,)
    assert sheet.column_type("On") == ("d" if "-" in text[1:] else "n")


def test_merged_hidden_and_computed_cells_are_read_and_said() -> None:
    data = (
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>'
        '<row r="1"><c r="A1" t="str"><v>Unit</v></c><c r="B1" t="str"><v>Plan</v></c><c r="C1"/>'
        '<c r="D1" t="str"><v>Actual</v></c></row>'
        '<row r="2"><c r="B2" t="str"><v>start</v></c><c r="C2" t="str"><v>end</v></c>'
        '<c r="D2" t="str"><v>start</v></c><c r="E2" t="str"><v>end</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>Claims</v></c><c r="B3"><f>1+1</f><v>2</v></c></row>'
        '<row r="4" hidden="1"><c r="B4"><f>WEBSERVICE("http://x")</f></c>'
        '<c r="C4"><v>5</v></c></row></sheetData>'
        '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/><mergeCell ref="D1:E1"/>'
        '<mergeCell ref="A3:A4"/></mergeCells>'
    )
    sheet = reading.read(
        workbook({"A": data}, more={"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "<a/>"})
    )
    assert sheet.columns == ("Unit", "Plan: start", "Plan: end", "Actual: start", "Actual: end")
    assert [row.cells for row in sheet.rows] == [("Claims", "2"), ("Claims", "", "5")]
    for words in (
        "1 row is hidden",
        "1 column is hidden",
        "4 cells are merged",
        "2 cells have formulas",
        "1 formula has no result",
        "macros. They were not run",
        "refers to other files",
    ):
        assert words in said(sheet), words


def test_an_open_document_sheet_says_the_same() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    date = 'office:value-type="date" office:date-value="2024-03-01"'
    number = 'office:value-type="float" office:value="0.30000000000000004"'
    note = "<office:annotation><text:p>a comment</text:p></office:annotation>"
    register = (
        '<table:table table:name="Register"><table:table-column table:number-columns-repeated="3"/>'
        f"<table:table-row>{cell('Id')}{cell('Live since')}{cell('Cost')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f'<table:table-row table:visibility="collapse"><table:table-cell table:number-rows-spanned="2">{note}'
        "<text:p>1<text:s text:c='2'/>a</text:p><text:p>b</text:p></table:table-cell>"
        f"{cell('1.3.24', date)}{cell('0,3', number)}</table:table-row>"
        f"<table:table-row><table:covered-table-cell/>{cell('x')}"
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
        "</table:table>"
    )
    old = f"<table:table-row>{cell('a')}</table:table-row>"
    other = f'<table:table table:name="Old" table:style-name="h">{old}</table:table>'
    styles = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    sheet = reading.read(open_sheet(other + register, styles))
    assert (sheet.format, sheet.options.sheet) == ("OpenDocument spreadsheet", "Register")
    assert [(row.line, row.cells, row.types) for row in sheet.rows] == [
        (4, ("1  a\nb", "2024-03-01", "0.3"), "tdn"),
        (5, ("1  a\nb", "x"), "tt"),
    ]
    assert "1 row is hidden" in said(sheet)
    assert "hidden in the workbook: Old" in said(sheet)
    assert reading.read(open_sheet(other + register, styles), ReadOptions(sheet="Old")).columns == ("a",)


def test_each_table_of_a_word_file_is_one_to_read() -> None:
    small = f"<w:tbl>{word_row('Version', 'Date')}{word_row('1', '2024')}</w:tbl>"
    large = (
        f"<w:tbl>{word_row('Unit', 'System', 'Use')}"
        + word_row('<w:vMerge w:val="restart"/>Claims', "Sorter", "mail")
        + word_row("<w:vMerge/>", "Finder", "<w:del><w:r><w:delText>old</w:delText></w:r></w:del>new")
        + word_row("<w:vMerge/>", "Reader", "")
        + word_row("Sales", '<w:gridSpan w:val="2"/>both')
        + "</w:tbl>"
    )
    content = word_file(paragraph("History") + small + paragraph("Systems in use") + large)
    sheet = reading.read(content)
    assert sheet.format == "Word file"
    assert [table.place for table in sheet.tables] == ["Table 1: History", "Table 2: Systems in use"]
    assert sheet.columns == ("Unit", "System", "Use")
    assert [row.cells for row in sheet.rows] == [
        ("Claims", "Sorter", "mail"),
        ("Claims", "Finder", "new"),
        ("Claims", "Reader"),
        ("Sales", "both"),
    ]
    assert reading.read(content, ReadOptions(sheet="table 1: history")).columns == ("Version", "Date")
    with pytest.raises(Malformed, match="not read") as caught:
        reading.read(word_file(paragraph("no table")))
    assert "Word file without a table" in str(caught.value.faults[0].message)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n....", "an image (PNG)"),
        (b"SQLite format 3\x00....", "an SQLite database"),
        (b"PAR1....", "a Parquet file"),
        (b"\x1f\x8b\x08....", "a gzip archive"),
        (OLE + "Workbook".encode("utf-16-le"), "an old Excel workbook (.xls)"),
        (OLE + "WordDocument".encode("utf-16-le"), "an old Word file (.doc)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "an Office file with a password"),
        (zipped({"a.txt": "x"}), "a ZIP archive"),
        (zipped({"xl/workbook.bin": "x"}), "a binary Excel workbook (.xlsb)"),
        (zipped({"ppt/presentation.xml": "x"}), "a PowerPoint file"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "an OpenDocument text (.odt)"),
        (b"PK\x03\x04\x14\x00" + bytes(range(256)), "a broken ZIP archive"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html><table>", "a page in HTML"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
    ],
)
def test_what_is_no_table_is_called_by_its_name_with_a_remedy(content: bytes, name: str) -> None:
    with pytest.raises(Malformed) as caught:
        reading.read(content)
    (fault,) = caught.value.faults
    assert name in str(fault.message)
    assert fault.remedy


ENTITIES = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (workbook({"A": rows("a|b", "1|2")})[:-60], "broken"),
        (workbook({"A": "<sheetData><row></sheetData>"}), "no well-formed XML"),
        (
            workbook({"A": rows("a|b")}, more={"xl/worksheets/sheet1.xml": f"{ENTITIES}<a>&b;&c;</a>"}),
            "document type",
        ),
        (
            workbook({"A": '<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>'}),
            "1,000 columns",
        ),
        (
            workbook({"A": '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>'}),
            "text is missing",
        ),
        (workbook({"A": '<sheetData><row r="1"/><row r="1"/></sheetData>'}), "row 1 twice"),
        (
            workbook({"A": f'<sheetData><row r="1"><c t="str"><v>{"x" * 140_000}</v></c></row></sheetData>'}),
            "131,072",
        ),
        (workbook({"A": "<a b='" + "".join(map(str, range(500_000))) + "'/>"}), "tag of over two million"),
        (workbook({"A": rows("")}), "is empty"),
        (workbook({}), "without a sheet"),
        (zipped({"word/document.xml": bytes(30_000_000)}), "more than a table needs"),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
            "lacks its part content.xml",
        ),
    ],
)
def test_bad_packages_are_refused_with_a_place_and_a_remedy(content: bytes, what: str) -> None:
    with pytest.raises((Malformed, TooLarge)) as caught:
        reading.read(content)
    (fault,) = caught.value.faults
    assert what in str(fault.message), fault.message
    assert fault.remedy


def test_cells_that_are_repeated_a_million_times_are_refused_before_they_are_made() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    with pytest.raises(TooLarge):
        reading.read(open_sheet(f'<table:table table:name="A">{row}</table:table>'))
    last = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    far = f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>{last}</sheetData>'
    assert [row.line for row in reading.read(workbook({"A": far})).rows] == [1048576]


def test_damaged_workbooks_are_read_or_refused_and_nothing_else() -> None:
    import random

    source = random.Random(42001)
    whole = workbook({"A": REGISTER, "B": rows("x|y")}, styles='<xf numFmtId="14"/>')
    for _ in range(200):
        content = bytearray(whole)
        for _ in range(source.randrange(1, 6)):
            content[source.randrange(4, len(content))] = source.randrange(256)
        try:
            reading.read(bytes(content))
        except Problem:
            continue
