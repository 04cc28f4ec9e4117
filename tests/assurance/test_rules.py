"""Every rule speaks in a world that breaks it, and is silent in one that just does not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.assurance import cases_check, cases_gaps, cases_out_of_step, cases_plan, cases_standing, cases_work
from tests.assurance.worlds import says, sentences, world

from plumbline import catalogs
from plumbline.assurance import engine

CASES = [
    *cases_plan.BREAK,
    *cases_work.BREAK,
    *cases_check.BREAK,
    *cases_gaps.BREAK,
    *cases_standing.BREAK,
    *cases_out_of_step.BREAK,
]
WHOLE = {"control-not-decided"}
"""Rules that are tried further down, since their world is more than a few records."""


def test_every_rule_is_tried() -> None:
    assert sorted({name for name, *_ in CASES} | WHOLE) == [one.id for one in engine.all_rules()]
    assert len(engine.all_rules()) >= 80


@pytest.mark.parametrize(("rule", "broken", "whole"), CASES, ids=[name for name, *_ in CASES])
def test_it_speaks_where_it_should_and_nowhere_else(rule: str, broken: list[Any], whole: list[Any]) -> None:
    found = says(rule, *broken)
    assert found
    known = {one.reference for one in broken if hasattr(one, "reference")}
    for one in found:
        assert set(one.subjects) <= known
    assert all(text.strip() and "{" not in text for text in sentences(found))
    assert not says(rule, *whole)


def test_a_statement_that_leaves_controls_undecided() -> None:
    ids = [one.id for one in catalogs.controls()]
    rows = [cases_plan.control(requirement=ids[0]), cases_plan.system()]
    (found,) = says("control-not-decided", *rows, controls={ids[0]: "", ids[1]: ""})
    assert found.grade == "minor"
    (grave,) = says("control-not-decided", *rows, controls=dict.fromkeys(ids, ""))
    assert grave.grade == "major"
    assert not says("control-not-decided", *rows, controls={ids[0]: ""})


def test_rules_without_records_find_nothing_and_fail_nowhere() -> None:
    assert engine.run(world()) == ([], [])


def test_every_fault_has_a_requirement_within_its_clause() -> None:
    for one in engine.all_rules():
        assert one.grade in {"major", "minor", "opportunity"}
        assert len(set(one.requirements)) == len(one.requirements), one.id
