"""How large the house is, and how large its parts are: lines a kind and a check, templates, comments.

Run as ``.venv/bin/python bench/house.py``. It measures the working copy and prints one table. Decision 17
holds the figures before and after the code was made ready to grow.
"""

from __future__ import annotations

import ast
import inspect
import io
import os
import statistics
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "plumbline"
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.server.settings")


def python_files() -> list[Path]:
    """The product's modules, verifier and SDK included, migrations left out."""
    folders = [ROOT / "src", ROOT / "sdk" / "python" / "src"]
    found = [path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts]
    return sorted(found)


def lines(paths: list[Path]) -> int:
    """Lines of some files, blank ones included."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def comments(paths: list[Path]) -> int:
    """Comments that a person wrote: no directives to tools."""
    directives = ("# type:", "# noqa", "# fmt:")
    return sum(
        token.type == tokenize.COMMENT and not token.string.startswith(directives)
        for path in paths
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    )


def kind_sizes() -> Iterator[tuple[str, int, int]]:
    """Slug, lines and number of fields of each kind: its model, its declaration and its gates."""
    from plumbline.records import kinds

    for kind in kinds.all_kinds():
        module = inspect.getmodule(kind.model)
        assert module is not None
        guards = {function for gates in kind.gates.values() for function in gates} | set(
            kind.deciders.values()
        )
        own = [function for function in guards if function.__module__.startswith("plumbline.clauses")]
        size = sum(len(inspect.getsourcelines(part)[0]) for part in (kind.model, *own))
        yield kind.slug, size + _declaration(module.__file__ or "", kind.model.__name__), len(kind.own_fields)


def _declaration(file: str, model: str) -> int:
    """Lines of the ``Kind(model=…)`` of a model."""
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Kind":
            named = {word.arg: getattr(word.value, "id", "") for word in node.keywords}
            if named.get("model") == model:
                return (node.end_lineno or node.lineno) - node.lineno + 1
    raise LookupError(model)


def check_sizes() -> list[int]:
    """Lines of each decorated check, its declaration included."""
    return [
        (node.end_lineno or node.lineno) - min(item.lineno for item in node.decorator_list) + 1
        for path in sorted((SOURCE / "controls" / "library").glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and any(getattr(getattr(item, "func", None), "id", "") == "check" for item in node.decorator_list)
    ]


def rows() -> Iterator[tuple[str, str]]:
    """What is measured, and its figure."""
    files, templates = python_files(), sorted(SOURCE.rglob("templates/**/*.html"))
    kinds, checks = list(kind_sizes()), check_sizes()
    over = [slug for slug, size, fields in kinds if size > 40 + 3 * fields]
    yield "Python without migrations, lines", f"{lines(files):,}"
    yield "Templates, lines", f"{lines(templates):,}"
    longest = max(len(line) for path in templates for line in path.read_text(encoding="utf-8").splitlines())
    yield "Longest line of a template", f"{longest}"
    yield "Kinds", f"{len(kinds)}"
    yield "Lines a kind, mean", f"{statistics.mean(size for _, size, _ in kinds):.0f}"
    yield "Fields a kind, mean", f"{statistics.mean(fields for _, _, fields in kinds):.0f}"
    yield "Kinds over 40 lines + 3 a field", f"{len(over)} ({', '.join(over)})" if over else "0"
    yield "Lines a decorated check, mean", f"{statistics.mean(checks):.0f}"
    yield "Decorated checks over 34 lines", f"{sum(size > 34 for size in checks)} of {len(checks)}"
    yield "Comments by people", f"{comments(files):,}"
    yield "Lines of Python for each comment", f"{lines(files) / comments(files):.0f}"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLUMBLINE_DATA"] = folder
        import django

        django.setup()
        for name, figure in rows():
            print(f"{name:<36}{figure}")


if __name__ == "__main__":
    main()
