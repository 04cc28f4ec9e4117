"""What somebody writes into the tables of erasure erases nothing, lifts no hold, and is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.erasure.conftest import Place

from plumbline.erasure import commands
from plumbline.erasure.execution import commands as execution
from plumbline.erasure.models import ErasureRequest, LegalHold, RetentionPeriod
from plumbline.erasure.plan import Plan
from plumbline.erasure.retention import commands as retention
from plumbline.erasure.stage import ErasureStage
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict
from plumbline.trail import log, proof_scrub, proofs
from plumbline.trail.findings import queries as findings
from plumbline.trail.proofs import Altered

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _asked(actor: Actor, kind: str, target: str, **more: Any) -> ErasureRequest:
    return commands.request(actor, kind=kind, target=target, ground="error", reason="Asked.", **more)


def _fields(table: str) -> set[str]:
    """Fields of a table of erasure that a scrub of everything finds to differ."""
    found = [each for _, work in proofs.passes() for each in proof_scrub.check_range(work, *work.span())]
    return {difference.field for difference in found if difference.table == table}


def _forge(row: ErasureRequest, **values: Any) -> None:
    assert ErasureRequest.objects.filter(pk=row.pk).update(**values)


Forgery = Callable[[ErasureRequest, Actor, Place], dict[str, Any]]
FORGERIES: dict[str, tuple[str, Forgery]] = {
    "approved by nobody": ("state", lambda row, sara, place: {"state": "approved"}),
    "approved in a name": ("state", lambda row, sara, place: {"state": "approved", "decided_by": sara.id}),
    "begun by nobody": ("state", lambda row, sara, place: {"state": "running", "plan": row_of(place)}),
}


def row_of(place: Place) -> str:
    """A plan that names the record of the canaries."""
    return Plan(records=[place.risk]).as_text()


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_approval_never_erases_and_the_next_has_its_turn(
    planted: Place, mina: Actor, sara: Actor, name: str
) -> None:
    field, forgery = FORGERIES[name]
    forged = _asked(mina, "record", planted.risk)
    honest = commands.approve(sara, _asked(mina, "event", str(planted.events[2])).handle)
    _forge(forged, **forgery(forged, sara, planted))
    assert execution.run_next(planted.store)
    honest.refresh_from_db()
    assert honest.state == "done"
    assert not execution.run_next(planted.store)
    forged.refresh_from_db()
    assert "not what its entries" in str(forged.error)
    assert "records_comment" in planted.found_in()
    assert {entry.subject_ref for entry in log.search("trail.erased")} == {honest.handle}
    assert {view.difference.field for view in findings.findings()} >= {field}
    assert field in _fields("erasure.ErasureRequest")
    with pytest.raises(Altered):
        execution.run(forged, planted.store)


@pytest.mark.parametrize(
    "values",
    [{"target": "other-1"}, {"kind": "person"}, {"ground": "retention"}, {"before": date(2030, 1, 1)}],
    ids=lambda values: next(iter(values)),
)
def test_an_approved_request_that_was_turned_to_something_else_is_not_carried_out(
    planted: Place, mina: Actor, sara: Actor, values: dict[str, Any]
) -> None:
    row = commands.approve(sara, _asked(mina, "subject", "quokka-17").handle)
    _forge(row, **values)
    assert not execution.run_next(planted.store)
    assert not log.search("trail.erased")
    assert _fields("erasure.ErasureRequest") == set(values)


def test_a_request_is_not_approved_when_it_was_changed_or_its_author_exchanged(
    planted: Place, mina: Actor, sara: Actor
) -> None:
    row = _asked(mina, "record", planted.risk)
    _forge(row, person_id=sara.person_id)
    for actor in (mina, sara):
        with pytest.raises(Altered):
            commands.approve(actor, row.handle)
    assert not log.search("erasure.approved")
    assert {view.difference.field for view in findings.findings()} == {"person"}


def test_what_was_begun_goes_on_by_the_plan_it_began_with_alone(
    planted: Place, mina: Actor, sara: Actor
) -> None:
    row = commands.approve(sara, _asked(mina, "event", str(planted.events[2])).handle)

    def stop(step: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        execution.run(row, planted.store, stop)
    row.refresh_from_db()
    kept = row.plan
    _forge(row, plan=row_of(planted))
    assert not execution.run_next(planted.store)
    assert _fields("erasure.ErasureRequest") == {"plan"}
    _forge(row, plan=kept)
    assert execution.run_next(planted.store)
    row.refresh_from_db()
    assert (row.state, row.error) == ("done", "")
    assert "records_comment" in planted.found_in()


def test_a_hold_that_was_lifted_or_removed_by_hand_is_in_force_and_missed(
    planted: Place, mina: Actor, sara: Actor
) -> None:
    hold = commands.place_hold(mina, kind="record", target=planted.risk, ground="Case 12 O 34/26.")
    LegalHold.objects.update(released_at=clock.now())
    assert _fields("erasure.LegalHold") == {"released"}
    with pytest.raises(Altered):
        commands.release_hold(sara, hold.handle)
    with pytest.raises(Conflict, match="legal hold"):
        _asked(mina, "record", planted.risk)
    LegalHold.objects.all().delete()
    with pytest.raises(Conflict, match="legal hold"):
        _asked(mina, "record", planted.risk)
    assert _fields("erasure.LegalHold") == {"row"}


PERIODS: dict[str, Callable[[RetentionPeriod, RetentionPeriod], dict[str, Any]]] = {
    "months": lambda period, other: {"months": 1},
    "reason": lambda period, other: {"reason": "None."},
    "retention": lambda period, other: {"retention": "governance"},
    "approved_by": lambda period, other: {"approved_by": period.actor},
    "approval_leaf": lambda period, other: {"approval_leaf": other.approval_leaf},
}


@pytest.mark.parametrize("field", PERIODS)
def test_nothing_goes_by_a_period_that_no_two_people_put_in_force(
    planted: Place, mina: Actor, sara: Actor, field: str
) -> None:
    for name, months in (("governance", 240), ("telemetry", 6)):
        proposed = commands.propose_retention(mina, retention=name, months=months, reason="Contracts.")
        commands.approve_retention(sara, name, proposed.leaf)
    planted.move()
    other, period = RetentionPeriod.objects.order_by("pk")
    later = clock.now().replace(year=clock.now().year + 1)
    RetentionPeriod.objects.filter(pk=period.pk).update(**PERIODS[field](period, other))
    with clock.frozen(later):
        if field == "retention":
            assert retention.ask_for_what_is_over() is None
        else:
            with pytest.raises(Altered):
                retention.ask_for_what_is_over()
        assert not ErasureStage(planted.store).advance()
    assert not ErasureRequest.objects.exists()
    assert _fields("erasure.RetentionPeriod") == {field}


def test_a_period_that_waits_is_not_put_in_force_by_the_approval_of_another(
    planted: Place, mina: Actor, sara: Actor
) -> None:
    proposed = commands.propose_retention(mina, retention="telemetry", months=24, reason="Contracts.")
    approved = commands.approve_retention(sara, "telemetry", proposed.leaf)
    commands.propose_retention(mina, retention="telemetry", months=6, reason="Less.")
    RetentionPeriod.objects.filter(months=6).update(
        approved_at=clock.now(), approved_by=sara.id, approval_leaf=approved.approval_leaf
    )
    RetentionPeriod.objects.filter(months=24).delete()
    with pytest.raises(Altered):
        retention.ask_for_what_is_over()
    assert _fields("erasure.RetentionPeriod") >= {"approval_leaf", "approved", "approved_by", "row"}
