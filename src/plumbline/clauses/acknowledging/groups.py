"""The groups that have to acknowledge a version: everybody, a role, a unit, or a person, one to a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import models

from plumbline.clauses import fields
from plumbline.clauses.validation import FieldErrors
from plumbline.identity import queries as identity
from plumbline.identity.roles import ROLES
from plumbline.kernel import clock

EVERYBODY: Final = "everybody"
SORTS: Final = ("role", "unit", "person")
HELP: Final = (
    "Who has to read and acknowledge the approved version, one to a line: everybody, role: reviewer, "
    "unit: claims, or person: and an e-mail address. Empty: nobody is asked."
)


@dataclass(frozen=True)
class Group:
    """One line: ``sort`` is *everybody*, *role*, *unit* or *person*, ``name`` the slug or e-mail address."""

    sort: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.sort}: {self.name}" if self.name else self.sort


def field() -> models.TextField[str, str]:
    """The field of a kind whose approved version is acknowledged."""
    return fields.text("acknowledged by", HELP)


def parse(text: str) -> tuple[Group, ...]:
    """The groups of a field that was checked; a line that says nothing known is left out."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        sort, _, name = (part.strip() for part in line.lower().partition(":"))
        if (sort == EVERYBODY and not name) or (sort in SORTS and name):
            found.append(Group(sort, name))
    return tuple(dict.fromkeys(found))


def check(record: Any, errors: FieldErrors) -> None:
    """Note each line that names no group there is."""
    lines = list(filter(None, map(str.strip, record.readers.splitlines())))
    groups = [parse(line) for line in lines]
    if not lines:
        return
    if not all(groups):
        errors.add("readers", "line", "Write everybody, role:, unit: or person: and its name on each line.")
        return
    named = {sort: {one.name for (one,) in groups if one.sort == sort} for sort in SORTS}
    if named["role"] - set(ROLES):
        errors.add("readers", "role", "A role here is not known. Write its short name, such as reviewer.")
    if named["unit"] and named["unit"] - {unit.slug for unit in identity.units()}:
        errors.add("readers", "unit", "A unit here is not known. Write its short name.")
    if named["person"] and named["person"] - {one.email.lower() for one in identity.people()}:
        errors.add("readers", "person", "A person here is not known. Write the e-mail address of an account.")


@dataclass(frozen=True)
class Held:
    """A role that somebody holds today since ``starts``, in units and those above them (short names)."""

    role: str
    units: frozenset[str]
    starts: date


@dataclass(frozen=True)
class Somebody:
    """An active person with what groups go by: the roles that they hold today, and since when."""

    handle: str
    name: str
    email: str
    held: tuple[Held, ...]


def everybody() -> list[Somebody]:
    """Everybody who is here and holds a role today. A unit has those who hold one in it or beneath it."""
    today, found = clock.today(), []
    above = _above()
    for person in identity.people(active=True):
        held = tuple(
            Held(grant.role, above[grant.unit.pk] if grant.unit else frozenset(), grant.starts)
            for grant in person.open_grants  # type: ignore[attr-defined]  # to_attr
            if grant.starts <= today and (grant.ends is None or today <= grant.ends)
        )
        if held:
            found.append(Somebody(person.handle, person.full_name, person.email.lower(), held))
    return found


def _above() -> dict[int, frozenset[str]]:
    """The short names of each unit (primary key) and of those above it."""
    slugs = {unit.pk: unit.slug for unit in identity.units()}
    branches = identity.unit_branches()
    return {
        pk: frozenset(slugs[upper] for upper, beneath in branches.items() if pk in beneath) for pk in slugs
    }


def is_in(somebody: Somebody, groups: Iterable[Group]) -> bool:
    """Whether somebody belongs to one of the groups."""
    return since(somebody, groups) is not None


def since(somebody: Somebody, groups: Iterable[Group]) -> date | None:
    """The first day from which somebody has belonged to one of the groups by what they hold today; None where
    they belong to none."""
    days = [
        held.starts
        for one in groups
        for held in somebody.held
        if one.sort == EVERYBODY
        or (one.sort == "role" and one.name == held.role)
        or (one.sort == "unit" and one.name in held.units)
        or (one.sort == "person" and one.name == somebody.email)
    ]
    return min(days, default=None)
