"""The whole US federal inventory through the API of a running server: looked at, confirmed, cut off, done.

The counts are those that the page and the command line give: 1,757 rows, of them three exact repeats.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests import waiting
from tests.journeys.conftest import MANAGER
from tests.journeys.installation import DATA, PROJECT, Installation, Reply

pytestmark = pytest.mark.slow
NONE = dict.fromkeys(("create", "amend", "unchanged", "repeat", "skip", "faulty"), 0)
FIRST, AGAIN = NONE | {"create": 1754, "repeat": 3}, NONE | {"unchanged": 1754, "repeat": 3}


@pytest.fixture(scope="module")
def office(new_installation: Callable[[str], Installation]) -> Installation:
    """An installation with nothing in it yet."""
    made = new_installation("register")
    made.start()
    return made


@pytest.fixture(scope="module")
def token(office: Installation) -> str:
    """A token of Mina's that may read and write."""
    words = ("token", "issue", "--for", MANAGER, "--scope", "read", "--scope", "write", "--name", "register")
    return office.run(*words).strip()


@pytest.fixture(scope="module")
def inventory() -> bytes:
    """The file as it was published: UTF-8 with a byte order mark, 62 columns, cells of several lines."""
    return gzip.decompress((DATA / "ai-inventories/us_federal_2024_v1.csv.gz").read_bytes())


@pytest.fixture(scope="module")
def register_map() -> str:
    """The map that ships for it."""
    return (PROJECT / "examples/imports/us-federal-2024.yaml").read_text(encoding="utf-8")


def send(office: Installation, token: str, content: bytes, register_map: str) -> Reply:
    """Post file and map as the form that the API takes."""
    edge = uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="'
    parts = (
        f'{head}map"\r\n\r\n{register_map}\r\n'.encode(),
        f'{head}file"; filename="inventory.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode(),
        content,
        f"\r\n--{edge}--\r\n".encode(),
    )
    kind = f"multipart/form-data; boundary={edge}"
    return office.send("POST", "/api/v1/imports", b"".join(parts), token=token, Content_Type=kind)


def followed(office: Installation, token: str, place: str, until: Callable[[Any], bool]) -> Any:
    """Poll an import until ``until`` says so of its document, or it is no longer running."""
    job: Any = None

    def over() -> bool:
        nonlocal job
        job = office.send("GET", place, token=token).json
        return until(job) or job["state"] != "running"

    waiting.until(over, lambda: f"the import did not get there: {job}", pause=0.1)
    return job


def never(_: object) -> bool:
    """Follow it to its end."""
    return False


def test_the_inventory_comes_in_whole_though_server_and_pump_are_killed(
    office: Installation, token: str, inventory: bytes, register_map: str
) -> None:
    made = send(office, token, inventory, register_map)
    assert made.status == 201, made.json
    job, place = made.json, made.headers["location"]
    assert (job["state"], job["counts"], job["to_write"], job["written"]) == ("previewed", FIRST, 1754, 0)
    assert office.send("GET", "/api/v1/ai-systems", token=token).json["total"] == 0
    repeats = office.send("GET", f"{place}/rows?outcome=repeat", token=token).json["items"]
    assert [row["outcome"] for row in repeats] == ["repeat"] * 3
    assert all(row["repeats"] < row["line"] for row in repeats)

    assert office.send("POST", f"{place}/confirmation", token=token).status == 202
    followed(office, token, place, lambda now: now["written"] >= 100)
    assert office.server is not None
    os.kill(office.server.pid, signal.SIGKILL)
    office.server.wait()
    office.start()
    under_way = office.send("GET", place, token=token).json
    assert under_way["state"] == "running"
    assert under_way["written"] < 1754
    followed(office, token, place, lambda now: now["written"] > under_way["written"])
    os.kill(office.pump(), signal.SIGKILL)
    before = office.send("GET", place, token=token).json["written"]
    # Somebody else takes it up when the lease is over; how soon that is, `tests/importing` asks of the clock.
    followed(office, token, place, lambda now: now["written"] > before)

    done = followed(office, token, place, never)
    assert (done["state"], done["counts"], done["written"], done["error"]) == ("done", FIRST, 1754, "")
    assert office.send("GET", "/api/v1/ai-systems", token=token).json["total"] == 1754
    assert office.send("POST", f"{place}/confirmation", token=token).status == 409


def test_sent_again_everything_is_recorded_already_on_every_way_in(
    office: Installation, token: str, inventory: bytes, register_map: str, tmp_path: Path
) -> None:
    again = send(office, token, inventory, register_map)
    assert (again.status, again.json["counts"], again.json["to_write"]) == (201, AGAIN, 0)
    refused = office.send("POST", f"{again.headers['location']}/confirmation", token=token)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "rows")
    file, chosen = tmp_path / "inventory.csv", tmp_path / "map.yaml"
    file.write_bytes(inventory)
    chosen.write_text(register_map, encoding="utf-8")
    told = office.run("import", "ai-system", str(file), "--map", str(chosen), "--preview", "--json")
    assert json.loads(told)["counts"] == AGAIN


def test_rows_that_cannot_be_taken_come_back_as_a_file_and_go_in_once_mended(
    office: Installation, token: str, inventory: bytes, register_map: str
) -> None:
    lines = list(csv.reader(io.StringIO(inventory.decode("utf-8-sig"))))
    name = lines[0].index(next(cell for cell in lines[0] if "use_case_name" in cell.lower()))
    broken = [["", *lines[5][1:]] if name == 0 else [*lines[5][:name], "", *lines[5][name + 1 :]]]
    fresh = [[*lines[6][:name], "A use case that nobody has told before", *lines[6][name + 1 :]]]
    written = io.StringIO()
    csv.writer(written).writerows([lines[0], *broken, *fresh])
    made = send(office, token, written.getvalue().encode("utf-16"), register_map)
    assert (made.status, made.json["encoding"]) == (201, "utf-16")
    place, counts = made.headers["location"], made.json["counts"]
    assert (counts["create"], counts["faulty"]) == (1, 1)
    assert office.send("POST", f"{place}/confirmation", token=token).status == 202
    assert followed(office, token, place, never)["written"] == 1
    taken = office.send("GET", f"{place}/faulty.csv", token=token)
    rows = list(csv.reader(io.StringIO(taken.body.decode("utf-8-sig"))))
    assert (rows[0][0], len(rows)) == ("line", 2)
    rows[1][name + 4] = "Mended by hand"
    mended = io.StringIO()
    csv.writer(mended).writerows(rows)
    back = send(office, token, mended.getvalue().encode(), register_map)
    assert (back.json["counts"]["create"], back.json["counts"]["faulty"]) == (1, 0)
