"""The source tree as the architecture tests see it: files, syntax trees, imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def short(path: Path) -> str:
    """The path as it is written in a message and in the lists of exceptions."""
    return path.relative_to(ROOT).as_posix()


@cache
def modules(*, migrations: bool = False) -> tuple[Path, ...]:
    """Every Python file of the product (and of its SDK), migrations only when asked for."""
    found = [*SOURCE.rglob("*.py"), *(ROOT / "sdk").rglob("src/**/*.py")]
    return tuple(sorted(path for path in found if migrations or "migrations" not in path.parts))


def name_of(path: Path) -> str:
    """The dotted name of a module: ``plumbline.trail.log``; the SDK's modules too."""
    home = SOURCE if path.is_relative_to(SOURCE) else ROOT / "sdk" / "python" / "src"
    parts = list(path.relative_to(home).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all that a module imports; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{short(path)}:{node.lineno} imports relatively; write the whole name"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def definitions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Every function and class of a module, nested ones and methods included."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


@cache
def files() -> tuple[Path, ...]:
    """Files of the repository, tracked or new, without what git ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    found = (ROOT / line for line in listed.split("\0") if line)
    return tuple(sorted(path for path in found if path.is_file()))


def texts(*suffixes: str) -> tuple[Path, ...]:
    """Files of the repository with one of the suffixes."""
    return tuple(path for path in files() if path.suffix in suffixes)
