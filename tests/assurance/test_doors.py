"""Predicted findings on every door: page, API, command line; what each says when no rule speaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.api.conftest import Caller, caller
from typer.testing import CliRunner

from plumbline.assurance import engine, queries
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Invalid

__all__ = ["caller"]
pytestmark = [pytest.mark.django_db(transaction=True)]
LEFT_OUT = {
    "requirement": "iso42001:A.9.2",
    "applicable": "no",
    "reasons": [],
    "justification": "",
    "risks": [],
    "how": "",
    "implementation": "not started",
    "exclusion_reason": "Not relevant.",
}


@pytest.fixture
def client(mina: Actor) -> Client:
    """The AIMS manager in a browser, who has a second factor."""
    from plumbline.identity import queries as people

    signed_in = Client()
    signed_in.force_login(people.person(mina.id))
    return signed_in


def test_the_page_names_gap_evidence_grade_and_repair(client: Client, make: Callable[..., Any]) -> None:
    decision = make("applicability", **LEFT_OUT)
    page = client.get("/predicted-findings/").content.decode()
    assert "leaves a control out without a reason" in page
    assert f'href="/records/{decision.reference}/"' in page
    assert "Not relevant." in page
    assert "Likely minor" in page
    assert "Cheapest repair" in page
    assert "/records/nonconformities/new/?" in page
    narrowed = client.get("/predicted-findings/?clause=iso42001:9").content.decode()
    assert "leaves a control out without a reason" not in narrowed


def test_where_no_rule_speaks_the_page_says_what_was_looked_at(client: Client) -> None:
    page = client.get("/predicted-findings/").content.decode()
    assert "No rule speaks" in page
    assert f"{len(engine.all_rules())} rules over 0 records" in " ".join(page.split())
    assert "pass" not in page.split("<main")[1].replace("password", "").casefold()


def test_what_is_hidden_or_failed_is_not_said_to_be_nothing(client: Client, monkeypatch: Any) -> None:
    def page(**differs: Any) -> str:
        whole = queries.predicted(Actor.installation())
        monkeypatch.setattr(queries, "predicted", lambda *_: replace(whole, **differs))
        shown = client.get("/predicted-findings/").content.decode()
        monkeypatch.undo()
        return shown

    silent = "found what it looks for"
    assert silent in page()
    for differs in ({"hidden": 2}, {"failed": (engine.Failure("owner-gone", "", "KeyError"),)}):
        shown = page(**differs)
        assert "Nothing that can be shown to you" in shown
        assert silent not in shown


def test_a_viewer_may_and_a_stranger_may_not(client: Client) -> None:
    assert client.get("/predicted-findings/").status_code == 200
    assert Client().get("/predicted-findings/").status_code == 302


def test_the_api_answers_the_same(
    mina: Actor, make: Callable[..., Any], caller: Callable[..., Caller]
) -> None:
    decision = make("applicability", **LEFT_OUT)
    call = caller(mina, "read")
    found = call("GET", "predicted-findings").json()
    (one,) = [each for each in found["findings"] if each["rule"] == "excluded-without-reason"]
    assert one["subjects"] == [decision.reference]
    assert one["grade"] == "minor"
    assert one["requirements"] == ["iso42001:6.1.3"]
    assert one["evidence"][0]["says"][1]["text"] == "Not relevant."
    assert found["rules"] == len(engine.all_rules())
    assert found["failed"] == []
    beneath = call("GET", "predicted-findings?requirement=iso42001:6").json()
    assert one in beneath["findings"]
    assert len(beneath["findings"]) < len(found["findings"])
    assert call("GET", "predicted-findings?requirement=iso42001:66").status_code == 422
    then = call("GET", "predicted-findings?as_of=2026-01-01T00:00:00Z").json()
    assert (then["records"], then["findings"]) == (0, [])


def test_the_command_lists_them(make: Callable[..., Any], settings: Any, monkeypatch: Any) -> None:
    from plumbline.cli import predicted
    from plumbline.cli.main import app

    make("applicability", **LEFT_OUT)
    monkeypatch.setattr(predicted, "opened", lambda data: Path())
    shown = CliRunner().invoke(app, ["predict-findings"])
    assert "leaves a control out without a reason" in shown.output
    assert f"{len(engine.all_rules())} rules over" in shown.output
    narrowed = CliRunner().invoke(app, ["predict-findings", "--requirement", "iso42001:9", "--json"])
    assert "excluded-without-reason" not in {one["rule"] for one in json.loads(narrowed.output)["findings"]}
    refused = CliRunner().invoke(app, ["predict-findings", "--requirement", "iso42001:66"])
    assert isinstance(refused.exception, Invalid)  # which the command line words for whoever called it
    assert [fault.field for fault in refused.exception.faults] == ["requirement"]
