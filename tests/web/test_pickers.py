"""Fields that are filled in by typing: what is typed is read, what fits is offered, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.web import reading

from plumbline.trail import log

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)
SENT = {"title": "Late answers", "description": "Claims wait."}


def _new(client: Client, **more: object) -> object:
    return client.post(reverse("record-new", args=["risks"]), {**SENT, **more})


@pytest.mark.parametrize("text", ["{system}", "claims triage", "Claims Triage, {system}", "sys 1"])
def test_a_name_or_any_spelling_of_a_reference_is_enough(house: House, mina: Client, text: str) -> None:
    answer = _new(mina, system=text.format(system=house.references["system"]), owner="aims manager")
    assert answer.status_code == 302
    page = reading.read(mina.get(answer["Location"]).content).text
    assert "Claims Triage" in page


def test_find_saves_nothing_and_keeps_what_was_typed(house: House, mina: Client) -> None:
    """Without scripts: search, then choose."""
    size = log.size()
    answer = _new(mina, system="tria", _find="system")
    assert (answer.status_code, log.size()) == (200, size)
    page = reading.read(answer.content)
    assert "Claims wait." in page.text
    assert not [attrs for _, attrs in page.tags if attrs.get("aria-invalid")]
    fits = [attrs["value"] for attrs in page.all("input") if attrs.get("type") == "radio"]
    assert house.references["system"] in fits
    chosen = _new(mina, system=["tria", house.references["system"]])
    assert chosen.status_code == 302


def test_several_are_ticked_and_typed(house: House, mina: Client) -> None:
    address = reverse("record-new", args=["nonconformities"])
    sent = {"title": "Not as asked", "source": "monitoring", "requirements": ["iso42001:8.1", "a626, 9.9"]}
    answer = mina.post(address, sent)
    assert answer.status_code == 422
    page = reading.read(answer.content)
    inputs = [attrs for attrs in page.all("input") if attrs.get("name") == "requirements"]
    ticked = {attrs["value"] for attrs in inputs if "checked" in attrs}
    assert ticked == {"iso42001:8.1", "iso42001:A.6.2.6"}
    (text,) = [attrs["value"] for attrs in inputs if attrs["type"] == "text"]
    assert text == "9.9"


def test_options_are_for_those_who_may_fill_in_the_form(house: House, mina: Client) -> None:
    address = reverse("record-options", args=["risks", "owner"])
    labels = [option["label"] for option in mina.get(address, {"q": "aims"}).json()["options"]]
    assert any("Aims manager" in label for label in labels)
    assert house.client("external-auditor").get(address, {"q": "aims"}).status_code == 403
    assert mina.get(reverse("record-options", args=["risks", "title"])).status_code == 404


def test_editing_asks_what_fits_without_taking_over_what_others_saved(house: House, mina: Client) -> None:
    reference = house.references["document"]
    address = reverse("record-edit", args=[reference])
    page = reading.read(mina.get(address).content)
    assert (
        mina.post(address, {"title": "Mine", "revision": "0", "owner": "no", "_find": "owner"}).status_code
        == 200
    )
    answer = mina.post(address, {"title": "Mine", "revision": "1", "owner": "min", "_find": "owner"})
    (revision,) = [
        a["value"] for a in reading.read(answer.content).all("input") if a.get("name") == "revision"
    ]
    assert revision == "1"
    assert page.all("form")
