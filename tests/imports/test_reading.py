"""CSV as registers write it: encodings, delimiters, quotes, headers, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from plumbline.imports import mapping, reading
from plumbline.imports.reading import ReadOptions
from plumbline.kernel.problems import Invalid, Malformed, Problem, TooLarge

INVENTORY = Path(__file__).parents[1] / "data" / "ai-inventories" / "us_federal_2024_v1.csv.gz"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("name,café\nÄrger,ü\n".encode(), "utf-8"),
        ("name,café\nÄrger,ü\n".encode("utf-8-sig"), "utf-8 with a byte order mark"),
        ("name,café\nÄrger,ü\n".encode("cp1252"), "cp1252"),
        ("name,café\nÄrger,ü\n".encode("utf-16"), "utf-16"),
        ("name,café\nÄrger,ü\n".encode("utf-16-le"), "utf-16"),
        ("name,café\nÄrger,ü\n".encode("utf-16-be"), "utf-16"),
    ],
)
def test_the_encoding_is_found_out(content: bytes, encoding: str) -> None:
    sheet = reading.read(content)
    assert (sheet.columns, sheet.rows[0].cells, sheet.encoding) == (
        ("name", "café"),
        ("Ärger", "ü"),
        encoding,
    )


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(sign: str) -> None:
    text = f'name{sign}text\n"a{sign}b"{sign}"one, two; three"\nc{sign}d\n'
    sheet = reading.read(text.encode())
    assert [row.cells for row in sheet.rows] == [(f"a{sign}b", "one, two; three"), ("c", "d")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_know_the_line_they_begin_on(end: str) -> None:
    text = end.join(["a,b", '1,"two', 'lines"', "", "3,4", ""])
    assert [row.line for row in reading.read(text.encode()).rows] == [2, 5]


def test_headers_are_tidied_named_and_told_apart() -> None:
    sheet = reading.read(b'" Use  case\r\nname ",Id,,id\na,b,c,d\n')
    assert sheet.columns == ("Use case name", "Id (1)", "column 3", "id (2)")
    assert sheet.place("USE CASE  name") == 0
    assert sheet.repeated == ("Id", "id")


def test_an_apostrophe_that_our_own_export_put_there_is_taken_off() -> None:
    assert reading.read(b"a,b\n'=1+1,'quoted'\n").rows[0].cells == ("=1+1", "'quoted'")


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b"a,b\n1,2\n3,\x00\n", 3, "NUL"),
        (b'a,b\n1,2\n3,"4\n5,6\n', 3, "quote that is never closed"),
        (b'a,b\n1,"2"3\n', 2, "no CSV"),
        ("a,b\nÄrger,über\n".encode() + b"caf\xe9,1\n", 3, "no text in UTF-8"),
        (b"a,b\n1,\x81\n", 2, "no text in cp1252"),
        (b"a,b\n1," + b"x" * 140_000 + b"\n", 2, "over 131,072 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(content: bytes, line: int, what: str) -> None:
    with pytest.raises(Malformed) as caught:
        reading.read(content)
    (fault,) = caught.value.faults
    assert fault.field == "file"
    assert str(fault.message).startswith(f"line {line} ")
    assert what in str(fault.message)
    assert fault.remedy


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_by_which_a_spreadsheet_tells_the_delimiter_is_no_header(first: str) -> None:
    sheet = reading.read(f"{first}\r\nId;Name, long\r\n1;a\r\n".encode())
    assert (sheet.delimiter, sheet.columns) == (";", ("Id", "Name, long"))
    assert [(row.line, row.cells) for row in sheet.rows] == [(3, ("1", "a"))]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"sep=;\n"])
def test_a_file_without_rows_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        reading.read(content)


def test_limits_of_size_are_refused_as_such() -> None:
    with pytest.raises(TooLarge):
        reading.read(b"a\n" + b"1\n" * 5, row_limit=4)
    with pytest.raises(TooLarge):
        reading.read(b"a" + b",b" * 2_000 + b"\n")


def test_random_bytes_are_read_or_refused_and_nothing_else() -> None:
    import random

    source = random.Random(42001)
    for _ in range(300):
        content = bytes(source.choices(b'a,;"\n\r\t\x00\xc3\xa9\xff\xfe 1', k=source.randrange(40)))
        try:
            reading.read(content)
        except Problem:
            continue


def test_titles_above_the_header_are_told_by_their_shape() -> None:
    titles = "Inventory of AI 2024;;;\n\nAs of 1 March;Office of Data;;\n"
    text = titles + "Id;Name;Stage;Live since\n1;a;Live;2020\n2;b;;\n"
    sheet = reading.read(text.encode())
    assert (sheet.columns, sheet.options.header_row) == (("Id", "Name", "Stage", "Live since"), 4)
    assert [row.line for row in sheet.rows] == [5, 6]
    assert "2 lines with text stand above the header (line 4)" in str(sheet.notices[0])


def test_a_header_that_is_chosen_is_taken() -> None:
    content = b"Title,,\na,b,c\nd,e,f\n1,2,3\n"
    assert reading.read(content, ReadOptions(header_row=3)).columns == ("d", "e", "f")
    with pytest.raises(Malformed) as caught:
        reading.read(content, ReadOptions(header_row=9))
    assert caught.value.faults[0].field == "header_row"


def test_two_rows_of_names_are_joined() -> None:
    text = "Annex 3,,,,,\n,,Plan,,Actual,\nId,Name,start,end,start,end\n1,a,2020,2021,2022,2023\n"
    sheet = reading.read(text.encode())
    assert sheet.columns == ("Id", "Name", "Plan: start", "Plan: end", "Actual: start", "Actual: end")
    assert (sheet.options.header_row, sheet.options.header_rows) == (3, 2)
    assert [row.line for row in sheet.rows] == [4]


def test_totals_and_notes_below_the_table_are_offered_and_left_out_when_asked() -> None:
    content = b"Id,Name,Cost\n1,Total Quality,2\n2,b,3\nTotal,,5\nSource: the office,,\n"
    offered = reading.read(content)
    assert (offered.endings, len(offered.rows)) == ((4, 5), 4)
    assert [row.line for row in reading.read(content, ReadOptions(endings="skip")).rows] == [2, 3]


def test_rows_can_be_bounded_and_the_rest_is_counted() -> None:
    sheet = reading.read(b"a,b\n1,2\n3,4\n5,6\n", ReadOptions(first_row=3, last_row=3))
    assert [row.line for row in sheet.rows] == [3]
    assert "2 rows lie outside" in str(sheet.notices[0])


def test_what_was_found_reads_the_same_file_in_the_same_way() -> None:
    content = "Title;;\nId;Name;Größe\n1;a;b\n".encode("cp1252")
    first = reading.read(content)
    assert reading.read(content, first.options) == first


def test_the_federal_inventory_is_read_whole() -> None:
    sheet = reading.read(gzip.decompress(INVENTORY.read_bytes()))
    assert (len(sheet.rows), len(sheet.columns)) == (1757, 62)
    assert sheet.encoding == "utf-8 with a byte order mark"
    assert not [row for row in sheet.rows if len(row.cells) != 62]


def test_words_of_a_map_about_reading_say_what_was_found_and_wrong_ones_are_named() -> None:
    text = "Title;;\nId;Name;Größe\n1;a;b\n"
    found = reading.read(text.encode("cp1252"), ReadOptions(endings="skip"))
    words = mapping.reading_words(found)
    assert words == {"header_row": "2", "endings": "skip", "encoding": "cp1252", "delimiter": "semicolon"}
    assert reading.read(text.encode("cp1252"), mapping.reading_options(words)) == found
    assert mapping.reading_words(reading.read(b"a,b\n1,2\n")) == {}
    wrong = {"header_row": "two", "header_rows": "3", "endings": "keep", "delimiter": "x", "colour": "blue"}
    with pytest.raises(Invalid) as caught:
        mapping.reading_options(wrong)
    assert {fault.field for fault in caught.value.faults} == {*wrong}
