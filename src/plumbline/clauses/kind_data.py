"""What a kind declares as data: its lists of words and its example, in a TOML file beside its module.

``planning/risks.toml`` belongs to ``planning/risks.py``. A table ``[choices.<field>]`` has a line for each
word with the label that readers see, in the order in which they see them; ``[example]`` is a complete record.
Words are stored, so a word is never renamed; a label may change. Neither is part of the schema.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Choices = Mapping[str, tuple[tuple[str, str], ...]]


def beside(module: str) -> tuple[Choices, Mapping[str, Any]]:
    """The lists of words by name and the example that belong to ``module`` (its ``__file__``).

    Raises ``ValueError`` naming the file when it cannot be read, says something else, or a word is not a
    text; a typing mistake would otherwise surface in front of whoever fills in the form.
    """
    path = Path(module).with_suffix(".toml")
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    if unknown := set(document) - {"choices", "example"}:
        raise ValueError(f"{path.name}: {sorted(unknown)} are neither choices nor example")
    choices = {name: tuple(words.items()) for name, words in document.get("choices", {}).items()}
    for name, words in choices.items():
        if not words or not all(isinstance(label, str) and word and label for word, label in words):
            raise ValueError(f"{path.name}: choices.{name} needs words, each with its label")
    return choices, document.get("example", {})
