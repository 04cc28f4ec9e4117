"""Every verb of the command line says what it does, shows an example and can answer a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from plumbline.cli.main import app


def _verbs(command: Any, name: str = "plumbline") -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for word in inner:
        if not inner[word].hidden:
            yield from _verbs(inner[word], f"{name} {word}")


VERBS = dict(_verbs(typer.main.get_command(app)))


def test_every_verb_has_help_with_an_example() -> None:
    assert not [
        name for name, verb in VERBS.items() if f"Example: {name}" not in " ".join((verb.help or "").split())
    ]


def test_every_verb_answers_in_json_too() -> None:
    assert not [
        name
        for name, verb in VERBS.items()
        if not any("--json" in parameter.opts for parameter in verb.params)
    ]


def test_every_option_says_what_it_is_for() -> None:
    assert not [
        f"{name} {parameter.name}"
        for name, verb in VERBS.items()
        for parameter in verb.params
        if not getattr(parameter, "hidden", False) and not getattr(parameter, "help", "")
    ]
