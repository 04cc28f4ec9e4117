"""Two records that are one: one goes on, the other ends as merged into it, by every door."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.records.conftest import Actor

from plumbline.cli.main import app
from plumbline.controls.tasks import queries as tasks
from plumbline.identity import queries as identity
from plumbline.identity.tokens import commands as tokens
from plumbline.imports import commands as imports
from plumbline.imports import plan
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound, Problem, Stale
from plumbline.records import commands as door
from plumbline.records import guard, proofs, queries
from plumbline.records.merging import commands, models
from plumbline.records.merging import queries as merging
from plumbline.records.retraction.commands import take_back
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = "kind: ai-system\nregister: r\nkey: {columns: [Id]}\nfields: {title: Name, purpose: Purpose}\n"
FILE = "Id,Name,Purpose\n1,Chat,Answers mail\n2,Chat bot,Answers mails\n"


@pytest.fixture
def two(mina: Actor) -> tuple[str, str]:
    """Two systems that came by one import."""
    imports.run(mina, imports.keep(mina, plan.plan_file(mina, "ai-system", FILE.encode(), MAP), "r.csv"))
    return "SYS-0001", "SYS-0002"


def _approved(actor: Actor, second: Actor, title: str) -> str:
    from plumbline.records import examples, kinds

    values = examples.values_of(kinds.get("supplier"), lambda _: "", {"title": title})
    saved = door.create(actor, "supplier", values)
    saved = door.move(actor, saved.reference, "submit", revision=saved.revision)
    return door.move(second, saved.reference, "approve", revision=saved.revision).reference


def _state(actor: Actor, reference: str) -> str:
    return str(queries.find(actor, reference)[0].state)


def _views(actor: Actor, reference: str) -> list[tuple[str, str, bool]]:
    found = merging.of_record(actor, queries.find(actor, reference)[0])
    return [(one.source, one.target, one.waits) for one in found]


def _differences() -> list[Any]:
    (declared,) = [one for one in proofs.DECLARATIONS() if one.table == "records.Merge"]
    return [each for one in declared.passes for each in one.check(0, 1_000_000)]  # type: ignore[union-attr]


def test_a_draft_is_merged_at_once_with_one_entry_and_can_be_taken_back(
    mina: Actor, two: tuple[str, str]
) -> None:
    one, other = two
    door.comment(mina, other, "Seen in the cellar.")
    size = log.size()
    saved = commands.merge(mina, other, one, revision=1, reason="The same chat.")
    assert log.size() == size + 1
    assert log.leaf(saved.leaf).facts["merges-into"] == one
    assert (_state(mina, other), _state(mina, one)) == ("retired", "draft")
    assert _views(mina, one) == _views(mina, other) == [(other, one, False)]
    assert queries.history(mina, other)[0].note == f"Merged into {one}. The same chat."
    assert _differences() == []
    take_back(mina, other, revision=saved.revision)
    assert _state(mina, other) == "draft"
    assert _views(mina, one) == []
    assert _differences() == []


def test_the_next_edition_of_a_register_is_about_the_record_that_goes_on(
    mina: Actor, two: tuple[str, str]
) -> None:
    one, other = two
    commands.merge(mina, other, one, revision=1, reason="The same chat.")
    text = "Id,Name,Purpose\n2,Chat,Answers all mail\n"
    (row,) = plan.plan_file(mina, "ai-system", text.encode(), MAP).rows
    assert (row.reference, row.outcome) == (one, "amend")
    both = plan.plan_file(mina, "ai-system", FILE.encode(), MAP)
    assert both.rows[0].reference == one
    assert both.counts["create"] == 0


@pytest.mark.parametrize("approved", ["source", "target"])
def test_where_either_was_approved_a_second_person_confirms(mina: Actor, sara: Actor, approved: str) -> None:
    first = _approved(mina, sara, "Approved")
    draft = door.create(mina, "supplier", {"title": "Draft"}).reference
    source, target = (first, draft) if approved == "source" else (draft, first)
    revision = queries.find(mina, source)[0].revision
    commands.merge(mina, source, target, revision=revision, reason="One firm.")
    assert _state(mina, source) != "retired"
    assert _views(mina, target) == [(source, target, True)]
    with pytest.raises(NotAllowed):
        commands.confirm(mina, source)
    assert [one.subject for one in tasks.tasks_of(sara) if one.kind.value == "merge"] == [source]
    assert [one for one in tasks.tasks_of(mina) if one.kind.value == "merge"] == []
    saved = commands.confirm(sara, source)
    assert (saved.state, _views(mina, target)) == ("retired", [(source, target, False)])
    assert [one for one in tasks.tasks_of(sara) if one.subject == source] == []
    assert _differences() == []


def test_a_merge_that_waits_can_be_dropped_and_ends_when_the_record_changes(mina: Actor, sara: Actor) -> None:
    target = _approved(mina, sara, "Approved")
    source = door.create(mina, "supplier", {"title": "Draft"}).reference
    commands.merge(mina, source, target, revision=1, reason="One firm.")
    with pytest.raises(Conflict, match="waits already"):
        commands.merge(mina, source, target, revision=1, reason="Once more.")
    commands.drop(sara, source)
    with pytest.raises(NotFound):
        commands.confirm(sara, source)
    commands.merge(mina, source, target, revision=1, reason="One firm.")
    door.amend(mina, source, {"title": "Another firm"}, revision=1)
    with pytest.raises(NotFound):
        commands.confirm(sara, source)
    assert _views(mina, source) == []
    assert _differences() == []


def test_what_cannot_be_merged_is_refused_and_nothing_is_written(
    mina: Actor, two: tuple[str, str], someone: Callable[..., Actor]
) -> None:
    one, other = two
    supplier = door.create(mina, "supplier", {"title": "A firm"}).reference
    size = log.size()
    vera = someone("viewer", "Vera")
    before = log.size()
    for refusal, actor, source, target, revision, reason in (
        (Invalid, mina, one, one, 1, "x"),
        (Invalid, mina, one, supplier, 1, "x"),
        (Invalid, mina, one, other, 1, " "),
        (Stale, mina, one, other, 7, "x"),
        (NotFound, mina, one, "SYS-0099", 1, "x"),
        (NotAllowed, vera, one, other, 1, "x"),
    ):
        with pytest.raises(refusal):
            commands.merge(actor, source, target, revision=revision, reason=reason)
    assert (log.size(), size <= before) == (before, True)
    commands.merge(mina, other, one, revision=1, reason="x")
    with pytest.raises(Conflict, match="has ended"):
        commands.merge(mina, one, other, revision=1, reason="x")


def test_a_scrub_finds_a_merge_into_another_record(mina: Actor, two: tuple[str, str]) -> None:
    one, other = two
    third = door.create(mina, "ai-system", {"title": "Third"})
    commands.merge(mina, other, one, revision=1, reason="x")
    with guard.opened("test"):
        models.Merge.objects.update(target_id=queries.find(mina, third.reference)[0].pk)
    assert len(_differences()) == 1


def test_by_page_and_by_api(mina: Actor, sara: Actor, two: tuple[str, str]) -> None:
    one, other = two
    client = Client()
    client.force_login(identity.person(mina.id))
    address = f"/records/{other}/merge/"
    assert f"It goes on as Chat ({one})" in " ".join(
        client.get(address + f"?into={one}").content.decode().split()
    )
    assert client.post(address, {"into": one, "reason": "", "revision": 1}).status_code == 422
    assert client.post(address, {"into": one, "reason": "Same.", "revision": 1}).status_code == 302
    assert f"Merged into {one}" in client.get(f"/records/{other}/").content.decode()
    assert "was merged into this record" in client.get(f"/records/{one}/").content.decode()
    target, source = (
        _approved(mina, sara, "Approved"),
        door.create(mina, "supplier", {"title": "D"}).reference,
    )
    until = clock.now() + timedelta(days=30)
    secret = tokens.issue_token(mina, name="t", scopes=["read", "write"], expires=until).text
    sent: dict[str, Any] = {
        "headers": {"Authorization": f"Bearer {secret}"},
        "content_type": "application/json",
    }
    body = json.dumps({"into": target, "revision": 1, "reason": "One firm."})
    made = client.post(f"/api/v1/merges/{source}", body, **sent)
    assert made.status_code == 200, made.content
    assert json.loads(made.content)["merges"][0]["waits"]
    assert client.post(f"/api/v1/merges/{source}/confirmation", **sent).status_code == 403
    second = Client()
    second.force_login(identity.person(sara.id))
    assert "Confirm the merge" in second.get(f"/records/{source}/").content.decode()
    assert second.post(f"/records/{source}/merge/confirm/").status_code == 302
    (shown,) = json.loads(client.get(f"/api/v1/merges/{target}", **sent).content)
    assert (shown["source"], shown["waits"]) == (source, False)
    assert client.delete(f"/api/v1/merges/{source}", **sent).status_code == 404


def test_by_the_command_line(
    mina: Actor, sara: Actor, live_server: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    target, source = (
        _approved(mina, sara, "Approved"),
        door.create(mina, "supplier", {"title": "D"}).reference,
    )
    until = clock.now() + timedelta(days=30)

    def told(actor: Actor, *words: str) -> str:
        secret = tokens.issue_token(actor, name="t", scopes=["read", "write"], expires=until).text
        app(["merge", *words, "--url", live_server.url, "--token", secret], standalone_mode=False)
        return capsys.readouterr().out

    proposed = ("into", source, target, "1", "--reason", "One firm.")
    assert "waits" in told(mina, *proposed)
    with pytest.raises(Problem, match="Somebody else has to take this step"):
        told(mina, "confirm", source)
    told(mina, "drop", source)
    assert _views(mina, source) == []
    told(mina, *proposed)
    assert f"{source} is retired" in told(sara, "confirm", source)
    (shown,) = json.loads(told(mina, "show", target.lower(), "--json"))
    assert (shown["source"], shown["target"], shown["waits"]) == (source, target, False)
