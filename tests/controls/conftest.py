"""People and complete records as the clauses' tests make them, and the flow over a real evidence store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.clauses.conftest import installation, make, mina, sara, someone, today, tove

from plumbline.controls import backtest
from plumbline.controls.engine import Judge
from plumbline.controls.triage import Triage
from plumbline.identity.actors import Actor
from plumbline.metrics.stage import Rollup
from plumbline.records import commands as door
from plumbline.records.commands import Saved
from plumbline.telemetry.store.duckdb import DuckStore

__all__ = ["installation", "make", "mina", "sara", "someone", "today", "tove"]


def approved(saved: Saved, author: Actor, second: Actor) -> Saved:
    """Take a reviewed record to its approval by a second person."""
    asked = door.move(author, saved.reference, "submit", revision=saved.revision)
    return door.move(second, saved.reference, "approve", revision=asked.revision)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckStore]:
    """An empty evidence store, which the door asks too when a limit is tried on the past."""
    made = DuckStore(tmp_path / "evidence.duckdb")
    monkeypatch.setattr(backtest, "open_store", lambda: made)
    yield made
    made.close()


@pytest.fixture
def flow(store: DuckStore, installation: object) -> Callable[[], None]:
    """Advance rollup, judge and triage until none of them finds work."""
    stages = (Rollup(store), Judge(store), Triage())

    def run() -> None:
        worked = True
        while worked:
            worked = False
            for stage in stages:
                worked = stage.advance() or worked

    return run
