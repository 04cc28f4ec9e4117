"""Codes and sentences of every ``say`` in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import modules, parsed

CALLS = {"say", "share"}
"""Functions whose first two arguments are a code and an English sentence."""


def codes() -> Iterator[tuple[str, str]]:
    """Code and English sentence of each message whose two are literals."""
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                first = node.args[:2]
                if len(first) == 2 and all(isinstance(argument, ast.Constant) for argument in first):
                    yield ast.literal_eval(first[0]), ast.literal_eval(first[1])
