"""Reports over HTTP: the statement of applicability, and a pack from the asking to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.conftest import Caller
from tests.reports import story

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.reports.stage import PackStage
from plumbline.trail import keys

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
ASKED = {"recipient": "Nordic Certification", "purpose": "Stage 2 audit"}


@pytest.fixture
def packer(mina: Actor, caller: Callable[..., Caller]) -> Caller:
    """The AIMS manager's caller with a token for packs."""
    return caller(mina, "pack", "read")


def work() -> None:
    """Let the stage build what waits."""
    stage = PackStage()
    while stage.advance():
        pass


def test_the_statement_as_json_and_as_csv(packer: Caller) -> None:
    found = packer("GET", "applicability")
    assert found.status_code == 200
    assert found.json()["controls"]["of"] == 38
    assert found.json()["vkey"] == keys.vkey()
    then = packer("GET", "applicability?as_of=2026-01-01T00:00:00Z").json()
    assert (then["as_of"], then["controls"]["undecided"]) == ("2026-01-01T00:00:00.000000Z", 38)
    assert not any(row["attested"] for row in packer("GET", "posture?as_of=2026-01-01T00:00:00Z").json())
    assert packer("GET", "posture?as_of=yesterday").status_code == 422
    for path in ("posture", "applicability", "applicability.csv"):
        ahead = packer("GET", f"{path}?as_of=2099-01-01T00:00:00Z")
        assert (ahead.status_code, ahead.json()["errors"][0]["field"]) == (422, "as_of"), path
    tonight = clock.day_end(clock.today()).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert packer("GET", f"applicability?as_of={tonight}").json()["as_of"] <= clock.rfc3339(clock.now())
    table = packer("GET", "applicability.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(table.streaming_content).decode().count("\r\n") == 39


def test_a_pack_from_the_asking_to_the_file(packer: Caller, system: Any, tmp_path: Any) -> None:
    made = packer("POST", "packs", {**ASKED, "from": "0", "sample": 2})
    assert made.status_code == 201, made.content
    address = made["Location"]
    assert made.json()["state"] == "waiting"
    assert packer("GET", f"{address}/file").status_code == 409
    story.sign()
    work()
    assert packer("GET", address).json()["state"] == "prepared"
    assert packer("POST", f"{address}/draw", {"seed": "42"}).status_code == 503
    story.sign()
    assert packer("POST", f"{address}/draw", {"seed": ""}).status_code == 422
    drawn = packer("POST", f"{address}/draw", {"seed": "42"})
    assert drawn.json()["state"] == "waiting"
    assert packer("POST", f"{address}/draw", {"seed": "43"}).status_code == 409
    story.sign()
    work()
    ready = packer("GET", address).json()
    assert (ready["state"], ready["revisions"]) == ("ready", 1)
    assert keys.vkey() in ready["verify"]
    file = packer("GET", f"{address}/file")
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    kept = tmp_path / "pack.aipack"
    kept.write_bytes(b"".join(file.streaming_content))
    assert story.verify(kept, "--key", keys.vkey()).returncode == 0
    assert [one["id"] for one in packer("GET", "packs").json()] == [ready["id"]]
    assert packer("POST", f"{address}/retry").status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"until": "2026-02-30"}, "until"),
        ({"expires": "soon"}, "expires"),
        ({"requirements": ["x"]}, "requirements"),
        ({"systems": [1]}, "systems"),
        ({"sample": "3"}, "sample"),
        ({"sample": True}, "sample"),
        ({"seed": "known before"}, "seed"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_made_names_the_field(packer: Caller, changed: Any, field: str) -> None:
    refused = packer("POST", "packs", {**ASKED, **changed})
    assert refused.status_code == 422
    assert [fault["field"] for fault in refused.json()["errors"]] == [field]


def test_it_takes_the_scope_and_the_role(
    mina: Actor, caller: Callable[..., Caller], someone: Callable[..., Actor]
) -> None:
    assert caller(mina, "read", "write")("POST", "packs", ASKED).status_code == 403
    viewer = caller(someone("viewer", "Vera"), "read")
    assert viewer("GET", "packs").status_code == 403
    assert viewer("GET", "applicability").status_code == 200
    assert viewer("GET", "packs/pck_00000000000000000000").status_code == 403


def test_a_version_of_the_statement_is_read_and_compared(writer: Caller) -> None:
    values = {"title": "Statement", "occasion": "Stage 2 audit."}
    made = writer("POST", "versions-of-the-statement", {"values": values})
    assert made.status_code == 201
    reference = made.json()["reference"]
    found = writer("GET", f"applicability/versions/{reference}").json()
    assert (found["state"], found["version"], found["content"]) == ("draft", 0, {})
    step = writer("POST", f"{made['Location']}/moves", {"move": "submit"}, If_Match=made["ETag"])
    assert step.status_code == 409
    assert "A.2.2" in step.json()["errors"][0]["message"]
    assert writer("GET", "applicability/comparison").status_code == 409
    assert writer("GET", "applicability/versions/SYS-0001").status_code == 404
    same = writer("GET", "applicability/comparison?earlier=now&later=now").json()
    assert (same["changes"], same["earlier"]["sha256"] != "") == ([], True)
    table = writer("GET", f"applicability/versions/{reference}.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(table.streaming_content).startswith(b"\xef\xbb\xbfversion,day,number,")


def test_a_version_of_the_posture_is_frozen_approved_and_compared(
    writer: Caller, caller: Callable[..., Caller], someone: Callable[..., Actor]
) -> None:
    values = {"title": "Posture", "occasion": "Management review."}
    made = writer("POST", "versions-of-the-posture", {"values": values})
    assert made.status_code == 201
    reference = made.json()["reference"]
    draft = writer("GET", f"posture/versions/{reference}").json()
    assert (draft["state"], draft["version"], draft["content"]) == ("draft", 0, {})
    assert writer("GET", "posture/comparison").status_code == 409
    moves = f"{made['Location']}/moves"
    step = writer("POST", moves, {"move": "submit"}, If_Match=made["ETag"])
    assert step.status_code == 200
    assert writer("POST", moves, {"move": "approve"}, If_Match=step["ETag"]).status_code == 403
    board = caller(someone("top-management", "Ingrid"), "read", "write")
    assert board("POST", moves, {"move": "approve"}, If_Match=step["ETag"]).status_code == 200
    found = writer("GET", f"posture/versions/{reference}").json()
    assert (found["state"], found["version"], len(found["content"]["posture"])) == ("approved", 1, 70)
    same = writer("GET", f"posture/comparison?earlier={reference}&later=now").json()
    assert (same["changes"], same["earlier"]["sha256"]) == ([], found["sha256"])
    assert writer("GET", "posture/comparison?earlier=2026-01-01&later=now").status_code == 200
    assert writer("GET", "posture/comparison?earlier=2099-01-01&later=now").status_code == 422
    assert writer("GET", "posture/versions/SOA-0001").status_code == 404
    table = writer("GET", f"posture/versions/{reference}.csv")
    assert b"".join(table.streaming_content).startswith(b"\xef\xbb\xbfversion,day,requirement,")


def test_the_inputs_of_a_review_are_gathered_and_read(writer: Caller) -> None:
    values = {"title": "Review", "period_from": "2025-01-01", "period_until": "2025-03-31"}
    made = writer("POST", "management-reviews", {"values": values})
    assert made.status_code == 201
    address = f"management-reviews/{made.json()['reference']}"
    assert writer("GET", f"{address}/frozen").json()["content"] == {}
    assert writer("POST", f"{address}/gather", {}).status_code == 428
    assert writer("POST", f"{address}/gather", {}, If_Match='"7"').status_code == 412
    done = writer("POST", f"{address}/gather", {}, If_Match=made["ETag"])
    assert (done.status_code, done.json()["revision"]) == (200, 2)
    found = writer("GET", f"{address}/frozen").json()
    assert (found["version"], found["day"], len(found["sha256"])) == (0, "2025-03-31", 64)
    assert found["content"]["period"] == {"from": "2025-01-01", "until": "2025-03-31"}
    assert writer("GET", f"{address}/frozen?as_of=2001-01-01T00:00:00Z").status_code == 404
    assert writer("GET", "management-reviews/SYS-0001/frozen").status_code == 404
