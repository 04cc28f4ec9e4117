"""A version of the posture on its page: what was frozen, what changed, and two versions side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from tests.decided import POLICY, put_in_force
from tests.web import reading

from plumbline.identity import commands as people
from plumbline.identity.actors import actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)
OUT = {"applicable": "no", "reasons": [], "justification": "", "exclusion_reason": "Nothing asks for it."}


def _text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return " ".join(reading.read(answer.content).text.split())


def test_the_posture_leads_to_its_versions_of_which_there_are_none_yet(house: House, mina: Client) -> None:
    for address in ("/controls/", "/clauses/"):
        page = mina.get(address).content.decode()
        assert reverse("posture-compare") in page
        assert reverse("record-list", args=["versions-of-the-posture"]) in page
    assert "Frozen states" not in _text(mina, f"/records/{house.references['posture']}/")
    assert "No version has been approved yet." in _text(mina, reverse("posture-compare"))
    answer = mina.get(f"{reverse('posture-compare')}?earlier=yesterday&later=now")
    assert answer.status_code in (404, 422)


def test_the_page_of_a_version_shows_what_was_frozen_and_what_changed(house: House, mina: Client) -> None:
    author, second = house.actor("aims-manager"), house.actor("top-management")
    reference = house.references["posture"]
    waiting = commands.move(author, reference, "submit", revision=1)
    page = _text(mina, f"/records/{reference}/")
    assert "Of 70 requirements: " in page
    assert "Version 1, as of 20 Nov 2026" in page
    assert "There is no earlier version to compare it with." in page
    assert '"posture":' not in page, "the table stands in place of the frozen JSON"
    commands.move(second, reference, "approve", revision=waiting.revision)
    values = {"title": "Left out", "requirement": "iso42001:A.10.4", **POLICY, **OUT}
    put_in_force(author, second, commands.create(author, "applicability", values))
    address = f"{reverse('posture-compare')}?earlier={reference}&later=now"
    assert "Not applicable now." in _text(mina, address)
    assert "Not applicable now." in _text(
        mina, f"{reverse('posture-compare')}?earlier=2026-11-19&later={clock.today()}"
    )
    chosen = mina.get(f"{reverse('posture-compare')}?earlier=2026-11-19&later=now").content.decode()
    assert chosen.count("selected") == 2
    assert '<option value="2026-11-19" selected>' in chosen, "the form names the day that is shown"
    later = house.make("posture-version", title="The next", occasion="Surveillance audit.")
    commands.move(author, later, "submit", revision=1)
    page = _text(mina, f"/records/{later}/")
    assert f"Changes since {reference}" in page
    assert "A.10.4" in page.split("Version 2")[0]
    table = mina.get(reverse("posture-version-csv", args=[later]))
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[arg-type, attr-defined]
    assert len(lines) == 71


def test_whoever_reads_one_unit_neither_freezes_nor_compares_with_today(house: House) -> None:
    unit = people.create_unit(house.operator, name="Motor claims", slug="motor-claims")
    person = people.create_person(house.operator, email="kim@halden.example", full_name="Kim")
    people.give_grant(house.operator, person, "contributor", unit=unit)
    client = Client()
    client.force_login(person)
    address = f"{reverse('posture-compare')}?earlier=2026-11-01&later=now"
    assert client.get(address).status_code == 403
    with pytest.raises(NotAllowed):
        commands.move(actor_of_person(person), house.references["posture"], "submit", revision=1)
