"""The level of a risk today as lists show it: kept while it holds, and never better than true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plumbline.controls import posture
from plumbline.controls.engine import Judge
from plumbline.controls.models import Cursor, ResidualLevel
from plumbline.controls.residual_levels import commands, queries
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.states import MeasuredState
from plumbline.records import commands as door
from plumbline.records import kinds
from plumbline.records.queries import computed_texts

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Make = Callable[..., Any]
CONTROL = "iso42001:A.9.2"


def go(actor: Actor, saved: Any, *steps: str) -> Any:
    for step in steps:
        saved = door.move(actor, saved.reference, step, revision=saved.revision, reason="As planned.")
    return saved


@pytest.fixture
def treatment(make: Make, mina: Actor, sara: Actor) -> Any:
    """In force, with one control, for a risk of 4 x 4 (high) before and 2 x 3 (moderate) after."""
    judged = {"likelihood": 4, "residual_likelihood": 2, "residual_harm_to_individuals": 3}
    risk = go(mina, make("risk", **judged), "assess")
    plan = make("treatment", risks=[risk.reference], controls=[CONTROL])
    return go(sara, go(mina, plan, "submit"), "approve")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, MeasuredState]:
    """What the control reads as, for whatever system."""
    states = {CONTROL: MeasuredState.EFFECTIVE}

    def read(systems: set[str], *_: Any) -> dict[str, dict[str, MeasuredState]]:
        return {system: dict(states) for system in systems}

    monkeypatch.setattr(posture, "measured_for", read)
    return states


def shown() -> str:
    """The level that every list shows of the only risk."""
    (reference,) = computed_references()
    return computed_texts(kinds.get("risk"), [reference]).get(reference, {}).get("level_today", "")


def computed_references() -> list[str]:
    from plumbline.clauses.queries import rows

    return list(rows("risk").values_list("reference", flat=True))


def test_the_level_before_is_shown_until_it_is_worked_out(treatment: Any, measured: Any) -> None:
    assert shown() == "High"
    commands.keep()
    assert shown() == "Moderate"


def test_a_risk_that_is_not_judged_has_no_level(make: Make) -> None:
    make("risk", residual_likelihood=None, residual_harm_to_individuals=None)
    commands.keep()
    assert shown() == ""
    assert not ResidualLevel.objects.exists()


def test_any_step_of_a_record_ends_what_was_kept(treatment: Any, measured: Any, make: Make) -> None:
    commands.keep()
    make("treatment", risks=computed_references(), controls=[CONTROL])
    assert shown() == "High"
    commands.keep()
    assert shown() == "Moderate"


def test_a_new_result_ends_what_was_kept(
    treatment: Any, measured: Any, store: Any, flow: Callable[[], None]
) -> None:
    commands.keep()
    judge = Judge(store)
    judge.advance()  # marks what is due
    judge.advance()  # judges it
    assert shown() == "High"
    flow()
    assert shown() == "Moderate"


def test_it_is_worked_out_for_the_hour_only(treatment: Any, measured: dict[str, MeasuredState]) -> None:
    hour = datetime(2035, 3, 1, 10, tzinfo=UTC)
    with clock.frozen(hour):
        commands.keep()
        assert shown() == "Moderate"
    with clock.frozen(hour + timedelta(minutes=59)):
        assert shown() == "Moderate"
    with clock.frozen(hour + timedelta(hours=1)):
        assert shown() == "High"


def test_a_reading_that_turns_stale_within_the_hour_counts_as_stale(
    treatment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale_from = datetime(2035, 3, 1, 10, 40, tzinfo=UTC)

    def read(
        systems: set[str], wanted: set[str], at: None, now: datetime
    ) -> dict[str, dict[str, MeasuredState]]:
        state = MeasuredState.EFFECTIVE if now < stale_from else MeasuredState.STALE
        return {system: dict.fromkeys(wanted, state) for system in systems}

    monkeypatch.setattr(posture, "measured_for", read)
    with clock.frozen(stale_from - timedelta(minutes=30)):
        commands.keep()
        assert shown() == "High"


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("UTC", "2026-03-01T10:20:00Z", "2026-03-01T10:59:59.999999Z"),
        # The day begins at 18:30 of UTC, in the middle of an hour.
        ("Asia/Kolkata", "2026-03-01T18:20:00Z", "2026-03-01T18:29:59.999999Z"),
        ("Asia/Kolkata", "2026-03-01T18:30:00Z", "2026-03-01T18:59:59.999999Z"),
    ],
)
def test_no_period_reaches_into_the_next_day(zone: str, now: str, until: str) -> None:
    try:
        clock.set_zone(zone)
        assert queries.last_instant(clock.parse_rfc3339(now)) == clock.parse_rfc3339(until)
    finally:
        clock.set_zone("UTC")


def test_since_when_changes_with_the_level_only(treatment: Any, measured: dict[str, MeasuredState]) -> None:
    hour = datetime(2035, 3, 1, 10, tzinfo=UTC)

    def kept(after: int) -> tuple[int, datetime]:
        with clock.frozen(hour + timedelta(hours=after)):
            commands.keep()
        row = ResidualLevel.objects.get()
        return row.level, row.since

    assert kept(0) == (2, hour)
    assert kept(1) == (2, hour)
    measured[CONTROL] = MeasuredState.FAILING
    assert kept(2) == (4, hour + timedelta(hours=2))


def test_nothing_is_worked_out_again_while_it_holds(
    treatment: Any, measured: Any, django_assert_max_num_queries: Any
) -> None:
    with clock.frozen(datetime(2035, 3, 1, 10, tzinfo=UTC)):
        commands.keep()
        with django_assert_max_num_queries(2):
            commands.keep()


def test_it_is_derived(treatment: Any, measured: Any) -> None:
    commands.keep()
    ResidualLevel.objects.all().delete()
    Cursor.objects.filter(name=queries.CURSOR).delete()
    assert shown() == "High"
    commands.keep()
    assert shown() == "Moderate"
