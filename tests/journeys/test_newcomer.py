"""What a newcomer does: one command from an empty folder, the same again, and a look at the posture."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.installation import PROJECT, Installation, free_port, surroundings
from tests.waiting import PATIENCE, cpu_at_most

from plumbline.kernel.states import CheckState, MeasuredState

pytestmark = pytest.mark.slow
READY = re.compile(r"^Plumbline is ready at (http://127\.0\.0\.1:(\d+)/sign-in/link/[\w-]{40,}/)$", re.M)


def demo(data: Path, *words: str) -> tuple[str, str]:
    """``demo --no-serve`` as ``./run`` starts it; what it printed, what it said beside.

    The port of the settings is taken meanwhile: who does not serve has no use for it.
    """
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = subprocess.run(
            [sys.executable, "-m", "plumbline.cli.main", "demo", "--no-serve", "--data", str(data), *words],
            env=surroundings(data, PLUMBLINE_PORT=str(other.getsockname()[1])),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The demonstration, made from an empty folder."""
    house = Installation(tmp_path_factory.mktemp("newcomer") / "demo")
    with cpu_at_most(60, children=True):
        printed, said = demo(house.data)
    assert "ready at" not in printed
    assert f"demo --data {house.data}" in printed
    assert len(printed.strip().splitlines()) == 1
    assert "records: " in said
    assert "Traceback" not in said
    yield house
    house.close()


def counts(house: Installation) -> dict[str, int]:
    """What the demonstration has written, sign-in links apart."""
    entries = json.loads(house.run("trail", "entries", "--limit", "10000", "--json"))
    return dict(Counter(entry["type"] for entry in entries if not entry["type"].startswith("run.")))


def test_a_second_time_adds_nothing_and_is_quick(made: Installation) -> None:
    before = counts(made)
    with cpu_at_most(10, children=True):
        _, said = demo(made.data)
    assert "records: " not in said
    assert "Traceback" not in said
    after = counts(made)
    written = ("record.", "telemetry.", "person.", "grant.", "token.")
    assert {name: size for name, size in after.items() if name.startswith(written)} == {
        name: size for name, size in before.items() if name.startswith(written)
    }


def test_the_posture_has_a_row_for_each_of_seventy_requirements(made: Installation) -> None:
    rows = json.loads(made.run("posture", "--json"))
    numbers = [row["requirement"] for row in rows]
    assert len(numbers) == len(set(numbers)) == 70
    assert len([number for number in numbers if number.startswith("iso42001:A.")]) == 38
    assert {row["measured"] for row in rows} <= {str(state) for state in MeasuredState}
    told = [row for row in rows if row["measured"] in (MeasuredState.FAILING, MeasuredState.NO_SIGNAL)]
    assert told
    assert all(row["reasons"] for row in told)
    made.run("posture", "--failing", code=3)


def test_every_word_of_a_state_is_there_but_the_one_that_nothing_reaches_yet(made: Installation) -> None:
    words = {row["measured"] for row in json.loads(made.run("posture", "--json"))}
    assert words == {str(state) for state in MeasuredState if state is not MeasuredState.PROVED}


def test_its_corrective_action_is_proved_by_what_came_after_it(made: Installation) -> None:
    (action,) = made.ask("facts", kind="corrective-action")
    assert action["state"] == "carried out"
    proof = made.ask("proof", reference=action["reference"])
    assert proof["proved"], proof["reason"]
    assert proof["results"] >= action["minimum_results"]
    rows = made.ask("results", check="latency-p95", subject="chat-assist")
    words = [row["word"] for row in rows if str(row["window"][0]) < proof["carried_out"]]
    assert CheckState.OVER in words, "what it is proved by had failed before"


def test_an_empty_one_has_no_records_and_the_same_requirements(tmp_path: Path) -> None:
    house = Installation(tmp_path / "empty")
    with cpu_at_most(20, children=True):
        demo(house.data, "--empty")
    assert "record.created" not in counts(house)
    assert len(json.loads(house.run("posture", "--json"))) == 70


def enter(browser: urllib.request.OpenerDirector, address: str, page: str) -> str:
    """Press the button of the sign-in page; the page that follows."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    pressed = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode()
    request = urllib.request.Request(address, pressed, {"Referer": address})
    return str(browser.open(request, timeout=PATIENCE).read().decode())


def test_the_link_leads_in_once_and_ctrl_c_ends_it(made: Installation) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "plumbline.cli.main", "demo", "--data", str(made.data), "--port", str(port)],
        env=surroundings(made.data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = READY.match(process.stdout.readline())
        assert found is not None
        assert int(found[2]) == port
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        asked = browser.open(found[1], timeout=PATIENCE).read().decode()
        assert "Claims Triage" not in asked
        home = enter(browser, found[1], asked)
        assert "Halden" in home
        assert "Mina Okafor" in home
        again = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with pytest.raises(urllib.error.HTTPError) as refused:
            enter(again, found[1], again.open(found[1], timeout=PATIENCE).read().decode())
        assert refused.value.code in (401, 403, 404, 410)
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode in (0, 130)
    assert "Traceback" not in said
    assert "Fatal" not in said


def test_the_program_in_front_tells_of_it() -> None:
    done = subprocess.run(
        ["sh", str(PROJECT / "run"), "help"], capture_output=True, text=True, timeout=30, check=True
    )
    assert "demo" in done.stdout
    assert "--no-serve" in done.stdout
