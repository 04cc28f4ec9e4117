"""Every kind is made from its example and taken to the state in which it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.authority import give_authority
from tests.decided import decide_every_control
from tests.lifecycle import STEP_VALUES, OnItsWay

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.workflow import Move, Workflow
from plumbline.records import commands, kinds
from plumbline.records.commands import Saved

Make = Callable[..., Saved]
OURS = [kind.slug for kind in kinds.all_kinds() if kind.model.__module__.startswith("plumbline.clauses")]


REPORTED: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("change", "carry-out"): {
        "done_on": "2026-03-04",
        "result": "yes",
        "outcome": "The chat has its new owner.",
    },
    ("action", "carry-out"): {"done_on": "2026-03-04", "result": "Sixteen in a hundred, as expected."},
    ("opportunity", "carry-out"): {
        "evaluated_on": "2026-03-04",
        "effect": "better",
        "findings": "Of two hundred reasons 74 percent had more than ten words.",
    },
}
"""What is written with a step, since it is not known before: an example is a record as somebody begins it."""


def way_of(workflow: Workflow) -> tuple[Move, ...]:
    """The shortest way to whichever of the approved and the final states is furthest from the first one."""
    ways: dict[str, tuple[Move, ...]] = {workflow.initial: ()}
    for state in (queue := [workflow.initial]):
        for move in sorted(workflow.open_from(state), key=lambda move: not move.approves):
            if move.restores:  # open only to a record that was approved before
                continue
            if move.target not in ways:
                ways[move.target] = (*ways[state], move)
                queue.append(move.target)
    goals = {move.target for move in workflow.moves if move.approves} | workflow.final
    return max((ways[goal] for goal in sorted(goals)), key=len)


def test_the_ways_end_where_a_record_counts() -> None:
    ends = {kind.workflow.name: way_of(kind.workflow)[-1].target for kind in kinds.all_kinds()}
    assert ends["reviewed"] == "approved"
    assert ends["versioned"] == "approved"
    assert ends["treated"] == "closed"
    assert ends["actioned"] == "closed"
    assert ends["planned"] == "verified"


OF_A_TEAM = ("audit", "audit-finding", "audit-request")
"""Kinds that only a team takes further, which nobody here is in; `tests/honesty/test_audits.py` and
`test_audit_requests.py` take them all the way."""
LIFE_CYCLE = ("release", "validation", "deployment")


def on_its_way(slug: str, way: OnItsWay) -> Saved:
    """A draft of a kind of the life cycle, with all before it that its steps ask for."""
    way.system()
    if slug == "release":
        return way.move(way.prepared(), "return")
    if slug == "validation":
        way.candidate()
        reference = way.create(slug)
    else:
        way.released()
        reference = way.create(slug)
    return way.amend(reference, owner=way.author.id)


@pytest.mark.data_layer
@pytest.mark.django_db
@pytest.mark.parametrize("slug", [slug for slug in OURS if slug not in OF_A_TEAM])
def test_an_example_goes_all_the_way(
    slug: str, make: Make, mina: Actor, sara: Actor, tove: Actor, someone: Callable[[str, str], Actor]
) -> None:
    approver = someone("top-management", "Ingrid")
    independent = iter((sara, tove))
    for second in (sara, tove):
        give_authority(second)
    if slug == "statement-version":  # frozen from what is decided, all of which has to be there
        decide_every_control(mina, sara)
    way = way_of(kinds.get(slug).workflow)
    told = {}
    if slug == "information-notice":  # it rests on a system that is in force
        system = make("ai-system", title="Sorting letters", slug="sorting-letters")
        for actor, move in ((mina, "submit"), (sara, "approve")):
            system = commands.move(actor, system.reference, move, revision=system.revision)
        told = {"system": system.reference}
    if slug == "monitoring-plan":
        told = {"evaluator": sara.id}
    if slug == "document-review":  # of what is in force, once it was there
        policy = make("policy")
        for actor, move in ((mina, "submit"), (approver, "approve")):
            policy = commands.move(actor, policy.reference, move, revision=policy.revision)
        told = {"policy": policy.reference, "reviewed_on": clock.today()}
    if slug == "treatment-plan":  # of treatments that somebody has approved
        treatment = make("treatment", owner=mina.id)
        asked = commands.move(mina, treatment.reference, "submit", revision=treatment.revision)
        commands.move(approver, asked.reference, "approve", revision=asked.revision)
    # nothing of the life cycle goes on without what the tier of the system asks for
    on_way = slug in LIFE_CYCLE
    saved = on_its_way(slug, OnItsWay(mina, sara, tove)) if on_way else make(slug, owner=mina.id, **told)
    # the day after the last one on which results of the example's proof count
    with clock.frozen(clock.parse_rfc3339("2026-03-04T09:00:00Z")):
        for move in way:
            actor = approver if move.approves else next(independent) if move.independent else mina
            given = STEP_VALUES.get((slug, move.name))
            saved = commands.move(
                actor,
                saved.reference,
                move.name,
                revision=saved.revision,
                reason="as planned",
                values=given() if given is not None else REPORTED.get((slug, move.name), {}),
            )
    assert saved.state == way[-1].target


@pytest.mark.parametrize(
    ("example", "told"),
    [
        ({}, "no value for"),
        ({"title": "x"}, "no value for"),
        ({"colour": "red"}, r"\['colour'\], which are no fields"),
    ],
)
def test_a_kind_without_a_complete_example_does_not_register(
    example: Mapping[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = kinds.get("risk")
    monkeypatch.setattr(
        kinds, "_kinds", {slug: kind for slug, kind in kinds._kinds.items() if kind is not risk}
    )
    with pytest.raises(ValueError, match=told):
        kinds.register(replace(risk, example=example))
    assert risk not in kinds.all_kinds()
    kinds.register(replace(risk))
    assert kinds.get("risk").example == risk.example


def test_the_schema_of_the_api_shows_the_example() -> None:
    from plumbline.records import schema

    for kind in kinds.all_kinds():
        described = schema.of_kind(kind)
        (example,) = described["examples"]
        assert set(described["required"]) <= set(example) <= set(described["properties"]), kind.slug
