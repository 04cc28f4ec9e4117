"""Failing results become suspicions, one at a time, and proof closes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.authority import give_authority
from tests.metrics.events import event, put

from plumbline.clauses.improvement.nonconformities import Nonconformity
from plumbline.controls import queries, triage, visibility
from plumbline.controls.dismissals.queries import dismissal_of
from plumbline.controls.effectiveness import effectiveness, entry_that_set_proof
from plumbline.controls.models import Raised, Result
from plumbline.controls.still_failing import failing_result
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.identity.models import Grant
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict
from plumbline.records import commands as door
from plumbline.records import queries as records
from plumbline.records.models import Comment
from plumbline.records.related.models import Link
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

DAY = datetime(2026, 3, 2, tzinfo=UTC)
Make = Callable[..., Any]
Flow = Callable[[], None]


def decisions(day: datetime, failed: int, count: int = 100) -> list[Any]:
    return [
        event(day + timedelta(minutes=n), "claims-triage", error="boom" if n < failed else None)
        for n in range(count)
    ]


def suspicions(check: str = "error-rate") -> list[Nonconformity]:
    return list(Nonconformity.objects.filter(check_name=check).order_by("id"))


def test_failing_windows_raise_one_suspicion_and_then_comments(
    store: DuckStore, flow: Flow, make: Make, mina: Actor
) -> None:
    system = make("ai-system", owner=mina.id)
    leaf = put(store, decisions(DAY, 20) + decisions(DAY - timedelta(days=1), 30), 0)
    flow()
    (found,) = suspicions()
    assert found.state == "suspected"
    assert found.author == "stage:triage"
    assert found.system is not None
    assert found.system.reference == system.reference
    assert found.owner is not None
    assert found.owner.handle == mina.id
    assert found.requirements == ("iso42001:9.1", "iso42001:A.6.2.6")
    assert found.window == "2026-03-02"
    assert "2 windows" in found.description
    leaf = put(store, decisions(DAY - timedelta(days=2), 40), leaf)
    flow()
    assert len(suspicions()) == 1
    assert "40.0%" in Comment.objects.get(record_id=found.pk).text
    put(store, decisions(DAY + timedelta(minutes=200), 90), leaf)
    flow()
    assert Comment.objects.filter(record_id=found.pk).count() == 1
    assert Raised.objects.filter(check_name="error-rate").count() == 3


def without_part(suspicion: Nonconformity, *people: Actor) -> Actor:
    """One of ``people`` to whom the suspicion was not given."""
    return next(actor for actor in people if actor.person_id != suspicion.owner_id)


def test_after_a_dismissal_only_something_new_is_raised(
    store: DuckStore, flow: Flow, mina: Actor, sara: Actor, tove: Actor, make: Make
) -> None:
    make("ai-system", owner=mina.id)
    leaf = put(store, decisions(DAY, 20), 0)
    flow()
    (first,) = suspicions()
    decider = without_part(first, sara, tove)
    give_authority(decider, "dismiss")
    why = "A planned failure drill of the night, announced to everybody two weeks before."
    with pytest.raises(Conflict) as refused:
        door.move(mina, first.reference, "propose-dismissal", revision=first.revision, reason="A drill.")
    assert "too short while the check fails" in str(refused.value.faults[0].message)
    asked = door.move(mina, first.reference, "propose-dismissal", revision=first.revision, reason=why)
    door.move(decider, first.reference, "dismiss", revision=asked.revision)
    leaf = put(store, decisions(DAY + timedelta(minutes=150), 20), leaf)
    flow()
    assert len(suspicions()) == 1
    put(store, decisions(DAY - timedelta(days=1), 20), leaf)
    flow()
    assert [row.state for row in suspicions()] == ["dismissed", "suspected"]


def test_a_check_on_records_does_not_repeat_itself_every_day(
    flow: Flow, make: Make, mina: Actor, sara: Actor, tove: Actor
) -> None:
    flow()
    assert not suspicions("systems-owned")
    make("ai-system", lifecycle="in operation", owner=None)
    flow()
    (first,) = suspicions("systems-owned")
    assert first.system is not None, "one system has none, so the finding is that system's"
    with clock.frozen(clock.now() + timedelta(days=1)):
        flow()
        assert not Comment.objects.filter(record_id=first.pk).exists()
        decider = without_part(first, sara, tove)
        give_authority(decider, "dismiss")
        why = "The owner is named, the person only comes to us next week."
        asked = door.move(mina, first.reference, "propose-dismissal", revision=first.revision, reason=why)
        door.move(decider, first.reference, "dismiss", revision=asked.revision)
    with clock.frozen(clock.now() + timedelta(days=2)):
        flow()
    assert len(suspicions("systems-owned")) == 1


def test_what_does_not_apply_raises_no_suspicion(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    """Left out is what the register does not contradict: an exclusion that it does is refused."""
    make("ai-system")
    row = make(
        "applicability",
        requirement="iso42001:A.6.2.7",
        applicable="no",
        reasons=[],
        justification="",
        exclusion_reason="Nobody outside asks for it.",
    )
    give_authority(sara, "exclude control")
    moved = door.move(mina, row.reference, "submit", revision=row.revision)
    door.move(sara, row.reference, "approve", revision=moved.revision)
    flow()
    assert not suspicions("technical-documentation")
    assert len(suspicions("users-informed")) == 1


def test_an_unregistered_system_is_suspected_by_its_slug(store: DuckStore, flow: Flow) -> None:
    put(store, decisions(DAY, 20), 0)
    flow()
    (found,) = suspicions()
    assert found.system is None
    assert "claims-triage" in found.title


@pytest.fixture
def action(store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor) -> str:
    """An approved and carried out action whose proof is three good days from the fourth of March."""
    make("ai-system")
    put(store, decisions(DAY, 20), 0)
    flow()
    saved = proposed(make, suspicions()[0].reference)
    carry_out(saved, mina, sara)
    return str(saved.reference)


def proposed(make: Make, nonconformity: str, **changed: Any) -> door.Saved:
    """A corrective action whose proof is three days from the fourth of March."""
    values = {
        "effectiveness_check": "error-rate",
        "effectiveness_from": date(2026, 3, 4),
        "effectiveness_until": date(2026, 3, 6),
        "minimum_results": 3,
    }
    saved: door.Saved = make("corrective-action", nonconformity=nonconformity, **{**values, **changed})
    return saved


def carry_out(saved: door.Saved, author: Actor, second: Actor) -> None:
    moved = door.move(author, saved.reference, "submit", revision=saved.revision)
    moved = door.move(second, saved.reference, "approve", revision=moved.revision)
    door.move(author, saved.reference, "carry-out", revision=moved.revision, reason="Fixed the parser.")


def results_from(day: date) -> list[Result]:
    rows = Result.objects.filter(check_name="error-rate", window_start__gte=clock.day_start(day))
    return list(rows.order_by("id"))


def good_days(store: DuckStore, flow: Flow, failed: tuple[int, ...]) -> None:
    for number, count in enumerate(failed):
        day = datetime(2026, 3, 4, tzinfo=UTC) + timedelta(days=number)
        with clock.frozen(day + timedelta(hours=20)):
            put(store, decisions(day, count), 10 + number)
            flow()


def test_an_action_is_proved_by_passing_results_over_its_period(
    store: DuckStore, flow: Flow, action: str, sara: Actor, tove: Actor
) -> None:
    good_days(store, flow, (0, 1))
    with clock.frozen(datetime(2026, 3, 5, 21, tzinfo=UTC)):
        answer = effectiveness(action)
        assert not answer.proved
        assert "runs until 6 Mar 2026; 2 results passed" in str(answer.reason)
    with clock.frozen(datetime(2026, 3, 6, 20, tzinfo=UTC)):
        put(store, decisions(datetime(2026, 3, 6, tzinfo=UTC), 0), 20)
        flow()
    with clock.frozen(datetime(2026, 3, 7, 9, tzinfo=UTC)):
        answer = effectiveness(action)
        assert answer.proved
        assert (answer.check, answer.subject, len(answer.results)) == ("error-rate", "claims-triage", 3)
        saved = door.move(tove, action, "verify", revision=4, reason="Three good days.")
        assert saved.state == "verified"
    tied = log.leaf(saved.leaf).facts["proved-by"]
    assert tied["check"] == "error-rate"
    assert tied["results"] == sorted(row.pk for row in answer.results)
    assert tied["entries"] == sorted({row.leaf for row in answer.results})
    newest = records.history(tove, action)[0]
    assert newest.note.startswith("Three good days.")
    assert "Proof: 3 results of error-rate on claims-triage" in newest.note


def test_a_bad_day_or_a_missing_one_is_no_proof(
    store: DuckStore, flow: Flow, action: str, tove: Actor
) -> None:
    good_days(store, flow, (0, 0))
    with clock.frozen(datetime(2026, 3, 7, 9, tzinfo=UTC)):
        assert "2 results passed in the period; 3 were asked for" in str(effectiveness(action).reason)
        put(store, decisions(datetime(2026, 3, 6, tzinfo=UTC), 50), 20)
        flow()
        assert "1 of 3 results" in str(effectiveness(action).reason)
        with pytest.raises(Conflict, match="not within limits"):
            door.move(tove, action, "verify", revision=4, reason="Looks fine to me.")


def test_results_from_before_it_was_carried_out_do_not_count(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor, tove: Actor
) -> None:
    make("ai-system", owner=mina.id)
    put(store, decisions(DAY, 20), 0)
    flow()
    good_days(store, flow, (0, 0, 0))
    with clock.frozen(datetime(2026, 3, 8, 9, tzinfo=UTC)):
        saved = make(
            "corrective-action",
            nonconformity=suspicions()[0].reference,
            effectiveness_check="error-rate",
            effectiveness_from=date(2026, 3, 4),
            effectiveness_until=date(2026, 3, 9),
            minimum_results=3,
        )
        assert "not been carried out" in str(effectiveness(saved.reference).reason)
        carry_out(saved, mina, sara)
    with clock.frozen(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        answer = effectiveness(saved.reference)
        assert not answer.proved
        assert "3 results are about windows that began before it was carried out" in str(answer.reason)
        with pytest.raises(Conflict, match="0 results passed in the period; 3 were asked for"):
            door.move(tove, saved.reference, "verify", revision=4, reason="They passed.")


class TestWhatProvesNothing:
    """The action was carried out at nine on the third of March; its proof is the fourth to the sixth."""

    def test_data_that_is_dated_back_into_the_period(self, store: DuckStore, flow: Flow, action: str) -> None:
        """The three days come in one batch on the seventh: nobody saw them while they ran."""
        with clock.frozen(datetime(2026, 3, 7, 9, tzinfo=UTC)):
            for number in range(3):
                day = datetime(2026, 3, 4 + number, tzinfo=UTC)
                put(store, decisions(day, 0), 10 + number)
            flow()
            answer = effectiveness(action)
            assert not answer.proved
            assert "0 results passed in the period; 3 were asked for" in str(answer.reason)
            assert "3 results rest on data that came late" in str(answer.reason)

    def test_a_bad_day_that_late_data_makes_good(self, store: DuckStore, flow: Flow, action: str) -> None:
        good_days(store, flow, (0, 0, 20))
        with clock.frozen(datetime(2026, 3, 7, 9, tzinfo=UTC)):
            put(store, decisions(datetime(2026, 3, 6, tzinfo=UTC), 0, 900), 30)
            flow()
            assert "1 of 3 results in the period are not within limits" in str(effectiveness(action).reason)

    def test_a_limit_that_is_looser_than_the_one_that_was_failed(
        self, store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor, action: str
    ) -> None:
        give_authority(sara, "approve limit")
        limit = make("limit", check_name="error-rate", value="0.5", change="looser")
        moved = door.move(mina, limit.reference, "submit", revision=limit.revision)
        door.move(sara, limit.reference, "approve", revision=moved.revision)
        good_days(store, flow, (20, 20, 20))
        with clock.frozen(datetime(2026, 3, 7, 9, tzinfo=UTC)):
            assert {row.word for row in results_from(date(2026, 3, 4))} == {"Within"}
            answer = effectiveness(action)
            assert not answer.proved
            assert "3 results were judged by a looser limit than was failed" in str(answer.reason)

    @pytest.mark.parametrize(
        ("check", "said"),
        [
            ("latency-p95", "Only error-rate, or a check beside it, can prove it"),
            ("input-drift", "Only error-rate, or a check beside it, can prove it"),
        ],
    )
    def test_a_check_that_had_not_failed(
        self, store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor, check: str, said: str
    ) -> None:
        make("ai-system")
        put(store, decisions(DAY, 20), 0)
        flow()
        saved = proposed(make, suspicions()[0].reference, effectiveness_check=check)
        carry_out(saved, mina, sara)
        assert said in str(effectiveness(saved.reference).reason)

    def test_a_check_that_failed_nowhere_for_a_nonconformity_that_a_person_saw(
        self, store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
    ) -> None:
        system = make("ai-system")
        seen = make("nonconformity", source="observation", check_name="", window="", system=system.reference)
        saved = proposed(make, seen.reference)
        carry_out(saved, mina, sara)
        assert "had not failed before" in str(effectiveness(saved.reference).reason)

    def test_a_period_that_is_over_when_it_is_carried_out(
        self, store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
    ) -> None:
        make("ai-system")
        put(store, decisions(DAY, 20), 0)
        flow()
        saved = proposed(
            make,
            suspicions()[0].reference,
            effectiveness_from=date(2026, 2, 1),
            effectiveness_until=date(2026, 3, 2),
        )
        with pytest.raises(Conflict, match="Only what happens after"):
            carry_out(saved, mina, sara)


def test_an_action_without_a_check_is_left_to_a_second_person(make: Make) -> None:
    saved = make(
        "corrective-action",
        effectiveness_check="",
        effectiveness_from=None,
        effectiveness_until=None,
        minimum_results=None,
        effectiveness_measure="Somebody looks at ten cases.",
    )
    assert effectiveness(saved.reference).proved
    unknown = make(
        "corrective-action",
        effectiveness_check="no-such-check",
        effectiveness_from=date(2026, 2, 1),
        effectiveness_until=date(2026, 4, 30),
        minimum_results=3,
    )
    assert "no check called no-such-check" in str(effectiveness(unknown.reference).reason)


def test_the_entry_that_set_the_proof() -> None:
    first = {"effectiveness_check": "a", "minimum_results": 3, "action": "x"}
    second = {**first, "minimum_results": 2}
    assert entry_that_set_proof([(5, first), (9, {**first, "action": "y"})]) == 5
    assert entry_that_set_proof([(5, first), (9, second), (12, second)]) == 9
    assert entry_that_set_proof([(5, first), (9, None)]) == 9
    assert entry_that_set_proof([]) == -1


# Who answers, and by when


def test_a_suspicion_names_whoever_answers_by_a_day_that_follows_from_its_grade(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    """A minor one has thirty days from 3 March, a major one fourteen; what was seen stands before what is
    asked, with its figures."""
    make("ai-system", owner=sara.id)
    put(store, decisions(DAY, 20), 0)
    flow()
    (minor,) = suspicions()
    assert (minor.owner.handle, minor.due) == (sara.id, date(2026, 4, 2))  # type: ignore[union-attr]
    assert minor.description.startswith("What was seen on 2 Mar 2026: 20.0% against a limit of 5.0%")
    assert minor.description.index("What was seen") < minor.description.index("What the check asks")
    (major,) = suspicions("impact-assessed")
    assert (major.owner.handle, major.due) == (sara.id, date(2026, 3, 17))  # type: ignore[union-attr]
    assert major.system.reference == "SYS-0001", "one system misses it: it is that system's"  # type: ignore[union-attr]


def test_one_finding_has_a_row_for_every_member_that_misses_something(
    flow: Flow, make: Make, mina: Actor
) -> None:
    """HONESTY A5: thirteen systems are one finding with thirteen rows, however many a sentence would list."""
    for number in range(13):
        make("ai-system", slug=f"system-{number}", owner=None)
    flow()
    (found,) = suspicions("systems-owned")
    assert found.system is None
    assert found.owner is not None
    assert found.owner.handle == mina.id, "no requirement has an owner, so whoever runs the AIMS answers"
    assert "0 of 13 live systems" in found.description
    (result,) = queries.results_under(found.reference, 5)
    rows = visibility.members_of(mina, result).rows
    assert [str(row.naming) for row in rows] == [f"SYS-{number:04}" for number in range(1, 14)]
    assert {str(row.state) for row in rows} == {"Missing"}


def test_the_owner_of_the_requirement_answers_where_several_systems_are_meant(
    flow: Flow, make: Make, mina: Actor, sara: Actor, tove: Actor
) -> None:
    row = make("applicability", requirement="iso42001:A.3.2", owner=tove.id)
    moved = door.move(mina, row.reference, "submit", revision=row.revision)
    moved = door.move(sara, row.reference, "approve", revision=moved.revision)
    # What was approved is in force while a draft lies beside it.
    door.move(mina, row.reference, "revise", revision=moved.revision)
    for slug in ("one", "two"):
        make("ai-system", slug=slug, owner=None)
    flow()
    (found,) = suspicions("systems-owned")
    assert found.owner is not None
    assert found.owner.handle == tove.id


def test_a_lack_of_owners_is_the_first_thing_said(
    flow: Flow, make: Make, mina: Actor, installation: Actor
) -> None:
    make("ai-system", owner=None)
    people.revoke_grant(installation, Grant.objects.get(person_id=mina.person_id))
    flow()
    (found,) = suspicions("systems-owned")
    assert found.owner is None
    assert found.description.startswith("Nobody who is here owns this")


def test_what_is_left_lying_goes_on_to_somebody_else_once(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, sara: Actor
) -> None:
    make("ai-system", owner=sara.id)
    put(store, decisions(DAY, 20), 0)
    flow()
    (found,) = suspicions()
    assert not told(found)
    with clock.frozen(datetime(2026, 4, 2, 12, tzinfo=UTC)):
        flow()
        assert not told(found), "the day counts to its end"
    with clock.frozen(datetime(2026, 4, 3, 12, tzinfo=UTC)):
        flow()
        flow()
    assert told(found) == ["Overdue since 2 Apr 2026. It goes on to Mina."]


def test_what_is_left_lying_goes_on_however_much_it_is(
    store: DuckStore, flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triage, "BATCH", 1)
    names = [f"system-{number}" for number in range(3)]
    put(
        store, [event(DAY + timedelta(minutes=n), name, error="boom") for name in names for n in range(30)], 0
    )
    flow()
    with clock.frozen(datetime(2026, 4, 3, 12, tzinfo=UTC)):
        flow()
    assert [len(told(found)) for found in suspicions()] == [1, 1, 1]


def test_a_system_that_is_registered_later_takes_over_what_was_raised_before(
    store: DuckStore, flow: Flow, make: Make, mina: Actor, someone: Callable[[str, str], Actor]
) -> None:
    """It said *Name its owner here* under a suspicion that still belonged to somebody else, although the
    system had an owner: a link alone gives nobody anything to do."""
    put(store, decisions(DAY, 20), 0)
    flow()
    (found,) = suspicions()
    assert found.system is None
    assert found.owner is not None
    assert found.owner.handle == mina.id
    stig = someone("system-owner", "Stig")
    system = make("ai-system", owner=stig.id)
    flow()
    flow()
    (link,) = Link.objects.filter(source__reference=found.reference)
    assert (link.target.reference, link.relation) == (system.reference, "about")
    assert told(found) == ["The system is registered now as SYS-0001. Stig, who owns it, takes this over."]
    (found,) = suspicions()
    assert found.owner is not None
    assert found.owner.handle == stig.id
    assert found.system is not None
    assert found.system.reference == system.reference


def told(found: Nonconformity) -> list[str]:
    """What triage wrote under a nonconformity after it was raised, other than that it fails again."""
    texts = Comment.objects.filter(record__reference=found.reference).order_by("id")
    return [text for text in texts.values_list("text", flat=True) if not text.startswith("The check")]


def test_a_dismissal_is_known_with_its_reason_to_who_may_read_it(
    store: DuckStore, flow: Flow, mina: Actor, sara: Actor, tove: Actor, make: Make
) -> None:
    make("ai-system", owner=mina.id)
    put(store, decisions(DAY, 20), 0)
    flow()
    (first,) = suspicions()
    assert failing_result("error-rate", "claims-triage") is not None
    assert failing_result("error-rate", "another") is None
    assert dismissal_of(mina, first.reference) is None
    decider = without_part(first, sara, tove)
    give_authority(decider, "dismiss")
    why = "A planned failure drill of the night, announced to everybody two weeks before."
    asked = door.move(mina, first.reference, "propose-dismissal", revision=first.revision, reason=why)
    door.move(decider, first.reference, "dismiss", revision=asked.revision)
    found = dismissal_of(mina, first.reference)
    assert found is not None
    assert (found.by, found.reason) == (decider.name, why)
    assert dismissal_of(Actor("per_0", 0, "Nobody"), first.reference) is None
