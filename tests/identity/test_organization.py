"""The settings of the organization: who may change them, what is refused, what comes first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.documents.test_look import SVG

from plumbline.config import Config
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.organization import commands, proofs, queries
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.trail import log

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    queries.forget()
    yield
    queries.forget()


def somebody(role: str) -> Actor:
    person = people.create_person(
        Actor.installation(), email=f"{role}@halden.example", full_name=role.replace("-", " ").title()
    )
    people.give_grant(Actor.installation(), person, role)
    return actor_of_person(person)


def test_a_change_holds_and_has_its_entry() -> None:
    actor = somebody("aims-manager")
    assert commands.change(actor, {"organization": "  Halden   Insurance ", "mail_language": "de"}) == [
        "mail_language",
        "organization",
    ]
    queries.forget()
    assert queries.effective(Config()).organization == "Halden Insurance"
    assert queries.effective(Config()).mail_language == "de"
    (entry,) = log.search(commands.CHANGED, "organization")
    assert entry.actor == actor.id
    assert log.opening(entry.index, "value") == b"Halden Insurance"
    assert list(proofs.differences()) == []
    assert commands.change(actor, {"organization": "Halden Insurance"}) == []
    assert len(log.search(commands.CHANGED, "organization")) == 1


@pytest.mark.parametrize("role", ["top-management", "system-owner", "contributor", "viewer"])
def test_only_who_may_give_roles_may_change_them(role: str) -> None:
    with pytest.raises(NotAllowed):
        commands.change(somebody(role), {"organization": "Another"})


def test_no_token_changes_them() -> None:
    actor = replace(somebody("aims-manager"), scopes=frozenset({"read", "write", "pack", "ingest"}))
    with pytest.raises(NotAllowed):
        commands.change(actor, {"organization": "Another"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("organization", ""),
        ("organization", "x" * 201),
        ("organization", "a\u202eb"),
        ("mail_language", "tlh"),
        ("address", "aims.example.org"),
        ("address", "ftp://localhost"),
        ("address", "http://localhost/path"),
        ("address", "http://mina@localhost"),
        ("address", "http://localhost:x"),
        ("address", "https://evil.example"),
    ],
)
def test_what_cannot_be_used_names_the_field_and_changes_nothing(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        commands.change(Actor.installation(), {name: value})
    (fault,) = refused.value.faults
    assert fault.field == name
    assert fault.remedy
    assert log.search(commands.CHANGED) == []


def test_an_address_of_a_host_that_the_server_answers_to_is_used_in_links() -> None:
    commands.change(Actor.installation(), {"address": "https://localhost:8443"})
    queries.forget()
    assert queries.effective(Config()).public_address == "https://localhost:8443"
    commands.change(Actor.installation(), {"address": ""})
    queries.forget()
    assert queries.effective(Config(address="http://127.0.0.1")).public_address == "http://127.0.0.1"


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    commands.change(Actor.installation(), {"organization": "Set on the page"})
    monkeypatch.setenv("PLUMBLINE_ORGANIZATION", "Set by the operator")
    queries.forget()
    held = Config(organization="Set by the operator")
    assert queries.effective(held).organization == "Set by the operator"
    row = next(row for row in queries.rows() if row.name == "organization")
    assert row.variable == "PLUMBLINE_ORGANIZATION"
    with pytest.raises(Conflict, match="PLUMBLINE_ORGANIZATION"):
        commands.change(Actor.installation(), {"organization": "Again"})


def test_what_decides_a_judgement_is_not_set_here() -> None:
    with pytest.raises(NotFound):
        commands.change(Actor.installation(), {"time_zone": "Europe/Berlin"})


def test_mails_are_in_the_language_that_was_set(settings: Any) -> None:
    commands.change(Actor.installation(), {"mail_language": "de"})
    queries.forget()
    assert queries.current().mail_language == "de"


def test_the_look_of_documents_is_a_setting_like_the_others() -> None:
    actor = somebody("aims-manager")
    values = {
        "document_name": " Halden  AI office ",
        "document_accent": "#7A1F1F",
        "document_footer": "Internal",
    }
    assert commands.change(actor, values) == ["document_accent", "document_footer", "document_name"]
    assert commands.change_logo(actor, SVG % b"")
    assert not commands.change_logo(actor, SVG % b""), "the same logo again is no change"
    queries.forget()
    look = queries.look()
    assert (look.name, look.footer, look.accent) == ("Halden AI office", "Internal", "#7a1f1f")
    assert look.second == "#7a1f1f", "lines are as titles until somebody chooses"
    assert look.logo.startswith(b"\x89PNG")
    (entry,) = log.search(commands.CHANGED, "document_logo")
    assert entry.actor == actor.id
    assert list(proofs.differences()) == []
    shown = {row.name: row.value for row in queries.rows()}
    assert shown["document_logo"] == f"sha256:{hashlib.sha256(look.logo).hexdigest()}"
    assert commands.change_logo(actor, b"")
    queries.forget()
    assert queries.look().logo == b""


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("document_accent", "#777777", "contrast with white paper is 4.4, and 4.5"),
        ("document_second", "#959595", "contrast with white paper is 2.9, and 3.0"),
        ("document_accent", "red", "not a colour"),
        ("document_footer", "x" * 161, "at most 160"),
        ("document_name", "a\u202eb", "at most 160"),
        ("document_logo", "aGk=", "is an image"),
    ],
)
def test_a_look_that_cannot_be_read_is_refused(name: str, value: str, why: str) -> None:
    with pytest.raises(Invalid) as caught:
        commands.change(somebody("aims-manager"), {name: value})
    assert why in str(caught.value.faults[0].message)
    assert log.search(commands.CHANGED, name) == []


def test_only_who_may_give_roles_may_change_the_logo() -> None:
    with pytest.raises(NotAllowed):
        commands.change_logo(somebody("viewer"), SVG % b"")
