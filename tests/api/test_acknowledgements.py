"""Approved versions are acknowledged by the groups that they name: by each person, and each version anew."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.api.conftest import Caller

from plumbline.clauses.acknowledging import commands as acknowledging
from plumbline.clauses.acknowledging import queries
from plumbline.cli.main import app
from plumbline.controls import inventory, registry
from plumbline.controls.tasks import queries as tasks
from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.absences import commands as absences
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands
from plumbline.trail import queries as trail

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
GROUPS = "role: reviewer\nUnit: Claims\nperson: Vio@halden.example"


class World:
    """A policy in force that asks a reviewer, somebody of a unit, and one person by name."""

    def __init__(self, mina: Actor, operator: Actor, someone: Callable[..., Actor]) -> None:
        self.mina = mina
        claims = people.create_unit(operator, name="Claims")
        people.create_unit(operator, name="Photos", parent=claims)
        self.ida = someone("top-management", "Ida")
        self.rob = someone("reviewer", "Rob")
        self.vio = someone("viewer", "Vio")
        self.uwe = someone("viewer", "Uwe", unit=identity.unit("photos"))
        self.out = someone("viewer", "Otto")
        self.policy = self.approved(title="AI policy", readers=GROUPS)

    def approved(self, **values: Any) -> str:
        """A policy on one topic that is in force; its reference."""
        given = {
            "type": "topic", "purpose": "So that all know.", "text": "## Limits\n\nNo **secret** use.",
            "next_review": "2027-06-01", **values,
        }  # fmt: skip
        given["type"] = _topic()
        saved = commands.create(self.mina, "policy", given)
        saved = commands.move(self.mina, saved.reference, "submit", revision=saved.revision)
        return commands.move(self.ida, saved.reference, "approve", revision=saved.revision).reference

    def revised(self, **values: Any) -> None:
        """Another version of the policy comes into force."""
        from plumbline.records import queries as records

        revision = records.find(self.mina, self.policy)[0].revision
        saved = commands.move(self.mina, self.policy, "revise", revision=revision, reason="It changed.")
        saved = commands.amend(self.mina, self.policy, values, revision=saved.revision)
        saved = commands.move(self.mina, self.policy, "submit", revision=saved.revision)
        commands.move(self.ida, self.policy, "approve", revision=saved.revision)

    def digest(self) -> str:
        """The SHA-256 of the version in force."""
        found = queries.status(self.mina, self.policy)
        assert found is not None
        return found.version.digest

    def acknowledged(self, who: Actor) -> int:
        """``who`` acknowledges the version in force; the entry."""
        return acknowledging.acknowledge(who, self.policy, self.digest()).entry

    def waits(self, who: Actor) -> list[str]:
        """The references that wait for ``who`` to be read."""
        return [task.subject for task in tasks.tasks_of(who) if task.kind.value == "acknowledgement"]


def _topic() -> str:
    from plumbline.records import kinds

    words = [str(word) for word, _ in kinds.get("policy").field("type").flatchoices]
    return next(word for word in words if word and word != "AI policy")


@pytest.fixture
def world(mina: Actor, installation: Actor, someone: Callable[..., Actor]) -> World:
    """The world above."""
    return World(mina, installation, someone)


def names(found: queries.Status | None) -> dict[str, bool]:
    """Who is asked, and whether they have."""
    assert found is not None
    return {reader.name: reader.acknowledged is not None for reader in found.readers}


def test_it_waits_for_each_of_the_groups_until_they_acknowledge_it(world: World) -> None:
    for who in (world.rob, world.vio, world.uwe):
        assert world.waits(who) == [world.policy]
    for who in (world.mina, world.ida, world.out):
        assert world.waits(who) == []
    index = world.acknowledged(world.rob)
    assert world.waits(world.rob) == []
    assert world.waits(world.vio) == [world.policy]
    assert names(queries.status(world.mina, world.policy)) == {"Rob": True, "Uwe": False, "Vio": False}
    leaf = trail.leaf(index)
    assert (leaf.entry_type, leaf.actor, leaf.subject_ref) == (
        "record.acknowledged", world.rob.id, world.policy,
    )  # fmt: skip
    assert world.acknowledged(world.rob) == index  # saying it again is no second act


def test_another_version_asks_again_and_the_old_one_is_refused(world: World) -> None:
    first = world.digest()
    world.acknowledged(world.rob)
    world.revised(text="## Limits\n\nNo use at night.")
    assert world.digest() != first
    assert world.waits(world.rob) == [world.policy]
    with pytest.raises(Conflict) as caught:
        acknowledging.acknowledge(world.rob, world.policy, first)
    assert "not of the version in force" in str(caught.value.faults[0].message)
    world.acknowledged(world.rob)
    assert world.waits(world.rob) == []


def test_a_draft_asks_nobody_and_changes_nothing_for_those_who_are_asked(world: World) -> None:
    draft = commands.create(
        world.mina,
        "policy",
        {
            "title": "Draft", "type": _topic(), "purpose": "So that all know.", "readers": "everybody",
            "text": "No secret use.", "next_review": "2027-06-01",
        },
    )  # fmt: skip
    assert draft.reference not in world.waits(world.rob)
    with pytest.raises(NotAllowed, match="not asked"):
        acknowledging.acknowledge(world.rob, draft.reference, "0" * 64)


def test_one_person_who_leaves_the_groups_out_of_a_draft_hides_no_version_in_force(world: World) -> None:
    from plumbline.records import queries as records

    revision = records.find(world.mina, world.policy)[0].revision
    saved = commands.move(world.mina, world.policy, "revise", revision=revision, reason="Fewer readers.")
    commands.amend(world.mina, world.policy, {"readers": ""}, revision=saved.revision)
    assert world.waits(world.rob) == [world.policy]
    assert names(queries.status(world.mina, world.policy)) == {"Rob": False, "Uwe": False, "Vio": False}


def test_whoever_joins_later_is_asked_and_whoever_leaves_is_not(
    world: World, installation: Actor, someone: Callable[..., Actor]
) -> None:
    zoe = someone("reviewer", "Zoe")
    assert world.waits(zoe) == [world.policy]
    people.deactivate_person(installation, identity.person(world.vio.id))
    assert names(queries.status(world.mina, world.policy)) == {"Rob": False, "Uwe": False, "Zoe": False}


def test_nobody_acknowledges_for_another(world: World, caller: Callable[..., Caller]) -> None:
    away = identity.person(world.rob.id)
    until = clock.today() + timedelta(days=9)
    absences.record(world.rob, away, ends=until, deputy=identity.person(world.out.id))
    assert world.waits(world.out) == []
    with pytest.raises(NotAllowed, match="not asked"):
        world.acknowledged(world.out)
    with pytest.raises(NotAllowed, match="Only a person"):
        acknowledging.acknowledge(Actor.installation(), world.policy, world.digest())
    answer = caller(world.rob, "read")("POST", f"acknowledgements/{world.policy}", {"sha256": world.digest()})
    assert answer.status_code == 403
    assert names(queries.status(world.mina, world.policy)) == dict.fromkeys(("Rob", "Uwe", "Vio"), False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reviewer", "Write everybody, role:"),
        ("role: wizard", "A role here is not known"),
        ("unit: nowhere", "A unit here is not known"),
        ("person: nobody@halden.example", "A person here is not known"),
        ("everybody: all", "Write everybody, role:"),
    ],
)
def test_a_group_that_is_not_there_is_refused_with_what_to_write(text: str, told: str, world: World) -> None:
    with pytest.raises(Invalid) as caught:
        world.approved(title="Wrong", readers=f"everybody\n{text}")
    (fault,) = caught.value.faults
    assert fault.field == "readers"
    assert told in str(fault.message)


def test_everybody_is_everybody_who_holds_a_role(world: World) -> None:
    world.revised(readers="everybody")
    assert set(names(queries.status(world.mina, world.policy))) == {
        *("Mina", "Ida", "Rob", "Vio", "Uwe", "Otto")
    }


def test_names_are_for_whoever_reads_what_is_sensitive(world: World, caller: Callable[..., Caller]) -> None:
    world.acknowledged(world.rob)
    told = caller(world.mina)("GET", f"acknowledgements/{world.policy}").json()
    assert (told["asked"], told["done"], told["own"]) == (3, 1, None)
    assert told["groups"] == ["role: reviewer", "unit: claims", "person: vio@halden.example"]
    assert [row["name"] for row in told["readers"] if row["acknowledged"]] == ["Rob"]
    own = caller(world.vio, "read")("GET", "acknowledgements").json()["items"]
    assert [(one["asked"], one["done"], one["own"]["name"]) for one in own] == [(3, 1, "Vio")]
    assert "readers" not in own[0]
    text = caller(world.mina)("GET", "acknowledgements.csv").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["name"]: bool(row["acknowledged"]) for row in rows} == {
        "Rob": True, "Uwe": False, "Vio": False,
    }  # fmt: skip
    hidden = caller(world.vio, "read")("GET", "acknowledgements.csv").getvalue().decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(hidden))) == []


def test_by_the_api_and_only_what_asks(world: World, caller: Callable[..., Caller]) -> None:
    call = caller(world.rob)
    answer = call("POST", f"acknowledgements/{world.policy}", {"sha256": world.digest()})
    assert answer.status_code == 201, answer.content
    assert trail.leaf(answer.json()["entry"]).entry_type == "record.acknowledged"
    other = world.approved(title="No groups")
    assert call("GET", f"acknowledgements/{other}").status_code == 404
    assert call("POST", f"acknowledgements/{other}", {"sha256": "0" * 64}).status_code == 403
    assert call("GET", "acknowledgements/POL-9999").status_code == 404


def test_by_the_pages(world: World) -> None:
    browser = Client()
    browser.force_login(identity.person(world.rob.id))
    assert f"/acknowledgements/{world.policy}/" in browser.get(reverse("my-work")).content.decode()
    address = f"/acknowledgements/{world.policy}/"
    page = browser.get(address).content.decode()
    assert "I have read this version" in page
    assert "No <strong>secret</strong> use." in page
    assert "0 of 3 who are asked" in page
    assert "Vio" not in page
    assert browser.post(address, {"sha256": "0" * 64}).status_code == 409
    assert browser.post(address, {"sha256": world.digest()}).status_code == 302
    page = browser.get(address).content.decode()
    assert "You have acknowledged this version" in page
    assert "I have read this version" not in page
    browser.force_login(identity.person(world.mina.id))
    page = browser.get(address).content.decode()
    assert "You are not among those who are asked." in page
    assert "Vio" in page
    assert "1 of 3" in browser.get("/acknowledgements/").content.decode()


def test_the_page_of_the_record_says_how_many_have_and_leads_whoever_is_asked_there(world: World) -> None:
    browser, record = Client(), f"/records/{world.policy}/"
    browser.force_login(identity.person(world.rob.id))
    page = browser.get(record).content.decode()
    assert "0 of 3 who are asked have acknowledged revision 2" in " ".join(page.split())
    assert "Read and acknowledge it" in page
    assert "Not yet:" not in page  # names are for others
    world.acknowledged(world.rob)
    assert "Read and acknowledge it" not in browser.get(record).content.decode()
    browser.force_login(identity.person(world.mina.id))
    page = " ".join(browser.get(record).content.decode().split())
    assert "1 of 3 who are asked have acknowledged revision 2" in page
    assert "Not yet: Uwe, Vio" in page
    assert "Read and acknowledge it" not in page
    none = world.approved(title="Asks nobody")
    assert "who are asked" not in browser.get(f"/records/{none}/").content.decode()


def test_the_page_of_a_draft_that_leaves_the_groups_out_still_says_it_of_the_version_in_force(
    world: World,
) -> None:
    saved = commands.move(world.mina, world.policy, "revise", revision=3, reason="Fewer readers.")
    commands.amend(world.mina, world.policy, {"readers": ""}, revision=saved.revision)
    browser = Client()
    browser.force_login(identity.person(world.rob.id))
    assert "0 of 3 who are asked" in browser.get(f"/records/{world.policy}/").content.decode()


def judged(world: World, days: int) -> str:
    """What the check says of the policy of the world, ``days`` from today."""
    check = registry.get("versions-acknowledged")
    assert check.population is not None
    evidence = inventory.evidence_for(check.population, clock.now() + timedelta(days=days))
    verdict = check.judge(replace(evidence, limits={one.name: one for one in check.limits}))
    (member,) = [one for one in verdict.members if world.policy in str(one.naming)]
    return f"{member.state.name.lower()}: {member.message or ''}"


def test_a_check_counts_who_has_acknowledged_the_version_in_force_and_names_nobody(
    world: World, installation: Actor, someone: Callable[..., Actor]
) -> None:
    assert judged(world, 30) == "excluded: is to be acknowledged by 20 Dec 2026"
    assert judged(world, 31) == "missing: was not acknowledged by 3 of 3 who are asked and had the time"
    for who in (world.rob, world.vio):
        world.acknowledged(who)
    assert judged(world, 31) == "missing: was not acknowledged by 1 of 3 who are asked and had the time"
    for name in ("Rob", "Vio", "Uwe", *(who.id for who in (world.rob, world.vio, world.uwe))):
        assert name not in judged(world, 31)
    world.acknowledged(world.uwe)
    assert judged(world, 31) == "covered: "
    # a new version is acknowledged by nobody, and its time begins anew
    world.revised(text="## Limits\n\nNo use at night.")
    assert judged(world, 30) == "excluded: is to be acknowledged by 20 Dec 2026"
    assert judged(world, 31).startswith("missing: was not acknowledged by 3 of 3")
    for who in (world.rob, world.vio, world.uwe):
        world.acknowledged(who)
    # one person who writes a draft for other readers changes nothing
    saved = commands.move(world.mina, world.policy, "revise", revision=7, reason="Fewer readers.")
    commands.amend(world.mina, world.policy, {"readers": ""}, revision=saved.revision)
    assert judged(world, 31) == "covered: "


def test_the_ai_policy_that_asks_nobody_is_acknowledged_by_nobody(world: World) -> None:
    check = registry.get("versions-acknowledged")
    assert check.population is not None
    values = {"commitments": ["meet requirements", "improve"], "title": "The AI policy"}
    saved = commands.create(
        world.mina,
        "policy",
        {
            "type": "AI policy", "purpose": "So that all know.", "text": "No secret use.",
            "next_review": "2027-06-01", **values,
        },
    )  # fmt: skip
    saved = commands.move(world.mina, saved.reference, "submit", revision=saved.revision)
    commands.move(world.ida, saved.reference, "approve", revision=saved.revision)
    evidence = inventory.evidence_for(check.population, clock.now())
    verdict = check.judge(replace(evidence, limits={one.name: one for one in check.limits}))
    (member,) = [one for one in verdict.members if saved.reference in str(one.naming)]
    assert (member.state.name, str(member.message)) == ("EXCLUDED", "asks nobody to acknowledge it")


def test_what_is_read_is_the_version_in_force_and_not_the_draft(world: World) -> None:
    commands.move(world.mina, world.policy, "revise", revision=3, reason="It changes.")
    commands.amend(world.mina, world.policy, {"text": "All is allowed."}, revision=4)
    browser = Client()
    browser.force_login(identity.person(world.rob.id))
    page = browser.get(f"/acknowledgements/{world.policy}/").content.decode()
    assert "No <strong>secret</strong> use." in page
    assert "All is allowed." not in page


def test_by_the_command_line(world: World, live_server: Any, capsys: pytest.CaptureFixture[str]) -> None:
    until = clock.now() + timedelta(days=1)

    def told(actor: Actor, *words: str) -> str:
        secret = people.issue_token(actor, name="t", scopes=["read", "write"], expires=until).text
        app(["acknowledgement", *words, "--url", live_server.url, "--token", secret], standalone_mode=False)
        return capsys.readouterr().out

    assert "Acknowledged at" in told(world.rob, "give", world.policy, world.digest())
    shown = told(world.mina, "show", world.policy)
    assert "1 of 3 have acknowledged" in shown
    assert world.digest() in shown
    assert world.policy in told(world.mina, "list")
