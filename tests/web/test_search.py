"""The search page and what the dialog of Ctrl K asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from plumbline.records import kinds

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_hits_are_marked_and_grouped_with_a_way_to_all(house: House, mina: Client) -> None:
    for number in range(7):
        house.make("risk", title=f"Heron {number}", description="A <b>heron</b> & more.")
    page = mina.get("/search/?q=heron").content.decode()
    assert "<mark>Heron</mark> 6</a>" in page
    assert "&lt;b&gt;<mark>heron</mark>&lt;/b&gt; &amp; more." in page
    assert "/search/?q=heron&amp;in=risk" in page
    every = mina.get("/search/?q=heron&in=risk").content.decode()
    assert every.count("<mark>Heron</mark>") == 7
    assert mina.get("/search/?q=heron&in=herons").status_code == 422


def test_nothing_found_says_so_and_acts_come_first(house: House, mina: Client) -> None:
    assert "Nothing that you may see has" in mina.get("/search/?q=walrus").content.decode()
    page = mina.get("/search/?q=new+risk").content.decode()
    assert 'href="/records/risks/new/"' in page


def test_the_dialog_gets_acts_then_hits_with_addresses_that_open(house: House, mina: Client) -> None:
    risk = house.make("risk", title="Heron", description="It wades.")
    answer = mina.get("/search/jump/?q=new+risk")
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)["options"][0]["href"] == "/records/risks/new/"
    found = json.loads(mina.get("/search/jump/?q=heron").content)["options"]
    assert [(each["label"], each["hint"]) for each in found] == [("Heron", f"Risk {risk}")]
    first, *_ = json.loads(mina.get(f"/search/jump/?q={risk.lower()}").content)["options"]
    step = first["href"].partition("?step=")[2].partition("#")[0]
    assert first["href"] == f"/records/{risk}/?step={step}#step-{step}"
    assert step in {move.name for move in kinds.get("risk").workflow.moves}
    assert mina.get(first["href"]).status_code == 200
    assert json.loads(mina.get("/search/jump/?q=").content) == {"options": []}


def test_a_saved_view_is_jumped_to_by_its_name(house: House, mina: Client) -> None:
    mina.post("/records/risks/views/save/", {"name": "Walrus watch", "where": "title:photos"})
    (found,) = json.loads(mina.get("/search/jump/?q=walrus").content)["options"]
    assert (found["label"], found["hint"]) == ("Walrus watch", "View of risks")
    assert "Photos differ" in mina.get(found["href"]).content.decode()
    assert found["href"] in mina.get("/search/?q=walrus").content.decode()


def test_every_hit_opens(house: House, mina: Client) -> None:
    for text in ("drift", "risk", "policy", "viewer"):
        for each in json.loads(mina.get(f"/search/jump/?q={text}").content)["options"]:
            assert mina.get(each["href"]).status_code == 200, each


def test_the_readings_of_one_check_are_shown_alone(house: House, mina: Client) -> None:
    page = mina.get("/checks/?check=error-rate").content.decode()
    assert "Clear filters" in page
    assert mina.get("/checks/?check=no-such-check").status_code == 404


def test_a_stranger_is_sent_to_sign_in(house: House) -> None:
    assert Client().get("/search/jump/?q=heron").status_code == 302
