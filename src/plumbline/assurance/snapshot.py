"""All records at one moment, as rules look at them: plain values, relations by reference, people by opaque
id.

A snapshot is a value: what it holds was read before, and nothing here asks a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A record as evidence: its reference, and the fields that say what is at odds."""

    reference: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """What somebody did to a record: the step (``created`` and the like too), who, on which day, and whether
    it approved. ``person`` is empty for a part of the installation."""

    verb: str
    person: str
    on: date
    approves: bool = False


@dataclass(frozen=True)
class File:
    """A file of a record: its name, the day it was added, and the two days that it states of itself."""

    name: str
    added: date
    dated: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Granted:
    """A role somebody has from one day to another; ``ends`` is its last day, None for an open end."""

    role: str
    starts: date
    ends: date | None

    def holds(self, day: date) -> bool:
        """Whether the role is held on ``day``."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True)
class Person:
    """Somebody with an account: name, whether it is active, and the roles that were given and not revoked."""

    handle: str
    name: str
    active: bool
    grants: tuple[Granted, ...] = ()

    def roles(self, day: date) -> frozenset[str]:
        """The roles held on ``day``."""
        return frozenset(grant.role for grant in self.grants if grant.holds(day))

    @property
    def last_day(self) -> date | None:
        """The last day of the last role; None while one has no end, or where there never was one."""
        ends = [grant.ends for grant in self.grants]
        return None if None in ends or not ends else max(day for day in ends if day is not None)


@dataclass(frozen=True)
class Row:
    """One record. ``values`` are the fields of its kind: days as dates, lists as tuples, other records by
    reference, people by opaque id; what is empty is ``None`` or an empty text.

    ``draft``: it has not left the states in which it may be incomplete. ``stands``: it counts as it is
    written, approved where its kind is approved. ``ended``: it is over and speaks of nothing any more.
    ``imported``: it came from a register kept elsewhere, so that the day of recording says little of it.
    """

    reference: str
    kind: str
    title: str
    state: str
    owner: str
    created: date
    changed: date
    values: Mapping[str, Any]
    unit: str = ""
    draft: bool = False
    stands: bool = True
    ended: bool = False
    imported: bool = False
    acts: tuple[Act, ...] = ()
    files: tuple[File, ...] = ()
    links: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        """The value of a field. Raises ``KeyError`` where the kind has no such field."""
        return self.values[name]

    def text(self, *names: str) -> str:
        """What the fields say, one after the other, without space around it."""
        return " ".join(str(self.values.get(name) or "").strip() for name in names).strip()

    def day(self, name: str) -> date | None:
        """The day in a field, if there is one."""
        value = self.values.get(name)
        return value if isinstance(value, date) else None

    def many(self, name: str) -> tuple[str, ...]:
        """The words or references in a field; of a field for one of them, that one."""
        value = self.values.get(name)
        if isinstance(value, str):
            return (value,) if value else ()
        return tuple(value or ())

    def seen(self, *fields: str) -> Seen:
        """This record as evidence."""
        return Seen(self.reference, fields)

    @property
    def systems(self) -> tuple[str, ...]:
        """References of the AI systems that it names as its own."""
        return tuple(dict.fromkeys((*self.many("system"), *self.many("systems"))))

    @property
    def approvers(self) -> frozenset[str]:
        """Everybody who approved a revision of it."""
        return frozenset(act.person for act in self.acts if act.approves and act.person)

    @property
    def workers(self) -> frozenset[str]:
        """Everybody who wrote in it or took a step with it."""
        return frozenset(act.person for act in self.acts if act.person)

    @property
    def approved_on(self) -> date | None:
        """Day of the newest approval."""
        return max((act.on for act in self.acts if act.approves), default=None)

    def on(self, *verbs: str) -> date | None:
        """Day of the newest act with one of these names."""
        return max((act.on for act in self.acts if act.verb in verbs), default=None)

    def by(self, *verbs: str) -> frozenset[str]:
        """Who did an act with one of these names."""
        return frozenset(act.person for act in self.acts if act.verb in verbs and act.person)


@dataclass(frozen=True)
class Snapshot:
    """Every record on the day ``today``, everybody with an account, and the ids of the controls of Annex
    A."""

    today: date
    rows: tuple[Row, ...]
    people: Mapping[str, Person] = field(default_factory=dict)
    controls: Mapping[str, str] = field(default_factory=dict)
    alike: Mapping[str, str] = field(default_factory=dict)
    """For each opaque id one that stands for the person: the same for all accounts of one person."""
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each kind the requirements that its records are evidence for."""
    organization: str = ""
    """What the organization is called."""

    @cached_property
    def _by_reference(self) -> Mapping[str, Row]:
        return {row.reference: row for row in self.rows}

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Row, ...]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.kind, []).append(row)
        return {kind: tuple(rows) for kind, rows in found.items()}

    @cached_property
    def _standing(self) -> Mapping[str, tuple[Row, ...]]:
        return {kind: tuple(row for row in rows if not row.ended) for kind, rows in self._by_kind.items()}

    @cached_property
    def _pointing(self) -> Mapping[str, tuple[Row, ...]]:
        """Rows that name a record in any field, by the reference that they name."""
        found: dict[str, dict[str, Row]] = {}
        known = self._by_reference
        for row in self.rows:
            for value in row.values.values():
                names = value if isinstance(value, tuple) else (value,)
                for name in names:
                    if isinstance(name, str) and name in known:
                        found.setdefault(name, {})[row.reference] = row
        return {name: tuple(rows.values()) for name, rows in found.items()}

    def every(self, kind: str) -> tuple[Row, ...]:
        """All records of a kind, those that have ended too."""
        return self._by_kind.get(kind, ())

    def of(self, *kinds: str) -> tuple[Row, ...]:
        """The records of some kinds that have not ended."""
        return tuple(row for kind in kinds for row in self._standing.get(kind, ()))

    def get(self, reference: Any) -> Row | None:
        """The record with this reference, if there is one."""
        return self._by_reference.get(reference) if isinstance(reference, str) else None

    def all(self, references: Iterable[str]) -> Iterator[Row]:
        """Those of ``references`` that are records."""
        yield from (row for name in references if (row := self.get(name)) is not None)

    def naming(self, row: Row, *kinds: str) -> list[Row]:
        """The records of some kinds that name ``row`` in a field and have not ended."""
        return [one for one in self._pointing.get(row.reference, ()) if one.kind in kinds and not one.ended]

    def ever_naming(self, row: Row, *kinds: str) -> list[Row]:
        """The same, those that have ended too."""
        return [one for one in self._pointing.get(row.reference, ()) if one.kind in kinds]

    def who(self, handle: Any) -> str:
        """The person behind an opaque id: one id for all accounts of one person; empty for nobody."""
        return self.alike.get(handle, handle) if isinstance(handle, str) else ""

    def name(self, handle: Any) -> str:
        """What the person is called."""
        person = self.people.get(handle) if isinstance(handle, str) else None
        return person.name if person is not None else str(handle or "")

    def ago(self, days: int) -> date:
        """The day so many days before today."""
        return self.today - timedelta(days=days)

    @cached_property
    def live(self) -> tuple[Row, ...]:
        """The AI systems that are in operation."""
        return tuple(row for row in self.of("ai-system") if row["lifecycle"] == "in operation")

    @cached_property
    def live_references(self) -> frozenset[str]:
        """References of the AI systems that are in operation."""
        return frozenset(row.reference for row in self.live)

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """The beginnings of all references that there are, such as ``RSK``."""
        return frozenset(row.reference.partition("-")[0] for row in self.rows)

    @cached_property
    def recorded_days(self) -> int:
        """For how many days records have been kept here; without this, days of recording say nothing."""
        first = min((row.created for row in self.rows if not row.imported), default=self.today)
        return (self.today - first).days
