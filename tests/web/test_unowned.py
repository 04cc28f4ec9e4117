"""The page of records that nobody answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.web import reading

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def _text(house: House, role: str) -> str:
    answer = house.client(role).get(reverse("unowned"))
    assert answer.status_code == 200
    return " ".join(reading.read(answer.content).text.split())


def test_a_record_whose_owner_has_left_names_who_that_was(installation: House) -> None:
    from plumbline.identity import commands

    house = installation
    assert "Every record that is not over has an owner who is here." in _text(house, "aims-manager")
    owner = house.person("system-owner")
    reference = house.make("document", title="Method of tests", type="method", owner=owner.handle)
    orphan = house.make("risk", title="Nobody's risk", description="Claims change.")
    owned = house.make("document", title="Kept", type="method", owner=house.person("aims-manager").handle)
    commands.deactivate_person(house.operator, owner)
    text = _text(house, "aims-manager")
    assert f"Method of tests {reference} document Draft the whole System owner" in text
    assert f"Nobody's risk {orphan} risk Identified the whole never had one" in text
    assert owned not in text


def test_a_reader_of_one_unit_sees_what_lies_in_it(installation: House) -> None:
    from plumbline.identity import commands

    unit = commands.create_unit(installation.operator, name="Claims")
    installation.make("document", title="Process of sales", type="process", unit=unit.slug)
    reader = commands.create_person(installation.operator, email="olaf@halden.example", full_name="Olaf")
    other = commands.create_unit(installation.operator, name="Sales")
    commands.give_grant(installation.operator, reader, "viewer", unit=other)
    installation.people["olaf"] = reader
    assert "Process of sales" not in _text(installation, "olaf")
