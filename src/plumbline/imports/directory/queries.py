"""What people and units are here, as the columns of a list have them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plumbline.identity import accounts, queries
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Unit
from plumbline.imports.directory import role_texts
from plumbline.imports.directory.declarations import PERSON, Directory
from plumbline.imports.directory.role_texts import RoleText
from plumbline.imports.reading import fold
from plumbline.kernel import clock


def values_of(directory: Directory) -> list[tuple[str, dict[str, Any]]]:
    """Everybody or every unit: the opaque id of a person (of a unit its short name) and the columns."""
    if directory is PERSON:
        return [(person.handle, person_values(person)) for person in queries.people()]
    return [(unit.slug, unit_values(unit)) for unit in queries.units()]


def person_values(person: Person) -> dict[str, Any]:
    """The columns of one person."""
    roles = [role_texts.of_grant(grant) for grant in _held(person)]
    return {
        "email": person.email,
        "full_name": person.full_name,
        "left": "" if person.is_active else "yes",
        "roles": sorted(map(str, roles)),
        "unit": "",
    }


def unit_values(unit: Unit) -> dict[str, Any]:
    """The columns of one unit."""
    return {"slug": unit.slug, "name": unit.name, "parent": unit.parent.slug if unit.parent else ""}


def _held(person: Person) -> list[Any]:
    """Roles that are neither taken back nor over."""
    found = getattr(person, "open_grants", None)
    grants = queries.grants_of(person.pk) if found is None else found
    today = clock.today()
    return [
        grant for grant in grants if grant.revoked_at is None and (grant.ends is None or grant.ends >= today)
    ]


def held(person: Person) -> set[tuple[Any, ...]]:
    """What tells the roles that ``person`` has."""
    return {role_texts.of_grant(grant).known_by for grant in _held(person)}


@dataclass
class Present:
    """Who and what is here, looked up once for a file."""

    people: Mapping[str, Person] = field(default_factory=dict)
    """By mailbox."""
    names: Mapping[str, Person] = field(default_factory=dict)
    """By the words of their names (`accounts.name_key`)."""
    units: Mapping[str, Unit] = field(default_factory=dict)
    """By short name, and by name."""
    own: frozenset[int] = frozenset()
    """Accounts of whoever imports."""

    def unit(self, text: str) -> Unit | None:
        """The unit that ``text`` names."""
        return self.units.get(fold(text))


def present(actor: Actor) -> Present:
    """Everybody and every unit that is here."""
    people = queries.people()
    units = queries.units()
    by_name = {fold(unit.name): unit for unit in units}
    return Present(
        {person.mailbox: person for person in people},
        {person.name_key: person for person in people if person.name_key},
        by_name | {fold(unit.slug): unit for unit in units},
        queries.same_person([actor.person_id]),
    )


def mailbox(email: str) -> str:
    """What tells the mailbox behind an address."""
    return accounts.mailbox(email)


def name_key(full_name: str) -> str:
    """What tells the words of a name."""
    return accounts.name_key(full_name)


def values_now(directory: Directory, keys: Mapping[int, str]) -> dict[int, Mapping[str, Any]]:
    """What is here of the entries with these ids (of units: short names), by line of the file."""
    known = dict(values_of(directory))
    return {line: known[key] for line, key in keys.items() if key in known}


def meant_roles(values: Mapping[str, Any]) -> list[RoleText]:
    """The roles of a row that was judged: its texts are roles."""
    return [role for text in values.get("roles") or () if (role := role_texts.parse(text)) is not None]
