"""The house rules that an import contract cannot see, read off the syntax trees."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

from django.apps import apps
from django.db import models
from tests.architecture.tree import SOURCE, definitions, imports, modules, name_of, parsed, short

MANAGERS = {"objects", "_base_manager", "_default_manager"}
QUERYING = {"models.py", "commands.py", "queries.py", "proofs.py", "stages.py", "stage.py"}
QUERYING_ELSEWHERE = {
    "src/plumbline/records/writing.py": "what the six verbs of records/commands.py share",
    "src/plumbline/records/form_fields.py": "the choices a derived form offers are query sets",
    "src/plumbline/records/forms.py": "which of those choices a reader sees, which names are taken",
}
"""Other modules that may ask the ORM, each with the reason."""

JSON_FIELDS = {
    "connectors.Connection.settings": "what a connector's own form asks for, read back as a whole",
    "controls.Result.reason": "a message, sealed with its result",
    "controls.Result.members": "the members of a population as they were judged, sealed with their result",
    "clauses.ManagementReview.inputs": "the inputs of a review, frozen when it is made final",
    "clauses.Scope.content": "the context that is approved with a scope, frozen when it goes into review",
    "clauses.InformationNotice.content": "the system that a notice rests on, frozen when it goes into review",
    "clauses.Release.content": "what a release is made of, frozen when it goes into review",
    "clauses.Validation.content": "which parts of a release are tested, frozen when the limits are set",
    "clauses.RiskAssessment.content": "criteria and levels, frozen when an assessment goes into review",
    "clauses.TreatmentPlan.content": "risks and treatments, frozen when a plan goes into review",
    "clauses.PostureVersion.content": "states of a day, frozen for their approval",
    "clauses.StatementVersion.content": "decisions and states of a day, frozen for their approval",
    "imports.ImportRow.values": "what a row of a file said, to compare the next file with",
}
"""Every JSON field there may be, each with the reason it is a snapshot, a body or a frozen input."""

PURE = {"numpy", "scipy", "math", "statistics", "collections", "itertools", "functools", "dataclasses"}
PURE |= {"typing", "__future__", "datetime", "decimal", "fractions", "re", "operator", "enum"}


OWN = {
    "metrics": ("plumbline.metrics.declare",),
    "controls": tuple(
        f"plumbline.controls.{name}" for name in ("declare", "verdicts", "cases", "populations")
    ),
}
"""What the pure functions of a room are declared with: all that they may import of it."""


def _rooms(*names: str) -> tuple[Path, ...]:
    """Modules that lie in one of the packages called ``plumbline.<name>``."""
    starts = tuple(f"plumbline.{name}." for name in names)
    return tuple(path for path in modules() if f"{name_of(path)}.".startswith(starts))


def _imports(paths: tuple[Path, ...], wrong: Callable[[str], bool]) -> list[str]:
    return [
        f"{short(path)}:{line} imports {name}"
        for path in paths
        for line, name in imports(path)
        if wrong(name)
    ]


def test_nothing_listens_to_signals() -> None:
    """Stages pull: what calls forward through a signal cannot be replayed."""

    def signal(name: str) -> bool:
        return name.startswith(("django.", "allauth.")) and bool(
            {"signals", "dispatch"} & set(name.split("."))
        )

    assert not _imports(modules(), signal)


def test_no_generic_foreign_keys() -> None:
    """A reference is a real foreign key that the database checks."""
    assert not _imports(
        modules(migrations=True), lambda name: name.startswith("django.contrib.contenttypes.fields")
    )


def test_the_orm_is_asked_in_its_own_modules_only() -> None:
    """Managers are touched in models, commands, queries and stages; everyone else calls those."""
    assert not [
        f"{short(path)}:{node.lineno} uses .{node.attr}"
        for path in modules()
        if path.name not in QUERYING and short(path) not in QUERYING_ELSEWHERE
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    ]


def _json_fields() -> set[str]:
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("plumbline.")
        for field in model._meta.local_fields
        if isinstance(field, models.JSONField)
    }


def test_json_fields_are_on_the_short_list() -> None:
    """JSON is for snapshots, bodies and frozen inputs; what is asked about has columns."""
    assert not _json_fields() - set(JSON_FIELDS)


def test_lists_of_exceptions_name_nothing_that_is_gone() -> None:
    assert not set(QUERYING_ELSEWHERE) - {short(path) for path in modules()}
    assert not set(JSON_FIELDS) - _json_fields()


def test_only_the_trail_touches_leaves() -> None:
    """Everyone else calls `plumbline.trail.log`: no model of it, no table name, no look-up by app label."""
    outside = tuple(path for path in modules() if path not in _rooms("trail"))
    named = ("trail_leaf", "trail.leaf", "trail_checkpoint", "trail.checkpoint")
    found = _imports(outside, lambda name: name.startswith("plumbline.trail.models"))
    found += [
        f"{short(path)}:{node.lineno} names {node.value!r}"
        for path in outside
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and " " not in node.value.strip()
        and any(word in node.value.lower() for word in named)
    ]
    assert not found


def test_libraries_of_pure_functions_know_their_declaration_only() -> None:
    """A metric or check sees what it is given: no clock, no database, no network, no other room."""
    found = []
    for room in ("metrics", "controls"):
        own = (*OWN[room], f"plumbline.{room}.library", "plumbline.kernel")
        library = _rooms(f"{room}.library")
        found += _imports(
            library,
            lambda name, own=own: (  # type: ignore[misc]
                name.startswith("plumbline.kernel.clock")
                or not (name.startswith(own) or name.split(".")[0] in PURE)
            ),
        )
        found += [
            f"{short(path)}:{node.lineno} asks for the present time"
            for path in library
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"now", "utcnow", "today", "time"}
        ]
    assert not found


def test_doors_import_no_models() -> None:
    """Pages, API and command line go through commands and queries."""
    assert not _imports(
        _rooms("web", "api", "cli"),
        lambda name: name.startswith("plumbline.") and "models" in name.split("."),
    )


def test_the_verifier_is_one_small_file_of_the_standard_library() -> None:
    """It travels in every pack and must run on a bare Python 3.9: at most 532 lines of code (decision 23)."""
    files = tuple((SOURCE / "plumbline_verify").rglob("*.py"))
    known = {*sys.stdlib_module_names, "plumbline_verify"}
    assert not _imports(files, lambda name: name.split(".")[0] not in known)
    text = (SOURCE / "plumbline_verify" / "verify.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 9))
    assert len(set(_lines_of_code(text))) <= 532


def _lines_of_code(text: str) -> Iterator[int]:
    """Numbers of the lines that hold code: no blank lines, comments or docstrings."""
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    quiet.add(tokenize.ENDMARKER)
    docstrings = {
        number
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in quiet:
            yield from (n for n in range(token.start[0], token.end[0] + 1) if n not in docstrings)


def test_nobody_reads_the_environment_but_the_settings() -> None:
    """Every setting is in `plumbline.config`, so that one page can name them all."""
    assert not [
        f"{short(path)}:{node.lineno} reads {ast.unparse(node)}"
        for path in modules()
        if name_of(path).startswith("plumbline.") and path.name != "config.py"
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.getenv", "os.environ.get"})
        or (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Load)
            and ast.unparse(node.value) == "os.environ"
        )
    ]


def test_definitions_are_found() -> None:
    """The walk itself works: this very function is seen."""
    assert "test_definitions_are_found" in {node.name for node in definitions(Path(__file__))}
