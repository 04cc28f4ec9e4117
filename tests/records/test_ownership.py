"""Records that nobody answers for are found, of whatever kind, by whoever may read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.records import commands
from plumbline.records.ownership import queries as ownership

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def make(actor: Actor, kind: str, **values: Any) -> commands.Saved:
    return commands.create(actor, kind, values)


def test_work_of_who_has_left_is_found_for_every_kind(
    mina: Actor, installation: Actor, someone: Callable[..., Actor]
) -> None:
    lars = someone("system-owner", "Lars")
    make(mina, "ai-system", title="Triage", slug="triage", owner=lars.id)
    make(mina, "document", title="Method", type="method", owner=lars.id)
    make(mina, "document", title="Process", type="process", owner=mina.id)
    make(mina, "risk", title="Drift", description="Claims change.")
    assert [(row.title, row.left) for row in ownership.unowned(mina).rows] == [("Drift", "")]
    people.deactivate_person(installation, identity.person("lars@halden.example"))
    found = ownership.unowned(mina)
    assert [(row.title, row.left) for row in found.rows] == [
        ("Triage", "Lars"),
        ("Method", "Lars"),
        ("Drift", ""),
    ]
    assert found.total == 3


def test_what_is_over_needs_nobody(mina: Actor) -> None:
    saved = make(mina, "document", title="Old", type="process")
    commands.move(mina, saved.reference, "discard", revision=saved.revision, reason="Never used.")
    assert ownership.unowned(mina).total == 0


def test_nobody_learns_of_records_of_another_unit(
    mina: Actor, installation: Actor, someone: Callable[..., Actor]
) -> None:
    claims, sales = (people.create_unit(installation, name=name) for name in ("Claims", "Sales"))
    make(mina, "document", title="Claims process", type="process", unit=claims.slug)
    make(mina, "document", title="Sales process", type="process", unit=sales.slug)
    olaf = someone("viewer", "Olaf", unit=sales)
    assert [row.title for row in ownership.unowned(olaf).rows] == ["Sales process"]
