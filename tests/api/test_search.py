"""`/api/v1/search`: the same search as on the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.conftest import Caller

from plumbline.identity.actors import Actor
from plumbline.records import commands

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_hits_come_in_groups_with_the_piece_that_has_the_words(
    caller: Callable[..., Caller], mina: Actor
) -> None:
    reference = commands.create(mina, "risk", {"title": "Other", "description": "A heron."}).reference
    answer = caller(mina)("GET", "search?q=HERON").json()
    assert (answer["total"], answer["capped"], answer["exact"]) == (1, False, None)
    (group,) = answer["groups"]
    assert (group["name"], group["total"]) == ("risk", 1)
    (hit,) = group["items"]
    assert (hit["type"], hit["id"], hit["state"]) == ("record", reference, "identified")
    assert [part for part in hit["snippet"] if part["hit"]] == [{"text": "heron", "hit": True}]
    assert caller(mina)("GET", f"search?q={reference}").json()["exact"]["id"] == reference


@pytest.mark.parametrize(
    ("query", "field"), [("", "q"), ("q=%20", "q"), ("q=a&in=x", "in"), ("q=a&size=0", "size")]
)
def test_what_cannot_be_asked_names_the_parameter(
    caller: Callable[..., Caller], mina: Actor, query: str, field: str
) -> None:
    answer = caller(mina)("GET", f"search?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_token_that_may_not_read_finds_nothing(caller: Callable[..., Caller], mina: Actor) -> None:
    assert caller(mina, "ingest")("GET", "search?q=heron").status_code == 403
