"""An import waits in My work for whoever has it, and for a second person; some kinds always take two."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.imports.test_batch import FILE, MAP
from tests.imports.test_people import HEAD
from tests.imports.test_people import MAP as PEOPLE

from plumbline.controls.tasks import queries as tasks
from plumbline.delivery.waiting import queries as notices
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.tokens import commands as tokens
from plumbline.imports import commands, plan, sheets, stage
from plumbline.imports.batch import commands as batch
from plumbline.imports.directory.declarations import DIRECTORIES
from plumbline.imports.erasure import commands as erasure
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed
from plumbline.records import files, kinds

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def four_eyes(settings: Any) -> None:
    """One person may import alone, but no more than a hundred rows."""
    settings.PLUMBLINE = replace(settings.PLUMBLINE, import_alone_rows=100)


def _kept(actor: Actor, kind: str = "ai-system", text: str = FILE, map_text: str = MAP) -> str:
    return commands.keep(actor, plan.plan_file(actor, kind, text.encode(), map_text), "r.csv").handle


def _tasks(actor: Actor) -> list[tuple[str, str, str]]:
    return [(one.kind.value, one.subject, one.path) for one in tasks.tasks_of(actor)]


def test_an_assigned_import_waits_for_its_person_until_it_is_confirmed(mina: Actor, sara: Actor) -> None:
    handle = _kept(mina)
    assert (_tasks(mina), _tasks(sara)) == ([], [])
    batch.assign(mina, handle, sara.id)
    assert _tasks(mina) == []
    assert _tasks(sara) == [("import", handle, f"/imports/{handle}/")]
    client = Client()
    client.force_login(identity.person(sara.id))
    text = client.get("/").content.decode() + client.get(reverse("my-work")).content.decode()
    assert f'href="/imports/{handle}/"' in text
    assert "This import is assigned to you" in text
    commands.run(sara, handle)
    assert _tasks(sara) == []


@pytest.mark.usefixtures("four_eyes")
def test_an_import_that_takes_two_waits_for_the_second_person(mina: Actor, sara: Actor) -> None:
    text = HEAD + "ada@x.example;Ada Lovelace;;viewer;\n"
    handle = _kept(mina, "person", text, PEOPLE)
    assert _tasks(mina) == [("import", handle, f"/imports/{handle}/")]
    (asked,) = tasks.tasks_of(mina)
    assert "assigned to nobody else" in str(asked.reason)
    batch.assign(mina, handle, sara.id)
    assert _tasks(mina) == []
    (asked,) = tasks.tasks_of(sara)
    assert (asked.kind.value, asked.group.value) == ("import confirmation", "second-person")
    assert "You neither uploaded nor planned it" in str(asked.reason)
    assert notices.path_of(asked.subject, is_record=asked.is_record) == asked.path
    commands.confirm(sara, handle)
    stage.advance(handle)
    assert _tasks(sara) == []


@pytest.mark.usefixtures("four_eyes")
def test_people_come_in_by_two_and_stay_the_work_of_whoever_planned_them(
    mina: Actor, sara: Actor, someone: Callable[..., Actor]
) -> None:
    text = HEAD + "ada@x.example;Ada Lovelace;;viewer;\n"
    handle = _kept(mina, "person", text, PEOPLE)
    with pytest.raises(NotAllowed, match="import of people is confirmed by somebody who neither"):
        commands.confirm(mina, handle)
    client = Client()
    client.force_login(identity.person(mina.id))
    shown = " ".join(client.get(f"/imports/{handle}/").content.decode().split())
    assert "An import of people is confirmed by somebody who neither uploaded nor planned it" in shown
    batch.assign(mina, handle, sara.id)
    client.force_login(identity.person(sara.id))
    shown = " ".join(client.get(f"/imports/{handle}/").content.decode().split())
    assert "You are the second person that this import takes" in shown
    assert client.post(f"/imports/{handle}/confirm/").status_code == 302
    ada = identity.person("ada@x.example")
    assert [grant.role for grant in identity.grants_of(ada.pk)] == ["viewer"]
    # A role that Sara could not give herself stays refused: it is Mina's import, with Mina's rights.
    small = _kept(mina)
    assert commands.run(mina, small).state == "done", "three systems set no values"


def test_the_kinds_that_take_two_are_declared() -> None:
    found = {kind.slug for kind in kinds.all_kinds() if kind.sets_values}
    assert found == {
        "authority", "applicability", "limit", "deviation", "longest-interval", "risk-criteria",
    }  # fmt: skip
    assert all(directory.sets_values for directory in DIRECTORIES)


@pytest.mark.usefixtures("four_eyes")
def test_the_api_says_that_a_second_person_confirms(mina: Actor) -> None:
    until = clock.now() + timedelta(days=30)
    secret = tokens.issue_token(mina, name="t", scopes=["read", "write"], expires=until).text
    handle = _kept(mina, "person", HEAD + "ada@x.example;Ada Lovelace;;viewer;\n", PEOPLE)
    head = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    shown = json.loads(Client().get(f"/api/v1/imports/{handle}", **head).content)
    assert "however small it is" in shown["second_person"]
    (task,) = json.loads(Client().get("/api/v1/tasks", **head).content)["items"]
    assert (task["task"], task["subject"], task["path"]) == ("import", handle, f"/imports/{handle}/")


def test_an_erased_file_is_kept_in_no_process(mina: Actor) -> None:
    content = FILE.encode()
    digest = files.keep(content)
    sheets.forget()
    sheets.read(content)
    assert len(sheets._kept) == 1
    erasure.erase_rows(["SYS-0001"])
    assert len(sheets._kept) == 0
    # Another process has not been told: it lets go before it reads the next file.
    sheets.read(content)
    files.remove([digest])
    sheets.read(b"a,b\n1,2\n")
    assert [name for name, _ in sheets._kept] == [hashlib.sha256(b"a,b\n1,2\n").hexdigest()]
