"""How a fault is planted in the good organization, and what an auditor would say of it.

A fault is planted through the doors: a row that is imported, a record that is revised and approved again by
a second person, a step taken or taken too early, or time in which nothing is done. What no door lets through
is no fault of the organization but a success of the product: it is counted as refused. A few come about by a
shell on the database or an older version alone, and are marked so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.assurance.outsider.checking import values_of
from tests.assurance.outsider.doors import Doors, Row
from tests.assurance.outsider.organization import TODAY

from plumbline.records import guard, kinds
from plumbline.records.models import Record

MANAGED = {
    "policy",
    "scope",
    "authority",
    "risk-criteria",
    "treatment-plan",
    "statement-version",
    "applicability",
    "objective",
    "change",
    "opportunity",
    "deviation",
    "committee",
    "responsibility",
    "management-review",
}
"""Kinds that top management approves here."""
SEED = 20261120
Edit = Callable[[Doors, str, Random], Iterable[str] | None]


@dataclass(frozen=True)
class Fault:
    """One fault: where an auditor's list has it, which requirements would be cited, and how it comes about.

    ``about`` is the record in which it is planted (by its name in the organization), or empty; ``edit``
    plants it and answers the names of further subjects. ``absence``: what is missing has no record, so that
    a finding need not name one. ``wide``: it touches the whole register, so that nothing is beyond it.
    ``door``: *tables* where it comes about by no door.
    """

    family: str
    requirements: frozenset[str]
    said: str
    about: str
    edit: Edit
    absence: bool = False
    wide: bool = False
    door: str = "doors"
    number: int = 0

    @property
    def name(self) -> str:
        """What it is called in lists."""
        return f"{self.number:03d} {self.family} {self.about or '(the whole)'}: {self.said}"

    def plant(self, doors: Doors) -> list[str]:
        """Plant it; the references of its subjects."""
        more = self.edit(doors, self.about, Random(f"{SEED} {self.number}")) or ()
        names = [name for name in (self.about, *more) if name]
        return [doors.reference(name) for name in names]


def ids(text: str) -> frozenset[str]:
    """Requirements of ISO/IEC 42001 by their numbers, as in ``6.1.2 8.2 A.5.4``."""
    return frozenset(f"iso42001:{number}" for number in text.split())


def faults(
    family: str, numbers: str, said: str, about: Sequence[str], edit: Edit, **more: Any
) -> list[Fault]:
    """The same fault in each of several records."""
    return [Fault(family, ids(numbers), said, name, edit, **more) for name in about]


def day(offset: int) -> str:
    """The day so many days from the day on which faults are planted."""
    return (TODAY + timedelta(days=offset)).isoformat()


# Edits


def second_of(kind: str) -> str:
    """Who approves a record of a kind that Carla writes."""
    return "astrid" if kind in MANAGED else "dag"


def alter(*choices: Mapping[str, Any]) -> Edit:
    """Revise an approved record, with one of ``choices`` of values, and have it approved again."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        revise(doors, name, pick.choice(choices))

    return edit


def revise(doors: Doors, name: str, values: Mapping[str, Any]) -> None:
    """Revise an approved record and have it approved again, giving the reasons that are asked for."""
    kind = kinds.of_reference(doors.reference(name))
    told = dict(values)
    if kind.slug == "impact-assessment" and "2.0" in name:  # of its release, and so not before it
        told = {"assessed_on": day(-30), **told}
    if "back_test" in kind.field_names and "change_reason" in kind.field_names:
        told = {"change_reason": "Looked at again in November.", "accepted_until": day(200), **told}
    doors.revise(name, "carla", second_of(kind.slug), **told)


def draft(*choices: Mapping[str, Any]) -> Edit:
    """Revise an approved record and leave the revision lying."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        doors.step(name, "carla", "revise", reason="To be changed.")
        doors.amend(name, "carla", **pick.choice(choices))

    return edit


def overdue(field: str = "next_review", then: Mapping[str, Any] | None = None) -> Edit:
    """Give a day that is near, and let it pass without doing anything."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        revise(doors, name, {field: day(pick.randint(1, 8)), **(then or {})})
        wait(doors, pick.randint(24, 36))

    return edit


def wait(doors: Doors, days: int) -> None:
    """Let days pass in which nobody does anything."""
    doors.at(doors.now.date() + timedelta(days=days))


def waiting(days: int) -> Edit:
    """Nobody does anything for so many days."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        wait(doors, days)

    return edit


def retire(step: str = "retire") -> Edit:
    """Take a record out of force, so that what it said is said by nothing."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        doors.retire(name, "carla", "astrid", step)

    return edit


def add(kind: str, *choices: Row, approve: bool = True, of: str = "") -> Edit:
    """Import a record with a fault; ``of`` is the field in which it names the record of the fault."""

    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        values = dict(pick.choice(choices))
        if of:
            values[of] = [name] if name and kinds.get(kind).field(of).many_to_many else name
        made = f"planted {kind} {name}".strip()
        doors.import_rows("carla", kind, {made: values})
        if approve:
            doors.approve("carla", second_of(kind), made)
        return [made]

    return edit


def step(who: str, *moves: str, **values: Any) -> Edit:
    """Take steps with a record."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        doors.step(name, who, *moves, reason="Done.", **values)

    return edit


def rejudge(*choices: Mapping[str, Any], accept: str = "bjorn") -> Edit:
    """Assess a risk again, with one of ``choices`` of values, and have it accepted again where it can be."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        told = dict(pick.choice(choices))
        doors.step(name, "carla", "reassess", reason="Looked at again.")
        doors.amend(name, "carla", **told)
        if accept != "identified":
            doors.step(name, "carla", "assess")
        if accept not in ("identified", "assessed"):
            doors.step(name, "carla", "treat")
            doors.step(name, accept, "accept", reason="Accepted.")

    return edit


def both(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(doors: Doors, name: str, pick: Random) -> list[str]:
        found: list[str] = []
        for one in edits:
            found += one(doors, name, pick) or ()
        return found

    return edit


def table(**values: Any) -> Edit:
    """Write into the table of a record past every door, as a shell on the database would."""

    def edit(doors: Doors, name: str, pick: Random) -> None:
        reference = doors.reference(name)
        model: Any = kinds.of_reference(reference).model
        own = {field.name for field in Record._meta.fields}
        with guard.opened("planted fault"):
            model.objects.filter(reference=reference).update(
                **{key: value for key, value in values.items() if key not in own}
            ) if set(values) - own else None
            Record.objects.filter(reference=reference).update(
                **{key: value for key, value in values.items() if key in own}
            ) if set(values) & own else None

    return edit


def value(doors: Doors, name: str, field: str) -> Any:
    """What a record says now."""
    return values_of(doors.reference(name))[1][field]


def past(text: str) -> date:
    """A day from its text."""
    return date.fromisoformat(text)
