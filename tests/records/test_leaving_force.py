"""What two people put in force, two take out of it: revising, dropping a draft, retiring, discarding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.records.test_in_force import amend, approved, step

from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands, kinds, queries
from plumbline.records.commands import Saved
from plumbline.records.models import Revision
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_one_person_cannot_take_out_of_force_what_two_put_in(mina: Actor, sara: Actor, system: Saved) -> None:
    done = approved(mina, sara, system)
    for name in ("retire", "discard"):
        with pytest.raises(Conflict):
            step(mina, done, name, "Not needed.")
    draft = step(mina, done, "revise")
    with pytest.raises(Conflict, match="not open"):
        step(mina, draft, "discard", "Not needed.")
    assert len(queries.in_force("ai-system")) == 1


def test_a_retirement_takes_somebody_who_neither_asked_nor_wrote_it_since(
    mina: Actor, sara: Actor, system: Saved, someone: Callable[..., Actor]
) -> None:
    done = approved(mina, sara, system)
    with pytest.raises(Invalid):
        step(sara, done, "propose-retirement")
    asked = step(sara, done, "propose-retirement", "Replaced by the new desk.")
    with pytest.raises(NotAllowed, match="previous step"):
        step(sara, asked, "retire")
    with pytest.raises(NotAllowed):
        step(someone("contributor", "Cleo"), asked, "retire")
    assert len(queries.in_force("ai-system")) == 1, "what is only proposed stays in force"
    for at in (None, clock.now()):
        (claim,) = queries.claimed("ai-system", at)
        assert (claim["state"], claim["approved"]) == ("retirement proposed", True), at
    assert step(mina, asked, "retire").state == "retired"
    assert queries.in_force("ai-system") == []
    assert not queries.claimed("ai-system")[0]["approved"]
    notes = list(Revision.objects.order_by("number").values_list("note", flat=True))
    assert "Replaced by the new desk." in notes


def test_who_wrote_since_the_approval_does_not_confirm_the_retirement(
    mina: Actor, sara: Actor, system: Saved, someone: Callable[..., Actor]
) -> None:
    tove = someone("aims-manager", "Tove")
    done = approved(mina, sara, system)
    drafted = amend(sara, step(sara, done, "revise"), title="Another name")
    asked = step(mina, step(mina, drafted, "restore"), "propose-retirement", "Replaced.")
    with pytest.raises(NotAllowed):
        step(sara, asked, "retire")
    assert step(tove, asked, "retire").state == "retired"


def test_a_retirement_that_is_refused_leaves_everything_as_it_was(
    mina: Actor, sara: Actor, system: Saved
) -> None:
    done = approved(mina, sara, system)
    before = queries.in_force("ai-system")
    asked = step(mina, done, "propose-retirement", "Replaced.")
    with pytest.raises(Conflict):
        amend(mina, asked, title="Another name")
    kept = step(sara, asked, "keep", "The new desk is not ready.")
    assert kept.state == "approved"
    assert queries.in_force("ai-system") == before


def test_dropping_a_draft_puts_back_what_is_in_force(mina: Actor, sara: Actor, system: Saved) -> None:
    named = amend(mina, system, version="1.0", owner=sara.id, regions=["world"], purpose="Sorts claims")
    done = approved(mina, sara, named)
    told = queries.claimed("ai-system")[0]
    draft = amend(
        mina, step(mina, done, "revise"), title="Better", version="2.0", owner="", regions=[], purpose=""
    )
    dropped = step(mina, draft, "restore")
    assert dropped.state == "approved"
    after = queries.claimed("ai-system")[0]
    moving = ("revision", "recorded")
    assert {name: value for name, value in after.items() if name not in moving} == {
        name: value for name, value in told.items() if name not in moving
    }
    snapshot = queries.as_of(mina, dropped.reference, log.leaf(dropped.leaf).time)
    assert snapshot["values"]["title"] == "Claims Triage"


def test_a_draft_that_never_was_approved_cannot_be_dropped_but_discarded_by_one(
    mina: Actor, system: Saved
) -> None:
    with pytest.raises(Conflict, match="not open"):
        step(mina, system, "restore")
    assert step(mina, system, "discard", "Made by mistake.").state == "retired"
    assert queries.in_force("ai-system") == []


def test_no_workflow_lets_one_person_end_what_is_in_force() -> None:
    """Every step to a state in which nothing is in force takes two people, unless nothing ever was."""
    for kind in kinds.all_kinds():
        flow = kind.workflow
        for move in flow.moves:
            if move.target in flow.ended and not move.discards:
                assert move.confirms or move.independent, f"{kind.slug}: {move.name}"


def test_a_suspicion_is_dismissed_by_two(mina: Actor, sara: Actor) -> None:
    values = {**kinds.get("nonconformity").example, "system": None, "check_name": "", "window": None}
    saved = commands.create(mina, "nonconformity", values | {"source": "observation"})
    with pytest.raises(Conflict):
        step(sara, saved, "dismiss")
    asked = step(sara, saved, "propose-dismissal", "A drill.")
    for actor in (mina, sara):
        with pytest.raises(NotAllowed):
            step(actor, asked, "dismiss")
    assert step(mina, asked, "keep", "No drill was planned.").state == "suspected"
