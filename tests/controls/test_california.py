"""The California story: drift in real data, a suspicion, an action, and good data that proves it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.controls.conftest import approved
from tests.metrics import california
from tests.metrics.events import california_events, california_truths, put

from plumbline.clauses.improvement.nonconformities import Nonconformity
from plumbline.controls import queries
from plumbline.controls.effectiveness import effectiveness
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Result
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.records import commands as door
from plumbline.telemetry.store.duckdb import DuckStore

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db, pytest.mark.slow]


def like_the_reference(start: datetime, count: int) -> list[dict[str, str]]:
    """Rows of the reference in random order, an hour apart from ``start``, under new ids."""
    rows = random.Random(11).sample(california.rows("reference"), count)
    return [
        {
            **row,
            "id": str(start.toordinal() * 1_000 + number),
            "timestamp": (start + timedelta(hours=number)).strftime("%Y-%m-%d %H:%M:%S"),
        }
        for number, row in enumerate(rows)
    ]


def test_drift_fails_is_suspected_and_proved_mended(
    store: DuckStore,
    flow: Callable[[], None],
    make: Callable[..., Any],
    mina: Actor,
    sara: Actor,
    tove: Actor,
) -> None:
    system = make(
        "ai-system",
        slug="california",
        reference_from=date(2020, 10, 1),
        reference_until=date(2021, 5, 31),
        owner=mina.id,
    )
    approved(system, mina, sara)
    leaf = put(store, california_events("reference"), 0)
    leaf = put(store, california_events("analysis"), leaf)
    leaf = put(store, california_truths(), leaf)
    flow()
    held = judged.verdicts_of_windows("input-drift", "california")
    assert [row.word for row in held[:8]] == ["No signal"] * 8
    assert {row.word for row in held[8:]} == {"Over limit"}
    assert len(held) == 20
    assert all({"Latitude", "Longitude"} <= set(row.names) for row in held[8:-1])
    auc = judged.verdicts_of_windows("performance-auc", "california")
    known = california.expected()["recomputed_realized_roc_auc"]
    assert {f"{row.window_start:%Y-%m}": row.value for row in auc} == pytest.approx(known, abs=5e-7)
    assert {f"{row.window_start:%Y-%m}" for row in auc if row.word == "Under limit"} == {"2021-09"}

    found = Nonconformity.objects.get(check_name="input-drift")
    assert (found.state, found.system and found.system.slug) == ("suspected", "california")
    assert "Longitude" in found.description
    move = door.move(mina, found.reference, "confirm", revision=found.revision, reason="Seen in the maps.")
    assert move.state == "open"
    action = make(
        "corrective-action",
        nonconformity=found.reference,
        effectiveness_check="input-drift",
        effectiveness_from=date(2026, 4, 1),
        effectiveness_until=date(2026, 5, 31),
        minimum_results=2,
    )
    moved = door.move(mina, action.reference, "submit", revision=action.revision)
    moved = door.move(sara, action.reference, "approve", revision=moved.revision)
    moved = door.move(
        mina, action.reference, "carry-out", revision=moved.revision, reason="Routed by region."
    )
    assert not effectiveness(action.reference).proved

    # Two months pass, and each is received while it runs.
    for start, days in ((datetime(2026, 4, 1, tzinfo=UTC), 30), (datetime(2026, 5, 1, tzinfo=UTC), 31)):
        with clock.frozen(start + timedelta(days=days)):
            leaf = put(store, california_events("reference", like_the_reference(start, days * 24)), leaf)
            flow()
    with clock.frozen(datetime(2026, 6, 1, 9, tzinfo=UTC)):
        answer = effectiveness(action.reference)
        assert answer.proved, answer.reason
        assert [row.window_start.month for row in answer.results] == [4, 5]
        revision, why = moved.revision, "Two good months."
        verified = door.move(tove, action.reference, "verify", revision=revision, reason=why)
    assert verified.state == "verified"
    assert Nonconformity.objects.filter(check_name="input-drift").count() == 1
    assert queries.readings()["input-drift", "california"].word == "Within"
    assert Result.objects.filter(check_name="input-drift", leaf__gt=answer.set_at_leaf).count() >= 2
    assert clock.today() == date(2026, 3, 3)
