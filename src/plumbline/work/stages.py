"""The flow, in the order of the path of one datum: publish, move, roll up, sight, judge, triage.

Every stage reads what the stage before has committed and writes only its own tables; nobody calls forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from plumbline.config import Config
from plumbline.discovery.stage import SightingsStage
from plumbline.metrics.stage import Rollup
from plumbline.telemetry import intake
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.store import serve
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import publisher
from plumbline.work.pump import Stage


class PublishStage:
    """Verifies, guards and signs what was committed since the last checkpoint (TRAIL, state machine)."""

    name = "publish"

    def advance(self) -> bool:
        """Sign the present size; ``False`` when it is signed already."""
        return publisher.publish() is not None


@dataclass(frozen=True)
class Flow:
    """The stages of one installation, open for work."""

    stages: tuple[Stage, ...]
    on_poke: Callable[[Callable[[], None]], None]


@contextmanager
def flow(config: Config) -> Iterator[Flow]:
    """Open the evidence store, answer questions about it on its socket, and give the stages."""
    intake.recover(config.data)
    store = DuckStore(config.data / "evidence.duckdb")
    try:
        with serve.answering(store, config.data) as server:
            stages: tuple[Stage, ...] = (
                PublishStage(),
                MoverStage(config.data, store),
                Rollup(store),
                SightingsStage(),
            )
            yield Flow(stages, server.on_poke)
    finally:
        store.close()
