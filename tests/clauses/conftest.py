"""People with roles, an initialised trail, and a maker of complete records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.records import commands, examples, kinds


@pytest.fixture
def today() -> Iterator[date]:
    """It is the third of March 2026 until the test is over."""
    with clock.frozen(clock.parse_rfc3339("2026-03-03T09:00:00Z")):
        yield date(2026, 3, 3)


@pytest.fixture
def installation(tmp_path: Path, settings: Any, db: None, today: date) -> Actor:
    """An initialised trail in a data folder of its own; the operator of it."""
    from plumbline.trail import keys

    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return Actor.installation()


@pytest.fixture
def someone(installation: Actor) -> Callable[[str, str], Actor]:
    """Makes a person with a role and answers their actor."""

    def make(role: str, name: str) -> Actor:
        person = people.create_person(installation, email=f"{name.lower()}@halden.example", full_name=name)
        people.give_grant(installation, person, role)
        return actor_of_person(person)

    return make


@pytest.fixture
def mina(someone: Callable[[str, str], Actor]) -> Actor:
    """The AIMS manager."""
    return someone("aims-manager", "Mina")


@pytest.fixture
def sara(someone: Callable[[str, str], Actor]) -> Actor:
    """A second AIMS manager, for the second pair of eyes."""
    return someone("aims-manager", "Sara")


@pytest.fixture
def tove(someone: Callable[[str, str], Actor]) -> Actor:
    """A third one: closing asks for somebody who neither wrote nor verified."""
    return someone("aims-manager", "Tove")


Make = Callable[..., commands.Saved]


@pytest.fixture
def make(mina: Actor) -> Make:
    """Makes a complete record of a kind, changed by keyword, after what it points at."""
    made: dict[str, str] = {}

    def reference_of(kind: str) -> str:
        return made.get(kind) or of(kind).reference

    def of(kind: str, **changed: Any) -> commands.Saved:
        values = examples.values_of(kinds.get(kind), reference_of, changed)
        saved = commands.create(mina, kind, values)
        made[kind] = saved.reference
        return saved

    return of


def faulty_fields(make: Make, kind: str, actor: Actor, **changed: Any) -> set[str]:
    """The fields at fault in an example that is changed: those refused when it is recorded; where it is saved
    as a draft, those without which it is not taken any further."""
    try:
        saved = make(kind, **changed)
    except Invalid as refused:
        return {fault.field for fault in refused.faults if fault.message}
    workflow = kinds.get(kind).workflow
    (step,) = [move.name for move in workflow.moves if workflow.completes(move)]
    with pytest.raises(Conflict) as caught:
        commands.move(actor, saved.reference, step, revision=saved.revision, reason="Done.")
    assert all(fault.message for fault in caught.value.faults)
    return {fault.field for fault in caught.value.faults}
