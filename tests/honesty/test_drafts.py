"""Half-empty drafts: what is written down and not complete makes nothing better."""

from __future__ import annotations

import pytest
from tests.honesty.world import GOOD, World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = {"longest-interval": {"subject": "policy.next_review"}}


def draft_everything(world: World, *, unanswered: bool = False) -> None:
    """A draft with a title alone, of every kind that has drafts; ``unanswered``: as a form saved unread."""
    for kind in kinds.all_kinds():
        if kind.workflow.initial in kind.workflow.drafts:
            left = dict.fromkeys(kind.unanswered, "") if unanswered else {}
            world.create("mina", kind.slug, title=f"Half a {kind.name}", **left, **AT_ONCE.get(kind.slug, {}))


@pytest.mark.parametrize("unanswered", [False, True])
def test_a_blank_organization_reads_nowhere_good_for_half_empty_drafts(
    office: World, unanswered: bool
) -> None:
    before = office.good()
    draft_everything(office, unanswered=unanswered)
    assert office.good() <= before


@pytest.mark.parametrize("unanswered", [False, True])
def test_a_good_organization_reads_as_before_with_half_empty_drafts(kept: World, unanswered: bool) -> None:
    """Nothing that read worse reads good, and the flow judges records with gaps without coming to a stop."""
    before = kept.words()
    draft_everything(kept, unanswered=unanswered)
    after = kept.words()
    assert {number for number, word in after.items() if word != before[number]} <= {
        number for number in after if after[number] not in GOOD
    }
