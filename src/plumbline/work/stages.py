"""The flow, in the order of the path of one datum: publish, move, roll up, judge, triage, pack, deliver.

Every stage reads what the stage before has committed and writes only its own tables; nobody calls forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from plumbline.anchors.stage import AnchorStage
from plumbline.config import Config
from plumbline.connectors.stage import ConnectorStage
from plumbline.controls.engine import Judge
from plumbline.controls.triage import Triage
from plumbline.delivery.stage import DeliveryStage
from plumbline.discovery.stage import SightingsStage
from plumbline.imports.stage import ImportStage
from plumbline.metrics.stage import Rollup
from plumbline.reports.stage import PackStage
from plumbline.telemetry import intake
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.telemetry.store.serve import StoreServer
from plumbline.trail import deferred, publisher
from plumbline.work.pump import Stage


class PublishStage:
    """Verifies, guards and signs what was committed since the last checkpoint (`trail.publisher`)."""

    name = "publish"

    def advance(self) -> bool:
        """Append what waited while the log took nothing, and sign the present size; whether there was any."""
        deferred.flush()
        return publisher.publish() is not None


@contextmanager
def flow(config: Config, *, settle: float = 0.0, rest: float | None = None) -> Iterator[tuple[Stage, ...]]:
    """The stages of one installation, with the evidence store open and answering on its socket.

    Segments that a crash left without a leaf are logged first: the mover waits for leaves in order.

    ``settle`` is how many seconds records must rest before the checks on them are judged, ``rest`` the same
    for data that comes for closed windows; five times as long unless it is given.
    """
    intake.recover(config.data)
    store = DuckStore(config.data / "evidence.duckdb")
    server = StoreServer(config.data, store)
    anchors = AnchorStage()
    try:
        yield (
            PublishStage(),
            MoverStage(config.data, store),
            Rollup(store),
            SightingsStage(),
            ImportStage(),
            ConnectorStage(),
            Judge(store, settle=settle, rest=5 * settle if rest is None else rest),
            Triage(),
            PackStage(),
            DeliveryStage(),
            anchors,
        )
    finally:
        anchors.close()
        server.close()
        store.close()
