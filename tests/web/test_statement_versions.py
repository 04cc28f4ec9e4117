"""A version of the statement on its page: what was frozen, what changed, and two versions side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.decided import POLICY, put_in_force
from tests.web import reading

from plumbline import catalogs
from plumbline.records import commands

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(reading.read(answer.content).text.split())


def test_a_draft_says_nothing_of_content_and_nothing_can_be_compared(house: House, mina: Client) -> None:
    assert "frozen on" not in _text(mina, f"/records/{house.references['statement']}/").split("History")[0]
    assert "No version has been approved yet." in _text(mina, reverse("statement-compare"))


def test_the_page_of_a_version_shows_what_was_frozen_and_what_changed(house: House, mina: Client) -> None:
    author, second = house.actor("aims-manager"), house.actor("top-management")
    draft = commands.move(author, house.references["applicability"], "submit", revision=1)
    commands.move(second, draft.reference, "approve", revision=draft.revision)
    for control in catalogs.controls():
        if control.number != "A.6.2.6":
            values = {"title": "Decided", "requirement": control.id, **POLICY}
            put_in_force(author, second, commands.create(author, "applicability", values))
    reference = house.references["statement"]
    waiting = commands.move(author, reference, "submit", revision=1)
    page = _text(mina, f"/records/{reference}/")
    assert "38 of 38 controls apply; 0 left out." in page
    assert '"posture":' not in page, "the table stands in place of the frozen JSON"
    assert "frozen on 20 Nov 2026" in page
    assert "There is no earlier version to compare it with." in page
    assert "Live systems act on claims." in page
    commands.move(second, reference, "approve", revision=waiting.revision)
    own = commands.create(
        author, "applicability", {"title": "Shadow run", "own_control": "Of each release.", **POLICY}
    )
    put_in_force(author, second, own)
    address = f"{reverse('statement-compare')}?earlier={reference}&later=now"
    assert "New, and applies: “Asked for by policy. (own policy)”." in _text(mina, address)
    later = house.make("statement-version", title="The next", occasion="Surveillance audit.")
    commands.move(author, later, "submit", revision=1)
    page = _text(mina, f"/records/{later}/")
    assert f"Changes since {reference}" in page
    assert f"{own.reference} Shadow run New, and applies" in page
    table = mina.get(reverse("statement-version-csv", args=[later]))
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[arg-type, attr-defined]
    assert len(lines) == 40
