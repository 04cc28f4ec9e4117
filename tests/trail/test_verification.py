"""A verification that somebody asks for: done by the stage, one at a time, of the record as it is then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.clock import NOW
from tests.trail import compared

from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict
from plumbline.trail import append_only_triggers, compare_stage, models, proof_scrub, publisher, scrub
from plumbline.trail.compare_stage import CompareStage
from plumbline.trail.findings import commands, queries

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MINA, SARA = "per_mina", "per_sara"


@pytest.fixture(autouse=True)
def small_pieces(trail: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of 41 entries, hashed ten at a time, of which every turn takes one piece."""
    trail.append(40)
    publisher.publish()
    monkeypatch.setattr(scrub, "PIECE", 10)
    monkeypatch.setattr(compare_stage, "_WANTED", 0.0)
    monkeypatch.setattr(compare_stage, "_LONGEST_REST", 0.0)
    monkeypatch.setattr(proof_scrub, "NOTED_EVERY", 0.0)


def turn(stage: CompareStage) -> bool:
    """One turn of the pump."""
    worked = stage.advance()
    assert not worked or not stage.advance()
    return worked


def test_it_says_how_far_it_is_and_how_it_ended() -> None:
    assert commands.ask(MINA)
    stage, seen = CompareStage(), []
    while turn(stage):
        state = queries.scrub_state()
        assert (state.asked_by, state.finished_at) == (MINA, None)
        assert queries.seal_figures().is_comparing
        seen.append((state.hashed, state.done, state.total))
    assert [hashed for hashed, _, total in seen if not total] == [10, 20, 30, 40, 41]
    done = [done for _, done, total in seen if total]
    assert done == sorted(done)
    assert done[-1] == seen[-1][2]
    state = queries.scrub_state()
    assert (state.finished_at, state.begun_at, state.finished_for) == (NOW, NOW, MINA)
    assert (state.size, state.compared) == (41, done[-1])
    assert (state.is_wanted, state.started_at) == (False, None)
    assert not queries.seal_figures().is_comparing
    assert not turn(stage)


def test_it_is_asked_for_once_and_again_after_it_ended() -> None:
    assert commands.ask(MINA)
    assert not commands.ask(SARA)
    assert queries.scrub_state().asked_by == MINA
    compared.by_the_stage()
    assert commands.ask(SARA)


def test_what_began_before_somebody_asked_is_not_the_answer(trail: Any) -> None:
    stage = CompareStage()
    assert turn(stage)  # the daily one
    trail.append(5)
    with clock.frozen(NOW + timedelta(seconds=5)):
        assert commands.ask(MINA)
        compared.by_the_stage(stage)
        state = queries.scrub_state()
        assert (state.begun_at, state.finished_for) == (clock.now(), MINA)
        assert state.size >= 46


def test_a_scrub_on_the_command_line_takes_over_and_the_stage_waits_for_it() -> None:
    commands.ask(MINA)
    stage = CompareStage()
    assert turn(stage)
    walk = proof_scrub.Walk()
    assert walk.advance()
    assert not turn(stage)  # its own walk has ended
    assert not turn(stage)  # and it begins none beside the other
    with clock.frozen(NOW + timedelta(seconds=61)):
        assert turn(stage)  # which has not moved for a minute
        with pytest.raises(Conflict, match="Another verification"):
            proof_scrub_of(walk)
        compared.by_the_stage(stage)
    assert queries.scrub_state().finished_for == MINA


def proof_scrub_of(walk: proof_scrub.Walk) -> None:
    """Let `proof_scrub.scrub_all` go on with a walk that has begun."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proof_scrub, "Walk", lambda *_, **__: walk)
        proof_scrub.scrub_all()


def test_what_is_damaged_while_it_runs_is_found_and_said(trail: Any) -> None:
    commands.ask(MINA)
    stage = CompareStage()
    assert turn(stage)
    append_only_triggers.remove(connection)
    models.Leaf.objects.filter(index=38).update(actor="per_forged")
    compared.by_the_stage(stage)
    assert queries.scrub_state().findings
