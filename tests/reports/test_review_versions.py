"""Management reviews as versions: numbered by approvals, named by a digest, shown as of a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from tests.clauses.conftest import Make

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed, NotFound
from plumbline.records import commands
from plumbline.records.commands import Saved
from plumbline.reports import review, review_versions
from plumbline.reports.frozen_versions import sha256_of
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
PERIOD = {"period_from": date(2026, 2, 1), "period_until": date(2026, 2, 28), "held_on": date(2026, 3, 2)}


@pytest.fixture
def ingrid(someone: Any) -> Actor:
    """Top management, who approves a review."""
    actor: Actor = someone("top-management", "Ingrid")
    return actor


def submitted(actor: Actor, make: Make) -> Saved:
    saved = make("management-review", **PERIOD)
    done = review.prepare(actor, saved.reference, saved.revision)
    return commands.move(actor, saved.reference, "submit", revision=done.revision)


def test_the_entries_of_request_and_approval_name_digest_and_number(
    mina: Actor, ingrid: Actor, make: Make
) -> None:
    first, second = submitted(mina, make), submitted(mina, make)
    frozen = review_versions.version(mina, first.reference)
    assert (frozen.number, frozen.sha256) == (0, sha256_of(frozen.review.inputs))
    assert log.leaf(first.leaf).facts["review"] == {"sha256": frozen.sha256}
    with pytest.raises(NotAllowed):
        commands.move(mina, first.reference, "approve", revision=first.revision)
    commands.move(ingrid, second.reference, "approve", revision=second.revision)
    done = commands.move(ingrid, first.reference, "approve", revision=first.revision)
    assert log.leaf(done.leaf).facts["review"] == {
        "version": 2, "earlier": second.reference, "sha256": frozen.sha256,
    }  # fmt: skip
    assert review_versions.version(mina, second.reference).number == 1
    assert review_versions.version(mina, first.reference).number == 2
    assert review_versions.approved_reviews(mina) == (second.reference, first.reference)


def test_what_is_approved_anew_gets_the_next_number(mina: Actor, ingrid: Actor, make: Make) -> None:
    waiting = submitted(mina, make)
    done = commands.move(ingrid, waiting.reference, "approve", revision=waiting.revision)
    draft = commands.move(mina, done.reference, "revise", revision=done.revision, reason="A name was wrong.")
    changed = commands.amend(mina, done.reference, {"attendees": "Lars."}, revision=draft.revision)
    again = commands.move(mina, done.reference, "submit", revision=changed.revision)
    assert review_versions.version(mina, done.reference).number == 1, "the one in force, until the next is"
    commands.move(ingrid, done.reference, "approve", revision=again.revision)
    assert review_versions.version(mina, done.reference).number == 2


def test_a_review_is_shown_as_it_was_known_on_a_day(mina: Actor, ingrid: Actor, make: Make) -> None:
    saved = make("management-review", **PERIOD)
    before = clock.now()
    with clock.frozen(before + timedelta(days=1)):
        done = review.prepare(mina, saved.reference, saved.revision)
        waiting = commands.move(mina, saved.reference, "submit", revision=done.revision)
        commands.move(ingrid, saved.reference, "approve", revision=waiting.revision)
        then = review_versions.version(mina, saved.reference, before)
        now = review_versions.as_dict(review_versions.version(mina, saved.reference))
        with pytest.raises(NotFound):
            review_versions.version(mina, saved.reference, before - timedelta(days=1))
    assert (then.number, then.review.state, then.sha256) == (0, "draft", "")
    assert (now["version"], now["state"], now["day"]) == (1, "approved", "2026-02-28")
    assert now["sha256"] == sha256_of(now["content"]) != ""
