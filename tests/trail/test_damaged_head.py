"""The row that numbers the entries: damaged or set back it is refused, and derived anew from the entries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from tests.trail.test_log_state import state

from plumbline.kernel.merkle import Frontier
from plumbline.trail import log, models, publisher, queries
from plumbline.trail.errors import ReadOnly
from plumbline.trail.recovery import commands, head

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

ACTOR = "stage:operator"


@pytest.fixture
def signed(trail):
    """Eight entries that are signed and two that are not yet."""
    trail.append(7)
    publisher.publish()
    trail.append(2)
    return trail


def _set_back() -> None:
    frontier = Frontier()
    for view in queries.leaves(0, 6):
        frontier.append(view.leaf_hash)
    models.Coordinator.objects.update(size=6, frontier=frontier.to_bytes())


DAMAGES: dict[str, Callable[[], object]] = {
    "set back to an earlier state": _set_back,
    "a size that its edge does not fit": lambda: models.Coordinator.objects.update(size=6),
    "an edge cut short": lambda: models.Coordinator.objects.update(frontier=b"\0" * 31),
    "counters that are none": lambda: models.Coordinator.objects.update(counters=b"{"),
    "gone": lambda: models.Coordinator.objects.all().delete(),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_row_stops_every_write_and_is_derived_anew(signed, name):
    before = models.Coordinator.objects.values().get()
    size = log.size()
    DAMAGES[name]()
    with pytest.raises(ReadOnly):
        signed.append(1)
    with pytest.raises(ReadOnly):
        publisher.publish()
    assert not publisher.scrub().ok
    derived = head.derived()
    assert derived is not None
    assert (derived.frontier.size, derived.unsigned) == (size, 2)
    commands.renew_head(ACTOR, derived)
    assert state().is_writable
    entry = log.leaf(size)
    assert (entry.entry_type, entry.facts) == (
        "trail.recovered",
        {"what": "head", "size": size, "unsigned": 2},
    )
    assert publisher.scrub().ok
    after = models.Coordinator.objects.values().get()
    assert (after["origin"], after["epoch"], after["size"]) == (before["origin"], before["epoch"], size + 1)
    assert signed.append(1)
    assert head.derived() is None


def test_a_row_that_fits_is_left_alone(signed):
    assert head.derived() is None


@pytest.mark.parametrize("index", [3, 7])
def test_no_row_is_derived_from_entries_that_were_changed(signed, index):
    """Neither where the bytes do not fit their hash, nor where they do and the signature does not."""
    _set_back()
    changed = models.Leaf.objects.get(index=(index + 1) % 7)
    row = models.Leaf.objects.get(index=index)
    hashes = {"hash": changed.hash, "body": changed.body} if index == 3 else {"hash": changed.hash}
    with transaction.atomic(), connection.cursor() as cursor:
        for column, value in hashes.items():
            cursor.execute(f'UPDATE trail_leaf SET {column} = %s WHERE "index" = %s', [value, row.index])
    assert head.derived() is None


def test_no_row_is_derived_without_a_guard_or_with_entries_gone(signed):
    _set_back()
    models.Leaf.objects.filter(index__gte=6).delete()
    assert head.derived() is None
    signed.guard.unlink()
    assert head.derived() is None
