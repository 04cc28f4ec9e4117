"""A server that is killed in the middle of its work: no acknowledged event is lost, and none counts twice."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable

import pytest
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation
from tests.journeys.sender import SIZE, Sender
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow
SENDERS = 3


def kill(house: Installation, *, pump_too: bool) -> None:
    """End the server, and the pump with it, as a power cut would."""
    assert house.server is not None
    pump = house.pump()
    if pump_too:
        os.kill(pump, signal.SIGKILL)
    house.server.kill()
    house.server.wait()
    house.server = None


@pytest.fixture(scope="module")
def killed(new_installation: Callable[[str], Installation]) -> tuple[Installation, list[Sender]]:
    """Three rounds of sending, each cut off by SIGKILL after some more batches, and a last start."""
    house = new_installation("killed")
    senders: list[Sender] = []
    token = house.ask("token", email=MANAGER, scopes=["ingest"])
    for turn in range(3):
        house.start()
        now = [Sender(house.port, token, f"sender-{turn}-{number}") for number in range(SENDERS)]
        for sender in now:
            sender.start()
        enough = SENDERS * (turn + 2) * SIZE
        until(lambda: sum(len(one.acknowledged) for one in now) >= enough, "too little was acknowledged")  # noqa: B023 - the loop waits for it
        kill(house, pump_too=turn != 1)
        for sender in now:
            sender.join(timeout=PATIENCE)
            assert not sender.is_alive()
        senders += now
    house.start()
    house.quiet()
    return house, senders


def test_every_acknowledged_event_is_there_once(killed: tuple[Installation, list[Sender]]) -> None:
    house, senders = killed
    held = [event["id"] for event in house.ask("events", system="killed")]
    acknowledged = {one for sender in senders for one in sender.acknowledged}
    assert len(acknowledged) > 1_000
    assert len(held) == len(set(held))
    assert acknowledged <= set(held)
    unanswered = {event["id"] for sender in senders if sender.open for event in sender.open["events"]}
    assert set(held) <= acknowledged | unanswered


def test_a_batch_without_an_answer_is_there_whole_or_not_at_all_and_may_be_sent_again(
    killed: tuple[Installation, list[Sender]],
) -> None:
    house, senders = killed
    token = house.ask("token", email=MANAGER, scopes=["ingest"])
    held = {event["id"] for event in house.ask("events", system="killed")}
    for sender in senders:
        assert sender.open is not None
        inside = sum(event["id"] in held for event in sender.open["events"])
        assert inside in (0, SIZE)
        receipt = house.post(sender.open, token).json
        assert (receipt["accepted"], receipt["duplicates"]) == (SIZE - inside, inside)
    house.quiet()
    every = sum(len(sender.acknowledged) + SIZE for sender in senders)
    held_now = house.ask("events", system="killed")
    assert len(held_now) == len({event["id"] for event in held_now}) == every
    days = house.ask(
        "series", metric="volume", system="killed", start="2026-01-01T00:00:00Z", end="2027-01-01T00:00:00Z"
    )
    assert sum(day[1] for day in days) == every


def test_every_receipt_still_names_its_leaf_and_the_trail_is_whole(
    killed: tuple[Installation, list[Sender]],
) -> None:
    house, senders = killed
    leaves = [leaf for sender in senders for leaf in sender.leaves]
    assert len(leaves) == len(set(leaves))
    for sender in senders:
        if sender.leaves:
            entry = house.ask("entry", index=sender.leaves[-1])
            assert entry["facts"]["systems"] == {"killed": SIZE}
            assert entry["facts"]["source"] == sender.source
    assert json.loads(house.run("trail", "scrub", "--json"))["ok"] is True


def test_the_pump_alone_may_die_and_is_started_again(killed: tuple[Installation, list[Sender]]) -> None:
    house, _ = killed
    token = house.ask("token", email=MANAGER, scopes=["ingest"])
    before = house.ask("written")
    os.kill(house.pump(), signal.SIGKILL)
    sender = Sender(house.port, token, "no-pump")
    assert house.post(sender.batch(1), token).json["accepted"] == SIZE
    house.awake()
    house.quiet()
    assert house.ask("written")["stored"] == before["stored"] + SIZE


def test_a_start_after_a_kill_signs_at_once(killed: tuple[Installation, list[Sender]]) -> None:
    house, _ = killed
    house.quiet()
    kill(house, pump_too=True)
    house.start()
    token = house.ask("token", email=MANAGER, scopes=["ingest"])
    receipt = house.post(Sender(house.port, token, "after").batch(1), token, Prefer="receipt").json
    # The server waits some seconds for the signature and answers without it when there is none by then.
    assert receipt["receipt"].startswith("c2sp.org/tlog-proof@v1")
