"""Fields that are only asked for with certain answers to another: the door takes no others."""

from __future__ import annotations

from typing import Any

import pytest

from plumbline.identity.actors import Actor
from plumbline.records import conditional, forms, kinds, schema

pytestmark = pytest.mark.django_db
ROW: dict[str, Any] = {"title": "A.6.2.6", "requirement": "a626"}


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"exclusion_reason": "Nobody asks."}, {"exclusion_reason"}),
        ({"applicable": "yes", "exclusion_reason": "Nobody asks."}, {"exclusion_reason"}),
        ({"applicable": "no", "exclusion_reason": "Nobody asks."}, set()),
        ({"applicable": "", "exclusion_reason": ""}, set()),
    ],
)
def test_an_answer_to_what_is_not_asked_for_is_refused(
    mina: Actor, answers: dict[str, str], fields: set[str]
) -> None:
    kind = kinds.get("applicability")
    _, faults = forms.clean(kind, mina, ROW | answers)
    assert {fault.field for fault in faults} == fields
    _, _, of_batch = forms.FormBatch(kind, mina).clean(ROW | answers)
    assert bool(of_batch) >= bool(fields), (
        "a register, which is strict about what is missing, is judged the same"
    )


def test_the_remedy_names_the_condition(mina: Actor) -> None:
    _, (fault,) = forms.clean(kinds.get("applicability"), mina, ROW | {"exclusion_reason": "Nobody asks."})
    assert str(fault.message) == "is not asked for here"
    assert str(fault.remedy) == "Only where “applies” is: No."


def test_every_kind_that_declares_one_says_so_in_its_schema() -> None:
    declared = [(kind, name) for kind in kinds.all_kinds() for name in kind.shown_when]
    assert {kind.slug for kind, _ in declared} >= {"applicability", "ai-system"}
    for kind, name in declared:
        described = schema.of_kind(kind)["properties"][name]["description"]
        assert str(conditional.condition(kind, name)) in described


def test_no_example_answers_what_is_not_asked_for() -> None:
    for kind in kinds.all_kinds():
        assert not conditional.faults(kind, kind.example, frozenset()), kind.slug


def test_what_an_older_record_answers_is_refused_only_where_it_is_changed(mina: Actor) -> None:
    kind = kinds.get("nonconformity")
    before = {**kind.example, "source": "observation"}
    assert {fault.field for fault in conditional.faults(kind, before, frozenset())} == {
        "check_name",
        "window",
    }
    assert not conditional.faults(kind, before | {"cause": "Another."}, frozenset(), before)
    (fault,) = conditional.faults(kind, before | {"window": "2026-02"}, frozenset(), before)
    assert fault.field == "window"
    turned = conditional.faults(kind, before, frozenset(), dict(kind.example))
    assert {fault.field for fault in turned} == {"check_name", "window"}
