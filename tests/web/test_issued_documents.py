"""Documents and lists as files, fetched from pages; a code verified by somebody who is not signed in."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.test import Client

from plumbline.kernel import clock
from plumbline.reports.models import IssuedDocument

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_files_of_a_list_and_of_a_document_and_what_its_code_says(house: House, mina: Client) -> None:
    page = mina.get("/records/risks/").content.decode()
    for address in (
        "/records/risks/export.xlsx",
        "/records/risks/export.json",
        "/issued-documents/risk-register.pdf",
        "/issued-documents/risk-register.docx",
    ):
        assert f'href="{address}"' in page
    listed = json.loads(b"".join(mina.get("/records/risks/export.json")))
    sheet, about = openpyxl.load_workbook(
        io.BytesIO(b"".join(mina.get("/records/risks/export.xlsx")))
    ).worksheets
    assert [cell.value for cell in sheet[1]] == list(listed[0])
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [row["reference"] for row in listed]
    columns = {row[0].value: row for row in about.iter_rows(min_row=7)}
    assert (columns["next_review"][3].value, columns["revision"][3].value) == ("day", "number")
    assert {"key", "state", "level_today"} <= columns.keys()

    answer = mina.get("/issued-documents/risk-register.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="risk-register-{clock.today().isoformat()}.pdf"'
    )
    row = IssuedDocument.objects.get()
    stranger = Client()
    shown = stranger.get(f"/verify-document/{row.code}").content.decode()
    assert "Risk register" in shown
    assert row.sha256 in shown
    assert "same today" in shown
    for risk in listed:
        assert risk["title"] not in shown
    assert stranger.get("/verify-document/", {"code": "0000 0000 0000 0000"}).status_code == 404
    assert stranger.get("/verify-document/").status_code == 200


def test_a_document_of_another_day_keeps_the_day_in_its_address(house: House, mina: Client) -> None:
    today = clock.today().isoformat()
    page = mina.get(f"/statement-of-applicability/?as_of={today}").content.decode()
    assert f'href="/issued-documents/statement-of-applicability.docx?as_of={today}"' in page
    assert mina.get("/issued-documents/statement-of-applicability.odt").status_code == 422


def test_files_for_other_tools_stand_where_their_records_do(house: House, mina: Client) -> None:
    system = house.names["system"]
    assert f'href="/records/{system}/ml-bom.json"' in mina.get(f"/records/{system}/").content.decode()
    assert json.loads(mina.get(f"/records/{system}/ml-bom.json").content)["bomFormat"] == "CycloneDX"
    assert 'href="/oscal/profile.json"' in mina.get("/statement-of-applicability/").content.decode()
    assert "catalog" in json.loads(mina.get("/oscal/catalog.json").content)
    assert mina.get("/oscal/ssp.json").status_code == 404
