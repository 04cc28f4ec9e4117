"""Two management reviews compared: figures, items and states that are otherwise, and the refusals."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.clauses.conftest import Make

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict
from plumbline.records import commands
from plumbline.reports import review, review_changes
from plumbline.wording import english

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


def gathered(actor: Actor, first: date, last: date, **sections: Any) -> str:
    """A review of a period with inputs of its own."""
    values = {"title": "Review", "period_from": first, "period_until": last}
    saved = commands.create(actor, "management-review", values)
    commands.amend(actor, saved.reference, {}, revision=saved.revision, note="Gathered.", frozen=sections)
    return saved.reference


def inputs(*items: tuple[str, str], raised: int, more: int = 0) -> dict[str, Any]:
    """Inputs of one section: how many were raised, and the items with their states."""
    rows = [
        {"ref": ref, "title": "", "state": state, "note": "", "note_message": None} for ref, state in items
    ]
    figure = {"label": "Raised", "value": raised, "of": None, "before": None, "base": "in the period"}
    section = {
        "slug": "nonconformities", "title": "Nonconformities", "recorded": True, "said": "", "message": None,
        "figures": [figure], "items": rows, "more": more,
    }  # fmt: skip
    return {"sections": [section]}


@pytest.fixture
def reviews(mina: Actor) -> tuple[str, str]:
    """February and March: two more were raised, one is closed, one is new and one is gone."""
    before = inputs(("NCR-0001", "open"), ("NCR-0002", "open"), raised=1)
    after = inputs(("NCR-0001", "closed"), ("NCR-0003", "open"), raised=3)
    first = gathered(mina, FIRST, LAST, inputs=before)
    return first, gathered(mina, date(2026, 3, 1), date(2026, 3, 2), inputs=after)


def test_figures_states_and_what_came_or_went(mina: Actor, reviews: tuple[str, str]) -> None:
    earlier, later = reviews
    found = review_changes.compare(mina, later, earlier)
    assert [(row.what, row.about, english(row.message)) for row in found.changes] == [
        ("figure", "", "Raised: 1 before, 3 now."),
        ("state", "NCR-0001", "NCR-0001: open before, closed now."),
        ("added", "NCR-0003", "New: NCR-0003."),
        ("removed", "NCR-0002", "No longer listed: NCR-0002."),
    ]
    assert review_changes.as_dict(found)["changes"][0]["text"] == "Raised: 1 before, 3 now."


def test_a_list_that_was_cut_off_says_nothing_of_what_it_leaves_out(mina: Actor) -> None:
    first = gathered(mina, FIRST, LAST, inputs=inputs(("NCR-0001", "open"), raised=9, more=3))
    after = inputs(("NCR-0001", "closed"), ("NCR-0003", "open"), raised=9)
    second = gathered(mina, date(2026, 3, 1), date(2026, 3, 2), inputs=after)
    found = review_changes.compare(mina, second, first)
    assert [(row.what, row.about) for row in found.changes] == [("state", "NCR-0001")]


def test_without_an_earlier_one_or_its_inputs_there_is_nothing_to_compare(
    mina: Actor, make: Make, reviews: tuple[str, str]
) -> None:
    earlier, later = reviews
    with pytest.raises(Conflict, match="No review was approved before"):
        review_changes.compare(mina, later)
    assert review_changes.earlier_of(mina, review.find(mina, later)) == "", "the earlier one is a draft"
    bare = make("management-review").reference
    with pytest.raises(Conflict, match="has no inputs yet"):
        review_changes.compare(mina, bare, earlier)
