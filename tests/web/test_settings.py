"""The page of the organization's settings."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.documents.test_look import SVG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    from plumbline.identity.organization import queries

    queries.forget()
    yield
    queries.forget()


def test_a_change_is_on_every_page_and_says_who_made_it(house: House, mina: Client) -> None:
    values = {"organization": "Halden Insurance", "address": "", "mail_language": "en"}
    assert mina.post("/settings/", values).status_code == 302
    page = mina.get("/settings/").content.decode()
    assert 'value="Halden Insurance"' in page
    assert "Last changes" in page
    assert "/trail/?type=organization.setting-changed" in page
    assert "Setting changed" in mina.get("/trail/?type=organization.setting-changed").content.decode()
    assert "Halden Insurance" in mina.get("/").content.decode()


def test_what_was_typed_is_still_there_after_a_refusal(house: House, mina: Client) -> None:
    values = {"organization": "Halden", "address": "https://evil.example", "mail_language": "en"}
    answer = mina.post("/settings/", values)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "https://evil.example" in text
    assert "PLUMBLINE_HOSTS" in text


def test_what_the_environment_fixes_cannot_be_changed(
    house: House, mina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMBLINE_ORGANIZATION", "Operated")
    assert "PLUMBLINE_ORGANIZATION" in mina.get("/settings/").content.decode()
    values = {"organization": "Another", "address": "", "mail_language": "de"}
    assert mina.post("/settings/", values).status_code == 302
    assert "Another" not in mina.get("/settings/").content.decode()


@pytest.mark.parametrize("role", ["top-management", "system-owner", "viewer"])
def test_only_administrators_get_there(house: House, role: str) -> None:
    client = house.client(role)
    assert client.get("/settings/").status_code == 403
    assert 'href="/settings/"' not in client.get("/help/").content.decode()


def test_the_api_reads_what_the_page_shows(house: House, mina: Client) -> None:
    from datetime import timedelta

    from plumbline.identity import commands
    from plumbline.kernel import clock

    expires = clock.now() + timedelta(days=1)
    token = commands.issue_token(house.actor("aims-manager"), name="t", scopes=["read"], expires=expires).text
    mina.post("/settings/", {"organization": "Halden Insurance", "address": "", "mail_language": "en"})
    answer = mina.get("/api/v1/settings", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    rows = {row["name"]: row for row in answer.json()}
    assert rows["organization"]["value"] == "Halden Insurance"
    assert rows["organization"]["changed_by"] == house.actor("aims-manager").id
    assert rows["mail_language"]["changed_by"] is None


def test_the_look_of_documents_is_chosen_on_a_page_and_stands_on_the_next_document(
    house: House, mina: Client
) -> None:
    assert 'href="/settings/documents/"' in mina.get("/settings/").content.decode()
    shapes = SimpleUploadedFile("logo.svg", SVG % b"", "image/svg+xml")
    sent = {"document_name": "Halden AI office", "document_accent": "#7a1f1f", "document_logo": shapes}
    assert mina.post("/settings/documents/", sent).status_code == 302
    page = mina.get("/settings/documents/").content.decode()
    assert "data:image/png;base64," in page
    assert "contrast with white 10.3" in " ".join(page.split())
    pdf = mina.get("/issued-documents/risk-register.pdf")
    text = pypdf.PdfReader(io.BytesIO(pdf.getvalue())).pages[0].extract_text()
    assert "Halden AI office" in text
    wrong = mina.post("/settings/documents/", {"document_accent": "#eeeeee", "document_name": "Kept"})
    assert wrong.status_code == 422
    assert "Take a darker one." in wrong.content.decode()
    assert 'value="Kept"' in wrong.content.decode()
    bad = SimpleUploadedFile("logo.svg", SVG % b"<script/>", "image/svg+xml")
    refused = mina.post("/settings/documents/", {"document_logo": bad})
    assert (refused.status_code, "more in it than shapes" in refused.content.decode()) == (422, True)
    assert mina.post("/settings/documents/", {"no_logo": "on"}).status_code == 302
    assert "data:image/png;base64," not in mina.get("/settings/documents/").content.decode()
    assert house.client("viewer").get("/settings/documents/").status_code == 403
