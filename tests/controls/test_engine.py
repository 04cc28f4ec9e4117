"""The engine over the real evidence store: what is judged, when, and what a result says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.authority import give_authority
from tests.controls.conftest import approved
from tests.metrics.events import event, put

from plumbline.clauses.improvement.nonconformities import Nonconformity
from plumbline.clauses.planning.limits import Limit
from plumbline.controls import backtest as backtest_module
from plumbline.controls import commands, limits, queries, registry
from plumbline.controls.backtest import backtest
from plumbline.controls.engine import Judge
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Due, Reading, Result, Run
from plumbline.identity import commands as people
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.commitment import commit
from plumbline.kernel.merkle import leaf_hash, root
from plumbline.kernel.problems import Conflict, Unavailable
from plumbline.kernel.states import CheckState
from plumbline.records import commands as door
from plumbline.records import kinds
from plumbline.records.models import Comment
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.telemetry.store.remote import RemoteStore
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

DAY = datetime(2026, 3, 2, tzinfo=UTC)
ERROR_RATE = registry.default_limits()["error-rate"]
Make = Callable[..., Any]
Flow = Callable[[], None]


def decisions(day: datetime, failed: int, count: int = 100) -> list[Any]:
    return [
        event(day + timedelta(minutes=n), "claims-triage", error="boom" if n < failed else None)
        for n in range(count)
    ]


def results(check: str) -> list[Result]:
    return list(Result.objects.filter(check_name=check).order_by("id"))


def test_a_window_is_judged_and_judged_again_when_it_gets_more_data(
    store: DuckStore, flow: Flow, today: date
) -> None:
    leaf = put(store, decisions(DAY, 20), 0)
    flow()
    first = results("error-rate")
    assert [(row.word, row.value, row.population) for row in first] == [("Over limit", 0.2, 100)]
    assert first[0].window_start == DAY
    assert first[0].window_end == DAY + timedelta(days=1)
    assert first[0].seen_until == DAY + timedelta(hours=2)
    assert (first[0].limit_value, first[0].limit_source) == (0.05, "default")
    leaf = put(store, [event(DAY + timedelta(hours=3), "claims-triage") for _ in range(900)], leaf)
    flow()
    assert [(row.word, row.value) for row in results("error-rate")] == [("Over limit", 0.2), ("Within", 0.02)]
    # The day is over: what comes for it now restates it, and the graver verdict counts.
    assert queries.readings()["error-rate", "claims-triage"].value == 0.2
    put(store, decisions(DAY - timedelta(hours=20), 0), leaf)
    flow()
    assert len(results("error-rate")) == 3
    assert queries.readings()["error-rate", "claims-triage"].value == 0.2


def test_a_window_that_is_still_open_follows_the_data(store: DuckStore, flow: Flow, today: date) -> None:
    day = DAY + timedelta(days=1)
    leaf = put(store, decisions(day, 20), 0)
    flow()
    assert queries.readings()["error-rate", "claims-triage"].value == 0.2
    put(store, [event(day + timedelta(hours=3), "claims-triage") for _ in range(900)], leaf)
    flow()
    assert queries.readings()["error-rate", "claims-triage"].value == 0.02
    assert not any(row.restates_id or row.cause for row in results("error-rate"))


def test_nothing_new_gives_no_result_and_a_replay_gives_the_same(store: DuckStore, flow: Flow) -> None:
    put(store, decisions(DAY, 20), 0)
    flow()
    before = [(row.check_name, row.word, row.reason, row.evidence_digest) for row in Result.objects.all()]
    assert Judge(store).advance() is False
    windows = {(row.check_name, row.subject, row.window_start) for row in Result.objects.all()}
    commands.mark_due(windows, [])
    assert Due.objects.count() == len(windows)
    flow()
    assert len(before) == Result.objects.count()


def test_a_run_seals_its_results_in_one_trail_entry(store: DuckStore, flow: Flow) -> None:
    put(store, decisions(DAY, 20), 0)
    flow()
    assert Run.objects.exists()
    for run in Run.objects.all():
        rows = list(run.results.order_by("position"))
        assert (
            root(leaf_hash(commit(commands.body(row), bytes(row.salt)).digest) for row in rows).hex()
            == run.root
        )
        leaf = log.leaf(run.leaf)
        assert leaf.entry_type == "run.completed"
        assert leaf.facts["root"] == run.root
        assert leaf.facts["results"] == run.size == len(rows)
        assert {row.leaf for row in rows} == {run.leaf}


def test_too_little_data_does_not_hide_the_verdict_of_the_window_before(store: DuckStore, flow: Flow) -> None:
    leaf = put(store, decisions(DAY, 0), 0)
    put(store, decisions(DAY + timedelta(days=1), 3, 3), leaf)
    flow()
    in_order = sorted(results("error-rate"), key=lambda row: row.window_start)
    assert [row.word for row in in_order] == ["Within", "No signal"]
    assert queries.readings()["error-rate", "claims-triage"].word == CheckState.WITHIN


def test_a_check_that_a_system_never_feeds_gives_no_result(store: DuckStore, flow: Flow) -> None:
    put(store, decisions(DAY, 0), 0)
    flow()
    assert not results("override-rate")
    assert not results("performance-auc")


JANUARY = {"reference_from": date(2026, 1, 5), "reference_until": date(2026, 1, 11)}


def ages(day: datetime, count: int, shift: float = 0.0) -> list[Any]:
    return [
        event(day + timedelta(minutes=n), "claims-triage", features={"age": n % 50 + shift})
        for n in range(count)
    ]


def test_a_week_with_enough_values_is_judged_before_its_month_shows_it(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    approved(make("ai-system", **JANUARY), mina, sara)
    leaf = put(store, ages(datetime(2026, 1, 5, tzinfo=UTC), 2000), 0)
    leaf = put(store, ages(datetime(2026, 2, 2, tzinfo=UTC), 2000), leaf)
    leaf = put(store, ages(datetime(2026, 2, 23, tzinfo=UTC), 400, shift=20.0), leaf)
    flow()
    weeks = judged.verdicts_of_windows("input-drift-week", "claims-triage")
    assert [(row.window_start.day, row.word) for row in weeks] == [(2, "Within"), (23, "Over limit")]
    (month,) = judged.verdicts_of_windows("input-drift", "claims-triage")[-1:]
    assert (month.window_start.month, month.word) == (2, "Within")
    (found,) = Nonconformity.objects.filter(check_name__startswith="input-drift")
    assert (found.check_name, found.window) == ("input-drift", "2026-W09")
    put(store, ages(datetime(2026, 2, 16, tzinfo=UTC), 1500, shift=20.0), leaf)
    flow()
    assert queries.readings()["input-drift", "claims-triage"].word == "Over limit"
    assert Nonconformity.objects.filter(check_name__startswith="input-drift").count() == 1
    told = list(Comment.objects.filter(record=found).order_by("id").values_list("text", flat=True))
    assert any("in the week from 16 Feb 2026" in text for text in told)
    assert any("in the month from 1 Feb 2026" in text for text in told)


def test_a_week_with_too_few_values_says_nothing(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    approved(make("ai-system", **JANUARY), mina, sara)
    leaf = put(store, ages(datetime(2026, 1, 5, tzinfo=UTC), 2000), 0)
    put(store, ages(datetime(2026, 2, 23, tzinfo=UTC), 150, shift=20.0), leaf)
    flow()
    assert not results("input-drift-week")
    assert results("input-drift")[-1].word == "Over limit"


def test_records_are_judged_when_they_change_and_when_a_day_passes(
    store: DuckStore,
    flow: Flow,
    make: Make,
    mina: Actor,
    someone: Callable[[str, str], Actor],
) -> None:
    flow()
    assert [row.word for row in results("policy-in-date")] == ["Under limit"] or results("policy-in-date")
    before = len(results("policy-in-date"))
    policy = make("policy")
    flow()
    assert len(results("policy-in-date")) == before, "a draft changes nothing that is judged"
    moved = door.move(mina, policy.reference, "submit", revision=policy.revision)
    top = someone("top-management", "Ingrid")
    door.move(top, policy.reference, "approve", revision=moved.revision)
    flow()
    after = results("policy-in-date")
    assert len(after) == before + 1
    assert after[-1].word == "Within"
    soa = len(results("soa-complete"))
    door.comment(mina, policy.reference, "Looks fine.")
    flow()
    assert len(results("soa-complete")) == soa
    with clock.frozen(clock.now() + timedelta(days=1)):
        flow()
    assert len(results("soa-complete")) == soa + 1


def test_who_comes_and_goes_is_seen_without_a_change_of_records(
    store: DuckStore,
    flow: Flow,
    make: Make,
    mina: Actor,
    sara: Actor,
    someone: Callable[[str, str], Actor],
    installation: Actor,
) -> None:
    saved = make("ai-system", owner=someone("system-owner", "Lars").id)
    flow()
    assert "is not approved" in str(results("systems-owned")[-1].reason), "a draft makes nothing good"
    moved = door.move(mina, saved.reference, "submit", revision=saved.revision)
    door.move(sara, saved.reference, "approve", revision=moved.revision)
    flow()
    assert results("systems-owned")[-1].word == "Within"
    assert "top management is held by nobody" in str(results("roles-held")[-1].reason)
    someone("top-management", "Ingrid")
    someone("internal-auditor", "Tomas")
    flow()
    assert results("roles-held")[-1].word == "Within"
    people.deactivate_person(installation, identity.person("lars@halden.example"))
    flow()
    assert "no longer here" in str(results("systems-owned")[-1].reason)


def test_a_file_that_is_attached_counts_as_the_document(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    saved = make("document", version="2", retention_rule="ten years")
    door.attach(mina, saved.reference, "scope.pdf", b"%PDF-1.7", "application/pdf")
    moved = door.move(mina, saved.reference, "submit", revision=saved.revision)
    door.move(sara, saved.reference, "approve", revision=moved.revision)
    other = make("document", version="2", retention_rule="ten years")
    moved = door.move(mina, other.reference, "submit", revision=other.revision)
    door.move(sara, other.reference, "approve", revision=moved.revision)
    flow()
    assert results("documents-kept")[-1].names == (other.reference,)
    door.attach(mina, other.reference, "plan.pdf", b"%PDF-1.7", "application/pdf")
    flow()
    assert results("documents-kept")[-1].names == (other.reference,), "the approval does not cover that file"
    record = door.move(mina, other.reference, "revise", revision=moved.revision + 1)
    moved = door.move(mina, other.reference, "submit", revision=record.revision)
    door.move(sara, other.reference, "approve", revision=moved.revision)
    flow()
    assert results("documents-kept")[-1].word == "Within"


def test_records_rest_before_they_are_judged(store: DuckStore, make: Make) -> None:
    make("policy")
    judge = Judge(store, settle=60.0)
    assert judge.advance() is False
    assert not Result.objects.exists()


def test_an_approved_limit_holds_and_an_unapproved_or_ended_one_does_not(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    give_authority(sara, "approve limit")
    limit = make("limit", check_name="error-rate", value="0.5")
    leaf = put(store, decisions(DAY, 20), 0)
    flow()
    assert results("error-rate")[-1].limit_source == "default"
    moved = door.move(mina, limit.reference, "submit", revision=limit.revision)
    moved = door.move(sara, limit.reference, "approve", revision=moved.revision)
    # In force from the moment of its approval, it loosens no window that began before.
    leaf = put(store, decisions(DAY + timedelta(days=1), 20), leaf)
    flow()
    assert [(row.word, row.limit_source) for row in results("error-rate")[-1:]] == [("Over limit", "default")]
    with clock.frozen(clock.now() + timedelta(days=1)):
        leaf = put(store, decisions(DAY + timedelta(days=2), 20), leaf)
        flow()
        newest = results("error-rate")[-1]
        assert (newest.word, newest.limit_value) == ("Within", 0.5)
        assert (newest.limit_source, newest.limit_revision) == (limit.reference, moved.revision)
        put(store, [event(DAY, "other", error="x" if n < 20 else None) for n in range(100)], leaf)
        flow()
        assert results("error-rate")[-1].limit_source == "default"
    last = kinds.get("limit").example["valid_until"]
    after = last + timedelta(days=1)
    for instant, source in ((clock.day_end(last), limit.reference), (clock.day_start(after), "default")):
        assert limits.in_force(instant).limit(ERROR_RATE, "claims-triage").source == source


def test_a_limit_that_loosens_must_say_so(make: Make, mina: Actor, sara: Actor) -> None:
    give_authority(sara, "approve limit")
    for change, said in (
        ({"check_name": "no-such-limit"}, "is not the name of a limit"),
        ({"check_name": "accuracy", "direction": "at most"}, "does not fit accuracy"),
        (
            {"check_name": "error-rate", "value": "0.5", "change": "tighter"},
            "is looser than what is in force",
        ),
        ({"check_name": "accuracy", "direction": "at least", "value": "0.5", "change": "first"}, "is looser"),
    ):
        limit = make("limit", **change)
        moved = door.move(mina, limit.reference, "submit", revision=limit.revision)
        with pytest.raises(Conflict) as refused:
            door.move(sara, limit.reference, "approve", revision=moved.revision)
        assert said in str(refused.value.faults[0].message)


def test_a_pause_is_a_record_and_shows(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    give_authority(sara, "approve limit")
    pause = make("limit", check_name="error-rate", paused=True, system=None)
    moved = door.move(mina, pause.reference, "submit", revision=pause.revision)
    door.move(sara, pause.reference, "approve", revision=moved.revision)
    leaf = put(store, decisions(DAY, 50), 0)
    flow()
    assert [row.word for row in results("error-rate")] == ["Over limit"], "the pause came after that day"
    with clock.frozen(clock.now() + timedelta(days=1)):
        put(store, decisions(DAY + timedelta(days=2), 50), leaf)
        flow()
    newest = results("error-rate")[-1]
    assert newest.word == CheckState.PAUSED
    assert pause.reference in str(newest.reason)


def test_a_back_test_says_which_alerts_would_vanish(store: DuckStore, flow: Flow) -> None:
    leaf = 0
    for number, failed in enumerate((2, 8, 30)):
        leaf = put(store, decisions(DAY - timedelta(days=number), failed), leaf)
    flow()
    found = backtest("error-rate", "claims-triage", {"error-rate": 0.1}, store)
    assert found.judged == 3
    assert [row.value for row in found.vanish] == [0.08]
    assert not found.appear
    tighter = backtest("error-rate", "claims-triage", {"error-rate": 0.01}, store)
    assert [row.value for row in tighter.appear] == [0.02]
    assert str(found.message) == (
        "It would have silenced 1 of 2 past alerts in 3 windows; 0 would have been new."
    )


def test_the_back_test_keeps_the_minimum_sample_that_was_in_force(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, someone: Callable[[str, str], Actor]
) -> None:
    """Fifteen decisions are too few by default and enough by a governed minimum of ten."""
    values = {"check_name": "error-rate.minimum", "value": "10", "change": "tighter", "direction": "at most"}
    approved(make("limit", **values), mina, someone("top-management", "Tora"))
    later = DAY + timedelta(days=3)
    with clock.frozen(later + timedelta(days=1)):
        put(store, decisions(later, 10, count=15), 0)
        flow()
        assert [row.word for row in results("error-rate")] == ["Over limit"]
        found = backtest("error-rate", "claims-triage", {"error-rate": 0.01}, store)
    assert (found.failing, found.vanish, found.appear) == (1, (), ())


def test_readings_are_one_per_check_and_subject(store: DuckStore, flow: Flow) -> None:
    put(store, decisions(DAY, 1) + decisions(DAY - timedelta(days=1), 2), 0)
    flow()
    assert Reading.objects.filter(check_name="error-rate").count() == 1


def test_where_nothing_is_in_force_yet_nothing_has_failed(flow: Flow, make: Make, mina: Actor) -> None:
    """A blank organization has not begun; once anything is final, what is missing fails."""
    from plumbline.controls.posture import posture
    from plumbline.kernel.states import MeasuredState

    flow()
    assert {row.word for row in results("policy-in-date")} == {"Nothing to judge"}
    assert "Not begun" in str(results("policy-in-date")[-1].reason)
    assert not [row.id for row in posture() if row.measured is MeasuredState.FAILING]
    made = make("attestation", owner=mina.id)
    door.move(mina, made.reference, "finalise", revision=made.revision)
    flow()
    assert results("policy-in-date")[-1].word == "Under limit"
    failing = {row.id for row in posture() if row.measured is MeasuredState.FAILING}
    assert {"iso42001:A.2.2", "iso42001:6.1.3"} <= failing


def test_the_back_test_of_a_limit_is_computed_and_not_typed(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, someone: Callable[[str, str], Actor]
) -> None:
    """Three days with 2, 8 and 30 errors of a hundred: of the limits 5 % and 10 % the looser silences one."""
    leaf, tora = 0, someone("top-management", "Tora")
    for number, failed in enumerate((2, 8, 30)):
        leaf = put(store, decisions(DAY - timedelta(days=number), failed), leaf)
    flow()
    limit = make("limit", check_name="error-rate", value="0.1", change="looser", back_test="Looked at it.")
    assert not Limit.objects.get().back_test, "nobody types it"
    asked = door.move(mina, limit.reference, "submit", revision=limit.revision)
    said = "It would have silenced 1 of 2 past alerts in 3 windows; 0 would have been new."
    assert said in Limit.objects.get().back_test
    tied = log.leaf(asked.leaf).facts["back-test"]
    (silenced,) = [row.pk for row in results("error-rate") if row.value == 0.08]
    assert (tied["windows"], tied["failing"], tied["vanish"], tied["results"]) == (3, 2, 1, [silenced])
    # A worse day comes before the second person looks: it is computed again.
    put(store, decisions(DAY - timedelta(days=4), 9), leaf)
    flow()
    approval = door.move(tora, limit.reference, "approve", revision=asked.revision)
    assert log.leaf(approval.leaf).facts["back-test"]["vanish"] == 2
    assert "silenced 2 of 3 past alerts in 4 windows" in Limit.objects.get().back_test


def test_a_pause_silences_every_alert_and_says_so(
    store: DuckStore, flow: Flow, make: Make, mina: Actor
) -> None:
    put(store, decisions(DAY, 30), 0)
    flow()
    pause = make("limit", check_name="error-rate", paused=True, change="looser")
    door.move(mina, pause.reference, "submit", revision=pause.revision)
    assert "silenced 1 of 1 past alerts in 1 windows" in Limit.objects.get().back_test


def test_a_new_reference_judges_windows_in_which_nothing_of_an_input_is_left(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    february = datetime(2026, 2, 2, tzinfo=UTC)
    leaf = put(store, ages(datetime(2026, 1, 5, tzinfo=UTC), 2000), 0)
    put(store, [event(february + timedelta(minutes=n), "claims-triage") for n in range(2000)], leaf)
    flow()
    assert not results("input-drift")
    approved(make("ai-system", **JANUARY), mina, sara)
    flow()
    reading = queries.readings()["input-drift", "claims-triage"]
    assert (reading.word, reading.window_start.month) == ("Over limit", 2)


def test_nothing_is_loosened_while_the_past_cannot_be_judged_again(
    store: DuckStore,
    flow: Flow,
    make: Make,
    mina: Actor,
    sara: Actor,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    approved(make("ai-system", **JANUARY), mina, sara)
    leaf = put(store, ages(datetime(2026, 1, 5, tzinfo=UTC), 2000), 0)
    put(store, ages(datetime(2026, 2, 2, tzinfo=UTC), 2000, shift=20.0), leaf)
    flow()
    assert queries.readings()["input-drift", "claims-triage"].word == "Over limit"
    monkeypatch.setattr(backtest_module, "open_store", lambda: RemoteStore(tmp_path / "nobody"))
    loose = make("limit", check_name="input-drift", value="0.9", change="looser")
    with pytest.raises(Unavailable):
        door.move(mina, loose.reference, "submit", revision=loose.revision)
    tight = make("limit", check_name="input-drift", value="0.01", change="tighter")
    assert door.move(mina, tight.reference, "submit", revision=tight.revision).state == "in review"


def test_a_larger_minimum_sample_and_a_rarer_cadence_say_what_they_silence(
    store: DuckStore, flow: Flow, make: Make, mina: Actor
) -> None:
    put(store, decisions(DAY, 30), 0)
    flow()
    values = {"check_name": "error-rate.minimum", "value": "500", "change": "looser"}
    sample = make("limit", direction="at most", **values)
    door.move(mina, sample.reference, "submit", revision=sample.revision)
    assert "silenced 1 of 1 past alerts" in Limit.objects.get(reference=sample.reference).back_test
    weekly = make("limit", check_name="cadence", value="7", change="looser", direction="at most")
    door.move(mina, weekly.reference, "submit", revision=weekly.revision)
    assert "silent after 14 days, now after 2" in Limit.objects.get(reference=weekly.reference).back_test
