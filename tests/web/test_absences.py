"""Somebody says on a page, over the API or on the command line that they are away, and who stands in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

    from plumbline.identity.models import Absence

pytestmark = pytest.mark.django_db(transaction=True)


def last_day() -> str:
    from plumbline.kernel import clock

    return (clock.today() + timedelta(days=7)).isoformat()


def only() -> Absence:
    from plumbline.identity.models import Absence

    return Absence.objects.get()


def test_absence_and_deputy_on_the_account_page_and_what_waits_on_the_deputys(house: House) -> None:
    owner, deputy = house.person("system-owner"), house.person("contributor")
    browser = house.client("system-owner")
    sent = {"ends": last_day(), "deputy": deputy.handle, "scope": ["systems", "risk"]}
    assert browser.post(reverse("account-absence"), sent).status_code == 302
    row = only()
    assert (row.person, row.deputy, row.scope) == (owner, deputy, "systems risk")
    shown = browser.get(reverse("account")).content.decode()
    assert "Contributor\n stands in" in shown or "Contributor stands in" in " ".join(shown.split())
    assert "You are away until" in browser.get(reverse("my-work")).content.decode()
    other = house.client("contributor")
    assert "You stand in for System owner until" in " ".join(
        other.get(reverse("my-work")).content.decode().split()
    )
    assert other.post(reverse("absence-end", args=[row.handle])).status_code == 302
    assert only().ended_by == deputy.handle
    assert "You stand in" not in other.get(reverse("my-work")).content.decode()


def test_a_refusal_says_why_and_keeps_what_was_typed(house: House) -> None:
    person = house.person("system-owner")
    browser = house.client("system-owner")
    sent = {"ends": "2199-01-01", "deputy": "", "scope": ["risk"]}
    answer = browser.post(reverse("account-absence"), sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "lasts longer than 92 days" in text
    assert 'value="2199-01-01"' in text
    assert 'value="risk" id' in text
    assert not person.absences.exists()


def test_a_manager_names_the_deputy_of_somebody_else_and_nobody_else_does(house: House) -> None:
    away, deputy = house.person("system-owner"), house.person("contributor")
    sent = {"ends": last_day(), "deputy": deputy.handle}
    address = reverse("person-absence", args=[away.handle])
    assert house.client("contributor").post(address, sent).status_code == 403
    boss = house.client("aims-manager")
    assert boss.post(address, {"ends": ""}).status_code == 422
    assert boss.post(address, sent).status_code == 302
    assert only().given_by == house.person("aims-manager").handle
    assert "Contributor" in boss.get(reverse("person", args=[away.handle])).content.decode()
    stranger = house.client("viewer").post(reverse("absence-end", args=[only().handle]))
    assert stranger.status_code == 403
    assert only().ended_at is None


def caller(house: House, role: str, scope: str) -> Client:
    from django.test import Client

    from plumbline.identity import commands
    from plumbline.kernel import clock

    issued = commands.issue_token(
        house.operator, owner=house.person(role), name=role, scopes=["read", scope],
        expires=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    return Client(headers={"authorization": f"Bearer {issued.text}"})


def test_the_same_over_the_api(house: House) -> None:
    deputy = house.person("contributor")
    writes = caller(house, "system-owner", "write")
    sent = {"ends": last_day(), "deputy": deputy.handle, "scope": ["risk"]}
    made = writes.post("/api/v1/absences", sent, content_type="application/json")
    assert made.status_code == 201, made.content
    row = made.json()
    assert row == only_row(house, row["id"])
    assert caller(house, "contributor", "read").get("/api/v1/absences").json() == [row]
    assert caller(house, "viewer", "read").get("/api/v1/absences").json() == []
    wrong = writes.post("/api/v1/absences", {"ends": "soon"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "ends")
    reads = caller(house, "system-owner", "pack").post("/api/v1/absences", sent, "application/json")
    assert reads.status_code == 403
    assert writes.post(f"/api/v1/absences/{row['id']}/end").status_code == 204
    assert writes.post(f"/api/v1/absences/{row['id']}/end").status_code == 409


def only_row(house: House, handle: str) -> dict[str, object]:
    from plumbline.kernel import clock

    return {
        "id": handle,
        "person": house.person("system-owner").handle,
        "deputy": house.person("contributor").handle,
        "scope": ["risk"],
        "starts": clock.today().isoformat(),
        "ends": last_day(),
    }
