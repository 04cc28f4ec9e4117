"""SECURITY.md promises nothing without a test, and the tests it names exist."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import ROOT

ROW = re.compile(r"^\| (?!promise\b|---)(?P<promise>[^|]+)\|(?P<how>[^|]*)\|(?P<tests>[^|]*)\|$", re.M)


def _rows() -> list[tuple[str, list[str]]]:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    return [
        (match["promise"].strip(), re.findall(r"`(tests/[\w/]+\.py::\w+)`", match["tests"]))
        for match in ROW.finditer(text)
    ]


def test_every_promise_names_its_test() -> None:
    rows = _rows()
    assert len(rows) >= 20
    assert not [promise for promise, tests in rows if not tests]


def test_the_named_tests_exist() -> None:
    missing = []
    for _, tests in _rows():
        for name in tests:
            file, function = name.split("::")
            path = ROOT / file
            found = {
                node.name
                for node in (ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else ())
                if isinstance(node, ast.FunctionDef)
            }
            if function not in found:
                missing.append(name)
    assert not missing
