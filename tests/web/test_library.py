"""The page of the library of starting points, and the API beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.web import reading

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def test_what_is_ticked_becomes_a_draft_and_cannot_be_ticked_again(house: House, mina: Client) -> None:
    page = mina.get("/library/").content.decode()
    assert 'value="R-01"' in page
    assert mina.post("/library/", {"pick": ["R-01", "P-01"]}).status_code == 302
    after = mina.get("/library/").content.decode()
    assert "2 drafts are yours now" in reading.read(after.encode()).text
    assert 'value="R-01"' not in after
    assert "In your records" in after
    assert 'value="R-02"' in after
    assert mina.post("/library/", {"pick": ["R-01"]}).status_code == 409
    assert mina.post("/library/", {}).status_code == 422


def test_only_what_the_reader_may_make_can_be_ticked(house: House) -> None:
    assert 'name="pick"' not in house.client("viewer").get("/library/").content.decode()
    assert house.client("viewer").post("/library/", {"pick": ["R-01"]}).status_code == 403
    offered = house.client("risk-owner").get("/library/").content.decode()
    assert 'value="R-01"' in offered
    assert 'value="P-01"' not in offered


def test_the_api_says_what_the_page_says(house: House, mina: Client) -> None:
    from plumbline.identity import commands
    from plumbline.kernel import clock

    expires = clock.now() + timedelta(days=1)
    actor = house.actor("aims-manager")
    token = commands.issue_token(actor, name="t", scopes=["read", "write"], expires=expires).text
    sent = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {token}"}}
    made = mina.post("/api/v1/starting-points", {"ids": ["O-01"]}, **sent)
    assert made.status_code == 201, made.content
    (draft,) = made.json()["items"]
    assert draft["state"] == "draft"
    assert f"/records/{draft['reference']}/" in mina.get("/library/").content.decode()
    listed = mina.get("/api/v1/starting-points", headers=sent["headers"]).json()["items"]
    rows = {row["id"]: row for row in listed}
    assert rows["O-01"]["taken"]
    assert not rows["O-02"]["taken"]
    assert mina.post("/api/v1/starting-points", {"ids": []}, **sent).status_code == 422
