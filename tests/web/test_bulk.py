"""Changing many records on pages: choose in a list, preview, confirm, take back; without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from plumbline.bulk.stage import BulkStage
from plumbline.records import queries

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
NEW = "/records/ai-systems/bulk/"


def _done(browser: Client, address: str) -> str:
    browser.post(f"{address}confirm/")
    while BulkStage().advance():
        pass
    return browser.get(address).content.decode()


def test_rows_are_chosen_changed_and_put_back(house: House, mina: Client) -> None:
    first, second = (house.make("ai-system", title=name, slug=name.lower()) for name in ("Heron", "Stork"))
    listed = mina.get("/records/ai-systems/").content.decode()
    assert f'value="{first}"' in listed
    assert NEW in listed
    chosen = f"{NEW}?reference={first}&reference={second}"
    assert "2 records are chosen" in mina.get(chosen).content.decode()
    form = mina.get(f"{chosen}&field=lifecycle").content.decode()
    assert '<option value="in development">' in form
    said = {"reference": [first, second], "act": "edit", "field": "lifecycle", "value": "in development"}
    answer = mina.post(NEW, said)
    assert answer.status_code == 302
    preview = mina.get(answer["Location"]).content.decode()
    assert "2 records will be changed" in preview
    assert queries.find(house.actor("aims-manager"), first)[0].revision == 1  # type: ignore[attr-defined]
    page = _done(mina, answer["Location"])
    assert "2 of 2 are done" in page
    undo = mina.post(f"{answer['Location']}undo/")
    assert "2 of 2 are done" in _done(mina, undo["Location"])
    listed = mina.get("/bulk/").content.decode()
    assert "Put back what the change before has replaced" in listed


def test_all_of_a_filtered_list_are_meant_when_that_is_chosen(house: House, mina: Client) -> None:
    for number in range(30):
        house.make("ai-system", title=f"Heron {number}", slug=f"heron-{number}")
    page = mina.get(f"{NEW}?all=1&where=title:heron").content.decode()
    assert "30 records are chosen" in page
    assert re.search(r'name="where"\s+value="title:heron"', page)
    said = {"all": "1", "where": "title:heron", "act": "edit", "field": "version", "value": "7"}
    assert "30 records will be changed" in mina.get(mina.post(NEW, said)["Location"]).content.decode()


def test_nothing_chosen_and_what_is_refused_say_why(house: House, mina: Client) -> None:
    answer = mina.get(NEW)
    assert answer.status_code == 422
    assert "choose at least one record" in answer.content.decode().lower()
    reference = house.make("ai-system", title="Heron", slug="heron")
    answer = mina.post(NEW, {"reference": reference, "act": "move", "move": "approve"})
    page = mina.get(answer["Location"]).content.decode()
    assert "Will not be changed" in page
    assert "starts from" in page
    assert "Change one record" not in page
    assert mina.post(f"{answer['Location']}confirm/").status_code == 422
    wrong = mina.post(NEW, {"reference": reference, "act": "link", "relation": "is", "target": ""})
    assert wrong.status_code == 422


def test_a_reader_is_offered_nothing_to_change(house: House) -> None:
    viewer = house.client("viewer")
    page = viewer.get("/records/ai-systems/").content.decode()
    assert 'form="bulk"' not in page
    reference = house.names["ai-system"] if "ai-system" in house.names else house.make(
        "ai-system", title="Heron", slug="heron"
    )  # fmt: skip
    said = {"reference": reference, "act": "edit", "field": "version", "value": "7"}
    assert viewer.post(NEW, said).status_code == 403


def test_conditions_that_are_not_understood_stay_in_their_field(house: House, mina: Client) -> None:
    answer = mina.get("/records/ai-systems/?where=lifecycl:planned")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="lifecycl:planned"' in page
    assert "lifecycle" in page
    assert "Claims Triage" in page  # the list is shown without them
    found = mina.get("/records/ai-systems/?where=slug:claims-triage")
    assert found.status_code == 200
    assert "Claims Triage" in found.content.decode()
