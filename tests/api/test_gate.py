"""The gate and the doors before it, over HTTP: what is missing is named, and the answer is an entry."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.authority import give_authority
from tests.lifecycle import OnItsWay, revision_of
from typer.testing import CliRunner

from plumbline.cli.main import app
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.problems import Problem
from plumbline.records import commands
from plumbline.trail import log

from .conftest import Caller

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


@pytest.fixture
def way(mina: Actor, sara: Actor, someone: Callable[[str, str], Actor]) -> OnItsWay:
    """A system on its way, with somebody who may accept its risks."""
    third = someone("aims-manager", "Tove")
    give_authority(third)
    give_authority(sara, "go live")
    return OnItsWay(mina, sara, third)


def ask(caller: Caller, release: str) -> dict[str, Any]:
    """What the gate answers."""
    answer = caller("POST", "gate", {"system": "claims-triage", "release": release})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_closed_gate_names_each_thing_and_the_answer_is_an_entry(way: OnItsWay, writer: Caller) -> None:
    way.system()
    release = way.candidate()
    asked = ask(writer, "4.3")
    report = asked["report"]
    assert (report["open"], report["tier"], report["release"]) == (False, "raised", release)
    assert [need["name"] for need in report["needs"] if not need["met"]] == [
        *("approval", "specification", "impact", "validation: test", "validation: bias"),
        *("requirements", "risks"),
    ]
    leaf = log.leaf(asked["entry"])
    assert leaf.entry_type == "gate.asked"
    assert hashlib.sha256(canonical(report)).hexdigest() == asked["sha256"]
    assert leaf.facts["report"] == {"sha256": asked["sha256"]}
    assert json.loads(log.opening(asked["entry"], "report")) == report


def test_an_open_gate(way: OnItsWay, writer: Caller) -> None:
    way.system()
    release = way.released()
    report = ask(writer, release)["report"]
    assert report["open"] is True
    assert all(need["met"] for need in report["needs"])
    assert (report["changes"], report["stale"]) == ([], [])


def test_one_dataset_that_changed_makes_exactly_what_depends_on_data_stale(
    way: OnItsWay, writer: Caller
) -> None:
    way.live()
    old = dict(way.made)
    instructions = way.approved(
        "document", title="For handlers", type="instructions", systems=[old["ai-system"]]
    )
    design = way.approved("document", title="Design", type="design", systems=[old["ai-system"]])
    of_prompt = way.validated("red team", depends_on=["prompt", "tool"])
    of_data = way.approved("information-notice", title="Learned from claims", datasets=[old["dataset"]])
    of_model = way.approved("information-notice", title="The model", components=[old["component"]])
    of_use = way.approved("information-notice", title="What it is for")
    of_release = way.approved("information-notice", title="About 4.3", releases=[old["release"]])
    later = clock.parse_rfc3339("2026-11-21T09:00:00Z")
    with clock.frozen(later):
        data = way.approved("dataset", title="Claims of spring", version="2026-03")
        way.create("release", version="4.4", datasets=[data], components=[old["component"]])
        way.amend(way.made["release"], left_out=f"{old['dataset']} is too old.")
        way.move(way.made["release"], "submit")
        report = ask(writer, "4.4")["report"]
    assert [(one["part"], one["name"]) for one in report["changes"]] == [
        ("dataset", old["dataset"]), ("dataset", data),
    ]  # fmt: skip
    assert report["before"] == old["release"]
    stale = {one["record"]: one["fields"] for one in report["stale"]}
    assert stale == {
        "AIA-0001": ["basis", "group_effects"],
        "RSK-0001": [],
        "VLD-0001": [],
        "VLD-0002": [],
        design: [],
        of_data: [],
        of_release: [],
    }
    assert {one["record"]: one["parts"] for one in report["stale"]}[of_data] == ["dataset"]
    assert not {of_model, of_use, instructions} & {*stale}
    assert of_prompt not in stale


def test_a_notice_that_was_renewed_for_the_changed_data_is_not_stale_and_its_neighbour_is(
    way: OnItsWay, writer: Caller
) -> None:
    way.live()
    parts = {"components": [way.made["component"]], "datasets": [way.made["dataset"]]}
    renewed = way.approved("information-notice", title="To users", datasets=parts["datasets"])
    neighbour = way.approved("information-notice", title="To customers", datasets=parts["datasets"])
    with clock.frozen(clock.parse_rfc3339("2026-11-21T09:00:00Z")):
        data = parts["datasets"][0]
        way.move(data, "revise")
        commands.amend(way.author, data, {"version": "2026-03"}, revision=revision_of(data))
        way.move(data, "submit")
        way.move(data, "approve", way.second)
        way.create("release", version="4.4", **parts)
        way.move(way.made["release"], "submit")
        assert {renewed, neighbour} <= {one["record"] for one in ask(writer, "4.4")["report"]["stale"]}
        way.move(renewed, "revise")
        way.move(renewed, "submit")
        way.move(renewed, "approve", way.second)
        stale = {one["record"] for one in ask(writer, "4.4")["report"]["stale"]}
    assert neighbour in stale
    assert renewed not in stale


def test_a_gate_of_nothing_is_not_found_and_a_reader_does_not_ask(
    way: OnItsWay, writer: Caller, caller: Callable[..., Caller], someone: Callable[[str, str], Actor]
) -> None:
    way.system()
    way.candidate()
    assert writer("POST", "gate", {"system": "claims-triage", "release": "9"}).status_code == 404
    assert writer("POST", "gate", {"system": "other", "release": "4.3"}).status_code == 404
    reading = caller(way.author, "read")
    assert reading("POST", "gate", {"system": "claims-triage", "release": "4.3"}).status_code == 403


def test_no_door_of_the_api_takes_a_system_live_past_the_gate(way: OnItsWay, writer: Caller) -> None:
    system = way.system()
    way.move(system, "revise")
    at = {"If_Match": f'"{revision_of(system)}"'}
    answer = writer("PATCH", f"ai-systems/{system}", {"values": {"lifecycle": "in operation"}}, **at)
    assert answer.status_code == 409, answer.content
    assert "no approved deployment" in json.dumps(answer.json())


def test_a_build_stops_at_a_closed_gate_and_goes_on_at_an_open_one(
    way: OnItsWay, writer: Caller, live_server: Any, tmp_path: Path
) -> None:
    way.system()
    release = way.prepared()
    words = ("gate", "--system", "claims-triage", "--url", live_server.url, "--token", writer.token)
    closed = CliRunner().invoke(app, [*words, "--release", "4.3"])
    assert closed.exit_code == 3, closed.output
    assert f"CLOSED  {release} 4.3 of claims-triage, tier raised" in closed.stdout
    assert f"MISSING  approval: {release} is not approved." in closed.stdout
    way.move(release, "approve", way.second)
    opened = CliRunner().invoke(app, [*words, "--release", release, "--json"])
    assert opened.exit_code == 0, opened.output
    answer = json.loads(opened.stdout)
    assert answer["report"]["open"] is True
    assert log.leaf(answer["entry"]).subject["ref"] == release
    nowhere = CliRunner().invoke(app, [*words, "--release", "9"])
    assert isinstance(nowhere.exception, Problem)


def test_the_page_of_a_release_shows_what_is_missing_and_what_is_stale(way: OnItsWay) -> None:
    way.live()
    old = dict(way.made)
    data = way.approved("dataset", title="Claims of spring", version="2026-03")
    release = way.candidate("4.4", datasets=[old["dataset"], data])
    browser = Client()
    browser.force_login(identity.person(way.author.id))
    page = browser.get(f"/records/{release}/", follow=True).content.decode()
    assert "It may not go live: something is missing." in page
    assert "No confirmed test is of the digests of this release." in page
    assert "To be looked at anew" in page
    assert "data and model, effects on groups" in page.casefold()
