"""The demonstration from an empty folder to a watched organization, in steps that can be repeated."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from plumbline.config import Config
from plumbline.demo import decisions, load, send
from plumbline.demo import past as before
from plumbline.identity import commands, queries
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound
from plumbline.telemetry import receipts
from plumbline.work import queries as flow

Progress = Callable[[str], Callable[[int, int], None]]
MANAGER = "mina.okafor@halden.example"


def past(config: Config, progress: Progress) -> None:
    """Make people and records, and live through the weeks before today; what is there already stays."""
    at = before.Clock()
    try:
        today = before.shown_on()
        loader = load.load_organization(today, progress("records"), at.tick)
        events = decisions.events(today, clock.day_start(today) - timedelta(microseconds=1))
        installation = before.Past(config, at, MANAGER)
        installation.live_through(before.by_day(events, today), loader.correct, progress("days"))
        loader.look_back()
    finally:
        at.close()


def telemetry(config: Config, address: str, progress: Progress) -> int:
    """Send today's decisions up to now; returns how many were new.

    The events are those of the day for which the demonstration was made, so that a second run adds none.
    """
    today = before.shown_on()
    begin = clock.rfc3339(clock.day_start(today))
    every = decisions.events(today, clock.now() - timedelta(minutes=1))
    events = [event for event in every if event["time"] >= begin]
    if not events or _arrived(config, UUID(events[0]["id"])):
        return 0
    token = commands.issue_token(
        load.OPERATOR,
        name="demonstration",
        scopes=("ingest",),
        expires=clock.now() + timedelta(hours=1),
        owner=queries.person(MANAGER),
    )
    batches = list(decisions.batches(events, len(every) - len(events)))
    try:
        return send.send(address, token.text, batches, len(batches), progress("batches of decisions"))
    finally:
        commands.revoke_token(load.OPERATOR, token.token.handle)


def _arrived(config: Config, event: UUID) -> bool:
    try:
        receipts.for_event(config.data, event)
    except NotFound:
        return False
    return True


def settle(seconds: float = 40.0) -> None:
    """Wait until the flow has taken in and judged what was sent, at most ``seconds``."""
    until = time.monotonic() + seconds
    quiet = 0
    while quiet < 2 and time.monotonic() < until:
        quiet = quiet + 1 if flow.is_settled() else 0
        time.sleep(0.5)


def sign_in_link(config: Config) -> str:
    """A one-time link that signs in the first AIMS manager of the installation."""
    first = min(queries.people(active=True), key=lambda person: person.pk)
    return config.public_address + commands.make_one_time_link(first)
