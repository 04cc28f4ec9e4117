"""Mutations: faults put into the product on purpose, each with the tests that have to notice it.

A line that is covered is not yet a line that is checked. Each ``*.toml`` in this folder lists, for one part
of the product, small changes that would do real harm (a permission that is not asked for, a name that is
not hidden, a limit that is off by one) as::

    [[mutation]]
    file = "src/plumbline/api/door.py"
    before = "the text as it stands, found exactly once in the file"
    after = "the text with the fault"
    tests = ["tests/api/test_roles.py::test_every_operation_needs_a_token"]
    why = "The harm this would do."

`tests/mutations/run.py` puts them in one at a time; `tests/architecture/test_mutations.py` keeps the entries
in step with the code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Mutation:
    """One fault. ``name`` is the file that declares it and its number there, from 1: ``api-3``."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
    why: str

    def applied_to(self, source: str) -> str:
        """``source`` with the fault. Raises `ValueError` unless the text stands there exactly once."""
        if source.count(self.before) != 1:
            raise ValueError(f"{self.name}: found {source.count(self.before)} times in {self.file}")
        return source.replace(self.before, self.after)


def mutations() -> Iterator[Mutation]:
    """Every mutation, by file and number. Raises `TypeError` for one with a member missing or unknown."""
    for path in sorted(HERE.glob("*.toml")):
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]
        for number, entry in enumerate(entries, 1):
            tests = tuple(entry.pop("tests"))
            yield Mutation(name=f"{path.stem}-{number}", tests=tests, **entry)
