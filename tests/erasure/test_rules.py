"""Holds, retention, and what may not be asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.erasure.conftest import Place

from plumbline.erasure import commands, queries
from plumbline.erasure.execution import commands as execution
from plumbline.erasure.retention import commands as retention
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.intervals import add_months
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
Someone = Callable[..., Actor]


def _ask(actor: Actor, kind: str, target: str, **more: Any) -> Any:
    return commands.request(actor, kind=kind, target=target, ground="error", reason="Asked.", **more)


def test_a_hold_stops_requests_and_approvals_until_somebody_else_releases_it(
    planted: Place, mina: Actor, sara: Actor
) -> None:
    asked = _ask(mina, "record", planted.risk)
    hold = commands.place_hold(mina, kind="record", target=planted.risk, ground="Case 12 O 34/26.")
    assert log.leaf(hold.leaf).entry_type == "hold.placed"
    for act in (lambda: _ask(sara, "record", planted.risk), lambda: commands.approve(sara, asked.handle)):
        with pytest.raises(Conflict, match="legal hold"):
            act()
    assert _ask(mina, "subject", "quokka-17").state == "requested"
    with pytest.raises(NotAllowed):
        commands.release_hold(mina, hold.handle)
    commands.release_hold(sara, hold.handle)
    assert commands.approve(sara, asked.handle).state == "approved"


def test_a_hold_on_everything_holds_everything(planted: Place, mina: Actor) -> None:
    commands.place_hold(mina, kind="", target="", ground="An authority asked.")
    with pytest.raises(Conflict):
        _ask(mina, "subject", "quokka-17")


def test_telemetry_is_not_erased_before_its_legal_minimum(planted: Place, mina: Actor) -> None:
    """Regulation (EU) 2024/1689, Art. 19(1) and 26(6): at least six months."""
    with clock.frozen(clock.now()):
        last = add_months(clock.today(), -6)
        for young in (last + timedelta(days=1), clock.today()):
            with pytest.raises(Invalid):
                _ask(mina, "class", "telemetry", before=young)
        assert _ask(mina, "class", "telemetry", before=last).before == last
    assert add_months(date(2026, 8, 31), -6) == date(2026, 2, 28)
    with pytest.raises(Invalid):
        _ask(mina, "class", "governance", before=date(2000, 1, 1))
    with pytest.raises(Invalid):
        commands.propose_retention(mina, retention="telemetry", months=5, reason="Less data.")


def test_a_period_takes_two_people_and_then_works_by_itself(planted: Place, mina: Actor, sara: Actor) -> None:
    assert retention.ask_for_what_is_over() is None
    proposed = commands.propose_retention(mina, retention="telemetry", months=6, reason="Contracts.")
    assert retention.ask_for_what_is_over() is None
    with pytest.raises(NotAllowed):
        commands.approve_retention(mina, "telemetry", proposed.leaf)
    again = commands.propose_retention(mina, retention="telemetry", months=7, reason="Less.")
    with pytest.raises(Conflict, match="Another period is proposed by now"):
        commands.approve_retention(sara, "telemetry", proposed.leaf)
    period = commands.approve_retention(sara, "telemetry", again.leaf)
    assert period.months == 7
    assert retention.ask_for_what_is_over() is None  # nothing is that old
    planted.move()
    later = clock.now().replace(year=clock.now().year + 1)
    with clock.frozen(later):
        row = retention.ask_for_what_is_over()
        assert row is not None
        assert log.leaf(row.leaf).facts["period"] == period.approval_leaf
        assert execution.run_next(planted.store)
        assert retention.ask_for_what_is_over() is None
    assert not planted.files_with(b"quokkaville")


@pytest.mark.parametrize("role", ["contributor", "viewer", "internal-auditor", "system-owner"])
def test_other_roles_may_not_even_look(planted: Place, someone: Someone, role: str) -> None:
    other = someone(role, "Olga")
    for act in (
        lambda: queries.requests(other),
        lambda: _ask(other, "record", planted.risk),
        lambda: commands.place_hold(other, kind="", target="", ground="x"),
        lambda: commands.propose_retention(other, retention="telemetry", months=24, reason="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_data_protection_officer_decides_what_others_ask_for(
    planted: Place, mina: Actor, someone: Someone
) -> None:
    officer = someone("data-protection-officer", "Dora")
    asked = _ask(mina, "event", str(planted.events[2]))
    assert commands.approve(officer, asked.handle).decided_by == officer.id


@pytest.mark.parametrize(
    ("kind", "target", "field"),
    [
        ("event", "not-a-uuid", "target"),
        ("person", "per_00000000000000000000", "target"),
        ("nothing", "x", "kind"),
        ("subject", "", "target"),
        ("class", "permanent", "target"),
    ],
)
def test_what_cannot_be_asked_for(planted: Place, mina: Actor, kind: str, target: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _ask(mina, kind, target)
    assert field in {fault.field for fault in refusal.value.faults}


def test_only_a_person_asks_places_a_hold_or_proposes_a_period(planted: Place) -> None:
    """Otherwise the person at the machine asks without a name, and then approves as the second."""
    machine = Actor.installation()
    for act in (
        lambda: _ask(machine, "record", planted.risk),
        lambda: commands.place_hold(machine, kind="", target="", ground="x"),
        lambda: commands.propose_retention(machine, retention="telemetry", months=24, reason="x"),
    ):
        with pytest.raises(NotAllowed, match="Only a person"):
            act()


def test_nobody_asks_for_their_own_account(planted: Place, mina: Actor) -> None:
    with pytest.raises(Invalid):
        _ask(mina, "person", mina.id)


def test_an_erasure_waits_while_the_log_takes_no_entries(
    planted: Place, mina: Actor, sara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.approve(sara, _ask(mina, "record", planted.risk).handle)
    from plumbline.trail import log_state

    refused = log_state.LogState(
        log_state.Mode.READ_ONLY, "damaged", "x", "y", datetime(2026, 3, 1, tzinfo=UTC)
    )
    with monkeypatch.context() as patch:
        patch.setattr(log_state, "current", lambda: refused)
        assert not execution.run_next(planted.store)
    assert execution.run_next(planted.store)
