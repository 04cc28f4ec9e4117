"""A log is hashed again while others write: what is new is no damage, and damage is still found."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from plumbline.trail import log, publisher, queries

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def written_meanwhile(trail, monkeypatch):
    """Entries that fill a tile, and a checkpoint over them, come when the walk is at its end."""
    trail.append(250)
    publisher.publish()
    walked = queries.leaves

    def leaves(start, stop):
        yield from walked(start, stop)
        if log.size() < 300:
            trail.append(60)
            publisher.publish()

    monkeypatch.setattr(queries, "leaves", leaves)
    return trail


def test_what_is_appended_and_signed_meanwhile_is_no_damage(written_meanwhile, monkeypatch):
    looked_again = []
    monkeypatch.setattr(publisher, "one_moment", lambda: looked_again.append(1) or nullcontext())
    size = log.size()
    report = publisher.scrub()
    assert (report.ok, report.size, looked_again) == (True, size, [])
    assert log.size() > 300
    assert publisher.scrub().ok


def test_the_guard_is_free_while_the_log_is_hashed(written_meanwhile):
    """The checkpoint over what came meanwhile was signed, although the walk had not ended."""
    publisher.scrub()
    assert log.latest_checkpoint().size == log.size()
