"""The reference pages, written from what the product itself declares.

``./run reference`` writes them to ``docs/reference``; a test fails while what is there differs from what
is declared, so nothing can be added without its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from inspect import cleandoc
from pathlib import Path
from typing import Any

import typer

from plumbline import catalogs, config
from plumbline.api import registry as api_registry
from plumbline.catalogs import shown_by
from plumbline.cli.main import app
from plumbline.connectors import port
from plumbline.controls import registry
from plumbline.identity.roles import GROUPS, ROLES, SCOPES, VERBS, kinds_of
from plumbline.kernel import states, workflow
from plumbline.metrics import registry as metrics
from plumbline.portability import description
from plumbline.records import examples, kinds
from plumbline.records.kinds import Kind

NOTE = "<!-- Written by ./run reference from what the product declares. Do not edit. -->"


def pages() -> dict[str, str]:
    """File name and Markdown of every generated page. Needs Django to be set up."""
    made = {
        "settings.md": settings_page(),
        "kinds.md": kinds_page(),
        "metrics.md": metrics_page(),
        "checks.md": checks_page(),
        "connectors.md": connectors_page(),
        "commands.md": commands_page(),
        "api.md": api_page(),
        "roles.md": roles_page(),
        "states.md": states_page(),
        "export.md": description.reference(),
        "catalogs.md": catalogs.reference().splitlines(),
        "statements.md": statements_page(),
    }
    return {name: "\n".join([NOTE, "", *lines]).rstrip() + "\n" for name, lines in made.items()}


def write(folder: Path) -> list[str]:
    """Write every page into ``folder``; return the names of those that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in pages().items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    names = list(heads)
    yield "| " + " | ".join(names) + " |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def statements_page() -> list[str]:
    """Every requirement statement with what answers it, and where documented information is kept."""
    rows = [
        (
            f"`{answer.statement}`",
            catalogs.requirement(answer.statement).gist,
            _columns(answer.records),
            _code(answer.pages),
            _code(answer.checks),
            answer.missing,
        )
        for answer in shown_by.statements().values()
    ]
    open_ = sum(bool(answer.missing) for answer in shown_by.statements().values())
    kept = (
        (f"`{row.id}`", where.what, _columns(where.records), where.missing)
        for row, where in shown_by.documented()
    )
    return [
        "# What answers each requirement statement",
        "",
        "The statements are ours, not the words of the standard. Records are kinds with the columns that "
        "hold the answer, pages are named as in the overview of pages (`/help/pages/`), checks as in "
        "[checks](checks.md). An answer is a place for evidence and no evidence yet. "
        f"{open_} of {len(rows)} statements say what is missing.",
        "",
        *_table(("Statement", "In our words", "Records", "Pages", "Checks", "Not here yet"), rows),
        "",
        "## Documented information",
        "",
        *_table(("Sub-clause", "What is kept", "Where", "Not here yet"), kept),
    ]


def _columns(records: Mapping[str, Iterable[str]]) -> str:
    return "; ".join(f"{kind}: {_code(names)}" for kind, names in records.items())


def settings_page() -> list[str]:
    """Every setting with its environment name, type, default and meaning."""
    rows = (
        (f"`{name}`", kind, f"`{default}`" if default else "empty", text)
        for name, kind, default, text in config.reference()
    )
    return [
        "# Settings",
        "",
        "Read once, from the environment, when a process starts. An unknown `PLUMBLINE_…` name and a value "
        "of the wrong type are refused.",
        "",
        *_table(("Name", "Type", "Default", "Meaning"), rows),
    ]


def kinds_page() -> list[str]:
    """Every kind of record with its workflow and its fields."""
    lines = ["# Kinds of record"]
    for kind in kinds.all_kinds():
        lines += [
            "",
            f"## {kind.name[:1].upper()}{kind.name[1:]} (`{kind.prefix}`)",
            "",
            kind.text,
            "",
            f"Clause {kind.clause}. `{kind.slug}` on the command line, `/api/v1/{kind.plural}` in the API. "
            f"Workflow *{kind.workflow.name}*: {' → '.join(kind.workflow.states)}. "
            f"Evidence for {_code(kind.requirements)}.{' Reading it is logged.' if kind.sensitive else ''}",
            "",
            *_table(
                ("Field", "Type", "Needed", "Meaning", "Example"), map(_field_row(kind), kind.field_names)
            ),
        ]
    return lines


def _field_row(kind: Kind) -> Any:
    example = examples.as_json(kind)

    def row(name: str) -> tuple[str, str, str, str, str]:
        field = kind.model._meta.get_field(name)
        sort = field.get_internal_type().removesuffix("Field")
        choices = [str(value) for value, _ in getattr(field, "flatchoices", []) if value not in ("", None)]
        needed = "no" if getattr(field, "blank", True) else "yes"
        meaning = f"{getattr(field, 'verbose_name', name)}. {getattr(field, 'help_text', '')}".strip()
        meaning = f"{meaning} One of {_code(choices)}." if choices else meaning
        if choices and kind.field(name).has_default():
            meaning += f" A program that leaves it out says {_code([str(kind.field(name).get_default())])}."
        return f"`{name}`", sort, needed, meaning, _in_words(example.get(name, ""))

    return row


def _in_words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def metrics_page() -> list[str]:
    """Every metric: what it is, its unit, over what it is taken and how its value comes about."""
    rows = (
        (f"`{m.name}`", m.title, m.unit, m.over, m.reads if m.has_points else f"the store's {m.asks}", m.text)
        for m in metrics.all_metrics()
    )
    return [
        "# Metrics",
        "",
        "A metric with points is kept by the hour and adds up.",
        "One that reads the store is taken anew for its window.",
        "",
        *_table(("Name", "Title", "Unit", "Over each", "Reads", "Meaning"), rows),
    ]


def checks_page() -> list[str]:
    """Every check: what it asks, of whom, which requirements it gives evidence for."""
    lines = [
        "# Checks",
        "",
        "A check is a pure function from evidence to a verdict: it passes, it fails, or it cannot tell.",
    ]
    for check in registry.all_checks():
        lines += [
            "",
            f"## {check.title} (`{check.slug}`)",
            "",
            check.text,
            "",
            f"Gives evidence for {_code(check.requirements)}. Over each {check.over}, by {check.window}. "
            f"Severity {check.severity}{', required' if check.required else ''}. Needs {_code(check.needs)}."
            + (f" Limits: {_code(check.limit_names)}." if check.limits else ""),
        ]
    limits = registry.default_limits()
    rows = (
        (f"`{name}`", f"{one.value:g}", one.unit, one.minimum, one.why)
        for name, one in sorted(limits.items())
    )
    lines += ["", "## Limits that hold until an approved record replaces them", ""]
    return [*lines, *_table(("Limit", "Value", "Unit", "Smallest population judged", "Why"), rows)]


def connectors_page() -> list[str]:
    """Every connector with what it reads, what it writes and the settings it asks for."""
    lines = ["# Connectors", "", "Outside systems that facts are read from: `plumbline connector add`."]
    for each in port.all_connectors():
        minutes = int(each.every.total_seconds() // 60)
        lines += ["", f"## `{each.slug}`: {each.title}", "", each.text, ""]
        lines += [f"Writes: {_code(each.kinds)}. Read every {minutes} minutes.", ""]
        rows = (
            (f"`{name}`", field.label or name, "yes" if field.required else "no", field.help_text)
            for name, field in each.settings_form.base_fields.items()
        )
        lines += _table(("Setting", "Name", "Required", "Meaning"), rows)
    return lines


def commands_page() -> list[str]:
    """Every verb of the command line with its help, arguments and options."""
    root = typer.main.get_command(app)
    lines = [
        "# Commands",
        "",
        "Exit codes: 0 done, 1 a problem, 2 wrong usage, 3 a check or proof failed.",
        "In a clone, `./run VERB` does the same.",
    ]
    for name, command in _commands(root, "plumbline"):
        lines += ["", f"## `{name}`", "", (command.help or "").strip(), ""]
        rows = [_parameter_row(item) for item in command.params if not getattr(item, "hidden", False)]
        lines += _table(("Argument or option", "Default", "Meaning"), rows) if rows else ()
    return lines


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word in sorted(inner):
        if not inner[word].hidden:
            yield from _commands(inner[word], f"{name} {word}")


def _parameter_row(item: Any) -> tuple[str, str, str]:
    shown = item.opts if item.param_type_name == "option" else [str(item.name).upper()]
    default = item.default if isinstance(item.default, str | int | float | Path) else None
    told = "needed" if item.required else "" if default in (None, False) else f"`{default}`"
    return _code(shown), told, str(getattr(item, "help", "") or "")


def api_page() -> list[str]:
    """Every operation of the HTTP API; those that each kind has are shown once, as ``{kinds}``."""
    first, *others = kinds.all_kinds()
    repeated = tuple(f"/api/v1/{kind.plural}{end}" for kind in others for end in ("", "/", "."))
    rows = []
    for path, operations in api_registry.document()["paths"].items():
        if path in repeated or path.startswith(tuple(start for start in repeated if start[-1] in "/.")):
            continue
        for method, operation in operations.items():
            summary = operation["summary"]
            if path.startswith(f"/api/v1/{first.plural}"):
                path = path.replace(f"/{first.plural}", "/{kinds}")
            if "{kinds}" in path:
                summary = summary.replace(first.names, "records").replace(first.name, "record")
            rows.append((f"`{method.upper()} {path}`", summary))
    return [
        "# HTTP API",
        "",
        "By bearer token only. Errors are problem documents (RFC 9457); a revision is an ETag, and a change",
        "asks for If-Match. Fields, parameters and answers are in the OpenAPI 3.1 document.",
        "",
        f"`{{kinds}}` is one of {_code(kind.plural for kind in (first, *others))}.",
        "",
        *_table(("Operation", "Meaning"), rows),
    ]


def roles_page() -> list[str]:
    """The roles, the verbs each has on each group of kinds, and the scopes of tokens."""
    rows = (
        (role.title, f"`{role.slug}`", group, ", ".join(verbs))
        for role in ROLES.values()
        for group, verbs in role.allows.items()
    )
    return [
        "# Roles and permissions",
        "",
        *_table(("Verb", "Lets somebody"), ((f"`{verb}`", text) for verb, text in VERBS.items())),
        "",
        *_table(("Role", "Slug", "On", "Verbs"), rows),
        "",
        *_table(("Group", "Kinds"), ((group, ", ".join(sorted(kinds_of(group)))) for group in GROUPS)),
        "",
        "A token does what both its scopes and the roles of its owner allow.",
        "",
        *_table(
            ("Scope", "Verbs"), ((f"`{scope}`", ", ".join(sorted(verbs))) for scope, verbs in SCOPES.items())
        ),
    ]


def states_page() -> list[str]:
    """The words for states, and the workflows with the conditions of every move."""
    lines = ["# States and workflows"]
    for words in vars(states).values():
        if isinstance(words, type) and issubclass(words, StrEnum) and words is not StrEnum:
            lines += [
                "",
                f"## {words.__name__}",
                "",
                cleandoc(words.__doc__ or ""),
                "",
                ", ".join(words) + ".",
            ]
    for flow in dict.fromkeys(kind.workflow for kind in kinds.all_kinds()):
        lines += ["", f"## Workflow: {flow.name}", "", " → ".join(flow.states), ""]
        lines += _table(("Move", "From", "To", "Conditions"), map(_move_row, flow.moves))
    return lines


def _move_row(move: workflow.Move) -> tuple[str, str, str, str]:
    conditions = {
        "recorded as an approval, by someone other than its writer": move.approves,
        "by someone other than its owner and last writer": move.independent,
        "by someone who neither took the step before nor wrote it since its approval": move.confirms,
        "only while nothing of it was ever approved": move.discards,
        "only while an approved revision is in force, whose values it puts back": move.restores,
        "with a reason": move.reason,
    }
    told = "; ".join(text for text, holds in conditions.items() if holds)
    return f"`{move.name}`", ", ".join(move.sources), move.target, told
