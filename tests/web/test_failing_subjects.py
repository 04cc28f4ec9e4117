"""From a failing check to the list of exactly the records that it names, at every door."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plumbline.controls import members
from plumbline.controls import queries as controls
from plumbline.controls.engine import Judge
from plumbline.controls.verdicts import name_text
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Invalid
from plumbline.kernel.states import MemberState
from plumbline.records import kinds, queries
from plumbline.telemetry.store.duckdb import DuckStore

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
CHECK = "systems-owned"
PAGE = f"/checks/{CHECK}/organization/"
LIST = f"/records/ai-systems/?where=failing%3A{CHECK}"


@pytest.fixture
def judged(house: House, tmp_path: Path) -> set[str]:
    """Systems in use without an owner, beside one that is planned, and the check has looked at them."""
    house.make("ai-system", title="Planned", slug="planned", lifecycle="planned")
    here = people.create_unit(Actor.installation(), name="Here")
    for slug in ("lost", "found"):
        house.make("ai-system", title=slug, slug=slug, lifecycle="in operation", unit=here.slug)
    store = DuckStore(tmp_path / "evidence.duckdb")
    stage = Judge(store)
    while stage.advance():
        pass
    store.close()
    verdicts = members.from_rows(controls.reading(CHECK, "organization").members)
    return {name_text(one.name) for one in verdicts if one.state is MemberState.MISSING}


def listed(house: House, role: str, where: str) -> set[str]:
    rows = queries.list_records(house.actor(role), kinds.get("ai-system"), where=where, size=100).rows
    return {row.reference for row in rows}


def test_the_page_of_a_check_leads_to_the_list_of_those_it_names(house: House, judged: set[str]) -> None:
    client = house.client("aims-manager")
    assert len(judged) >= 2
    text = client.get(PAGE).content.decode()
    assert f'href="{LIST}"' in text
    assert f"The list of the {len(judged)} AI systems that miss something" in text
    shown = client.get(LIST).content.decode()
    every = {
        row.reference
        for row in queries.list_records(house.actor("aims-manager"), kinds.get("ai-system")).rows
    }
    assert {reference for reference in every if f'href="/records/{reference}/"' in shown} == judged
    assert every > judged


def test_lists_and_files_take_the_same_condition(house: House, judged: set[str]) -> None:
    assert listed(house, "aims-manager", f"failing:{CHECK}") == judged
    assert not listed(house, "aims-manager", f"failing:{CHECK} title:planned")
    exported = house.client("aims-manager").get(f"/records/ai-systems/export.csv?where=failing:{CHECK}")
    text = b"".join(exported.streaming_content).decode()
    assert {line.split(",")[0] for line in text.splitlines()[1:]} == judged


def test_an_earlier_day_has_no_list_of_today(house: House, judged: set[str]) -> None:
    day = clock.today().isoformat()
    text = house.client("aims-manager").get(f"{PAGE}?as_of={day}").content.decode()
    assert "The list of" not in text


def test_who_does_not_see_a_system_does_not_find_it_by_its_check(house: House, judged: set[str]) -> None:
    unit = people.create_unit(Actor.installation(), name="Elsewhere")
    reader = people.create_person(Actor.installation(), email="else@halden.example", full_name="Else Where")
    people.give_grant(Actor.installation(), reader, "viewer", unit=unit)
    reader.refresh_from_db()
    house.people["elsewhere"] = reader
    assert listed(house, "elsewhere", f"failing:{CHECK}") < judged
    assert not listed(house, "elsewhere", f"failing:{CHECK} unit:here")
    assert len(listed(house, "aims-manager", f"failing:{CHECK} unit:here")) == 2


def test_a_check_that_does_not_exist_is_refused_by_name(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        listed(house, "aims-manager", "failing:everything")
    (fault,) = refused.value.faults
    assert fault.field == "failing"
    assert "everything" in str(fault.message)
