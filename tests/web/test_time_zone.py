"""Instants are shown in the time zone of whoever reads, with its name; days are those of the organization."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from plumbline.kernel import clock

if TYPE_CHECKING:
    from tests.web.conftest import House

LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "21 Nov 2026 00:30 CET"),
        ("Asia/Kathmandu", "21 Nov 2026 05:15 UTC+05:45"),
        ("America/New_York", "20 Nov 2026 18:30 EST"),
        ("", "20 Nov 2026 23:30 UTC"),
        ("Mars/Olympus", "20 Nov 2026 23:30 UTC"),
    ],
)
def test_a_moment_names_the_readers_zone(zone: str, shown: str) -> None:
    from django.utils.html import strip_tags

    from plumbline.kernel.messages import say
    from plumbline.web import dates
    from plumbline.wording import render

    with clock.read_in(lambda: zone):
        assert strip_tags(dates.moment(LATE)) == shown
        assert shown.rpartition(" ")[2] in dates.full(LATE)
        assert dates.full(LATE).startswith(shown[:11])
        assert shown.rpartition(" ")[2] in render(say("test.at", "At {at}.", at=LATE))
        assert dates.day(LATE) == "20 Nov 2026", "a day is the organization's"
    assert strip_tags(dates.moment(LATE)) == "20 Nov 2026 23:30 UTC"


@pytest.mark.django_db(transaction=True)
def test_two_readers_see_one_instant_each_in_their_zone(house: House) -> None:
    from plumbline.identity import commands

    people = house.client("aims-manager"), house.client("top-management")
    for role, zone in (("aims-manager", "Asia/Tokyo"), ("top-management", "")):
        person = house.person(role)
        commands.update_profile(person, full_name=person.full_name, theme="system", time_zone=zone)
    address = reverse("record", args=[house.references["risk"]])
    tokyo, utc = (client.get(address).content.decode() for client in people)
    assert " JST" in tokyo
    assert " UTC" not in tokyo
    assert " UTC" in utc
    assert " JST" not in utc
