"""Runs every rule over a snapshot. A rule that fails on a record is named; the others are heard all the
same."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plumbline.assurance import declaration, library
from plumbline.assurance.declaration import GRADES, Gap, Grade, Rule
from plumbline.assurance.snapshot import Seen, Snapshot
from plumbline.kernel.messages import Message, Word

_log = logging.getLogger(__name__)

# Found by the folder's listing, so that a new module of rules cannot be forgotten in a list of imports.
for _module in pkgutil.iter_modules(library.__path__):
    importlib.import_module(f"{library.__name__}.{_module.name}")


@dataclass(frozen=True)
class Found:
    """A predicted finding, before anybody is asked who may see it."""

    rule: Rule
    gap: Message
    seen: tuple[Seen, ...]
    grade: Grade

    @property
    def subjects(self) -> tuple[str, ...]:
        """References of the records that show it, each once."""
        return tuple(dict.fromkeys(one.reference for one in self.seen))

    @property
    def repair(self) -> Word:
        """What makes the gap go away with the least work."""
        return self.rule.repair


@dataclass(frozen=True)
class Failure:
    """A rule that could not be asked: of which record (empty: of the whole), and the name of the error."""

    rule: str
    reference: str
    error: str


def all_rules() -> tuple[Rule, ...]:
    """Every declared rule, by id; those of plugins too."""
    return tuple(rule for _, rule in sorted(declaration.REGISTERED.items()))


def run(snapshot: Snapshot, rules: Iterable[Rule] | None = None) -> tuple[list[Found], list[Failure]]:
    """What the rules find, the gravest first, and where one of them failed."""
    found: list[Found] = []
    failed: list[Failure] = []
    for rule in all_rules() if rules is None else rules:
        for reference, ask in _questions(rule, snapshot):
            try:
                gaps = list(ask())
            except Exception as error:  # noqa: BLE001 - one broken rule must not hide what the others find
                _log.exception("The rule %s failed on %s.", rule.id, reference or "the whole")
                failed.append(Failure(rule.id, reference, type(error).__name__))
                continue
            found += [Found(rule, one.says, one.seen, one.grade or rule.grade) for one in gaps]
    return sorted(found, key=lambda one: (GRADES.index(one.grade), one.rule.id)), failed


class _Question:
    """A rule asked of one thing."""

    def __init__(self, rule: Rule, *asked: object) -> None:
        self._rule, self._asked = rule, asked

    def __call__(self) -> Iterator[Gap]:
        return self._rule.find(*self._asked)


def _questions(rule: Rule, snapshot: Snapshot) -> Iterator[tuple[str, _Question]]:
    if not rule.over:
        yield "", _Question(rule, snapshot)
    for row in snapshot.of(*rule.over):
        yield row.reference, _Question(rule, row, snapshot)
