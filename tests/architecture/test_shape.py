"""Size, names and docstrings: what keeps a module readable in one sitting."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import definitions, modules, parsed, short

LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 50
ONE_FILE_BY_DESIGN = {
    "src/plumbline_verify/verify.py": 665,  # it travels in every pack, to be read and run alone (decision 23)
}
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "service", "services", "base"}
NAMED_BY_DJANGO = {
    "src/plumbline/records/sqlite/base.py": "Django loads a database engine from a module of this name",
    "src/plumbline/records/postgresql/base.py": "Django loads a database engine from a module of this name",
}


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)}


def test_modules_stay_short() -> None:
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert not {
        name: lines
        for name, lines in lengths.items()
        if lines > ONE_FILE_BY_DESIGN.get(name, LINES_OF_A_MODULE)
    }


def test_functions_stay_short() -> None:
    assert not [
        f"{short(path)}:{node.lineno} {node.name} has {(node.end_lineno or 0) - node.lineno + 1} lines"
        for path in modules()
        for node in definitions(path)
        if not isinstance(node, ast.ClassDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LINES_OF_A_FUNCTION
    ]


def test_names_say_something() -> None:
    """A module or class called helper, manager, service, base or utils has no subject of its own."""
    vague = [
        short(path) for path in modules() if short(path) not in NAMED_BY_DJANGO and VAGUE & _words(path.stem)
    ]
    vague += [
        f"{short(path)}:{node.lineno} {node.name}"
        for path in modules()
        for node in definitions(path)
        if isinstance(node, ast.ClassDef) and VAGUE & _words(node.name)
    ]
    assert not vague


def test_modules_and_public_definitions_say_what_they_mean() -> None:
    """All but ``apps.py``, which is Django's own declaration of a room."""
    speaking = [path for path in modules() if path.name != "apps.py"]
    silent = [short(path) for path in speaking if parsed(path).body and not ast.get_docstring(parsed(path))]
    silent += [
        f"{short(path)}:{node.lineno} {node.name}"
        for path in speaking
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent
