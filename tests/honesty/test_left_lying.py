"""What is left lying waits for a named person, alike on the page, through the API and on the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from tests.honesty.lines import attempt
from tests.honesty.organization import corrected, failing_day, live_system, suspicion
from tests.honesty.world import World

from plumbline.controls.tasks.task import TaskGroup

pytestmark = pytest.mark.django_db(transaction=True)
BOT = "shadow-bot"


@pytest.fixture
def ask(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets commands that speak to a server speak to this installation's API, with the token they send."""
    from plumbline.cli import sightings, tasks

    def answer(address: str, token: str, body: bytes | None = None) -> Any:
        who = next(name for name in kept.people if kept.token(name) == token)
        path = urlsplit(address).path.removeprefix("/api/v1/")
        reply = kept.call(who, "POST" if body is not None else "GET", path, body or None)
        assert reply.status in (200, 201), reply.text
        return reply.json

    for module in (tasks, sightings):
        monkeypatch.setattr(module, "ask", answer)


def tasks_of(world: World, who: str, kind: str) -> list[dict[str, Any]]:
    """The tasks of a kind that the API lists; *My work* and the command line show the same."""
    found = [row for row in world.get(who, "tasks")["items"] if row["task"] == kind]
    printed = json.loads(world.cli("tasks", "--token", world.token(who), "--json"))["items"]
    assert [row for row in printed if row["task"] == kind] == found
    # Of a group with many tasks the page shows the first, and all of them behind its link.
    pages = [world.page(who, f"{reverse('my-work')}?show={group.value}") for group in TaskGroup]
    page = " ".join(pages) if found else ""
    for row in found:
        assert row["title"] in page
        # A page shows a record that a reason names as a link, with its title.
        assert row["reason"].partition(" SYS-")[0] in page
        assert f"Entry {row['entry']}" in page
    return found


@attempt("A5")
@pytest.mark.usefixtures("ask")
def test_a_suspicion_that_its_owner_sits_out_becomes_the_work_of_somebody_else(kept: World) -> None:
    """Whoever answers for a system lets what was found lie until nobody asks any more."""
    reference = suspicion(kept)
    due = kept.record(reference)["values"]["due"]
    assert kept.record(reference)["values"]["owner"] == kept.people["stig"].handle
    everybody = ("mina", "sara", "tove", "ingrid", "henrik")
    assert not any(tasks_of(kept, who, "escalated") for who in everybody)
    kept.wait(days=31)
    kept.flow()
    having = {who: rows for who in everybody if (rows := tasks_of(kept, who, "escalated"))}
    mine = {who: row for who, rows in having.items() for row in rows if row["subject"] == reference}
    assert len(mine) == 1, "it is the work of one person who is named"
    ((who, row),) = mine.items()
    assert row["due"] == due
    entry = kept.get(who, f"trail/entries/{row['entry']}")
    assert entry["type"] == "record.escalated"
    assert "Nothing needs you" not in kept.page(who, reverse("my-work"))
    kept.move(who, reference, "confirm")
    kept.amend("stig", reference, due=kept.day(10))
    assert reference not in [row["subject"] for row in tasks_of(kept, who, "escalated")]


@attempt("A5")
@pytest.mark.usefixtures("ask")
def test_a_system_registered_after_its_suspicion_gives_it_to_its_owner(kept: World) -> None:
    """Somebody runs a system, lets what is found lie with whoever runs the AIMS, and registers it then."""
    failing_day(kept, slug=BOT)
    kept.flow()
    (raised,) = [row for row in kept.suspicions("error-rate") if BOT in row["values"]["title"]]
    reference = raised["reference"]
    assert kept.record(reference)["values"]["owner"] != kept.people["stig"].handle
    system = live_system(kept, BOT)
    kept.flow()
    values = kept.record(reference)["values"]
    assert (values["owner"], values["system"]) == (kept.people["stig"].handle, system)
    (row,) = [row for row in tasks_of(kept, "stig", "taken over") if row["subject"] == reference]
    assert kept.get("stig", f"trail/entries/{row['entry']}")["type"] == "record.assigned"
    assert "gave it to whoever answers for it now" in kept.page("stig", f"/records/{reference}/history/")
    # Whoever owns the system decides nothing about it.
    kept.move(
        "stig", reference, "propose-dismissal", reason="It was a load test, announced two weeks before it."
    )
    assert kept.try_move("stig", reference, "dismiss").refused


@attempt("G.inventory-complete")
@pytest.mark.usefixtures("ask")
@pytest.mark.parametrize("door", ["page", "API", "command line"])
def test_a_proposal_to_set_aside_waits_for_those_who_may_decide_until_it_is_taken_back(
    kept: World, door: str
) -> None:
    """A proposal is left standing where nobody sees it, or is taken back by somebody else."""
    kept.traffic(BOT, kept.day(-1))
    kept.flow()
    proposal = kept.call("mina", "POST", f"sightings/{BOT}/dismissal", {"reason": "A trial."}).json["entry"]
    for who in ("ingrid", "henrik"):
        (row,) = tasks_of(kept, who, "dismissal proposed")
        assert (row["subject"], row["entry"]) == (BOT, proposal)
        assert row["due"] == str(kept.day() + timedelta(days=180))
    for who in ("mina", "sara", "stig", "viola"):
        assert not tasks_of(kept, who, "dismissal proposed"), "they have no authority, or proposed it"
    assert "Take back" in kept.page("mina", "/sightings/")
    assert "Take back" not in kept.page("henrik", "/sightings/")
    base = f"sightings/{BOT}/dismissal/withdrawal"
    assert kept.call("henrik", "POST", base, {"proposal": proposal}).status == 403
    assert kept.press("henrik", f"/sightings/{BOT}/dismiss/withdraw/", proposal=proposal).status == 403
    if door == "page":
        assert kept.press("mina", f"/sightings/{BOT}/dismiss/withdraw/", proposal=proposal).status == 302
    elif door == "API":
        assert kept.call("mina", "POST", base, {"proposal": proposal}).status == 201
    else:
        words = ("sighting", "withdraw-dismissal", BOT, "--proposal", str(proposal))
        assert "no longer proposed" in kept.cli(*words, "--token", kept.token("mina"))
    assert not tasks_of(kept, "henrik", "dismissal proposed")
    confirm = {"proposal": proposal}
    assert kept.call("henrik", "POST", f"sightings/{BOT}/dismissal/confirmation", confirm).status == 409
    assert kept.seen("A.4.2").names(BOT)
    (sighting,) = [row for row in kept.get("mina", "sightings")["items"] if row["system"] == BOT]
    assert (sighting["state"], sighting["proposal"]) == ("not registered", None)


@pytest.mark.usefixtures("ask")
def test_an_approval_waits_for_whoever_may_give_it_and_for_nobody_else(kept: World) -> None:
    """Whoever could approve reads that nothing needs them, and the record waits for weeks."""
    reference = kept.make("document", title="How claims are triaged", owner=kept.people["mina"].handle)
    kept.move("mina", reference, "submit")

    def waiting(who: str) -> list[dict[str, Any]]:
        return [row for row in tasks_of(kept, who, "approval") if row["subject"] == reference]

    (row,) = waiting("sara")
    assert (row["step"], row["act"], row["due"]) == ("approve", "Approve", None)
    assert " asked for approval on 20 Nov 2026" in row["reason"]
    assert "Nothing needs you" not in kept.page("sara", reverse("my-work"))
    assert row["path"] == f"/records/{reference}/?step=approve#step-approve", "the line leads to the step"
    assert not waiting("mina"), "nobody approves what they wrote"
    assert not waiting("stig"), "a system owner approves nothing"
    kept.move("sara", reference, "return", reason="Say who does it.")
    assert not waiting("sara")
    (mine,) = [task for task in tasks_of(kept, "mina", "draft") if task["subject"] == reference]
    assert mine["step"] == "submit"
    kept.move("mina", reference, "submit")
    (again,) = waiting("sara")
    assert again["key"] != row["key"], "it waits anew, and is another task"
    kept.move("sara", reference, "approve")
    assert not waiting("sara")


@attempt("E4", "G.nonconformities-in-time", "G.actions-effective")
def test_what_one_person_has_corrected_waits_for_nobody_for_ever(kept: World) -> None:
    """The owner writes cause, correction and that no action is needed, and nobody ever looks at it."""
    reference = corrected(kept, no_action="It was a single evening, and the service has been replaced.")
    assert kept.record(reference)["state"] == "corrected"
    kept.wait(days=100)
    kept.seen("10.2")
    assert reference not in kept.missed("nonconformities-in-time"), "somebody may still verify it"
    kept.amend("stig", reference, consequences="None.")
    assert kept.try_amend("stig", reference, due=kept.day(25)).refused, "and its day is not put off any more"
    kept.wait(days=60)
    seen = kept.seen("10.2")
    assert not seen.good
    assert "was to be verified by" in kept.missed("nonconformities-in-time")[reference]
