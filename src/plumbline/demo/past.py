"""The weeks before the demonstration was made, on a clock of its own: nothing in it is proved after the fact.

A corrective action is proved only by what happened, and was received, after it was carried out. So the
organization lives through its weeks here: its people record and decide on the first day, and each day's
decisions are sent when that day has ended, through the same ingest door as ever, measured and judged. The
trail of a demonstration therefore has entries that are older than its data folder; everything else about
them is as in any installation.

No server runs meanwhile. A run that was cut off goes on from the newest entry of the trail.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any

from plumbline.api.telemetry import BATCHES, IngestDoor
from plumbline.config import Config
from plumbline.demo import decisions
from plumbline.demo.first_day import AGO
from plumbline.identity import commands, queries
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Unavailable
from plumbline.trail import log
from plumbline.work import stages
from plumbline.work.pump import Stage

_TICK = timedelta(seconds=20)
"""What an act takes."""
_REST = 1e9
"""Seconds that records rest before checks judge them: until the day on which the demonstration is shown.

Whoever opens it shall find a register that was judged today, not one that was left lying for weeks.
"""
_AFTERWARDS = {"judge", "triage", "notices"}
"""They wait until a day is measured as a whole: a closed window that is judged in parts is restated, and
people are told of what is judged."""
Event = dict[str, Any]


def shown_on() -> date:
    """The day on which the demonstration was made to be shown: its records and decisions lead up to it."""
    return clock.day_of(log.leaf(0).time) + timedelta(days=AGO)


class Clock:
    """The demonstration's clock: it stands, and goes on a little with each act."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._at = log.leaf(log.size() - 1).time  # the trail takes no entry that is older than its newest
        self.set(self._at)

    def set(self, instant: datetime) -> None:
        """Go on to ``instant``; a clock that has passed it stays where it is."""
        self._at = max(self._at, instant)
        self._stack.close()
        self._stack.enter_context(clock.frozen(self._at))

    def tick(self) -> None:
        """Let an act take its time."""
        self.set(self._at + _TICK)

    def close(self) -> None:
        """Give the product its own clock back."""
        self._stack.close()


class Past:
    """The installation in its first weeks, with the flow behind it and nobody serving it."""

    def __init__(self, config: Config, at: Clock, owner: str) -> None:
        self._config, self._at = config, at
        self._owner = queries.person(owner)

    def live_through(
        self,
        days: list[tuple[datetime, list[Event]]],
        after_the_first: Callable[[], None],
        progress: Callable[[int, int], None],
    ) -> None:
        """Send the events of each day at its hour and let the flow judge them.

        ``after_the_first`` is what people do about what is judged on the first day.
        """
        token = commands.issue_token(
            Actor.installation(), name="demonstration, first weeks", scopes=("ingest",),
            expires=clock.now() + timedelta(days=AGO + 7), owner=self._owner,
        )  # fmt: skip
        door = IngestDoor(self._config)
        try:
            with stages.flow(self._config, settle=_REST, rest=0) as flow:
                sent = 0
                for number, (instant, events) in enumerate(days):
                    self._at.set(instant)
                    for batch in decisions.batches(events, sent):
                        asyncio.run(_post(door, json.dumps(batch).encode(), token.text))
                    sent += len(events)
                    self._advance([stage for stage in flow if stage.name not in _AFTERWARDS])
                    self._advance(flow)
                    if not number:
                        after_the_first()
                    progress(number + 1, len(days))
        finally:
            door.close()
            commands.revoke_token(Actor.installation(), token.token.handle)

    def _advance(self, flow: Iterable[Stage]) -> None:
        # Each stage to its end before the next: asking all of them after every piece of work took longer
        # than the work.
        while sum(self._drain(stage) for stage in flow):
            pass

    def _drain(self, stage: Stage) -> int:
        turns = 0
        while stage.advance():
            turns += 1
            self._at.tick()
        return turns


def by_day(events: list[Event], today: date) -> list[tuple[datetime, list[Event]]]:
    """The events before today in the portions in which they are sent, each with its hour.

    First all of before the installation was made, which is history by then; after that every day as it ends.
    """
    begins = [clock.day_start(today - timedelta(days=ago)) for ago in range(AGO, -1, -1)]
    portions: list[tuple[datetime, list[Event]]] = []
    rest = events
    for begin in begins:
        bound = clock.rfc3339(begin)
        portions.append((begin + timedelta(minutes=20), [event for event in rest if event["time"] < bound]))
        rest = [event for event in rest if event["time"] >= bound]
    return portions


async def _post(door: IngestDoor, body: bytes, token: str) -> None:
    """One batch to the ingest door, as a server hands it over. Raises `Unavailable` when it is refused."""
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    headers = (
        (b"host", b"localhost"),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"authorization", f"Bearer {token}".encode()),
    )
    scope = {
        "type": "http",
        "method": "POST",
        "path": BATCHES,
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    await door(scope, receive, send)
    if answers[0]["status"] not in (200, 201):  # 200: all of it was taken in a run that was cut off
        raise Unavailable(f"The ingest door answered {answers[0]['status']}.")
