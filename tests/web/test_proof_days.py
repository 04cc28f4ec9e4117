"""The page of a nonconformity: what its cause still needs, and the days that prove its corrective actions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from plumbline.controls.effectiveness import Effectiveness
from plumbline.controls.models import Result
from plumbline.kernel import clock
from plumbline.kernel.messages import plain
from plumbline.kernel.states import CheckState
from plumbline.records import commands
from plumbline.web.records import proof_days

if TYPE_CHECKING:
    from tests.web.conftest import House


def _result(days_ago: int, word: str) -> Result:
    start = datetime.combine(clock.today() - timedelta(days=days_ago), datetime.min.time(), UTC)
    return Result(
        pk=days_ago, window_start=start, word=word, numerator=9, denominator=9, value=1.0, reason=plain("x")
    )


def test_each_day_of_the_period_says_how_it_went() -> None:
    today = clock.today()
    row = {
        "effectiveness_from": today - timedelta(days=3),
        "effectiveness_until": today + timedelta(days=1),
    }
    results = (_result(3, "Within"), _result(1, "Over limit"))
    days = list(proof_days._days(row, Effectiveness(False, plain("x"), "error-rate", "a", results)))
    assert [(day.sort, day.text) for day in days] == [
        ("passed", "9/9"),
        ("none", ""),
        ("failed", "9/9"),
        ("today", ""),
        ("to-come", ""),
    ]


@pytest.mark.parametrize("word", ["No signal", "Nothing to judge", "Paused"])
def test_a_day_whose_result_says_nothing_has_not_passed(word: str) -> None:
    """A day on which nothing was to be judged had been drawn as passed, with 0/0 behind it."""
    day = clock.today() - timedelta(days=1)
    row = {"effectiveness_from": day, "effectiveness_until": day}
    results = (_result(1, word),)
    days = list(proof_days._days(row, Effectiveness(False, plain("x"), "error-rate", "a", results)))
    assert [(one.sort, one.text, one.result) for one in days] == [("silent", "", results[0])]


def test_every_word_of_a_result_is_drawn_as_it_counts() -> None:
    assert {word: proof_days.SORTS.get(word, "silent") for word in CheckState} == {
        CheckState.WITHIN: "passed",
        CheckState.OVER: "failed",
        CheckState.UNDER: "failed",
        CheckState.NO_SIGNAL: "silent",
        CheckState.PAUSED: "silent",
        CheckState.NOTHING_TO_JUDGE: "silent",
    }


def test_a_long_period_is_drawn_around_today_and_counted_whole() -> None:
    today = clock.today()
    row = {
        "effectiveness_from": today - timedelta(days=100),
        "effectiveness_until": today + timedelta(days=5),
    }
    days = list(proof_days._days(row, Effectiveness(False, plain("x"), "error-rate", "a")))
    assert len(days) == proof_days.MOST_DAYS
    assert "today" in [day.sort for day in days]


@pytest.mark.django_db(transaction=True)
def test_what_is_missing_stands_there_with_the_act_beside_it(house: House, mina: Client) -> None:
    reference = house.references["nonconformity"]
    before = mina.get(f"/records/{reference}/").content.decode()
    assert "What its cause still needs" not in before, "a suspicion is nobody's finding yet"
    commands.move(house.actor("reviewer"), reference, "confirm", revision=1, reason="It is so.")
    page = mina.get(f"/records/{reference}/").content.decode()
    assert "What its cause still needs" in page
    assert f"/records/{reference}/edit/" in page
    assert "There is no corrective action yet" in page
    assert "Plan one with its proof" in page
    today = clock.today()
    action = house.make(
        "corrective-action",
        title="Escalate them",
        nonconformity=reference,
        cause="Nobody was named.",
        action="Name somebody.",
        due=str(today + timedelta(days=30)),
        effectiveness_check="error-rate",
        effectiveness_from=str(today),
        effectiveness_until=str(today + timedelta(days=2)),
    )
    page = mina.get(f"/records/{reference}/").content.decode()
    assert "There is no corrective action yet" not in page
    assert f'href="/records/{action}/"' in page
    assert "It has not been carried out yet." in page
    assert "0 of 3 days passed" in page
