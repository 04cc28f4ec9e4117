"""The posture on its pages as of a day: controls and clauses, and no day that has not come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.web import reading

if TYPE_CHECKING:
    from django.test import Client
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("address", ["/controls/", "/clauses/"])
def test_the_posture_is_shown_as_of_a_day(house: House, mina: Client, address: str) -> None:
    now = reading.read(mina.get(address).content).prose
    assert "You see what was" not in now
    answer = mina.get(f"{address}?as_of=2026-11-01")
    assert answer.status_code == 200
    then = reading.read(answer.content).prose
    assert "You see what was recorded, judged and in force on 1 Nov 2026." in then
    assert "Within" not in then, "nothing had been judged by then"
    assert mina.get(f"{address}?as_of=2026-11-21").status_code == 422
    assert mina.get(f"{address}?as_of=yesterday").status_code == 422


def test_a_state_and_a_day_go_together(house: House, mina: Client) -> None:
    answer = mina.get("/controls/?state=Not+measured&as_of=2026-11-01")
    assert answer.status_code == 200
    assert 'name="state" value="Not measured"' in answer.content.decode()
