"""The library of starting points makes nothing better than it was: text takes the place of no act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.honesty.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = (
    "Failing",
    "No signal",
    "Stale",
    "Degraded",
    "Not measured",
    "Nothing to judge",
    "Recorded",
    "Operating",
    "Effective",
    "Proved",
)
"""From the gravest word to the best. Written out here: the product's own order may be part of the cheat."""


@pytest.mark.parametrize("name", ["office", "kept"])
def test_picking_the_whole_library_makes_no_requirement_better(
    name: str, request: pytest.FixtureRequest
) -> None:
    """A manager picks everything that there is, as they are offered to in the first hour."""
    world: World = request.getfixturevalue(name)
    before = world.words()
    every = [point["id"] for point in world.get("mina", "starting-points")["items"]]
    reply = world.call("mina", "POST", "starting-points", {"ids": every})
    assert reply.status == 201, reply.text
    after = world.words()
    assert after.keys() == before.keys()
    ranks = {word: place for place, word in enumerate(ORDER)}
    better = [
        (number, before[number], word)
        for number, word in after.items()
        if word != before[number] and ranks.get(word, -1) > ranks.get(before[number], len(ORDER))
    ]
    assert not better
