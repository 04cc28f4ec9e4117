"""The port of proofs: from which entries of the trail the content of each table follows.

A room declares it beside its models, in a module ``proofs`` with the name ``DECLARATIONS`` (or a function of
that name): for every table of the database, table of another store and class of files in the data folder
either a `Proof` or the reason why there is none to give. A test fails for a table without either. The scrub
(`plumbline.trail.proof_scrub`) runs every pass of every proof; what is read is compared by the same functions
in the request that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import TypeAlias

from django.apps import apps

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Problem

LONGEST_VALUE = 300
"""Letters of a value that a finding keeps: enough to recognise it, never a copy of a whole text."""


@dataclass(frozen=True)
class Difference:
    """One place where a table says something else than the entry it follows from.

    ``table`` is named as in the declaration, ``row`` as a reader would look for it (a reference, a handle, a
    number), ``entry`` is the number of the entry, where there is one.
    """

    table: str
    row: str
    field: str
    expected: str
    found: str
    entry: int | None = None


@dataclass(frozen=True)
class Pass:
    """One walk of a scrub over a table or over the entries.

    ``span`` gives the first number and the one behind the last, ``check`` compares the numbers of one range
    and answers what differs. ``step`` is how many numbers one range has: it bounds memory and the time
    between two looks at the clock.
    """

    name: str
    span: Callable[[], tuple[int, int]]
    check: Callable[[int, int], Iterable[Difference]]
    step: int = 500
    around: Callable[[], AbstractContextManager[object]] = nullcontext
    """What is open during the whole walk, such as a store."""


@dataclass(frozen=True)
class Proof:
    """That a table follows from entries of the trail.

    ``follows`` says to a reader from which, and how it is recomputed. ``passes`` compare it in both
    directions: a row without its entry and an entry without its row. A table without passes of its own is
    compared by those of another one, or by the scrub of the tree. ``rebuild`` writes derived content again
    and answers how many rows it has then.
    """

    table: str
    follows: str
    passes: tuple[Pass, ...] = ()
    rebuild: Callable[[], int] | None = None


@dataclass(frozen=True)
class NoProof:
    """Why nothing has to be proved of a table."""

    table: str
    reason: str


Declaration: TypeAlias = Proof | NoProof


class Altered(Problem):
    """What was about to be shown is not what its entry in the trail commits to."""

    status, code, title = 500, "altered", "This is not what the record of entries commits to"

    def __init__(self, differences: Iterable[Difference]) -> None:
        """Each of ``differences`` becomes a fault: the field, what was expected and what was found."""
        self.differences = tuple(differences)
        super().__init__(
            say(
                "proof.altered",
                "{row} was changed without an entry in the trail. It is not shown: nothing proves it. "
                "An incident has been opened; the operator finds the remedy under Verification.",
                row=self.differences[0].row,
            ),
            [as_fault(difference) for difference in self.differences[:20]],
        )


def as_fault(difference: Difference) -> Fault:
    """A difference as one line of a problem."""
    return Fault(
        f"{difference.table}.{difference.field}",
        say(
            "proof.differs",
            "is “{found}”; entry {entry} commits to “{expected}”",
            found=difference.found,
            entry="" if difference.entry is None else str(difference.entry),
            expected=difference.expected,
        ),
    )


def shown(value: object) -> str:
    """A value as a finding keeps it."""
    text = value.hex() if isinstance(value, bytes) else "" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def compare(
    table: str, row: str, entry: int | None, expected: Mapping[str, object], found: Mapping[str, object]
) -> Iterator[Difference]:
    """What differs of the fields that ``expected`` names."""
    for field, value in expected.items():
        if found.get(field) != value:
            first, second = shown(value), shown(found.get(field))
            if first == second:  # they differ beyond what is kept, or by their type
                second = f"{second[: LONGEST_VALUE - 20]}… (differs)"
            yield Difference(table, row, field, first, second, entry)


def without_entry(table: str, row: str, entry: int | None = None) -> Difference:
    """A row that no entry of the trail speaks of."""
    return Difference(table, row, "entry", "an entry of the trail that says so", "none", entry)


def without_row(table: str, row: str, entry: int) -> Difference:
    """An entry whose row is gone."""
    return Difference(table, row, "row", f"a row that follows from entry {entry}", "none", entry)


def whole() -> tuple[int, int]:
    """The span of a table that is small enough to be compared in one piece."""
    return 0, 1


def declarations() -> tuple[Declaration, ...]:
    """What every room declares, in the order of the applications."""
    return tuple(_declared())


def _declared() -> Iterator[Declaration]:
    for config in apps.get_app_configs():
        name = f"{config.name}.proofs"
        if config.name.startswith(("django.", "allauth")) or find_spec(name) is None:
            continue
        # The trail's own module of this name is the port itself, which cannot import what it is asked by.
        module = import_module("plumbline.trail.own_tables" if name == __name__ else name)
        found = getattr(module, "DECLARATIONS", None)
        if found is not None:
            yield from found() if callable(found) else found


def proofs() -> tuple[Proof, ...]:
    """All proofs, without the tables that need none."""
    return tuple(found for found in declarations() if isinstance(found, Proof))


def passes() -> tuple[tuple[Proof, Pass], ...]:
    """Every pass with the proof it belongs to, each named uniquely by table and pass."""
    return tuple(
        (proof, replace(each, name=f"{proof.table}: {each.name}"))
        for proof in proofs()
        for each in proof.passes
    )
