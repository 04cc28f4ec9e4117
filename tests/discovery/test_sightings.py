"""What unregistered systems send is seen, told and dealt with by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from plumbline.discovery import commands, queries
from plumbline.discovery.stage import SightingsStage
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.problems import Invalid, NotAllowed, NotFound
from plumbline.records import commands as door
from plumbline.trail import keys, log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def operator(tmp_path: Path, settings: Any, transactional_db: None) -> Actor:
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=tmp_path, guard=str(tmp_path / "guard" / "g.json"))
    keys.init(tmp_path, settings.PLUMBLINE.guard_file, "plumbline.test/main/1")
    return Actor.installation()


def segment(systems: dict[str, int], source: str = "gateway") -> None:
    with transaction.atomic():
        log.append("telemetry.segment", actor="tok_0", facts={"systems": dict(systems), "source": source})


def run() -> None:
    stage = SightingsStage()
    while stage.advance():
        pass


def test_every_named_system_is_counted_once(operator: Actor) -> None:
    segment({"claims": 3, "writer": 2})
    run()
    segment({"writer": 5}, "other")
    run()
    run()
    assert {row.slug: (row.events, row.sources) for row in queries.sightings()} == {
        "claims": (3, "gateway"),
        "writer": (7, "gateway, other"),
    }


def test_registering_answers_a_sighting(operator: Actor) -> None:
    segment({"claims": 3, "writer": 2})
    run()
    door.create(operator, "ai-system", {"title": "Claims", "slug": "claims"})
    today = clock.now().date()
    assert [row.slug for row in queries.unregistered(today)] == ["writer"]
    assert {row.slug: row.reference for row in queries.sightings()}["claims"] == "SYS-0001"


@pytest.fixture
def top(operator: Actor) -> Actor:
    """Somebody of top management, who has the authority to dismiss what is major."""
    person = people.create_person(operator, email="ingrid@halden.example", full_name="Ingrid")
    people.give_grant(operator, person, "top-management")
    return actor_of_person(person)


def test_a_dismissal_needs_an_authority_a_reason_and_ends(operator: Actor, top: Actor) -> None:
    segment({"writer": 2})
    run()
    with pytest.raises(NotAllowed):
        commands.dismiss(operator, "writer", "a load test")
    today = clock.now().date()
    for reason, until in (
        ("  ", None),
        ("a test", today + timedelta(days=181)),
        ("a test", date(2020, 1, 1)),
    ):
        with pytest.raises(Invalid):
            commands.dismiss(top, "writer", reason, until)
    with pytest.raises(NotFound):
        commands.dismiss(top, "nobody", "a test")
    entry = log.leaf(commands.dismiss(top, "writer", "a load test"))
    assert (entry.entry_type, entry.subject_ref) == ("sighting.dismissed", "writer")
    assert queries.unregistered(today) == []
    assert [row.slug for row in queries.unregistered(today + timedelta(days=181))] == ["writer"]


def test_a_stage_dismisses_nothing(operator: Actor) -> None:
    segment({"writer": 2})
    run()
    with pytest.raises(NotAllowed):
        commands.dismiss(Actor("per_x", None, "Nobody"), "writer", "because")
