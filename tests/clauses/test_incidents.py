"""Incidents are no older than their system and keep what was found; concerns stay in their channel, and an
anonymous one names nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.records import commands
from plumbline.records.commands import Saved

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
Make = Callable[..., Saved]


def go(actor: Actor, saved: Saved, *moves: str) -> Saved:
    for move in moves:
        saved = commands.move(actor, saved.reference, move, revision=saved.revision, reason="as planned")
    return saved


def refused(told: str, act: Callable[[], Any]) -> set[str]:
    """The fields at fault of what is refused, one of them in the words ``told``."""
    with pytest.raises((Invalid, Conflict)) as caught:
        act()
    faults = caught.value.faults
    assert any(told in f"{fault.message} {fault.remedy}" for fault in faults), [
        str(f.message) for f in faults
    ]
    return {fault.field for fault in faults}


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"happened_on": "2026-01-14"}, "happened_on", "The system did not exist yet"),
        ({"noticed_on": "2026-02-11"}, "noticed_on", "lies before the event"),
        ({"evidence_on": "2026-02-11"}, "evidence_on", "lies before the event"),
        ({"told_on": None}, "told_on", "Say when they were told"),
        ({"told": ""}, "told", "or why nobody is told"),
        ({"timeline": "Somebody called."}, "timeline", "Begin each line with its day"),
        ({"timeline": "2026-02-13 A call.\n2026-02-12 The event."}, "timeline", "the earliest first"),
    ],
)
def test_an_incident_that_cannot_be_is_refused_with_what_to_do(
    changed: dict[str, Any], field: str, told: str, make: Make
) -> None:
    assert refused(told, lambda: make("incident", **changed)) == {field}
    assert make("incident", happened_on="2026-01-15", noticed_on="2026-02-13").revision == 1


def test_a_step_asks_for_what_it_means_and_the_evidence_first(make: Make, mina: Actor) -> None:
    little = dict.fromkeys(("system", "happened_on", "noticed_on", "evidence_on", "told_on", "people"))
    empty = dict.fromkeys(("type", "severity", "containment", "evidence", "timeline", "cause", "lessons"), "")
    saved = make("incident", **little, **empty, tell="", told="")
    assert refused("name the system", lambda: go(mina, saved, "confirm")) == {
        *("system", "happened_on", "noticed_on", "type", "severity"),
    }
    full = make(
        "incident", **empty | {"type": "other", "severity": "limited"}, evidence_on=None, tell="", told=""
    )
    full = go(mina, full, "confirm")
    assert refused("before anything changes", lambda: go(mina, full, "contain")) == {
        *("containment", "evidence", "evidence_on"),
    }
    assert refused("what was learned", lambda: go(mina, full, "correct")) >= {"cause", "lessons", "timeline"}


def test_what_was_confirmed_and_what_was_kept_stay(make: Make, mina: Actor, sara: Actor, tove: Actor) -> None:
    saved = go(mina, make("incident"), "confirm")
    for changed in (
        {"happened_on": "2026-02-11"},
        {"description": "Nothing happened at all."},
        {"evidence": "Nothing was kept of it."},
        {"noticed_on": "2026-02-14", "told_on": "2026-02-14"},
    ):
        fields = refused(
            "add what is new to the timeline",
            lambda changed=changed: commands.amend(mina, saved.reference, changed, revision=saved.revision),
        )
        assert fields == set(changed) - {"told_on"}
    corrected = go(mina, saved, "contain", "correct")
    with pytest.raises(NotAllowed):
        go(mina, corrected, "verify")
    assert go(tove, go(sara, corrected, "verify"), "close").state == "closed"


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"reporter": "anonymous", "name": "Somebody in claims"}, "name", "names nobody"),
        ({"reporter": "named"}, "name", "Say who reports it"),
        ({"channel": "contest"}, "decision", "Say which decision"),
        ({"answered_on": "2026-02-01"}, "answered_on", "lies before the day on which it came in"),
    ],
)
def test_a_concern_that_cannot_be_is_refused_with_what_to_do(
    changed: dict[str, Any], field: str, told: str, make: Make
) -> None:
    assert refused(told, lambda: make("concern", **changed)) == {field}


def test_a_concern_stays_in_its_channel_and_is_closed_by_somebody_else(
    make: Make, mina: Actor, sara: Actor
) -> None:
    saved = make("concern", answered_on=None, answer="")
    for changed in ({"channel": "outside"}, {"concern": "All is well here."}, {"reporter": "anonymous"}):
        fields = refused(
            "what was looked into",
            lambda changed=changed: commands.amend(mina, saved.reference, changed, revision=saved.revision),
        )
        assert fields == set(changed)
    taken = go(mina, saved, "take")
    assert refused("write what was said", lambda: go(mina, taken, "answer")) == {"answered_on", "answer"}
    answered = go(mina, make("concern"), "take", "answer")
    with pytest.raises(NotAllowed):
        go(mina, answered, "close")
    assert go(sara, answered, "close").state == "closed"


def test_an_incident_is_called_less_grave_by_somebody_without_a_part_in_it(
    make: Make, mina: Actor, sara: Actor
) -> None:
    saved = go(mina, make("incident", severity="serious"), "confirm")
    lower = {"severity": "near miss"}
    told = "somebody who has no part in it"
    assert refused(told, lambda: commands.amend(mina, saved.reference, lower, revision=saved.revision)) == {
        "severity"
    }
    graver = commands.amend(mina, saved.reference, {"severity": "critical"}, revision=saved.revision)
    assert commands.amend(sara, saved.reference, lower, revision=graver.revision).revision > graver.revision
