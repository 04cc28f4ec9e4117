"""The grid of systems and checks: page, API and CSV have the same cells, and an empty one says why."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from plumbline.controls import grid
from plumbline.kernel.states import CheckState

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def cells_of(house: House, role: str = "aims-manager") -> dict[tuple[str, str], str]:
    return {(one.system, one.check): str(one.word) for one in grid.grid(house.actor(role)).rows()}


def test_a_live_system_that_has_not_reported_is_without_signal(house: House) -> None:
    """An empty cell would read as if nothing were asked of it."""
    house.make("ai-system", title="Quiet", slug="quiet", lifecycle="in operation")
    assert cells_of(house)["quiet", "log-present"] == CheckState.NO_SIGNAL


def test_a_system_that_is_not_in_use_has_no_row(house: House) -> None:
    house.make("ai-system", title="Planned", slug="planned", lifecycle="planned")
    assert not [system for system, _ in cells_of(house) if system == "planned"]


def test_page_and_csv_have_the_same_cells(house: House) -> None:
    client = house.client("aims-manager")
    answer = client.get("/checks/grid.csv")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert {(row["system"], row["check"]): row["word"] for row in lines} == cells_of(house)
    text = client.get("/checks/").content.decode()
    for system, check in cells_of(house):
        assert f"/checks/{check}/{system}/" in text or cells_of(house)[system, check] == "No signal"


def test_who_sees_a_system_sees_its_row_and_nobody_else(house: House) -> None:
    from plumbline.identity import commands as people
    from plumbline.identity.actors import Actor

    here = people.create_unit(Actor.installation(), name="Here")
    house.make("ai-system", title="Fraud Score", slug="fraud-score", lifecycle="in operation", unit=here.slug)
    unit = people.create_unit(Actor.installation(), name="Elsewhere")
    reader = people.create_person(Actor.installation(), email="else@halden.example", full_name="Else Where")
    people.give_grant(Actor.installation(), reader, "viewer", unit=unit)
    reader.refresh_from_db()
    house.people["elsewhere"] = reader
    found = grid.grid(house.actor("elsewhere"))
    assert "fraud-score" not in found.systems
    assert found.hidden == 1
    assert "fraud-score" in grid.grid(house.actor("aims-manager")).systems
    text = house.client("elsewhere").get("/checks/").content.decode()
    assert "Fraud Score" not in text
    assert "fraud-score" not in text


def test_the_list_with_trends_is_one_click_away_and_filters_lead_to_it(house: House) -> None:
    client = house.client("aims-manager")
    assert "?view=list" in client.get("/checks/").content.decode()
    for address in ("/checks/?view=list", "/checks/?word=Within", "/checks/?subject=organization"):
        assert 'id="grid"' not in client.get(address).content.decode(), address


def test_the_grid_is_an_ordinary_table(house: House) -> None:
    """Heads of rows and columns, so that a screen reader says which system and which check a cell is of."""
    text = house.client("aims-manager").get("/checks/").content.decode()
    table = text.partition('id="grid"')[2].partition("</table>")[0]
    assert 'scope="col"' in table
    assert 'scope="row"' in table
    assert 'role="table"' in table
