"""Whether the installation can do its work now: one check for each thing it needs, each with its reason.

Read by the health endpoint, the metrics and the page of operations, so that all three say the same. A check
never raises; what it meets is its answer. Details name no person and no content.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import DatabaseError, connection

from plumbline.config import Config
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Text, say
from plumbline.kernel.problems import Problem
from plumbline.telemetry import store_check
from plumbline.telemetry.openings import openings_of
from plumbline.telemetry.spool import UNLOGGED_LIMIT, spool_of
from plumbline.trail import log_state
from plumbline.trail.findings import queries as findings
from plumbline.work import leadership, queries
from plumbline.work.leadership import Workers
from plumbline.work.queries import StageHealth

PUMP_AGE: Final = timedelta(seconds=90)
"""Without a turn for so long no process advances the flow: its leases are renewed every 20 seconds."""
DISK_MINIMUM: Final = 268_435_456
"""Bytes that must be free on the volume of the data folder: room for some minutes of everything."""


@dataclass(frozen=True)
class Check:
    """One thing the installation needs. One that is not ``required`` only warns.

    ``reason`` is a stable word, ``detail`` says what was found and ``remedy`` what mends it. When it is
    ``ok`` there is a detail at most, where something is worth knowing.
    """

    name: str
    ok: bool = True
    reason: str = ""
    detail: Text = ""
    remedy: Text = ""
    required: bool = True


def checks(config: Config) -> list[Check]:
    """Every check, in the order in which one rests on another."""
    database = _database()
    if not database.ok:
        return [database, _disk(config)]
    asked: tuple[Callable[[], Check], ...] = (
        _log,
        lambda: _stores(config),
        lambda: _pump(config),
        lambda: _disk(config),
        _stages,
        _scrub,
    )
    return [database, *(check() for check in asked)]


def is_ready(found: list[Check]) -> bool:
    """Whether requests can be served as they should be."""
    return all(check.ok for check in found if check.required)


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return Check(
            "database",
            False,
            "unreachable",
            say("ready.database", "The database does not answer ({error}).", error=type(error).__name__),
            "Start it, or correct PLUMBLINE_DATABASE; for SQLite look at the data folder and its disk.",
        )
    return Check("database")


def _log() -> Check:
    try:
        state = log_state.current()
    except (Problem, DatabaseError, OSError) as error:
        return Check("log", False, "unknown", type(error).__name__, "Run plumbline trail scrub.")
    return Check("log", state.is_writable, state.reason, state.detail, state.remedy)


def _stores(config: Config) -> Check:
    try:
        waiting = len(spool_of(config.data).unlogged())
        openings_of(config.data).segment(0)
    except (sqlite3.Error, OSError, Problem) as error:
        return Check(
            "stores",
            False,
            "damaged",
            say(
                "ready.stores", "Spool or opening store cannot be read ({error}).", error=type(error).__name__
            ),
            store_check.REMEDY,
        )
    if waiting >= UNLOGGED_LIMIT:
        return Check(
            "stores",
            False,
            "spool-full",
            say("ready.spool", "{count} segments wait for the trail; no events are taken.", count=waiting),
            "See what keeps the log from taking entries.",
        )
    found = store_check.findings(config.data)
    if found:
        return Check("stores", False, found[0].code, found[0].detail, found[0].remedy)
    return Check("stores")


def _pump(config: Config) -> Check:
    turns = [stage.last_turn for stage in queries.health() if stage.last_turn is not None]
    present = leadership.workers(config)
    if turns and clock.now() - max(turns) <= PUMP_AGE:
        return Check("pump", detail=_who_leads(present))
    if present.leading and present.standing_by:
        return Check(
            "pump",
            False,
            "hangs",
            say("ready.leader-hangs", "{worker} leads and advances nothing.", worker=present.leading),
            "End that process (kill -9): a worker that stands by takes over within seconds.",
        )
    return Check(
        "pump",
        False,
        "stopped" if turns else "never-started",
        say("ready.pump", "No process advances the flow: nothing is signed, moved or judged."),
        "Start the server, or with PostgreSQL a worker: plumbline work.",
    )


def _who_leads(present: Workers) -> Message:
    if not present.leading:
        return say(
            "ready.no-leader",
            "No worker leads at this moment; {count} stand by.",
            count=present.standing_by,
        )
    return say(
        "ready.leader",
        "{worker} leads; {count} more stand by.",
        worker=present.leading,
        count=present.standing_by,
    )


def remedy_of(stage: StageHealth) -> Text:
    """What mends a stage that fails, by the kind of its error."""
    return _REMEDIES.get(stage.error_class, _REMEDY)


_REMEDY: Final = "It is tried again after growing pauses; the log of the server has the whole error."
_REMEDIES: Final[dict[str, Text]] = {
    "ReadOnly": "The log takes no entries; its own state says what mends it.",
    "OperationalError": "The database refused a write. Look at the free space and at who locks it.",
    "OSError": "A file could not be read or written. Look at the data folder, its owner and its disk.",
    "PermissionError": "The data folder, or a file in it, belongs to another user. Give it back.",
    "ConnectionRefusedError": "Another machine does not answer. Look at its address and whether it runs.",
    "TimeoutError": "Another machine answers too slowly. It is tried again after growing pauses.",
    "IOException": "The evidence store cannot be read or written. Look at its file and the disk.",
}


def _stages() -> Check:
    failing = [stage for stage in queries.health() if stage.is_failing]
    if not failing:
        return Check("stages", required=False)
    worst = min(failing, key=lambda stage: stage.failing_since or clock.now())
    detail = say(
        "ready.stages",
        "{stage} has failed {count} times in a row, lastly with {error}; {others} other stages fail.",
        stage=worst.stage,
        count=worst.failures,
        error=worst.error_class,
        others=len(failing) - 1,
    )
    return Check("stages", False, "failing", detail, remedy_of(worst), required=False)


def _scrub() -> Check:
    found = findings.count()
    if not found:
        return Check("scrub", required=False)
    detail = say("ready.scrub", "{count} rows differ from what the trail commits to.", count=found)
    return Check("scrub", False, "findings", detail, "See them on the page of the trail.", required=False)


def _disk(config: Config) -> Check:
    try:
        free = shutil.disk_usage(config.data).free
    except OSError as error:
        return Check("disk", False, "unreadable", type(error).__name__, "Look at the data folder.")
    if free >= DISK_MINIMUM:
        return Check("disk")
    detail = say("ready.disk", "{free} MB are free on the volume of the data folder.", free=free // 1_048_576)
    return Check(
        "disk", False, "full", detail, "Free some space, or move the data folder to a larger volume."
    )
