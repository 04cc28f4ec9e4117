"""Whoever a record names has a name on its pages: history, an earlier day, and beside what is in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from tests.web import reading

from plumbline.kernel import clock
from plumbline.records import commands, kinds

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]


def test_people_in_fields_have_names_wherever_a_value_is_shown(house: House, mina: Client) -> None:
    first, second = house.person("reviewer"), house.person("viewer")
    made = commands.create(
        house.actor("aims-manager"), "authority", {"title": "May accept risks", "person": first.handle}
    )
    values = {"person": second.handle, "owner": first.handle}
    commands.amend(house.actor("aims-manager"), made.reference, values, revision=made.revision)
    tomorrow = clock.today()
    with clock.frozen(clock.now() + timedelta(days=1)):
        for address in (
            f"/records/{made.reference}/",
            f"/records/{made.reference}/history/",
            f"/records/{made.reference}/?as_of={tomorrow}",
            f"{reverse('record-list', args=[kinds.get('authority').plural])}?as_of={tomorrow}",
        ):
            answer = mina.get(address)
            assert answer.status_code == 200, address
            shown = reading.read(answer.content).prose
            assert second.full_name in shown, address
            assert first.handle not in shown, address
            assert second.handle not in shown, address
