"""Decisions of a system that wait for a person stop its end; what cannot be asked is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.authority import give_authority
from tests.lifecycle import OnItsWay, state_of
from tests.telemetry.test_store import segment

from plumbline.controls import backtest
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Unavailable
from plumbline.telemetry.event import Review, StoredEvent
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.telemetry.store.remote import RemoteStore
from plumbline.wording.rendering import english

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Flow = Callable[[], None]


@pytest.fixture
def way(mina: Actor, sara: Actor, tove: Actor) -> OnItsWay:
    """A system on its way."""
    give_authority(sara)
    return OnItsWay(mina, sara, tove)


def reported(store: DuckStore, leaf: int, word: str, about: StoredEvent | None = None) -> StoredEvent:
    """A decision, unless there is one, and what a person did with it."""
    moment = clock.now() - timedelta(hours=2)
    made = about or StoredEvent(id=uuid4(), time=moment, system="claims-triage", type="decision")
    review = StoredEvent(
        id=uuid4(), time=moment + timedelta(minutes=leaf), system="claims-triage", type="review",
        about=made.id, review=Review(word, "r1"),  # type: ignore[arg-type]
    )  # fmt: skip
    store.append([segment(leaf, *([] if about else [made]), review)])
    return made


def test_a_system_is_not_retired_while_a_decision_waits(
    way: OnItsWay, store: DuckStore, flow: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.system()
    retirement = way.create("retirement")
    way.move(retirement, "submit")
    decision = reported(store, 1, "escalate")
    flow()
    with pytest.raises(Conflict) as refused:
        way.move(retirement, "approve", way.second)
    (fault,) = refused.value.faults
    assert english(fault.message) == "has one decision that was escalated and that nobody has decided"
    assert state_of(retirement) == "in review"
    reported(store, 2, "override", decision)
    assert way.move(retirement, "approve", way.second).state == "approved"
    another = reported(store, 3, "escalate")
    with pytest.raises(Conflict):
        way.move(retirement, "carry-out")
    reported(store, 4, "approve", another)
    # Of a system that reports nobody says that nothing waits while the store cannot be asked.
    monkeypatch.setattr(backtest, "open_store", lambda: RemoteStore(tmp_path / "nobody"))
    with pytest.raises(Unavailable):
        way.move(retirement, "carry-out")
    monkeypatch.setattr(backtest, "open_store", lambda: store)
    assert way.move(retirement, "carry-out").state == "carried out"


def test_a_system_that_never_reported_is_not_asked_about(
    way: OnItsWay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtest, "open_store", lambda: RemoteStore(tmp_path / "nobody"))
    way.system()
    retirement = way.create("retirement")
    way.move(retirement, "submit")
    assert way.move(retirement, "approve", way.second).state == "approved"
