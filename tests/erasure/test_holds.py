"""A legal hold stops whatever reaches some of what it names, however that is asked for, until it begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.erasure.conftest import Place

from plumbline.erasure import commands, queries
from plumbline.erasure.execution import commands as execution
from plumbline.erasure.models import ErasureRequest
from plumbline.erasure.retention import commands as retention
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.intervals import add_months
from plumbline.kernel.problems import Conflict, Invalid, NotFound
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
GROUND = "Case 12 O 34/26."


def _asked(actor: Actor, kind: str, target: str, **more: Any) -> ErasureRequest:
    return commands.request(actor, kind=kind, target=target, ground="error", reason="Asked.", **more)


@pytest.fixture
def later(planted: Place) -> Any:
    """A year on, when telemetry may go by date."""
    planted.move()
    return clock.frozen(clock.now().replace(year=clock.now().year + 1))


def review_of(place: Place) -> str:
    """The id of the event that speaks of the first."""
    ((id, _, _),) = place.store.speaking_of([place.events[0]])
    return str(id)


# How each is held: kind and target of the hold, kind and target of a request that reaches some of it.
Names = Callable[[Place], tuple[str, str, str, str]]
REACHED: dict[str, Names] = {
    "an event of a subject": lambda place: ("subject", "quokka-17", "event", str(place.events[0])),
    "a subject of an event": lambda place: ("event", str(place.events[0]), "subject", "quokka-17"),
    "what speaks of an event": lambda place: ("event", review_of(place), "event", str(place.events[0])),
    "a class with a subject": lambda place: ("subject", "quokka-17", "class", "telemetry"),
    "an event of a class": lambda place: ("class", "telemetry", "event", str(place.events[2])),
    "any subject": lambda place: ("subject", "", "event", str(place.events[0])),
    "a record in small letters": lambda place: ("record", place.risk, "record", place.risk.lower()),
    "a record held in small letters": lambda place: ("record", place.risk.lower(), "record", place.risk),
    "an event in capitals": lambda place: (
        "event", str(place.events[2]), "event", place.events[2].hex.upper()
    ),
    "any record": lambda place: ("record", "", "record", place.risk),
    "one of two": lambda place: ("record", f"RSK-0002\n{place.risk}", "record", place.risk),
}  # fmt: skip


@pytest.mark.parametrize("name", REACHED)
def test_a_hold_stops_what_reaches_some_of_it_at_every_step(
    planted: Place, later: Any, mina: Actor, sara: Actor, name: str
) -> None:
    hold_kind, held, kind, target = REACHED[name](planted)
    with later:
        more = {"before": add_months(clock.today(), -6)} if kind == "class" else {}
        waiting = _asked(mina, kind, target, **more)
        approved = commands.approve(sara, _asked(mina, kind, target, **more).handle)
        hold = commands.place_hold(mina, kind=hold_kind, target=held, ground=GROUND)
        with pytest.raises(Conflict, match="legal hold"):
            _asked(sara, kind, target, **more)
        with pytest.raises(Conflict, match="legal hold"):
            commands.approve(sara, waiting.handle)
        draft = commands.draft(
            mina, kind=kind, target=target, ground="error", reason="x", before=more.get("before")
        )
        shown = queries.preview(mina, draft, planted.store).hold
        assert shown is not None
        assert shown.leaf == hold.leaf
        assert not execution.run_next(planted.store)
        approved.refresh_from_db()
        assert approved.state == "approved"
        assert str(approved.error) == f"A legal hold stops it (entry {hold.leaf})."
        assert commands.outcome(approved) == approved.error
        assert not log.search("trail.erased")
        commands.release_hold(sara, hold.handle)
        assert execution.run_next(planted.store)
        approved.refresh_from_db()
        assert (approved.state, approved.error) == ("done", "")


def test_what_is_stopped_stays_and_the_next_has_its_turn(planted: Place, mina: Actor, sara: Actor) -> None:
    stopped = commands.approve(sara, _asked(mina, "record", planted.risk).handle)
    other = commands.approve(sara, _asked(mina, "subject", "quokka-17").handle)
    commands.place_hold(mina, kind="record", target=planted.risk, ground=GROUND)
    assert execution.run_next(planted.store)
    other.refresh_from_db()
    assert other.state == "done"
    assert [row.handle for row in queries.waiting()] == [stopped.handle]
    assert not execution.run_next(planted.store, again=False)


def test_what_a_hold_does_not_reach_is_erased(planted: Place, mina: Actor, erase: Any) -> None:
    for kind, target in (("record", "RSK-0002"), ("subject", "other-1"), ("person", mina.id)):
        commands.place_hold(mina, kind=kind, target=target, ground=GROUND)
    assert erase("record", planted.risk).state == "done"
    assert erase("subject", "quokka-17").state == "done"
    assert erase("event", str(planted.events[2])).state == "done"


def test_the_retention_timer_asks_for_nothing_that_is_under_a_hold(
    planted: Place, later: Any, mina: Actor, sara: Actor
) -> None:
    proposed = commands.propose_retention(mina, retention="telemetry", months=6, reason="Contracts.")
    commands.approve_retention(sara, "telemetry", proposed.leaf)
    hold = commands.place_hold(mina, kind="subject", target="quokka-17", ground=GROUND)
    with later:
        assert retention.ask_for_what_is_over() is None
        commands.release_hold(sara, hold.handle)
        assert retention.ask_for_what_is_over() is not None


def test_records_of_one_import_file_are_held_together(planted: Place, mina: Actor) -> None:
    """The kept file has the rows of all of them, and goes with any."""
    from plumbline.imports import commands as imports
    from plumbline.imports import plan
    from plumbline.imports.models import ImportRow

    content = b"Id,Name,Stage\n1,Chat,Live\n2,Search,Live\n"
    mapping = (
        "kind: ai-system\nkey: {columns: [Id]}\nfields:\n  title: Name\n  slug: {column: Name, slug: 40}\n"
        "  lifecycle: {column: Stage, values: {Live: in operation}}\n"
    )
    job = imports.keep(mina, plan.plan_file(mina, "ai-system", content, mapping), "systems.csv")
    imports.run(mina, job)
    first, second = ImportRow.objects.order_by("pk").values_list("reference", flat=True)
    commands.place_hold(mina, kind="record", target=first, ground=GROUND)
    with pytest.raises(Conflict, match="legal hold"):
        _asked(mina, "record", second)
    assert _asked(mina, "record", planted.risk).state == "requested"


@pytest.mark.parametrize(
    ("kind", "target", "refusal"),
    [
        ("record", "RSK-9999", NotFound),
        ("event", "not-a-uuid", Invalid),
        ("person", "per_00000000000000000000", Invalid),
        ("class", "governance", Invalid),
        ("", "RSK-0001", Invalid),
    ],
)
def test_a_hold_on_what_nobody_could_ask_for_is_refused(
    planted: Place, mina: Actor, kind: str, target: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        commands.place_hold(mina, kind=kind, target=target, ground=GROUND)
    assert queries.holds(mina) == []


def test_nobody_asks_for_their_own_account_by_a_token(planted: Place, mina: Actor) -> None:
    token = Actor("tok_00000000000000000000", mina.person_id, mina.name, mina.grants)
    with pytest.raises(Invalid):
        _asked(token, "person", mina.id)
