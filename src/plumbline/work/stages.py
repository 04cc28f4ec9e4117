"""The flow, in the order of the path of one datum: publish, move, roll up, judge, triage, pack, deliver.

Every stage reads what the stage before has committed and writes only its own tables; nobody calls forward.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from plumbline.anchors.stage import AnchorStage
from plumbline.bulk.stage import BulkStage
from plumbline.config import Config
from plumbline.connectors.stage import ConnectorStage
from plumbline.controls.engine import Judge
from plumbline.controls.triage import Triage
from plumbline.delivery.stage import DeliveryStage
from plumbline.delivery.waiting.stage import NoticeStage
from plumbline.discovery.stage import SightingsStage
from plumbline.erasure.execution import commands as erasures
from plumbline.erasure.stage import ErasureStage
from plumbline.imports.together.stage import ListsStage
from plumbline.kernel.problems import Unavailable
from plumbline.metrics.stage import Rollup
from plumbline.portability.stage import BackupStage
from plumbline.records.working_copies.stage import TypingStage
from plumbline.reports.stage import PackStage
from plumbline.telemetry import intake, store_check
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.telemetry.store.serve import StoreServer
from plumbline.telemetry.store_check import StoreCheck, StoreFinding
from plumbline.trail import deferred, publisher
from plumbline.trail.compare_stage import CompareStage
from plumbline.wording import english
from plumbline.work.pump import Stage

_log = logging.getLogger(__name__)


class PublishStage:
    """Verifies, guards and signs what was committed since the last checkpoint (`trail.publisher`)."""

    name = "publish"

    def advance(self) -> bool:
        """Append what waited while the log took nothing, and sign the present size; whether there was any."""
        deferred.flush()
        return publisher.publish() is not None


def _opened(data: Path) -> tuple[DuckStore | None, tuple[StoreFinding, ...]]:
    """The evidence store, or what is wrong with it or with the spool."""
    try:
        intake.recover(data)
    except Unavailable as problem:
        return None, (store_check.finding(store_check.SPOOL, "damaged", problem.detail),)
    try:
        return DuckStore(data / store_check.EVIDENCE), ()
    except duckdb.Error as error:
        return None, (store_check.unreadable(store_check.EVIDENCE, error),)


def _register_stages() -> tuple[Stage, ...]:
    """What writes many records at once, in short chunks."""
    return (ListsStage(), BulkStage())


def _delivery_stages() -> tuple[Stage, ...]:
    """What people see of it: notices first, so that what is noticed may be sent in the same turn; and the end
    of what they have typed and not saved."""
    return NoticeStage(), DeliveryStage(), TypingStage()


def _stages_with_threads() -> tuple[AnchorStage, BackupStage]:
    """What waits for others or for disks; to be closed."""
    return AnchorStage(), BackupStage()


def _said(wrong: tuple[StoreFinding, ...]) -> str:
    return " ".join(english(row.detail) for row in wrong)


@contextmanager
def _flow_without_stores(
    config: Config, wrong: tuple[StoreFinding, ...], *, compare: bool
) -> Iterator[tuple[Stage, ...]]:
    """Nothing is judged by what is incomplete; the trail is signed and people go on working."""
    # What is ``wrong`` stays said until the flow is started again, and no closed store is asked.
    check, threads = StoreCheck(config.data, None, wrong), _stages_with_threads()
    try:
        yield (
            PublishStage(),
            check,
            *_register_stages(),
            ConnectorStage(),
            Triage(),
            PackStage(),
            *_delivery_stages(),
            *threads,
            *((CompareStage(),) if compare else ()),
        )
    finally:
        for stage in threads:
            stage.close()


@contextmanager
def flow(
    config: Config, *, settle: float = 0.0, rest: float | None = None, compare: bool = False
) -> Iterator[tuple[Stage, ...]]:
    """The stages of one installation, with the evidence store open and answering on its socket.

    Segments that a crash left without a leaf are logged first: the mover waits for leaves in order.

    ``settle`` is how many seconds records must rest before the checks on them are judged, ``rest`` the same
    for data that comes for closed windows; five times as long unless it is given. With ``compare``, which is
    for what goes on running, all tables are compared with the trail besides, once a day.
    """
    store, found = _opened(config.data)
    check = StoreCheck(config.data, store, found)
    wrong = check.look()
    if store is None or wrong:
        _log.warning("the stores of the telemetry are not whole: %s %s", _said(wrong), store_check.REMEDY)
        if store is not None:
            store.close()
        with _flow_without_stores(config, wrong, compare=compare) as stages:
            yield stages
        return
    try:
        # Before anybody is served: a database restored from a backup still has what was erased since.
        erasures.replay_erasures(store)
    except BaseException:
        store.close()
        raise
    server, threads = StoreServer(config.data, store), _stages_with_threads()
    try:
        yield (
            PublishStage(),
            MoverStage(config.data, store),
            check,
            Rollup(store),
            SightingsStage(),
            *_register_stages(),
            ConnectorStage(),
            Judge(store, settle=settle, rest=5 * settle if rest is None else rest),
            Triage(),
            PackStage(),
            *_delivery_stages(),
            *threads,
            *((CompareStage(),) if compare else ()),
            ErasureStage(store),
        )
    finally:
        for stage in threads:
            stage.close()
        server.close()
        store.close()
