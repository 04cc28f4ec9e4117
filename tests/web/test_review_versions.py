"""The page of a review's inputs: which version it is, its digest, as of a day, and beside an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.web import reading

from plumbline.records import commands
from plumbline.records import queries as records
from plumbline.reports import review_versions

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)
REST = {
    "held_on": "2026-11-20", "top_management": "Ingrid", "discussion": "All.", "suitable": "yes",
    "adequate": "yes", "effective": "yes", "decisions": "None.", "changes": "None.", "actions": "None.",
    "inputs_missing": "Looked at in the strategy day.",
}  # fmt: skip


def _text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(reading.read(answer.content).text.split())


def test_the_inputs_say_which_version_they_are_and_are_shown_as_of_a_day(house: House, mina: Client) -> None:
    author, second = house.actor("aims-manager"), house.actor("top-management")
    reference = house.references["review"]
    address = reverse("review-inputs", args=[reference])
    digest = review_versions.version(author, reference).sha256
    page = _text(mina, address)
    assert f"Not approved yet, SHA-256 {digest}" in page
    assert "As of" in page
    record, _ = records.find(author, reference)
    saved = commands.amend(author, reference, REST, revision=record.revision)
    waiting = commands.move(author, reference, "submit", revision=saved.revision)
    commands.move(second, reference, "approve", revision=waiting.revision)
    assert f"Version 1, SHA-256 {digest}" in _text(mina, address)
    assert "recorded, judged and in force on 20 Nov 2026" in _text(mina, f"{address}?as_of=2026-11-20")
    assert mina.get(f"{address}?as_of=2026-11-01").status_code == 404, "it was not recorded by then"
    assert mina.get(f"{address}?as_of=yesterday").status_code == 422
    assert mina.get(f"{address}?earlier=MRV-0999").status_code == 404
