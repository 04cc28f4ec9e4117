"""The library of starting points: what it holds, and what picking makes of it."""

from __future__ import annotations

import re

import pytest

from plumbline import catalogs
from plumbline.clauses import starting_points
from plumbline.identity import commands as people
from plumbline.identity import policy
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel.problems import Conflict, NotAllowed, NotFound
from plumbline.records import kinds, queries

POINTS = starting_points.starting_points()


def somebody(role: str) -> Actor:
    person = people.create_person(
        Actor.installation(), email=f"{role}@halden.example", full_name=role.replace("-", " ").title()
    )
    people.give_grant(Actor.installation(), person, role)
    return actor_of_person(person)


def test_there_is_enough_to_pick_from_and_each_serves_requirements_that_exist() -> None:
    by_kind = {kind: [point for point in POINTS if point.kind == kind] for kind in {p.kind for p in POINTS}}
    assert len(by_kind["risk"]) >= 25
    assert len(by_kind["objective"]) >= 10
    assert len(by_kind["policy"]) + len(by_kind["document"]) >= 6
    assert len({point.id for point in POINTS}) == len(POINTS)
    known = {row.id for row in (*catalogs.subclauses(), *catalogs.controls())}
    for point in POINTS:
        assert point.requirements, point.id
        assert point.title, point.id
        assert point.text, point.id
        assert point.source, point.id
        unknown = {name for name in point.requirements if name.startswith("iso42001:")} - known
        assert not unknown, (point.id, unknown)


def test_a_skeleton_says_where_only_the_organization_knows() -> None:
    for point in POINTS:
        if point.kind in ("policy", "document"):
            assert re.search(r"\[[^\]]+\]", str(point.values["text"])), point.id


@pytest.mark.django_db
@pytest.mark.data_layer
def test_every_one_becomes_a_draft_of_whoever_picks_it_once() -> None:
    actor = somebody("aims-manager")
    made = starting_points.take(actor, [point.id for point in POINTS])
    assert len(made) == len(POINTS)
    for point, saved in made:
        record, kind = queries.find(actor, saved.reference)
        assert record.owner_id == actor.person_id
        assert record.state == kinds.get(point.kind).workflow.initial
        assert record.title == point.title
        assert kind.slug == point.kind
    assert set(starting_points.taken()) == {point.id for point in POINTS}
    with pytest.raises(Conflict, match="R-01"):
        starting_points.take(actor, ["R-01"])


@pytest.mark.django_db
@pytest.mark.data_layer
def test_all_are_made_or_none() -> None:
    actor = somebody("risk-owner")
    assert not policy.may(actor, "create", kind="policy", anywhere=True)
    with pytest.raises(NotAllowed):
        starting_points.take(actor, ["R-01", "P-01"])
    with pytest.raises(NotFound, match="R-99"):
        starting_points.take(actor, ["R-01", "R-99"])
    assert starting_points.taken() == {}
