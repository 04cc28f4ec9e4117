"""Documents made from records: the statement of applicability, review inputs, evidence packs."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.web import reading

from plumbline.trail import log

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _text(html: bytes) -> str:
    return " ".join(reading.read(html).text.split())


def test_the_statement_counts_what_is_decided_and_offers_to_decide_the_rest(
    house: House, mina: Client
) -> None:
    """One of 38 controls is decided by a draft row; 37 are not."""
    page = reading.read(mina.get(reverse("statement")).content)
    text = " ".join(page.text.split())
    assert "37 controls undecided." in text
    assert "Applicable 1/38" in text
    offers = [
        attrs["href"]
        for attrs in page.all("a")
        if "applicability-rows/new/?requirement=" in attrs.get("href", "")
    ]
    assert len(offers) == 37
    assert "not approved" in text
    assert "compliant" not in text.lower()


def test_the_statement_as_csv_has_a_line_for_each_control(house: House, mina: Client) -> None:
    answer = mina.get(reverse("statement-csv"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[arg-type, attr-defined]
    assert len([line for line in lines if line.startswith("A.")]) == 38


def test_inputs_are_frozen_and_can_be_gathered_again(house: House, mina: Client) -> None:
    reference = house.references["review"]
    page = _text(mina.get(reverse("review-inputs", args=[reference])).content)
    assert "Gather again" in page
    assert "9.3.2" in page
    stale = mina.post(reverse("gather-inputs", args=[reference]), {"revision": "1"})
    assert stale.status_code == 412
    fresh = mina.post(reverse("gather-inputs", args=[reference]), {"revision": "2"})
    assert fresh["Location"] == reverse("review-inputs", args=[reference])
    assert (
        house.client("viewer").post(reverse("gather-inputs", args=[reference]), {"revision": "3"}).status_code
        == 403
    )


def test_inputs_of_another_kind_do_not_exist(house: House, mina: Client) -> None:
    assert mina.get(reverse("review-inputs", args=[house.references["risk"]])).status_code == 404


def test_a_pack_is_fetched_by_post_and_leaves_an_entry(house: House, mina: Client) -> None:
    size = log.size()
    answer = mina.post(reverse("pack-file", args=[house.pack]))
    body = b"".join(answer.streaming_content)  # type: ignore[arg-type, attr-defined]
    assert answer["Content-Disposition"].startswith('attachment; filename="evidence-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "verify.py" in zipfile.ZipFile(BytesIO(body)).namelist()
    assert hashlib.sha256(body).hexdigest() in _text(mina.get(reverse("pack", args=[house.pack])).content)
    assert log.size() == size + 1
    assert log.leaf(size).entry_type == "pack.fetched"


def test_a_pack_that_is_being_built_says_how_far_it_is_and_looks_again(house: House, mina: Client) -> None:
    answer = mina.post(
        reverse("packs"), {"recipient": "Certification body", "purpose": "Stage 2", "sample": "5"}
    )
    assert answer.status_code == 302
    page = mina.get(answer["Location"])
    assert page["Refresh"] == "3"
    assert "Waiting for the pump" in _text(page.content)
    handle = answer["Location"].strip("/").rpartition("/")[2]
    assert mina.post(reverse("pack-file", args=[handle])).status_code == 409
    assert mina.post(reverse("pack-retry", args=[handle])).status_code == 409


def test_a_faulty_request_for_a_pack_names_every_field_and_keeps_what_was_typed(
    house: House, mina: Client
) -> None:
    answer = mina.post(
        reverse("packs"),
        {"recipient": "", "purpose": "Typed with care", "sample": "-1", "requirements": "iso42001:99"},
    )
    assert answer.status_code == 422
    page = reading.read(answer.content)
    hrefs = {attrs["href"] for attrs in page.all("a") if attrs.get("href", "").startswith("#id_")}
    assert {"#id_recipient", "#id_sample", "#id_requirements"} <= hrefs
    assert {href[1:] for href in hrefs} <= set(page.values("id"))
    assert any(attrs.get("value") == "Typed with care" for attrs in page.all("input"))


def test_packs_are_for_those_who_may_disclose(house: House) -> None:
    for role in ("viewer", "contributor", "external-auditor"):
        client = house.client(role)
        assert client.get(reverse("packs")).status_code == 403
        assert client.get(reverse("pack", args=[house.pack])).status_code == 403
        assert client.post(reverse("pack-file", args=[house.pack])).status_code == 403


def test_a_decision_becomes_a_record_that_the_next_review_asks_about(house: House, mina: Client) -> None:
    reference, carried = house.references["review"], house.references["nonconformity"]
    address = reverse("review-inputs", args=[reference])
    assert "No record is linked as decided here." in _text(mina.get(address).content)
    sent = {"relation": "decided", "target": carried, "note": "Escalate within a day."}
    assert mina.post(reverse("record-link", args=[reference]), sent).status_code == 302
    text = _text(mina.get(address).content)
    assert "Escalate within a day." in text
    assert carried in text


def test_a_pack_says_what_it_does_not_prove(house: House, mina: Client) -> None:
    text = _text(mina.get(reverse("pack", args=[house.pack])).content)
    assert "What it does not prove" in text
    assert "--key" in text
