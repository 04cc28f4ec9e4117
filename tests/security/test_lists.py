"""A list tells a reader of one unit nothing of another: no title, no count, no hint by search or order."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.security.conftest import House

from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.records import commands, queries
from plumbline.records.search_index import queries as search_index

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

HIDDEN = ("Sealed scoring", "Sealed pricing", "Sealed fraud alarm")
INSIDE = "Claims triage"


@pytest.fixture
def reader(house: House) -> Person:
    """A viewer of Claims alone. Claims has the oldest AI system, and Credit the three newer ones."""
    mina = house.actor("Mina", "aims-manager")
    claims, credit = house.unit("Claims"), house.unit("Credit")
    soon = str(clock.now().date() + timedelta(days=3))
    for number, title in enumerate((INSIDE, *HIDDEN)):
        unit = (credit if title in HIDDEN else claims).slug
        values = {"title": title, "slug": f"s{number}", "unit": unit, "next_review": soon}
        commands.create(mina, "ai-system", values)
    return house.person("Vera", "viewer", unit=claims)


QUERIES = ("", "q=Sealed", "sort=title", "sort=-title", "state=draft", "unit=credit", "q=SYS-0002")


@pytest.mark.parametrize("query", QUERIES)
def test_the_api_lists_counts_and_finds_nothing_outside(house: House, reader: Person, query: str) -> None:
    send = house.api(house.token(reader, "read"))
    mine = send("GET", f"/ai-systems?{query}").json()
    shown = [] if query in {"q=Sealed", "unit=credit", "q=SYS-0002"} else [INSIDE]
    assert [item["values"]["title"] for item in mine["items"]] == shown
    # A total that counted what is hidden would answer whether a word is in one of its titles.
    assert (mine["total"], mine["capped"]) == (len(shown), False)
    whole = house.api(house.token(house.person("Mina"), "read"))("GET", f"/ai-systems?{query}").json()
    assert {item["values"]["title"] for item in whole["items"]} & set(HIDDEN)


def test_a_page_of_the_api_is_filled_with_what_the_reader_may_see(house: House, reader: Person) -> None:
    answer = house.api(house.token(reader, "read"))("GET", "/ai-systems?size=1")
    assert [item["values"]["title"] for item in answer.json()["items"]] == [INSIDE]
    assert "Link" not in answer.headers


@pytest.mark.parametrize("query", QUERIES)
def test_the_page_of_a_list_shows_and_counts_nothing_outside(
    house: House, reader: Person, query: str
) -> None:
    text = house.browser(reader).get(f"/records/ai-systems/?{query}").content.decode()
    count = 0 if query in {"q=Sealed", "unit=credit", "q=SYS-0002"} else 1
    assert not [title for title in HIDDEN if title in text]
    assert re.findall(r"<h1>[^<]*<small>\s*(\d+)\s*</small>", text) == [str(count)]
    manager = house.browser(house.person("Mina")).get(f"/records/ai-systems/?{query}").content.decode()
    assert [title for title in HIDDEN if title in manager]


def test_what_is_due_and_what_is_counted_leave_out_the_rest(house: House, reader: Person) -> None:
    actor, until = house.actor("Vera"), clock.now().date() + timedelta(days=9)
    assert [row[-1] for row in queries.due(actor, until)] == [INSIDE]
    assert {row[-1] for row in queries.due(house.actor("Mina"), until)} == {INSIDE, *HIDDEN}
    assert queries.counts_by_kind(actor) == {"ai-system": 1}


def test_a_search_over_all_kinds_finds_nothing_outside_and_all_of_what_is_inside(
    house: House, reader: Person
) -> None:
    actor = house.actor("Vera")
    assert search_index.search(actor, "Sealed") == []
    # The newest come first, so a limit that counted hidden records would use itself up on them.
    assert [row.title for row in search_index.search(actor, "SYS-", limit=1)] == [INSIDE]
    assert {row.title for row in search_index.search(house.actor("Mina"), "Sealed")} == set(HIDDEN)
