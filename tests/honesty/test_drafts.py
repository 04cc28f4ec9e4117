"""Half-empty drafts: what is written down and not complete makes nothing better."""

from __future__ import annotations

import pytest
from tests.honesty.world import GOOD, World

from plumbline.records import kinds

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = {"longest-interval": {"subject": "policy.next_review"}}


def draft_everything(world: World) -> None:
    """A draft with a title alone, of every kind that has drafts."""
    for kind in kinds.all_kinds():
        if kind.workflow.initial in kind.workflow.drafts:
            world.create("mina", kind.slug, title=f"Half a {kind.name}", **AT_ONCE.get(kind.slug, {}))


def test_a_blank_organization_reads_nowhere_good_for_half_empty_drafts(office: World) -> None:
    before = office.good()
    draft_everything(office)
    assert office.good() <= before


def test_a_good_organization_reads_as_before_with_half_empty_drafts(kept: World) -> None:
    """Nothing that read worse reads good, and the flow judges records with gaps without coming to a stop."""
    before = kept.words()
    draft_everything(kept)
    after = kept.words()
    assert {number for number, word in after.items() if word != before[number]} <= {
        number for number in after if after[number] not in GOOD
    }
