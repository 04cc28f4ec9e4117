"""The house rules of the tests themselves: they depend on no day, no load and no port."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.architecture.tree import ROOT, parsed, short

STOPWATCHES = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "thread_time"}
MAY_MEASURE = {
    "tests/waiting.py": "the waits that guard against a hang, and what work costs a processor",
    "tests/trail/test_write_priority.py": "its own stopwatch in place of the real one",
}
"""Modules that may name a stopwatch, each with the reason."""

CLICKS = "tests/web/chromium.py"
"""The one module that clicks."""

PATIENT = 30
"""Seconds that a guard against a hang grants at the least; one of less than a second is meant to run out."""


def _stopwatches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Readings of a clock that only measures how long something takes, and time.time() for the same."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if name in STOPWATCHES:
                yield node.lineno, name
            case ast.ImportFrom(module="time", names=names):
                yield from ((node.lineno, one.name) for one in names if one.name in STOPWATCHES | {"time"})
            case ast.Compare(left=left, comparators=others):
                for side in (left, *others):
                    if isinstance(side, ast.BinOp) and "time.time()" in ast.unparse(side):
                        yield node.lineno, ast.unparse(side)


def _short_guards(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Processes and threads of a test that are given up after a few seconds."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        given = [one.value for one in node.keywords if one.arg == "timeout"]
        if called in {"run", "communicate", "HTTPConnection", "open", "create_connection"}:
            pass
        elif called in {"wait", "join", "settimeout", "wait_for", "timeout", "flush"}:
            given += node.args[-1:]
        else:
            continue
        for value in given:
            seconds = value.value if isinstance(value, ast.Constant) else None
            if isinstance(seconds, int | float) and 1 <= seconds < PATIENT:
                yield node.lineno, ast.unparse(node)


def _early_looks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Acts of a browser test that are over while the page before still stands, or after so many seconds.

    A click and a key that lead on return at once, and the page that is there is loaded already. Whether a
    click leads on is not seen from the test: `tests.web.chromium` alone clicks.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="wait_for_load_state" | "wait_for_timeout")):
                yield node.lineno, ast.unparse(node)
            case ast.Call(func=ast.Attribute(attr="click" | "dblclick" | "tap"), args=[] | [ast.Constant()]):
                yield node.lineno, ast.unparse(node)
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if isinstance(block, list) and not _waits_for_navigation(node):
                for place, one in enumerate(block):
                    after = "".join(map(ast.unparse, block[place + 1 : place + 2]))
                    if _presses_enter(one) and ".wait_for_url(" not in after:
                        yield one.lineno, ast.unparse(one)


def _waits_for_navigation(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and "expect_navigation" in ast.unparse(node.items[0])


def _presses_enter(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and "keyboard.press('Enter')" in ast.unparse(node)


def _tests() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "tests").rglob("*.py")))


def test_no_test_measures_how_long_something_takes() -> None:
    """A deadline says how busy the machine is. Count queries, steps or bytes; wait with `waiting.until`."""
    assert not [
        f"{short(path)}:{line} reads {name}"
        for path in _tests()
        if short(path) not in MAY_MEASURE
        for line, name in _stopwatches(parsed(path))
    ]
    assert all((ROOT / path).exists() for path in MAY_MEASURE)


def test_no_test_gives_up_soon() -> None:
    """What guards against a hang is generous: it never decides whether a sound product passes."""
    assert not [
        f"{short(path)}:{line} {text}" for path in _tests() for line, text in _short_guards(parsed(path))
    ]


def test_no_browser_test_reads_the_page_before() -> None:
    """What a click or key leads to is waited for: by `tests.web.chromium.clicked`, or for its address."""
    assert not [
        f"{short(path)}:{line} {text}"
        for path in _tests()
        if short(path) != CLICKS
        for line, text in _early_looks(parsed(path))
    ]
    assert list(_early_looks(parsed(ROOT / CLICKS)))


@pytest.mark.parametrize(
    "code",
    [
        "page.keyboard.press('Enter')\nassert 'Done' in page.inner_text('main')",
        "page.keyboard.press('Enter')",
        "page.wait_for_load_state()",
        "page.wait_for_timeout(2500)",
        "page.get_by_role('button', name='Send it').click()\nfound += found_on(page)",
        "browser_page.click('button')",
    ],
)
def test_an_early_look_is_seen(code: str) -> None:
    assert list(_early_looks(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "page.keyboard.press('Enter')\npage.wait_for_url('**/records/')",
        "with page.expect_navigation():\n    page.keyboard.press('Enter')",
        "page.keyboard.press('Tab')",
        "clicked(page.get_by_role('button', name='Send it'))",
        "mina.click(mina.page.get_by_role('button'))",
    ],
)
def test_a_look_at_the_right_page_is_none(code: str) -> None:
    assert not list(_early_looks(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "assert time.monotonic() - begun < 5",
        "took = time.perf_counter() - begun",
        "from time import monotonic",
        "assert time.time() - begun < 5",
    ],
)
def test_a_stopwatch_is_seen(code: str) -> None:
    assert list(_stopwatches(ast.parse(code)))


@pytest.mark.parametrize("code", ["thread.join(5)", "subprocess.run([], timeout=10)", "made.settimeout(5)"])
def test_a_short_guard_is_seen(code: str) -> None:
    assert list(_short_guards(ast.parse(code)))


@pytest.mark.parametrize("code", ["', '.join(names)", "thread.join()", "made.settimeout(PATIENCE)"])
def test_nothing_else_is_taken_for_one(code: str) -> None:
    assert not list(_short_guards(ast.parse(code)))


def test_queries_are_counted_the_same_at_any_load() -> None:
    """By the fixtures of ``tests/conftest.py``, under which no memo of a few seconds runs out in between."""
    assert [
        short(path) for path in _tests() if "CaptureQueries" + "Context" in path.read_text(encoding="utf-8")
    ] == ["tests/conftest.py"]
