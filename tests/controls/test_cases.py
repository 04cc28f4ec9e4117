"""Every check gives on each of its cases the verdict of the case, and every comparison in it matters."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from plumbline.controls import declare, library, registry, rows
from plumbline.controls.cases import Case, Sample, case
from plumbline.controls.declare import Check, check
from plumbline.controls.library import reporting
from plumbline.controls.library.cases.samples import draft, system
from plumbline.controls.library.population import INVENTORY, LIVE_SYSTEMS
from plumbline.controls.populations import Population, Share, judge_members
from plumbline.controls.verdicts import Evidence, Limit, Measure, Verdict, limit, passes, unknown
from plumbline.kernel.messages import say
from plumbline.kernel.states import Strength

CHECKS = registry.all_checks()
CASES = [(check, case) for check in CHECKS for case in check.cases]


def verdict(check: Check, case: Case) -> Verdict:
    return check.judge(case.evidence(check.needs, check.window, check.limits))


@pytest.mark.parametrize(
    ("check", "case"), [pytest.param(*pair, id=f"{pair[0].slug}: {pair[1].says}") for pair in CASES]
)
def test_a_case_gives_its_verdict(check: Check, case: Case) -> None:
    assert case.differences(verdict(check, case)) == []


def test_there_are_as_many_cases_as_before() -> None:
    """The tables that these cases took the place of had 249 rows."""
    assert len(CASES) >= 300


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.slug)
def test_every_verdict_has_a_reason_and_no_denominator_stands_without_its_population(check: Check) -> None:
    """A denominator never stands alone, and no verdict is without words and code."""
    for one in check.cases:
        judged = verdict(check, one)
        assert judged.reason.code
        assert str(judged.reason)
        assert (judged.denominator is None) or judged.population is not None


# A mutation of each comparison in each check must make one of its cases differ


FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
SHIFTED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}


def mutants(tree: ast.Module) -> Iterator[str]:
    """Each comparison in ``tree`` changed in turn, in place: turned round, and moved by its bound."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or len(node.ops) != 1:
            continue
        original, text = node.ops[0], ast.unparse(node)
        for changes in (FLIPPED, SHIFTED):
            replacement = changes.get(type(original))
            if replacement is not None:
                node.ops[0] = replacement()
                yield f"{text} -> {ast.unparse(node)}"
                node.ops[0] = original


def executed(tree: ast.Module, module: ModuleType) -> ModuleType:
    """A module of its own that holds what ``tree`` defines."""
    fresh = ModuleType(module.__name__)
    fresh.__file__ = module.__file__
    exec(compile(ast.fix_missing_locations(tree), module.__file__ or "", "exec"), fresh.__dict__)
    return fresh


def functions_with(tree: ast.Module, module: ModuleType) -> dict[str, Callable[[Evidence], Verdict]]:
    """The functions of the checks, by slug, when ``tree`` stands in the place of ``module``."""
    functions: dict[str, Callable[[Evidence], Verdict]] = {}

    def taken(
        *_: str, slug: str, population: Population | None = None, share: Share | None = None, **__: object
    ) -> Callable[[Any], Any]:
        if population is None or share is None:
            return lambda function: functions.setdefault(slug, function)
        return lambda function: functions.setdefault(
            slug, partial(judge_members, population, share, function)
        )

    original = declare.check
    declare.check = taken  # type: ignore[assignment]  # takes the function and registers nothing
    try:
        sys.modules[module.__name__] = executed(tree, module)
        for name in MODULES if module.__name__ not in MODULES else ():
            executed(SOURCES[name], MODULES[name])
    finally:
        declare.check, sys.modules[module.__name__] = original, module
    return functions


def found_by_cases(functions: Mapping[str, Callable[[Evidence], Verdict]]) -> list[str]:
    """The first difference that a case of a check finds in what its function says."""
    for judge, one in CASES:
        function = functions.get(judge.slug)
        if function is None:
            continue
        try:
            found = one.differences(function(one.evidence(judge.needs, judge.window, judge.limits)))
        except (TypeError, KeyError, IndexError, AttributeError, ValueError, AssertionError) as error:
            found = [repr(error)]
        if found:
            return found
    return []


def _silent(**more: Any) -> Sample:
    """A system that says it cannot report its counters."""
    return system(not_reported=["counters"], not_reported_why="The supplier counts nothing.", **more)


REPORTING: list[tuple[str, Sample, dict[str, bool]]] = [
    ("counting", system(), {"SYS-0001": False}),
    ("counting", system(output_kinds=[]), {}),
    ("counting", _silent(), {"SYS-0001": True}),
    ("answering", _silent(), {"SYS-0001": False}),
    ("counting", _silent(next_review="2026-03-03"), {"SYS-0001": True}),
    ("counting", _silent(next_review="2026-03-02"), {"SYS-0001": False}),
    ("counting", _silent(next_review=None), {"SYS-0001": False}),
    ("counting", draft(_silent()), {"SYS-0001": False}),
    ("ranking", system(output_kinds=["number"]), {}),
    ("right-or-wrong", system(output_kinds=["number"]), {"SYS-0001": False}),
    ("right-or-wrong", system(output_kinds=["text"]), {}),
    ("reviewed", system(), {"SYS-0001": False}),
    ("reviewed", system(autonomy="acts"), {}),
    ("compared", system(technique="rules"), {}),
    ("compared", system(technique="rules", reference_from="2026-01-01"), {"SYS-0001": False}),
]
"""A population of the checks on telemetry, one system, and who belongs to it: left out or not."""


def populations_with(tree: ast.Module, module: ModuleType) -> Mapping[str, Population]:
    """The populations of the checks on telemetry when ``tree`` stands in the place of ``module``."""
    if module.__name__ in MODULES:  # checks; what is in them makes no population of these
        return reporting.BY_SLUG
    try:
        sys.modules[module.__name__] = fresh = executed(tree, module)
        if module is not reporting:
            fresh = executed(SOURCES[reporting.__name__], reporting)
    finally:
        sys.modules[module.__name__] = module
    found: Mapping[str, Population] = fresh.BY_SLUG
    return found


def found_by_members(populations: Mapping[str, Population]) -> list[str]:
    """The first difference among the members of the populations of the checks on telemetry."""
    for slug, sample, expected in REPORTING:
        evidence = Case("passes", "", (sample,)).evidence(INVENTORY, "day", [])
        try:
            members = populations[slug].members(evidence)
            found = {member.system: member.excluded is not None for member in members}
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            return [repr(error)]
        if found != expected:
            return [f"{slug}: {found}"]
    return []


LIBRARY = {
    f"{library.__name__}.{found.name}": sys.modules[f"{library.__name__}.{found.name}"]
    for found in pkgutil.iter_modules(library.__path__)
    if not found.ispkg
}
SOURCES = {name: ast.parse(inspect.getsource(module)) for name, module in LIBRARY.items()}
MODULES = {
    name: module
    for name, module in LIBRARY.items()
    if any(check.function.__module__ == name for check in CHECKS)
}


@pytest.mark.parametrize("name", LIBRARY, ids=lambda name: name.rpartition(".")[2])
def test_every_comparison_of_a_check_is_pinned_by_a_case(name: str) -> None:
    """Also those in the modules that checks share: each mutant gives another verdict somewhere."""
    tree, module = SOURCES[name], LIBRARY[name]
    assert found_by_cases(functions_with(tree, module)) == []
    assert found_by_members(populations_with(tree, module)) == []
    survivors = [
        mutant
        for mutant in mutants(tree)
        if not found_by_cases(functions_with(tree, module))
        and not found_by_members(populations_with(tree, module))
    ]
    assert survivors == []


def test_every_comparison_of_a_row_is_pinned_by_a_case() -> None:
    tree = ast.parse(inspect.getsource(rows.against_limit))
    slugs = {
        check.slug: check.needed("metric")[0]
        for check in CHECKS
        if check.function.__module__ == rows.__name__
    }

    def functions() -> dict[str, Callable[[Evidence], Verdict]]:
        names = dict(vars(rows))
        exec(compile(ast.fix_missing_locations(tree), rows.__file__, "exec"), names)
        return {
            slug: lambda evidence, slug=slug, metric=metric: names["against_limit"](evidence, metric, slug)  # type: ignore[misc]
            for slug, metric in slugs.items()
        }

    assert len(functions()) == 4
    assert found_by_cases(functions()) == []
    assert [mutant for mutant in mutants(tree) if not found_by_cases(functions())] == []


# What does not register


def _nothing(evidence: Evidence) -> Verdict:
    """Nothing."""
    return passes(say("test.fine", "Fine."))


def _declared(**more: object) -> Check:
    given: dict[str, object] = {
        "slug": "x",
        "title": "X",
        "finding": "X",
        "over": "system",
        "needs": ["metric:volume"],
        "cases": [case("passes", ""), case("fails", ""), case("unknown", "")],
        "population": LIVE_SYSTEMS,
        **more,
    }
    return check("iso42001:9.1", **given)(_nothing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"slug": "error-rate"}, "already a check"),
        ({"needs": ["records:policy"]}, "cannot need records"),
        ({"needs": ["claims:policy"]}, "only its population may read what is merely claimed"),
        ({"needs": []}, "needs requirements"),
        ({"finding": ""}, "needs requirements, needs, a finding"),
        ({"limits": [limit("input-drift", 0.9, "index", why="")]}, "input-drift is declared otherwise"),
        ({"cases": []}, "needs a case in which it gives: passes, fails, unknown"),
        ({"cases": [case("passes", ""), case("unknown", "")]}, "gives: fails"),
        ({"cases": [case("passes", ""), case("fails", "")]}, "gives: unknown"),
        ({"population": None}, "needs a population, the sentence"),
        ({"over": "organization", "needs": ["records:policy"]}, "needs a population, the sentence"),
        ({"strength": Strength.EFFECTIVE}, "without a limit nothing lies within one"),
    ],
)
def test_a_check_without_cases_or_that_contradicts_itself_does_not_register(
    more: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        _declared(**more)
    assert "x" not in declare.REGISTERED


def test_a_case_says_what_differs() -> None:
    judged = unknown(say("test.fine", "Fine."), population=3)
    wrong = Case("passes", "bad", (), verdict={"population": 4})
    assert wrong.differences(judged) == [
        "unknown, not passes",
        "'Fine.' does not say 'bad'",
        "population is 3, not 4",
    ]
    world = (Sample("metric:volume", Measure(1.0, 1)),)
    evidence = Case("passes", "", world, limits={"a": 2.0}).evidence(
        ["metric:volume"], "day", [Limit(1.0, name="a"), Limit(3.0, name="b")]
    )
    assert {name: limit.value for name, limit in evidence.limits.items()} == {"a": 2.0, "b": 3.0}
    assert evidence.measure("volume") == Measure(1.0, 1)
