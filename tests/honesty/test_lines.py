"""Every line of the list has an attempt, and every attempt belongs to a line."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType

from tests.honesty.lines import LINES

FOLDER = Path(__file__).parent


def _attempts() -> Iterator[tuple[str, FunctionType]]:
    """Line and test of every attempt in the folder."""
    for path in sorted(FOLDER.glob("test_*.py")):
        module = import_module(f"tests.honesty.{path.stem}")
        for test in vars(module).values():
            if isinstance(test, FunctionType) and test.__name__.startswith("test_"):
                marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "attempt"]
                yield from ((line, test) for mark in marks for line in mark.args)
                cases = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
                for case in (case for mark in cases for case in mark.args[1]):
                    marked = [mark for mark in getattr(case, "marks", ()) if mark.name == "attempt"]
                    yield from ((line, test) for mark in marked for line in mark.args)


def test_every_line_has_an_attempt() -> None:
    tried = {line for line, _ in _attempts()}
    assert tried <= LINES.keys(), f"no such line: {sorted(tried - LINES.keys())}"
    assert LINES.keys() <= tried, f"nobody tries: {sorted(LINES.keys() - tried)}"


def test_there_are_many_and_each_says_who_tries_what() -> None:
    attempts = list(_attempts())
    assert len(attempts) >= 100
    assert {test.__name__ for _, test in attempts if not test.__doc__} == set()
