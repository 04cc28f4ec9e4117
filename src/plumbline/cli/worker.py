"""The command that runs the flow: one worker leads, others stand by."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json, record_plugins
from plumbline.cli.installation import is_served, opened, shared_lock
from plumbline.config import Config
from plumbline.kernel.problems import Conflict, Unavailable

if TYPE_CHECKING:
    from plumbline.work.leadership import Leadership

_SETTLE = 1.0
"""Seconds of rest before records are judged, so that a long import is judged once."""
_LOOK = 1.0
"""Seconds between two looks of the leader at its locks."""


def work(
    data: Data = None,
    once: Annotated[
        bool, typer.Option("--once", help="Advance every stage until there is no work, then end.")
    ] = False,
    child: Annotated[bool, typer.Option(hidden=True)] = False,
    json: Json = False,
) -> None:
    """Run a worker: the flow without a server (move, roll up, judge, triage, publish).

    On SQLite the server does this itself. With PostgreSQL any number of workers may run on one data folder:
    one leads, the others stand by and take over within seconds when it ends, also by kill -9. With --once it
    says how many entries of the trail are signed.

    Example: plumbline work --once
    """
    config = opened(data)
    if not child and not config.database and is_served(config):
        raise Conflict("A server or a worker holds this data folder and advances the flow itself.")
    # A child's folder is held by the server that started it, which has also said which plugins changed.
    with nullcontext() if child else shared_lock(config):
        if not child:
            record_plugins()
        if once:
            _advance_once(config, json)
        else:
            _stand_by_and_lead(config, child=child)
    if child:
        os._exit(0)  # everything is closed; at a plain exit the engine's binding prints what it leaks


def _advance_once(config: Config, json: bool) -> None:
    from plumbline.work import stages
    from plumbline.work.commands import release_all
    from plumbline.work.leadership import Leadership
    from plumbline.work.pump import Pump

    with Leadership(config) as place:
        if not place.try_to_lead():
            raise Conflict("A worker leads already and advances the flow by itself.")
        with stages.flow(config) as flow:
            release_all()  # as below
            try:
                Pump(flow, config.publish_interval).until_quiet()
            except RuntimeError as error:
                raise Unavailable(f"The flow stopped: {error}. The lines above say why.") from error
    _say_signed(json)


def _stand_by_and_lead(config: Config, *, child: bool) -> None:
    """Lead whenever nobody else does, until interrupted."""
    from plumbline.work.leadership import Leadership

    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    signal.signal(signal.SIGINT, lambda *_: over.set())
    if child:
        threading.Thread(target=_end_with_parent, args=(over,), daemon=True).start()
    with Leadership(config) as place:
        while place.wait(over):
            _lead(config, place, over)
            place.release()  # the session that was lost; the next try takes another


def _lead(config: Config, place: Leadership, over: threading.Event) -> None:
    """Advance the flow until ``over``, or until this worker leads no longer."""
    from plumbline.work import stages
    from plumbline.work.commands import release_all
    from plumbline.work.pump import Pump

    with stages.flow(config, settle=_SETTLE, compare=True) as flow:
        release_all()  # whoever held a lease is gone: it would still hold the locks of this one
        pump, ended = Pump(flow, config.publish_interval), threading.Event()

        def watch() -> None:
            while not over.wait(_LOOK) and not ended.is_set() and place.is_leading():
                pass
            pump.stop()

        watcher = threading.Thread(target=watch, name="leadership", daemon=True)
        watcher.start()
        try:
            pump.run()
        finally:
            ended.set()
            watcher.join()
    if not over.is_set():
        output.note("This worker has lost its session with the database; it stands by.")


def _say_signed(json: bool) -> None:
    from plumbline.trail import log

    found, entries = log.latest_checkpoint(), log.size()
    signed = found.size if found else 0
    if json:
        output.as_json({"entries": entries, "signed": signed})
    else:
        print(f"Nothing is left to do; {signed} of {entries} entries are signed.")


def _end_with_parent(over: threading.Event) -> None:
    while os.read(0, 4096):  # a closed pipe says that the parent is gone
        pass
    over.set()
