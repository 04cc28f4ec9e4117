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


def test_selected_records_are_given_to_somebody_and_what_is_refused_is_named(installation: House) -> None:
    from plumbline.records.models import Record

    house = installation
    orphan = house.make("risk", title="Nobody's risk", description="Claims change.")
    other = house.make("document", title="Nobody's method", type="method")
    owner = house.person("risk-owner")
    client = house.client("aims-manager")
    page = reading.read(client.get(reverse("unowned")).content)
    values = [value for value in page.values("value") if value.startswith((orphan, other))]
    assert len(values) == 2
    stale = f"{other}@99"
    answer = client.post(reverse("unowned-assign"), {"record": [f"{orphan}@1", stale], "owner": owner.handle})
    text = " ".join(reading.read(answer.content).text.split())
    assert "1 record now belongs to Risk owner." in text
    assert f"{other} " in text.partition("Not given to anybody")[2]
    assert Record.objects.get(reference=orphan).owner == owner
    assert Record.objects.get(reference=other).owner is None
    assert Record.objects.get(reference=orphan).revisions.count() == 2, "each change is an entry of its own"


def test_whoever_may_not_amend_gives_nothing_to_anybody(installation: House) -> None:
    house = installation
    orphan = house.make("risk", title="Nobody's risk", description="Claims change.")
    client = house.client("viewer")
    assert "Assign" not in client.get(reverse("unowned")).content.decode()
    given = {"record": f"{orphan}@1", "owner": house.person("viewer").handle}
    assert client.post(reverse("unowned-assign"), given).status_code == 403
    assert house.client("aims-manager").post(reverse("unowned-assign"), {}).status_code == 422


def test_my_work_leads_whoever_may_assign_to_unowned_records(installation: House) -> None:
    house = installation
    house.make("risk", title="Nobody's risk", description="Claims change.")
    manager = reading.read(house.client("aims-manager").get(reverse("my-work")).content)
    assert "record has no owner who is here" in " ".join(manager.text.split())
    assert reverse("unowned") in manager.values("href")
    assert "no owner who is here" not in house.client("contributor").get(reverse("my-work")).content.decode()
