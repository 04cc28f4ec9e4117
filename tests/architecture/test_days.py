"""Days are made from instants in one place, so that all of them begin and end in the organization's zone."""

from __future__ import annotations

import ast

from tests.architecture.tree import modules, parsed, short

ALLOWED = {
    "src/plumbline/kernel/clock.py": "turns instants into days and back",
    "src/plumbline/imports/dates.py": "reads a day from text, which has no zone",
}


def test_only_the_clock_turns_instants_into_days_and_days_into_instants() -> None:
    """``.date()`` and ``datetime.combine`` take the day of UTC, ``date.today()`` the machine's."""
    found = [
        f"{short(path)}:{node.lineno} {ast.unparse(node.func)}"
        for path in modules()
        if short(path).startswith("src/plumbline/") and short(path) not in ALLOWED
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            (node.func.attr == "date" and not node.args)
            or node.func.attr == "combine"
            or ast.unparse(node.func) in {"date.today", "datetime.today"}
        )
    ]
    assert not found
