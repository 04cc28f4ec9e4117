"""What somebody at a support desk pastes into the search leads straight to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_an_event_id_and_an_entry_number_lead_straight_there(house: House, mina: Client) -> None:
    event = "0198c0de-0000-7000-8000-000000000001"
    for asked in (event, event.upper(), f" {event} "):
        found = mina.get(reverse("search"), {"q": asked})
        assert found.headers["Location"] == reverse("event", args=[event])
    assert mina.get(reverse("search"), {"q": "1"}).headers["Location"] == reverse("trail-entry", args=[1])
    assert mina.get(reverse("search"), {"q": "999999999"}).status_code == 200
