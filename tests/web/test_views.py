"""Saved views in the head of a list: columns, order and density in the address, kept under a name, shared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.web import reading

from plumbline.records.saved_views import queries

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
LIST, SAVE = "/records/ai-systems/", "/records/ai-systems/views/save/"


def _heads(html: bytes) -> str:
    return " ".join(reading.read(html).text.split())


def test_a_list_is_laid_out_saved_opened_changed_and_removed(house: House, mina: Client) -> None:
    chosen = mina.get("/records/ai-systems/columns/", {"column": ["state", "slug"], "density": "roomy"})
    address = f"{LIST}?density=roomy&columns=state%2Cslug"
    assert chosen["Location"] == address
    shown = mina.get(address).content
    assert b"claims-triage" in shown
    assert b"listed roomy" in shown
    answer = mina.post(SAVE, {"name": "By name", "columns": "state,slug", "where": "state:draft"})
    (view,) = queries.views(house.actor("aims-manager"))
    assert view.handle in answer["Location"]
    assert "columns=state%2Cslug" in answer["Location"]
    page = reading.read(mina.get(answer["Location"]).content)
    (tab,) = [attrs for attrs in page.all("a") if "data-view" in attrs and "aria-current" in attrs]
    assert tab["href"] == answer["Location"]
    assert b"claims-triage" in mina.get(LIST, {"view": view.handle}).content
    changed = {
        "view": view.handle,
        "then": "change",
        "revision": "1",
        "name": "Drafts",
        "shared_with": "everybody",
    }
    mina.post(SAVE, changed)
    other = house.client("viewer")
    assert "Drafts" in _heads(other.get(f"{LIST.rstrip('/')}/views/").content)
    assert "Drafts" in _heads(other.get(LIST).content)
    assert other.post(reverse("view-remove", args=[view.handle])).status_code == 403
    assert mina.post(reverse("view-remove", args=[view.handle]))["Location"] == LIST
    assert queries.views(house.actor("aims-manager")) == []


def test_the_csv_of_a_view_has_its_columns(house: House, mina: Client) -> None:
    answer = mina.get("/records/ai-systems/export.csv", {"columns": "state,slug"})
    first = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]  # type: ignore[arg-type, attr-defined]
    assert first == "reference,title,state,slug"


def test_a_column_that_no_list_has_is_named(house: House, mina: Client) -> None:
    answer = mina.get(LIST, {"columns": "state,colour"})
    assert answer.status_code == 422
    assert "is not a column of this list" in _heads(answer.content)


def test_nobody_opens_a_view_that_is_somebody_elses(house: House, mina: Client) -> None:
    mina.post(SAVE, {"name": "Mine"})
    (view,) = queries.views(house.actor("aims-manager"))
    assert house.client("viewer").get(LIST, {"view": view.handle}).status_code == 404


def test_what_most_records_have_nothing_of_is_no_column_until_it_is_chosen(
    house: House, mina: Client
) -> None:
    def columns(address: str) -> str:
        return re.sub(
            "<[^>]*>", "", mina.get(address).content.decode().split("<thead")[1].split("</thead")[0]
        )

    assert "As stated by the source" not in columns(LIST)
    assert "Owner" in columns(LIST)
    chosen = mina.get(f"{LIST}columns/", {"column": ["state", "stated_by_source", "missing"]})["Location"]
    assert "As stated by the source" in columns(chosen)
    assert "Missing answers" in columns(chosen)
