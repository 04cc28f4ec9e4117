"""Every mutation still fits the code it was written for, so that a run of them cannot quietly check less."""

from __future__ import annotations

import ast

import pytest
from tests.mutations.declared import ROOT, Mutation, mutations

EVERY = list(mutations())
FEWEST = 40
"""Mutations are added with what they guard, and not taken away."""


@pytest.mark.parametrize("item", EVERY, ids=[item.name for item in EVERY])
def test_a_mutation_finds_its_text_once_and_leaves_valid_code(item: Mutation) -> None:
    mutated = item.applied_to((ROOT / item.file).read_text(encoding="utf-8"))
    if item.file.endswith(".py"):
        ast.parse(mutated)
    assert item.before != item.after
    assert item.why.endswith(".")


@pytest.mark.parametrize("item", EVERY, ids=[item.name for item in EVERY])
def test_a_mutation_names_tests_that_exist(item: Mutation) -> None:
    assert item.tests
    for test in item.tests:
        file, _, function = test.partition("::")
        source = (ROOT / file).read_text(encoding="utf-8")
        assert not function or f"def {function.partition('[')[0].rpartition('::')[2]}(" in source, test


def test_there_are_as_many_as_promised() -> None:
    assert len(EVERY) >= FEWEST
