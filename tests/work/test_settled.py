"""When the flow counts as settled: nothing is on its way between two stages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plumbline.controls import commands
from plumbline.metrics.models import Point
from plumbline.work import queries

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


def test_points_that_the_judge_has_not_seen_are_still_on_their_way() -> None:
    assert queries.is_noticed()
    point = Point.objects.create(
        metric="volume", system="claims-triage", hour=datetime(2026, 3, 1, 9, tzinfo=UTC), count=1
    )
    assert not queries.is_noticed()
    assert not queries.is_settled()
    cursor = commands.read_cursor("points")
    cursor.number = point.pk
    commands.mark_due([], [cursor])
    assert queries.is_noticed()
