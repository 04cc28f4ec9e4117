"""What became of an opening: readable, erased by an entry that names it, or missing, which is damage."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from tests.trail.conftest import Trail

from plumbline.trail import log, models, publisher
from plumbline.trail.erasures import queries as erasures
from plumbline.trail.openings import queries as openings

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


def _erase(index: int, slot: str, facts: dict[str, Any], entry_type: str = erasures.ENTRY_TYPE) -> int:
    """Delete the row, log an entry with ``facts``, and a row of the look-up table that points at it."""
    models.Opening.objects.filter(index=index, slot=slot).delete()
    with transaction.atomic():
        entry = log.append(entry_type, actor="per_0123456789", facts=facts, source="trail")
        models.ErasedOpening.objects.create(index=index, slot=slot, leaf=entry.index)
    return entry.index


def test_an_opening_is_read_with_its_salt(trail: Trail) -> None:
    entry = trail.append(openings={"body": b"one", "note": b"two"})
    state = openings.read(entry.index, "note")
    assert isinstance(state, log.Opened)
    assert state.body == b"two"
    assert len(state.salt) == 32
    both = openings.read_many([(entry.index, "body"), (entry.index, "note"), (entry.index, "other")])
    assert [openings.body_of(both[entry.index, slot]) for slot in ("body", "note", "other")] == [
        b"one", b"two", None,
    ]  # fmt: skip


def test_an_erasure_entry_makes_it_erased(trail: Trail) -> None:
    entry = trail.append(openings={"body": b"one", "note": b"two"})
    erasure = _erase(entry.index, "body", {"slots": {str(entry.index): ["body"]}})
    assert openings.read(entry.index, "body") == log.Erased(erasure)
    assert log.opening(entry.index, "body") is None
    assert log.opening(entry.index, "note") == b"two"
    assert list(erasures.within(0, log.size())) == [
        (erasures.ErasedRange(entry.index, "body", 0, 0), erasure)
    ]


def test_a_row_removed_by_hand_is_missing(trail: Trail) -> None:
    entry = trail.append()
    models.Opening.objects.all().delete()
    assert openings.read(entry.index, "body") == log.Missing("absent")


@pytest.mark.parametrize(
    ("facts", "entry_type"),
    [
        ({"slots": {"1": ["note"]}}, "trail.erased"),
        ({"slots": {"2": ["body"]}}, "trail.erased"),
        ({"slots": {"1": ["body"]}}, "record.created"),
        ({"slots": "none"}, "trail.erased"),
        ({}, "trail.erased"),
    ],
)
def test_a_forged_row_of_the_look_up_table_is_not_believed(
    trail: Trail, facts: dict[str, Any], entry_type: str
) -> None:
    """Only what an erasure entry itself names is erased; whoever adds rows by hand has damaged it."""
    entry = trail.append()
    assert entry.index == 1
    _erase(entry.index, "body", facts, entry_type)
    assert openings.read(entry.index, "body") == log.Missing("absent")
    assert not list(erasures.within(0, log.size()))


def test_events_are_named_in_runs(trail: Trail) -> None:
    with transaction.atomic():
        entry = log.append(
            "trail.erased", actor="per_0123456789", facts={"events": {"7": [[0, 2], [9, 9]]}}, source="trail"
        )
        for first, last in ((0, 2), (9, 9), (11, 12)):
            models.ErasedOpening.objects.create(
                index=7, slot=erasures.EVENT, first=first, last=last, leaf=entry.index
            )
    assert erasures.of_segment(7) == dict.fromkeys((0, 1, 2, 9), entry.index)


def test_a_key_that_is_not_there_is_damage(trail: Trail) -> None:
    entry = trail.append()
    models.Opening.objects.filter(index=entry.index).update(key_id="key_of_nobody")
    assert openings.read(entry.index, "body") == log.Missing("no-key")
    report = publisher.scrub()
    assert not report.ok
    assert report.first_bad == entry.index
