"""SECURITY.md promises nothing without a test, and the tests it names exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.tree import ROOT

ROW = re.compile(r"^\| (?!promise\b|---)(?P<promise>[^|]+)\|(?P<how>[^|]*)\|(?P<tests>[^|]*)\|$", re.M)


def _rows() -> list[tuple[str, list[str]]]:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    return [
        (match["promise"].strip(), re.findall(r"`(tests/[\w/]+\.py(?:::\w+)+)`", match["tests"]))
        for match in ROW.finditer(text)
    ]


def _holds(file: Path, within: list[str]) -> bool:
    """Whether ``file`` has the class and function, one in the other, that ``within`` names."""
    body: list[ast.stmt] = ast.parse(file.read_text(encoding="utf-8")).body if file.exists() else []
    for name in within:
        inner = [
            node for node in body if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name
        ]
        if not inner:
            return False
        body = inner[0].body
    return True


def test_every_promise_names_its_test() -> None:
    rows = _rows()
    assert len(rows) >= 20
    assert not [promise for promise, tests in rows if not tests]


def test_the_named_tests_exist() -> None:
    missing = []
    for _, tests in _rows():
        for name in tests:
            file, *within = name.split("::")
            if not _holds(ROOT / file, within):
                missing.append(name)
    assert not missing
