"""The trail over HTTP: anchors, and the static layout that other tools read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.api.conftest import Caller
from tests.trail import compared

from plumbline.identity.actors import Actor
from plumbline.trail import keys, log, publisher
from plumbline.trail.compare_stage import CompareStage

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader(mina: Actor, caller: Callable[..., Caller]) -> Caller:
    """A caller who may read."""
    return caller(mina, "read")


def test_anchors_say_the_plain_state(reader: Caller) -> None:
    publisher.publish()
    found = reader("GET", "trail/anchors").json()
    assert found["claim"].startswith("Nobody outside holds a checkpoint yet.")
    assert (found["held_outside"], found["contradicted"]) == (False, False)
    assert {row["anchor"] for row in found["anchors"]} == {"folder", "git", "mail", "timestamp", "witness"}
    assert all(row["remedy"] and row["since"] is None for row in found["anchors"])


def test_tiles_are_served_under_a_prefix(reader: Caller) -> None:
    publisher.publish()
    size = log.latest_checkpoint().size
    assert reader("GET", "trail/tiles/checkpoint").content.decode() == log.latest_checkpoint().note
    hashes = reader("GET", f"trail/tiles/tile/0/000.p/{size}")
    assert hashes["Content-Type"] == "application/octet-stream"
    assert hashes.content == b"".join(log.leaf(index).leaf_hash for index in range(size))
    entries = reader("GET", f"trail/tiles/tile/entries/000.p/{size}").content
    first = log.leaf(0).body
    assert entries.startswith(len(first).to_bytes(2, "big") + first)
    for path in (
        "tile/0/001.p/1",
        "tile/64/000",
        "tile/0/000.p/999",
        "tile/0/x000/001",
        "tile/0/0",
        "tile/entries/9",
    ):
        assert reader("GET", f"trail/tiles/{path}").status_code == 404, path
    assert Caller()("GET", "trail/tiles/checkpoint").status_code == 401


def test_a_verification_is_asked_for_and_says_how_far_it_is(
    reader: Caller, mina: Actor, caller: Callable[..., Caller], someone: Callable[..., Actor]
) -> None:
    assert reader("GET", "trail/verification").json() == {
        "running": None, "asked": None, "last": None, "findings": 0, "state": "Not yet anchored",
    }  # fmt: skip
    assert reader("POST", "trail/verification").status_code == 403
    asked = caller(mina, "read", "pack")("POST", "trail/verification")
    assert asked.status_code == 202
    assert asked.json()["asked"]["by"].startswith(("per_", "tok_"))
    assert caller(someone("viewer", "Vera"), "read")("POST", "trail/verification").status_code == 403
    stage = CompareStage()
    assert stage.advance()
    running = reader("GET", "trail/verification").json()["running"]
    assert (running["hashed"], running["entries"]) == (log.size(), log.size())
    compared.by_the_stage(stage)
    publisher.publish()
    found = reader("GET", "trail/verification").json()
    assert (found["running"], found["asked"], found["findings"]) == (None, None, 0)
    assert (found["last"]["entries"], found["last"]["differences"]) == (running["entries"], 0)
    assert found["last"]["compared"] > running["entries"]
    assert found["state"] == "Verified"


def test_the_public_keys_stand_at_an_address_for_everybody(installation: Actor) -> None:
    response = Client().get("/keys.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
    assert lines[0] == keys.vkey()
    assert lines[1].split("+")[0].endswith("/recovery")
