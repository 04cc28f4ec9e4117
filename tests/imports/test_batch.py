"""An import is one thing with a name on it: stopped, resumed, assigned, confirmed by two, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import commands, plan, queries, stage
from plumbline.imports.batch import commands as batch
from plumbline.imports.proofs import ABOUT, DECLARATIONS
from plumbline.imports.withdrawal import commands as withdrawal
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import queries as records
from plumbline.trail.commitments import queries as committed

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: ai-system
register: inventory
key: {columns: [Id]}
fields: {title: Name, purpose: Purpose}
"""
FILE = "Id,Name,Purpose\n1,Triage,Sorts claims\n2,Chat,Answers mail\n3,Fraud,Finds fraud\n"


def _kept(actor: Actor, text: str = FILE) -> str:
    return commands.keep(actor, plan.plan_file(actor, "ai-system", text.encode(), MAP), "r.csv").handle


def _entries(handle: str) -> list[str]:
    return [entry.view.entry_type for entry in committed.of_types(ABOUT) if entry.view.subject_ref == handle]


def _differences() -> list[Any]:
    (one,) = DECLARATIONS[0].passes  # type: ignore[union-attr]  # a proof
    return list(one.check(0, 10))


@pytest.fixture
def alone_up_to_two(settings: Any) -> None:
    """Imports of more than two rows need a second person."""
    settings.PLUMBLINE = replace(settings.PLUMBLINE, import_alone_rows=2)


def _stopped(actor: Actor, handle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(stage, "CHUNK_ROWS", 1)
        patched.setattr(stage.write_priority, "yield_to_foreground", lambda: batch.stop(actor, handle))
        stage.advance(handle)


def test_every_act_is_an_entry_of_its_own_and_a_scrub_believes_them(
    mina: Actor, sara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = _kept(mina)
    batch.assign(mina, handle, sara.id)
    commands.confirm(mina, handle)
    _stopped(mina, handle, monkeypatch)
    assert queries.job(mina, handle).state == "stopped"
    commands.resume(mina, handle)
    with pytest.raises(Conflict):
        commands.resume(mina, handle)
    stage.advance(handle)
    withdrawal.withdraw(mina, handle)
    withdrawal.withdraw(mina, handle)
    acts = ("assigned", "confirmed", "stopped", "resumed", "finished", "withdrawn")
    assert _entries(handle) == [f"import.{act}" for act in acts]
    assert _differences() == []


@pytest.mark.parametrize(
    "change",
    [{"assignee": None}, {"kept": "SYS-0001"}, {"withdrawn_at": None}],
    ids=lambda one: next(iter(one)),
)
def test_a_scrub_finds_an_act_that_no_entry_has(mina: Actor, sara: Actor, change: dict[str, Any]) -> None:
    from plumbline.imports.models import ImportJob

    handle = _kept(mina)
    batch.assign(mina, handle, sara.id)
    commands.run(mina, handle)
    withdrawal.withdraw(mina, handle)
    assert _differences() == []
    ImportJob.objects.filter(handle=handle).update(**change)
    assert len(_differences()) == 1


def test_an_assigned_import_is_looked_at_and_confirmed_by_whoever_has_it(mina: Actor, sara: Actor) -> None:
    handle = _kept(mina)
    with pytest.raises(NotFound):
        queries.job(sara, handle)
    assert batch.assign(mina, handle, "sara@halden.example").assignee == "Sara"
    assert [one.handle for one in queries.jobs(sara)] == [handle]
    done = commands.run(sara, handle)
    assert (done.state, done.importer, done.assignee) == ("done", "Mina", "Sara")
    assert records.history(mina, "SYS-0001")[0].actor == sara.id
    assert _differences() == []


def test_it_is_assigned_to_nobody_who_could_do_nothing_with_it(
    mina: Actor, someone: Callable[..., Actor]
) -> None:
    handle = _kept(mina)
    vera = someone("viewer", "Vera")
    with pytest.raises(NotAllowed, match="Vera may not import"):
        batch.assign(mina, handle, vera.id)
    with pytest.raises(NotFound):
        batch.assign(mina, handle, "nobody@halden.example")
    with pytest.raises((NotAllowed, NotFound)):
        batch.assign(vera, handle, mina.id)
    commands.discard(mina, handle)
    with pytest.raises(Conflict):
        batch.assign(mina, handle, mina.id)


@pytest.mark.usefixtures("alone_up_to_two")
def test_a_large_import_is_confirmed_by_somebody_who_neither_uploaded_nor_planned_it(
    mina: Actor, sara: Actor
) -> None:
    handle = _kept(mina)
    with pytest.raises(NotAllowed, match="more than 2 rows"):
        commands.confirm(mina, handle)
    batch.assign(mina, handle, sara.id)
    with pytest.raises(NotAllowed):
        commands.confirm(mina, handle)
    commands.confirm(sara, handle)
    stage.advance(handle)
    assert queries.job(mina, handle).state == "done"
    # It stays the work of whoever made it: Sara is a second person for its records, and Mina is none.
    assert {records.history(mina, f"SYS-000{n}")[0].actor for n in (1, 2, 3)} == {mina.id}
    (entry,) = committed.of_types({"import.confirmed"})
    assert (entry.view.actor, entry.facts["author"]) == (sara.id, mina.id)
    assert _differences() == []


@pytest.mark.usefixtures("alone_up_to_two")
def test_whoever_plans_it_anew_is_no_second_person_for_it(
    mina: Actor, sara: Actor, someone: Callable[..., Actor]
) -> None:
    handle = _kept(mina)
    batch.assign(mina, handle, sara.id)
    commands.preview(sara, handle, MAP)
    for actor in (mina, sara):
        with pytest.raises(NotAllowed, match="neither uploaded nor planned"):
            commands.confirm(actor, handle)
    third = someone("aims-manager", "Tilda")
    batch.assign(sara, handle, third.id)
    assert commands.confirm(third, handle).state == "running"


@pytest.mark.usefixtures("alone_up_to_two")
def test_a_small_one_is_confirmed_alone_and_no_stage_is_a_second_person(mina: Actor) -> None:
    small = _kept(mina, "Id,Name,Purpose\n1,A,x\n2,B,y\n")
    assert commands.run(mina, small).state == "done"
    operator = Actor.installation()
    large = _kept(operator, FILE.replace("1,", "11,"))
    with pytest.raises(NotAllowed):
        commands.confirm(operator, large)


@pytest.mark.usefixtures("alone_up_to_two")
def test_the_page_says_who_confirms_and_hands_it_over(mina: Actor, sara: Actor) -> None:
    client, other = Client(), Client()
    client.force_login(identity.person(mina.id))
    other.force_login(identity.person(sara.id))
    handle = _kept(mina)
    address = f"/imports/{handle}/"
    text = " ".join(client.get(address).content.decode().split())
    assert "confirmed by somebody who neither uploaded nor planned it" in text
    assert "Write 3 rows" not in text
    assert client.post(address + "confirm/").status_code == 403
    assert other.get(address).status_code == 404
    client.post(address + "assign/", {"to": sara.id})
    assert "Write 3 rows" in " ".join(other.get(address).content.decode().split())
    assert other.post(address + "confirm/").status_code == 302
    assert records.counts_by_kind(mina) == {"ai-system": 3}


def test_what_stays_although_it_is_gone_is_not_asked_of_with_the_next_edition(mina: Actor) -> None:
    commands.run(mina, _kept(mina))
    second = _kept(mina, FILE.replace("2,Chat,Answers mail\n", "").replace("fraud\n", "all fraud\n"))
    assert queries.job(mina, second).gone == ("SYS-0002",)
    assert batch.keep(mina, second, ["sys-0002"]).gone == ()
    commands.run(mina, second)
    third = _kept(mina, FILE.replace("2,Chat,Answers mail\n3,Fraud,Finds fraud\n", ""))
    assert queries.job(mina, third).gone == ("SYS-0003",), "only of what is gone since"
    # It comes back, and when it is gone again somebody is asked again.
    commands.run(mina, _kept(mina, FILE.replace("Answers mail", "Answers all mail")))
    assert queries.job(mina, _kept(mina, FILE.split("2,")[0])).gone == ("SYS-0002", "SYS-0003")
    assert _differences() == []


@pytest.mark.parametrize("references", [[], ["SYS-0001"], ["SYS-0099"], ["x" * 400]])
def test_only_what_is_gone_is_kept(mina: Actor, references: list[str]) -> None:
    commands.run(mina, _kept(mina))
    handle = _kept(mina, FILE.replace("2,Chat,Answers mail\n", ""))
    with pytest.raises(Invalid):
        batch.keep(mina, handle, references)


def test_a_withdrawn_import_is_not_gone_on_with(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    handle = _kept(mina)
    commands.confirm(mina, handle)
    _stopped(mina, handle, monkeypatch)
    withdrawal.withdraw(mina, handle)
    with pytest.raises(Conflict, match="withdrawn"):
        commands.resume(mina, handle)
