"""Two servers and two workers on one PostgreSQL and one data folder, and the leader is killed.

No event and no record that was acknowledged is lost, none is there twice, and the log has one line.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import postgresql
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import Installation, surroundings
from tests.journeys.sender import SIZE, Sender
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.slow


class Writer(threading.Thread):
    """Makes one record after the other through the API until told to end."""

    def __init__(self, web: Installation, token: str) -> None:
        super().__init__(daemon=True)
        self.web, self.token, self.over = web, token, threading.Event()
        self.acknowledged: list[str] = []
        self.refusal = ""

    def run(self) -> None:
        while not self.over.is_set():
            title = f"Supplier {len(self.acknowledged)} of port {self.web.port}"
            body = json.dumps({"values": {"title": title, "supplies": ["models"]}}).encode()
            answer = self.web.post(body, self.token, "/api/v1/suppliers")
            if answer.status != 201:
                self.refusal = f"{answer.status}: {answer.body!r}"
                return
            self.acknowledged.append(answer.json["reference"])


class Cluster:
    """One data folder and one database with servers and workers, as many as a test starts."""

    def __init__(self, data: Path, database: str) -> None:
        self.first, self.second = (self.web(data, database) for _ in range(2))
        self.workers: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def web(data: Path, database: str) -> Installation:
        """A server that is not started yet."""
        made = Installation(data)
        made.settings["PLUMBLINE_DATABASE"] = database
        return made

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it leads or stands by."""
        with self.first.log_file.open("ab") as said:
            worker = subprocess.Popen(
                [sys.executable, "-m", "plumbline.cli.main", "work"],
                env=surroundings(self.first.data, **self.first.settings),
                stdout=said,
                stderr=said,
            )
        self.workers.append(worker)
        return worker

    def start(self) -> None:
        """Two workers, then two servers."""
        for _ in range(2):
            self.add_worker()
        for web in (self.first, self.second):
            web.start("--web-only")
        until(lambda: len(self.standing()) == 2, self.first.said)

    def pump(self, web: Installation | None = None) -> dict[str, Any]:
        """What a server says of the workers."""
        found = json.loads((web or self.first).send("GET", "/readyz").body)["checks"]
        (pump,) = [row for row in found if row["name"] == "pump"]
        return dict(pump)

    def standing(self) -> list[str]:
        """The process that leads, and how many stand by, as a server says; empty while nobody leads."""
        leader, leads, rest = self.pump().get("detail", "").partition(" leads; ")
        return [leader.rpartition("-")[2], rest.split()[0]] if leads else []

    def leader(self) -> subprocess.Popen[bytes]:
        """The worker that leads."""
        (found,) = [one for one in self.workers if self.standing()[:1] == [str(one.pid)]]
        return found

    def close(self) -> None:
        """End whatever still runs."""
        for web in (self.first, self.second):
            web.close()
        for worker in self.workers:
            if worker.poll() is None:
                worker.terminate()
                worker.wait(timeout=PATIENCE)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two servers and two workers that run."""
    database = postgresql.new_database("hand_over")
    made = Cluster(tmp_path_factory.mktemp("hand-over") / "data", database)
    try:
        made.first.run("init", "--email", MANAGER, "--name", "Mina Okafor")
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def handed_over(cluster: Cluster) -> tuple[Cluster, list[Sender], list[Writer], int]:
    """Everybody sends, the leader is killed in the middle, and the other goes on; who that is."""
    first, second = cluster.first, cluster.second
    events = first.ask("token", email=MANAGER, scopes=["ingest"])
    records = first.ask("token", email=MANAGER, scopes=["read", "write"])
    webs = (first, second)
    senders = [Sender(web.port, events, f"sender-{web.port}-{n}") for web in webs for n in range(2)]
    writers = [Writer(web, records) for web in webs]
    for thread in (*senders, *writers):
        thread.start()
    _some_more(senders, writers)
    old = cluster.leader()
    old.send_signal(signal.SIGKILL)
    old.wait(timeout=PATIENCE)
    _some_more(senders, writers)  # nobody leads, or the other does: intake does not wait for either
    until(lambda: cluster.standing()[:1] not in ([], [str(old.pid)]), first.said)
    _some_more(senders, writers)
    for thread in (*senders, *writers):
        thread.over.set()
    for thread in (*senders, *writers):
        thread.join(timeout=PATIENCE)
        assert not thread.is_alive()
    first.quiet()
    return cluster, senders, writers, old.pid


def _some_more(senders: list[Sender], writers: list[Writer]) -> None:
    """Wait until every sender and every writer has had some more acknowledgements."""
    lists = [*(sender.leaves for sender in senders), *(writer.acknowledged for writer in writers)]
    before = [len(one) for one in lists]

    def more() -> bool:
        refused = [thread.refusal for thread in (*senders, *writers) if thread.refusal]
        assert not refused
        return all(len(one) >= was + 3 for one, was in zip(lists, before, strict=True))

    until(more, lambda: f"acknowledged at first {before}, then {[len(one) for one in lists]}")


Story = tuple[Cluster, list[Sender], list[Writer], int]


def test_the_other_worker_leads(handed_over: Story) -> None:
    cluster, *_, killed = handed_over
    (left,) = [one for one in cluster.workers if one.pid != killed]
    assert left.poll() is None
    for web in (cluster.first, cluster.second):
        pump = cluster.pump(web)
        assert pump["ok"] is True
        assert f"-{left.pid} leads; 0 more" in pump["detail"]


def test_every_acknowledged_event_is_there_once(handed_over: Story) -> None:
    cluster, senders, *_ = handed_over
    acknowledged = [event for sender in senders for event in sender.acknowledged]
    present = [event["id"] for event in cluster.first.ask("events", system="killed")]
    assert len(present) == len(set(present))
    assert sorted(present) == sorted(acknowledged)
    days = cluster.first.ask(
        "series", metric="volume", system="killed", start="2026-01-01T00:00:00Z", end="2027-01-01T00:00:00Z"
    )
    assert sum(day[1] for day in days) == len(acknowledged)


def test_every_acknowledged_record_is_there_once(handed_over: Story) -> None:
    cluster, _, writers, _ = handed_over
    acknowledged = [reference for writer in writers for reference in writer.acknowledged]
    assert len(acknowledged) == len(set(acknowledged))
    present = [row["reference"] for row in cluster.second.ask("facts", kind="supplier")]
    assert sorted(present) == sorted(acknowledged)


def test_the_log_has_one_line_and_verifies(handed_over: Story) -> None:
    cluster, senders, *_ = handed_over
    leaves = [leaf for sender in senders for leaf in sender.leaves]
    assert len(leaves) == len(set(leaves))
    for sender in senders:
        entry = cluster.first.ask("entry", index=sender.leaves[-1])
        assert (entry["facts"]["source"], entry["facts"]["systems"]) == (sender.source, {"killed": SIZE})
    assert json.loads(cluster.first.run("trail", "scrub", "--json"))["ok"] is True


def test_a_batch_that_was_sent_to_one_server_is_known_to_the_other(handed_over: Story) -> None:
    cluster, *_ = handed_over
    token = cluster.first.ask("token", email=MANAGER, scopes=["ingest"])
    batch = Sender(0, "", "twice").batch(1)
    once = cluster.first.post(batch, token).json
    again = cluster.second.post(batch, token).json
    assert (once["accepted"], again["accepted"], again["duplicates"]) == (SIZE, 0, SIZE)
    assert again["leaf"] == once["leaf"]


def test_a_third_worker_stands_by_and_leads_when_asked_to(handed_over: Story) -> None:
    cluster, *_ = handed_over
    before = cluster.leader()
    third = cluster.add_worker()
    until(lambda: cluster.standing() == [str(before.pid), "1"], cluster.first.said)
    before.terminate()
    assert before.wait(timeout=PATIENCE) == 0
    until(lambda: cluster.standing() == [str(third.pid), "0"], cluster.first.said)
    token = cluster.first.ask("token", email=MANAGER, scopes=["ingest"])
    batch = Sender(0, "", "third").batch(1)
    assert cluster.second.post(batch, token).json["accepted"] == SIZE
    cluster.first.quiet()


def test_commands_that_need_the_folder_for_themselves_are_refused(handed_over: Story) -> None:
    cluster, *_ = handed_over
    first = cluster.first
    first.run("work", "--once", code=1)
    first.run("telemetry", "rebuild", code=1)
    assert json.loads(first.run("trail", "scrub", "--json"))["ok"] is True
