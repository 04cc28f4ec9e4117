"""No two files need each other: a circle cannot be read from its beginning, nor taken apart."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

import pytest
from tests.architecture.tree import modules, name_of, parsed


def _graph() -> dict[str, set[str]]:
    """What each module imports of the product, imports inside functions and for type checking included."""
    names = {name_of(path): path for path in modules()}
    graph: dict[str, set[str]] = {}
    for name, path in names.items():
        imported: set[str] = set()
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                # A module of a package, else a name out of a module.
                full = {f"{node.module}.{alias.name}" for alias in node.names}
                imported |= {item if item in names else node.module for item in full}
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
        graph[name] = {item for item in imported if item in names and item != name}
    return graph


def test_no_files_import_each_other() -> None:
    try:
        order = list(TopologicalSorter(_graph()).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
    assert len(order) > 300
