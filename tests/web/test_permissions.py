"""What a person may not see or do stays unseen and undone on each door, not only on the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def api(house: House, role: str) -> Client:
    """A client of the API that acts for somebody with ``role``."""
    from django.test import Client

    from plumbline.identity import commands
    from plumbline.kernel import clock

    token = commands.issue_token(
        house.operator,
        owner=house.person(role),
        name=role,
        scopes=["read"],
        expires=clock.now() + timedelta(hours=1),
    )
    return Client(headers={"authorization": f"Bearer {token.text}"})


def test_a_receipt_opens_an_event_only_to_those_who_may_read_what_is_sensitive(house: House) -> None:
    address = f"/api/v1/telemetry/receipts/{house.event}"
    known, withheld = (api(house, role).get(address).json() for role in ("aims-manager", "viewer"))
    assert known["opening"]
    assert known["salt"]
    assert withheld["opening"] is None
    assert withheld["salt"] is None
    assert withheld["commitment"] == known["commitment"]


def test_the_receipt_of_an_event_names_no_system_outside_the_scope(house: House) -> None:
    address = reverse("event", args=[house.event])
    assert "Claims Triage" in house.client("viewer").get(address).content.decode()
    outside = house.client("external-auditor").get(address)
    assert outside.status_code == 200
    assert "Claims Triage" not in outside.content.decode()
    assert "claims-triage" not in outside.content.decode()


def test_a_control_shows_its_decision_only_to_those_who_may_read_decisions(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plumbline.identity import policy

    address = reverse("control", args=["A.6.2.6"])
    assert "Live systems act on claims." in house.client("viewer").get(address).content.decode()
    may = policy.may

    def forgetful(actor: object, verb: str, **where: object) -> policy.Answer:
        """No role lacks these decisions today; one that does must not see them through the back door."""
        if where.get("kind") == "applicability":
            return policy.Answer(False, "No role that you hold may read it.")
        return may(actor, verb, **where)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(policy, "may", forgetful)
    narrowed = house.client("viewer").get(address)
    assert narrowed.status_code == 200, "the rest of the page stands"
    assert "Live systems act on claims." not in narrowed.content.decode()


def test_the_record_is_verified_only_for_those_who_may_make_packs(house: House) -> None:
    refused = house.client("contributor").post(reverse("verify-now"))
    assert refused.status_code == 403
    assert "permission" in refused.content.decode()
    assert house.client("aims-manager").post(reverse("verify-now")).status_code == 302


def test_the_proof_of_an_event_as_a_file_withholds_the_same(house: House) -> None:
    address = reverse("event-proof", args=[house.event])
    assert house.client("aims-manager").get(address).json()["opening"]
    withheld = house.client("viewer").get(address).json()
    assert withheld["opening"] is None
    assert withheld["salt"] is None


def test_an_entry_about_a_person_opens_only_to_those_who_may_read_what_is_sensitive(house: House) -> None:
    from plumbline.trail import log

    house.person("viewer")
    size = log.size()
    index = next(number for number in range(size) if log.opening(number, "person") is not None)
    address = reverse("trail-entry", args=[index])
    assert "@halden.example" in house.client("aims-manager").get(address).content.decode()
    assert "@halden.example" not in house.client("viewer").get(address).content.decode()
