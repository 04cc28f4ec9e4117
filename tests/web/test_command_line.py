"""Commands that ask a running server: what a person does on pages, at the command line, with a token."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from plumbline.cli.main import app
from plumbline.identity import commands as identity
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.trail import log

if TYPE_CHECKING:
    from tests.web.conftest import House

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Command = Callable[..., Any]


@pytest.fixture
def command(house: House, live_server: Any) -> Command:
    """Run ``plumbline WORDS --json`` as somebody with a role: what it prints. Raises its `Problem`."""

    def run(*words: str, role: str = "aims-manager") -> Any:
        scopes = ("read",) if role == "viewer" else ("read", "write")
        token = identity.issue_token(
            house.actor(role), name="t", scopes=scopes, expires=clock.now() + timedelta(days=1)
        )
        done = CliRunner().invoke(app, [*words, "--url", live_server.url, "--token", token.text, "--json"])
        if isinstance(done.exception, Problem):
            raise done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.stdout)

    return run


def test_a_view_is_saved_listed_run_and_removed(house: House, command: Command) -> None:
    words = ("--where", "lifecycle:in-operation", "--sort", "title", "--columns", "state,lifecycle")
    view = command("view", "save", "ai-system", "In use", *words, "--shared-with", "everybody")
    assert command("view", "list", "--kind", "ai-system", role="viewer")[0]["name"] == "In use"
    found = command("view", "run", view["id"], role="viewer")
    assert [row["reference"] for row in found["items"]] == [house.references["system"]]
    assert log.search("view.shared")[0].actor.startswith("tok_")
    with pytest.raises(Problem, match="owner changes"):
        command("view", "remove", view["id"], role="viewer")
    command("view", "remove", view["id"])
    assert command("view", "list", "--kind", "ai-system", role="viewer") == []


def test_controls_are_decided_many_in_one_call_or_none(house: House, command: Command) -> None:
    reason = ("--reason", "Live systems act on claims.", "--because", "own policy")
    with pytest.raises(Problem, match="Nothing was saved") as refused:
        command("statement", "decide", "A.2.2=yes", "A.99=no", *reason)
    assert refused.value.faults
    before = {row["number"]: row["applicable"] for row in command("statement", "controls")}
    command("statement", "decide", "A.2.2=yes", "A.2.4=yes", *reason)
    after = {row["number"]: row["applicable"] for row in command("statement", "controls")}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"A.2.2", "A.2.4"}
    # The row that is there by now is found, with its revision, in whatever spelling it is named.
    command("statement", "decide", "a24=no", "iso42001:A.2.2=no", "--reason", "All of it is rented.")
    turned = {row["number"]: row["applicable"] for row in command("statement", "controls")}
    assert (turned["A.2.2"], turned["A.2.4"]) == ("no", "no")
    with pytest.raises(Problem):
        command("statement", "decide", "A.2.3=yes", *reason, role="viewer")


@pytest.mark.parametrize(
    "words",
    [
        ("absence", "list"),
        ("library", "list"),
        ("notice", "list"),
        ("sighting", "list"),
        ("tasks",),
        ("view", "list"),
    ],
    ids=" ".join,
)
def test_what_is_there_is_listed_for_people_and_for_programs(
    house: House, live_server: Any, words: tuple[str, ...]
) -> None:
    token = identity.issue_token(
        house.actor("aims-manager"), name="t", scopes=("read",), expires=clock.now() + timedelta(days=1)
    )
    asked = [*words, "--url", live_server.url, "--token", token.text]
    for form in ([], ["--json"]):
        done = CliRunner().invoke(app, [*asked, *form])
        assert done.exit_code == 0, (done.output, done.exception)


def test_search_finds_what_pages_find(house: House, command: Command) -> None:
    groups = command("search", "Photos", "differ")
    assert house.references["risk"] in json.dumps(groups)


def test_an_act_is_taken_back_once(house: House, command: Command) -> None:
    from plumbline.records import commands as records

    made = house.make("supplier", title="Too fast", supplies=["models"])
    with clock.frozen(clock.now() + timedelta(seconds=5)):  # after the pack that the house has sent out
        discarded = records.move(
            house.actor("aims-manager"), made, "discard", revision=1, reason="A wrong click."
        )
        with pytest.raises(Problem):
            command("take-back", made, str(discarded.revision), role="contributor")
        command("take-back", made, str(discarded.revision))
        with pytest.raises(Problem):
            command("take-back", made, str(discarded.revision))


def test_starting_points_become_drafts(house: House, command: Command) -> None:
    points = command("library", "list")["items"]
    taken = command("library", "take", points[0]["id"])
    assert points[0]["id"] in json.dumps(taken)
    with pytest.raises(Problem):
        command("library", "take", "no-such-point")


def test_a_comment_is_made_edited_and_resolved(house: House, command: Command) -> None:
    risk = house.references["risk"]
    made = command("comment", "add", risk, "Is this still so?")
    number = str(made["leaf"])
    command("comment", "edit", number, "Is this still so in winter?")
    command("comment", "resolve", number)
    (one,) = [row for row in command("comment", "list", risk) if "winter" in json.dumps(row)]
    assert one["resolved_by"]
    with pytest.raises(Problem):
        command("comment", "edit", number, "Not mine.", role="contributor")


def test_an_absence_is_recorded_and_ended(house: House, command: Command) -> None:
    until = (clock.today() + timedelta(days=5)).isoformat()
    command("absence", "record", until, "--deputy", house.person("contributor").email)
    (one,) = command("absence", "list")
    assert one["ends"] == until
    command("absence", "end", one["id"])
    assert all(row.get("ended_at") for row in command("absence", "list"))


def test_an_import_is_handled_as_a_whole(house: House, command: Command) -> None:
    from plumbline.imports import commands, plan, queries, stage

    mina = house.actor("aims-manager")
    text = "Id,Name,Responsible\n1,Night triage,Zubrowka\n2,Night chat,\n"
    mapping = "kind: ai-system\nregister: night\nkey: {columns: [Id]}\nsource: [Responsible]\n"
    mapping += "fields: {title: Name}\n"

    def kept(text: str) -> str:
        return commands.keep(mina, plan.plan_file(mina, "ai-system", text.encode(), mapping), "r.csv").handle

    handle = kept(text)
    assert command("imports", "list")[0]["id"] == handle
    assert command("imports", "confirm", handle)["state"] == "running"
    assert command("imports", "stop", handle)["state"] == "stopped"
    assert command("imports", "resume", handle)["state"] == "running"
    stage.advance(handle)
    shown = command("imports", "show", handle)
    assert (shown["state"], shown["written"], shown["incomplete"]) == ("done", 2, 2)
    reference = queries.rows(mina, handle)[0][0].reference
    (edition,) = command("imports", "stated", reference)
    assert edition["words"] == [{"about": "owner", "column": "Responsible", "text": "Zubrowka"}]
    again = kept(text.replace("2,Night chat,\n", ""))
    (gone,) = queries.job(mina, again).gone
    assert command("imports", "keep", again, gone)["kept"] == [gone]
    with pytest.raises(Problem):
        command("imports", "assign", again, "nobody@halden.example")
    with pytest.raises(Problem, match="not being written"):
        command("imports", "stop", again)
    assert command("imports", "withdraw", handle)["taken_back"] == 2
