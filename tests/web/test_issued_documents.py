"""Documents and lists as files, fetched from pages; a code verified by somebody who is not signed in."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.test import Client

from plumbline.identity import commands as people
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


def test_every_list_and_the_posture_have_the_buttons_of_their_document(house: House, mina: Client) -> None:
    for page, name in (
        ("/records/suppliers/", "suppliers"),
        ("/records/ai-systems/", "ai-systems"),
        ("/records/applicability-rows/", "statement-of-applicability"),
        ("/controls/", "posture"),
        ("/clauses/", "posture"),
    ):
        shown = mina.get(page).content.decode()
        for ending in ("pdf", "docx"):
            assert f'href="/issued-documents/{name}.{ending}"' in shown, page
            assert mina.get(f"/issued-documents/{name}.{ending}").status_code == 200
    some = mina.get("/records/suppliers/?q=nothing").content.decode()
    assert "/issued-documents/suppliers.pdf" not in some, "the document is of all, and the list of some"
    code = IssuedDocument.objects.filter(kind="suppliers").latest("id").code
    assert "Suppliers" in Client().get(f"/verify-document/{code}").content.decode()


def test_a_program_fetches_the_document_of_any_list(house: House, mina: Client) -> None:
    expires = clock.now() + timedelta(days=1)
    token = people.issue_token(house.actor("aims-manager"), name="t", scopes=["read"], expires=expires).text
    asked = {"Authorization": f"Bearer {token}"}
    answer = mina.get("/api/v1/issued-documents/suppliers.json", headers=asked)
    assert answer.status_code == 200
    sent = answer.json()
    assert sent["content"]["kind"] == "suppliers"
    told = Client().get(f"/api/v1/issued-documents/verifications/{sent['code']}").json()
    assert (told["document"], told["sha256"]) == ("suppliers", sent["sha256"])
    assert mina.get("/api/v1/issued-documents/no-such-things.json", headers=asked).status_code == 404
