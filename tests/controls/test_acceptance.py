"""Who may let a restatement count, and what then counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.metrics.events import event, put

from plumbline.controls import acceptance, queries
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Result
from plumbline.controls.posture import posture
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

DAY = datetime(2026, 3, 2, tzinfo=UTC)
WHY = "The sender was offline over night; its own log shows the same calls."
Make = Callable[..., Any]


@pytest.fixture
def restated(store: DuckStore, flow: Callable[[], None], make: Make) -> Result:
    """The second of March was over its limit, and data that came on the fourth makes it good."""
    make("ai-system")

    def decisions(failed: int, count: int) -> list[Any]:
        return [
            event(DAY + timedelta(seconds=n), "claims-triage", error="boom" if n < failed else None)
            for n in range(count)
        ]

    leaf = put(store, decisions(20, 100), 0)
    flow()
    put(store, decisions(0, 900), leaf)
    flow()
    first, second = Result.objects.filter(check_name="error-rate").order_by("id")
    assert (first.word, second.word, second.restates_id) == ("Over limit", "Within", first.pk)
    return second


def reading() -> Result:
    return queries.readings()["error-rate", "claims-triage"]


def test_until_somebody_accepts_it_the_graver_counts_everywhere(restated: Result) -> None:
    assert reading().word == "Over limit"
    assert judged.not_counting([restated]) == {restated.pk}
    assert any(
        reason.check == "error-rate" and reason.result == restated.restates_id
        for row in posture()
        for reason in row.reasons
    )


def test_as_of_an_instant_only_what_was_recorded_and_accepted_by_then_counts(
    restated: Result, someone: Callable[[str, str], Actor]
) -> None:
    first_at = restated.recorded_at - timedelta(hours=1)  # the clock of the tests stands still
    Result.objects.filter(pk=restated.restates_id).update(recorded_at=first_at)
    first = queries.result(restated.restates_id or 0)
    before = restated.recorded_at - timedelta(microseconds=1)
    with clock.frozen(clock.now() + timedelta(days=2)):
        acceptance.accept(someone("top-management", "Tora"), restated.pk, WHY)
        now = clock.now()
    assert judged.not_counting([first, restated]) == {first.pk}
    assert judged.not_counting([first, restated], now) == {first.pk}
    assert judged.not_counting([first, restated], now - timedelta(days=1)) == {restated.pk}
    assert judged.not_counting([first], before) == set()
    assert [row.pk for row in judged.verdicts_of_windows("error-rate", "claims-triage", at=before)] == [
        first.pk
    ]
    assert [row.pk for row in judged.verdicts_of_windows("error-rate", "claims-triage")] == [restated.pk]


def test_whoever_has_the_authority_accepts_it_with_a_reason(
    restated: Result, someone: Callable[[str, str], Actor]
) -> None:
    tora = someone("top-management", "Tora")
    with pytest.raises(Invalid, match="without a reason"):
        acceptance.accept(tora, restated.pk, "fine")
    entry = acceptance.accept(tora, restated.pk, WHY)
    leaf = log.leaf(entry)
    assert (leaf.entry_type, leaf.facts["result"], leaf.facts["restates"]) == (
        "restatement.accepted",
        restated.pk,
        restated.restates_id,
    )
    assert log.opening(entry, "reason") == WHY.encode()
    assert reading() == restated
    kept = judged.acceptance_of(restated)
    assert kept is not None
    assert (kept.person.full_name, kept.reason) == ("Tora", WHY)
    with pytest.raises(Conflict):
        acceptance.accept(tora, restated.pk, WHY)


def test_neither_the_owner_nor_somebody_without_authority_nor_a_stage(
    restated: Result, make: Make, mina: Actor, someone: Callable[[str, str], Actor]
) -> None:
    owner = someone("system-owner", "Olav")
    from plumbline.records import commands as door

    system = queries.system("claims-triage")
    assert system is not None
    door.amend(mina, system.reference, {"owner": owner.id}, revision=1)
    with pytest.raises(NotAllowed, match="You answer for"):
        acceptance.accept(owner, restated.pk, WHY)
    for actor in (mina, someone("contributor", "Carl"), Actor.stage("triage")):
        with pytest.raises(NotAllowed):
            acceptance.accept(actor, restated.pk, WHY)
    assert reading().word == "Over limit"


def test_a_first_verdict_and_one_that_was_restated_again_are_not_accepted(
    restated: Result, store: DuckStore, flow: Callable[[], None], someone: Callable[[str, str], Actor]
) -> None:
    tora = someone("top-management", "Tora")
    assert restated.restates_id is not None
    with pytest.raises(Conflict, match="not waiting"):
        acceptance.accept(tora, restated.restates_id, WHY)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        put(store, [event(DAY, "claims-triage")], 50)
        flow()
        newest = Result.objects.filter(check_name="error-rate").latest("id")
        assert newest.restates_id == restated.restates_id, "it stands beside the verdict that counts"
        with pytest.raises(Conflict, match="not waiting"):
            acceptance.accept(tora, restated.pk, WHY)
        acceptance.accept(tora, newest.pk, WHY)
        assert reading() == newest


def test_who_set_the_limit_has_a_part_in_it(restated: Result, make: Make, mina: Actor) -> None:
    limit = make("limit", check_name="error-rate", value="0.04")
    restated.limit_source, restated.limit_revision = limit.reference, 1
    assert "You set" in str(acceptance.may_accept(mina, restated).reason)
