"""What leaves as CSV: a spreadsheet that opens it by a double click reads it as it was written."""

from __future__ import annotations

from plumbline.records import csv_export


def test_a_file_for_people_begins_with_the_mark_of_its_encoding() -> None:
    written = "".join(csv_export.csv_file([["Übersicht", "naïve, “quoted”"]], ["title", "text"])).encode()
    assert written.startswith(b"\xef\xbb\xbftitle,text\r\n")
    assert written.decode("utf-8-sig").splitlines()[1] == 'Übersicht,"naïve, “quoted”"'
