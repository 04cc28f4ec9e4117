"""Reasons are tested where facts can test them: empty words, days too far ahead or still to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import models

from plumbline.clauses import intervals, rules
from plumbline.clauses.columns import DayField, ProseField
from plumbline.identity.actors import Actor
from plumbline.kernel.intervals import add_months
from plumbline.kernel.problems import Invalid
from plumbline.records import commands, kinds
from plumbline.records.commands import Saved
from plumbline.records.kinds import Kind

Make = Callable[..., Saved]
OURS = [kind for kind in kinds.all_kinds() if kind.model.__module__.startswith("plumbline.clauses")]


def faults_of(caught: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {fault.field: str(fault.as_dict().get("code", "")) for fault in caught.value.faults}


@pytest.mark.parametrize(
    "text",
    ["x", ".", "...", "-", " - ", "n/a", "NA", "tbd", "T.B.D.", "todo", "xxxxx", "aaaa", "no", "12", "好"],
)
def test_a_placeholder_says_nothing(text: str) -> None:
    assert rules.says_nothing(text)


@pytest.mark.parametrize(
    "text", ["None.", "Yes, by Mina.", "AI policy", "Nei, ingen.", "不适用", "1 % missing"]
)
def test_a_short_answer_says_something(text: str) -> None:
    assert not rules.says_nothing(text)


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.slug)
def test_every_text_of_a_kind_refuses_placeholders(kind: Kind) -> None:
    texts = [kind.field(name) for name in kind.own_fields if isinstance(kind.field(name), models.TextField)]
    prose = [field for field in texts if field.choices is None and type(field).__name__ != "MultiChoiceField"]
    assert all(isinstance(field, ProseField) for field in prose)


@pytest.mark.data_layer
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        ("policy", {"text": "x"}, "text"),
        ("ai-system", {"human_oversight": "-"}, "human_oversight"),
        ("ai-system", {"stop_procedure": "..."}, "stop_procedure"),
        ("applicability", {"justification": "x"}, "justification"),
        ("nonconformity", {"no_action": "n/a"}, "no_action"),
    ],
)
def test_a_text_that_says_nothing_is_refused_at_the_door(
    kind: str, changed: dict[str, Any], field: str, make: Make
) -> None:
    with pytest.raises(Invalid) as caught:
        make(kind, **changed)
    assert faults_of(caught) == {field: "field.says-nothing"}


PROMISED = {
    "applicability.next_review",
    "ai-system.next_review",
    "attestation.valid_until",
    "authority.valid_until",
    "corrective-action.due",
    "corrective-action.effectiveness_until",
    "dataset.next_review",
    "deviation.expires_on",
    "document.next_review",
    "impact-assessment.next_review",
    "limit.valid_until",
    "management-review.next_review",
    "nonconformity.due",
    "objective.due",
    "policy.next_review",
    "risk.accepted_until",
    "risk.next_review",
    "supplier.next_review",
    "treatment.due",
}
DONE = {
    "ai-system.operating_since",
    "ai-system.released_on",
    "ai-system.retired_on",
    "ai-system.started_on",
    "dataset.acquired_on",
    "dataset.changed_on",
    "impact-assessment.assessed_on",
    "indicator.measured_on",
    "management-review.held_on",
    "nonconformity.detected_on",
    "objective.judged_on",
    "risk.assessed_on",
    "supplier.assessed_on",
}


def days() -> dict[str, DayField]:
    named = {f"{kind.slug}.{name}": kind.field(name) for kind in OURS for name in kind.own_fields}
    return {name: field for name, field in named.items() if isinstance(field, DayField)}


def test_every_day_that_somebody_has_to_keep_is_bounded_and_every_day_of_an_act_lies_behind() -> None:
    assert {name for name, field in days().items() if field.ahead} >= PROMISED
    assert {name for name, field in days().items() if field.done} >= DONE
    assert not [name for name, field in days().items() if field.done and field.ahead]


@pytest.mark.data_layer
@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(DONE))
def test_what_was_done_was_not_done_tomorrow(name: str, make: Make, today: date) -> None:
    kind, _, field = name.partition(".")
    with pytest.raises(Invalid) as caught:
        make(kind, **{field: today + timedelta(days=1)})
    assert faults_of(caught)[field] == "field.not-done-yet"


@pytest.mark.data_layer
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "months"),
    [
        ("policy.next_review", 13),
        ("document.next_review", 24),
        ("risk.accepted_until", 24),
        ("treatment.due", 24),
        ("attestation.valid_until", 24),
    ],
)
def test_nothing_is_put_off_beyond_the_longest_interval(
    name: str, months: int, make: Make, today: date
) -> None:
    kind, _, field = name.partition(".")
    last = add_months(today, months)
    with pytest.raises(Invalid) as caught:
        make(kind, **{field: last + timedelta(days=1)})
    assert faults_of(caught) == {field: "field.too-far"}
    assert str(months) in str(caught.value.faults[0].message)
    make(kind, **{field: last})


@pytest.mark.data_layer
@pytest.mark.django_db
def test_an_approved_record_sets_the_longest_interval_and_a_draft_does_not(
    make: Make, mina: Actor, sara: Actor, today: date
) -> None:
    soon, later = add_months(today, 7), add_months(today, 13)
    saved = make("longest-interval", months=6)
    assert intervals.longest("policy.next_review", 24) == 24
    make("policy", next_review=later)
    for actor, step in ((mina, "submit"), (sara, "approve")):
        saved = commands.move(actor, saved.reference, step, revision=saved.revision)
    assert intervals.longest("policy.next_review", 24) == 6
    assert intervals.longest("document.next_review", 24) == 24
    with pytest.raises(Invalid) as caught:
        make("policy", next_review=soon)
    assert faults_of(caught) == {"next_review": "field.too-far"}


@pytest.mark.data_layer
@pytest.mark.django_db
def test_an_interval_of_more_than_five_years_is_none(make: Make) -> None:
    with pytest.raises(Invalid) as caught:
        make("longest-interval", months=61)
    assert faults_of(caught) == {"months": "longestinterval.months.most"}
