"""All lists of one file through every door: previewed together, written as batches in turn, taken by two."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.imports.test_round_trip import _contents, empty, everything

from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.tokens import commands as tokens
from plumbline.imports import commands as single
from plumbline.imports import proofs
from plumbline.imports.batch import commands as batch
from plumbline.imports.models import ImportJob, ImportRow
from plumbline.imports.together import archive, commands, queries
from plumbline.imports.together.stage import ListsStage
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Malformed, NotAllowed, NotFound, TooLarge
from plumbline.records import read_log
from plumbline.records.models import Record
from plumbline.trail import log

__all__ = ["empty", "everything"]

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Empty = Callable[[], Actor]


def _exported(actor: Actor) -> bytes:
    with read_log.logged():
        return b"".join(archive.blocks(archive.write(actor, "csv")))


def _written() -> None:
    """What the worker does until nothing is left to do."""
    flow = ListsStage()
    while flow.advance():
        pass


def _client(actor: Actor) -> Client:
    client = Client()
    client.force_login(identity.person(actor.id))
    return client


def _differences() -> list[Any]:
    (one,) = proofs.DECLARATIONS[0].passes  # type: ignore[union-attr]  # a proof
    return list(one.check(0, 1_000))


def test_by_page_alone_everything_comes_into_an_empty_installation(
    empty: Empty, mina: Actor, everything: dict[str, set[str]]
) -> None:
    before, content = _contents(mina), _exported(mina)
    actor = empty()
    client = _client(actor)
    sent = client.post("/imports/", {"file": SimpleUploadedFile("lists.zip", content), "kind": ""})
    address = sent.headers["Location"]
    assert address.startswith("/imports/lists/lst_")
    text = " ".join(client.get(address).content.decode().split())
    assert "Nothing has been written yet" in text
    assert "One text names what comes with another list." in text
    assert Record.objects.count() == 0
    assert ImportRow.objects.filter(outcome="faulty").count() == 0, "what comes with the file is no fault"
    assert client.post(address + "confirm/").status_code == 302
    _written()
    assert "All lists are done" in client.get(address).content.decode()
    assert _contents(actor) == before
    assert _differences() == []
    # Every list is a batch of its own, with its entries, and can be withdrawn.
    assert {entry.subject["ref"] for entry in log.search("import.queued", limit=5)} == {address.split("/")[3]}
    handle = ImportJob.objects.get(kind="treatment", turn__lt=queries.AGAIN).handle
    assert client.post(f"/imports/{handle}/withdraw/").status_code == 302


def test_the_same_file_again_writes_nothing(mina: Actor, everything: dict[str, set[str]]) -> None:
    content = _exported(mina)
    handle = commands.keep(mina, content, "lists.zip")
    shown = queries.view(mina, handle)
    assert {one.job.to_write for one in shown.lists} == {0}
    before = Record.objects.count(), log.size()
    commands.confirm(mina, handle)
    _written()
    assert queries.view(mina, handle).state == "done"
    assert Record.objects.count() == before[0]
    # Of each list that it was begun and that it ended, and of the file that it was confirmed.
    assert log.size() == before[1] + 2 * len(shown.lists) + 1
    assert _differences() == []


def test_by_the_api_it_is_taken_in_stopped_and_given_up(
    empty: Empty, mina: Actor, everything: dict[str, set[str]]
) -> None:
    content = _exported(mina)
    actor = empty()
    until = clock.now() + timedelta(days=30)
    secret = tokens.issue_token(actor, name="t", scopes=["read", "write"], expires=until).text
    head = {"Authorization": f"Bearer {secret}"}
    client = Client()
    sent = client.post("/api/v1/lists", {"file": SimpleUploadedFile("a.zip", content)}, headers=head)
    assert sent.status_code == 201, sent.content
    made = json.loads(sent.content)
    assert made["state"] == "previewed"
    assert next(one for one in made["lists"] if one["kind"] == "unit")["counts"]["create"] == 1
    address = f"/api/v1/lists/{made['id']}"
    # People are confirmed in a session, as every account is made by a person.
    assert client.post(address + "/confirmation", headers=head).status_code == 403
    assert json.loads(client.get(address, headers=head).content)["state"] == "previewed"
    assert client.delete(address, headers=head).status_code == 204
    assert json.loads(client.get(address, headers=head).content)["state"] == "discarded"
    assert client.delete(address, headers=head).status_code == 409
    sent = client.post("/api/v1/lists", {"other": "x"}, headers=head)
    assert sent.status_code == 422


def test_a_list_that_takes_two_holds_up_those_after_it_until_somebody_confirms(
    empty: Empty, mina: Actor, everything: dict[str, set[str]], settings: Any
) -> None:
    before, content = _contents(mina), _exported(mina)
    actor = empty()
    sara = people.create_person(Actor.installation(), email="sara@second.example", full_name="Sara S")
    people.give_grant(Actor.installation(), sara, "aims-manager")
    settings.PLUMBLINE = replace(settings.PLUMBLINE, import_alone_rows=500)
    handle = commands.keep(actor, content, "lists.zip")
    commands.confirm(actor, handle)
    client, second = _client(actor), _client(identity_actor(sara.handle))
    confirmed = []
    for _ in range(20):
        _written()
        shown = queries.view(actor, handle)
        if shown.blocked is None:
            break
        assert shown.state == "waiting"
        job = shown.blocked.job
        confirmed.append(job.kind.slug)
        assert "An import of" in client.get(f"/imports/{job.handle}/").content.decode()
        batch.assign(actor, job.handle, sara.handle)
        assert second.post(f"/imports/{job.handle}/confirm/").status_code == 302
    assert {"unit", "authority", "limit", "applicability"} <= set(confirmed)
    assert "risk" not in confirmed
    assert _contents(actor) == before
    assert _differences() == []


def identity_actor(handle: str) -> Actor:
    from plumbline.identity.actors import actor_of_person

    return actor_of_person(identity.person(handle))


def test_on_the_command_line_what_takes_two_is_told_and_can_be_assigned(
    empty: Empty, mina: Actor, everything: dict[str, set[str]], settings: Any
) -> None:
    content = _exported(mina)
    actor = empty()
    settings.PLUMBLINE = replace(settings.PLUMBLINE, import_alone_rows=500)
    operator = Actor.installation()
    looked = commands.look(operator, content, "lists.zip")
    assert "however small it is" in str(next(one for one in looked if one.target.slug == "unit").waits)
    assert Record.objects.count() == 0
    done = commands.take_in(operator, content, assign=actor.id)
    waits = {one.target.slug: str(one.waits) for one in done}
    assert "An import of units" in waits["unit"]
    assert waits["risk"] == "waits for the lists before it"
    assert Record.objects.count() == 0
    # Whoever it was assigned to has it, and after their confirmation it goes on.
    client = _client(actor)
    for _ in range(20):
        open_jobs = ImportJob.objects.filter(state="previewed").exclude(together="").order_by("turn")
        job = open_jobs.first()
        if job is None:
            break
        assert client.post(f"/imports/{job.handle}/confirm/").status_code == 302
        _written()
    assert not ImportJob.objects.filter(state__in=("queued", "stopped")).exists()
    assert Record.objects.filter(kind="risk").exists()


def test_a_list_is_not_written_before_its_turn_and_others_do_not_see_it(
    mina: Actor, sara: Actor, everything: dict[str, set[str]]
) -> None:
    handle = commands.keep(mina, _exported(mina), "lists.zip")
    risks = next(one.job for one in queries.view(mina, handle).lists if one.job.kind.slug == "risk")
    ImportRow.objects.filter(job__handle=risks.handle).update(outcome="create")
    with pytest.raises(Conflict, match="waits for those before it"):
        single.confirm(mina, risks.handle)
    assert "written in its turn" in _client(mina).get(f"/imports/{risks.handle}/").content.decode()
    with pytest.raises(NotFound):
        queries.view(sara, handle)
    assert _client(sara).get(f"/imports/lists/{handle}/").status_code == 404
    commands.discard(mina, handle)
    with pytest.raises(Conflict):
        commands.discard(mina, handle)


def test_a_process_that_was_killed_while_it_planned_a_list_is_no_end(
    empty: Empty, mina: Actor, everything: dict[str, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, content = _contents(mina), _exported(mina)
    actor = empty()
    handle = commands.keep(actor, content, "lists.zip", look=False)
    commands.confirm(actor, handle)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(single, "_store_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            commands.carry_on(handle)
    assert not commands.carry_on(handle), "somebody may still be at it"
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        _written()
        assert queries.view(actor, handle).state == "done"
        assert _contents(actor) == before


def test_bombs_and_forged_archives_are_refused_by_page_and_api(mina: Actor) -> None:
    client = _client(mina)
    index = {"format": "plumbline-lists/1", "files": [{"file": "u.csv", "kind": "unit", "sha256": "0"}]}
    bomb, changed = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("index.json", json.dumps(index))
        made.writestr("u.csv", b"0" * 60_000_000)
    with zipfile.ZipFile(changed, "w") as made:
        made.writestr("index.json", json.dumps(index))
        made.writestr("u.csv", "slug,name,parent\nx,X,\n")
    for file, status, refusal in ((bomb, 422, TooLarge), (changed, 422, Malformed)):
        sent = client.post("/imports/", {"file": SimpleUploadedFile("l.zip", file.getvalue()), "kind": ""})
        assert sent.status_code == status
        with pytest.raises(refusal):
            commands.keep(mina, file.getvalue(), "l.zip")
    assert ImportJob.objects.count() == 0


def test_who_may_not_import_one_of_the_lists_is_told_before_anything_is_kept(
    mina: Actor, someone: Callable[..., Actor], everything: dict[str, set[str]]
) -> None:
    owner = someone("system-owner", "Olaf")
    with pytest.raises(NotAllowed):
        commands.keep(owner, _exported(mina), "lists.zip")
    assert ImportJob.objects.count() == 0
