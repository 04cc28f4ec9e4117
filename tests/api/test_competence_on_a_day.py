"""Was this reviewer trained on that day? Asked of the list of qualifications."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from tests.api.conftest import Caller

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
DAYS = {"2025-12-31": 0, "2026-01-12": 1, "2026-03-01": 1, "2026-06-30": 1, "2026-07-01": 0}


@pytest.fixture
def shown(mina: Actor, sara: Actor, someone: Callable[..., Actor]) -> str:
    """The reference of an approved qualification of Sara, from 12 January to 30 June 2026."""
    ida = someone("top-management", "Ida")
    values = {"title": "Reviewing", "work": "oversight", "needed": "Knows when the model is wrong."}
    competence = commands.create(mina, "competence", values).reference
    holds = {
        "competence": competence,
        "person": sara.id,
        "ways": ["training"],
        "evidence": "A test.",
    }
    days = {"shown_on": "2026-01-12", "valid_until": "2026-06-30"}
    saved = commands.create(mina, "qualification", {"title": "Sara reviews", **holds, **days})
    saved = commands.move(mina, saved.reference, "submit", revision=saved.revision)
    with pytest.raises(NotAllowed, match="It is about you"):
        commands.move(sara, saved.reference, "approve", revision=saved.revision)
    return commands.move(ida, saved.reference, "approve", revision=saved.revision).reference


@pytest.mark.parametrize(("day", "count"), DAYS.items())
def test_whether_somebody_was_trained_on_a_day(
    day: str, count: int, shown: str, sara: Actor, mina: Actor, writer: Caller
) -> None:
    for person, found in ((sara, count), (mina, 0)):
        where = f"is:in-force person:{person.id} shown_on:..{day} valid_until:{day}.."
        answer = writer("GET", f"qualifications?where={quote(where)}")
        assert answer.status_code == 200, answer.content
        assert [row["reference"] for row in answer.json()["items"]] == [shown] * found
