"""The doors through which the invented organization is made and faults are planted, and its clock.

Records come in by the import door as rows of a file; steps are taken by `records.commands`. Everybody acts in
their own name, each act takes half a minute, and the clock only ever goes forward.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import yaml

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.identity.models import Person
from plumbline.imports import commands as imports
from plumbline.imports import matching, plan
from plumbline.kernel import clock
from plumbline.records import commands, kinds
from plumbline.records.kinds import Kind
from plumbline.records.models import Record

BETWEEN = "; "
_ACT = timedelta(seconds=30)
Row = Mapping[str, Any]


class Refused(Exception):
    """The import door took a row not as it was written."""


@dataclass
class Doors:
    """Who is here, what is recorded under which name, and what time it is."""

    now: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)

    # Time

    def at(self, day: date, hour: int = 9) -> None:
        """Let it be the morning of ``day``, unless it is later already."""
        self.now = max(self.now, datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
        self.tick()

    def tick(self) -> None:
        """Let an act take its time."""
        self._open.close()
        self.now += _ACT
        self._open.enter_context(clock.frozen(self.now))

    def close(self) -> None:
        """Give the clock back."""
        self._open.close()

    # People

    def hire(self, name: str, full_name: str, *roles: str) -> None:
        """Give somebody an account and roles."""
        operator = Actor.installation()
        address = f"{name}@norrvik.example"
        person = people.create_person(operator, email=address, full_name=full_name)
        for role in roles:
            people.give_grant(operator, person, role)
        self.actors[name], self.addresses[name] = actor_of_person(person), address

    def leave(self, name: str) -> None:
        """Take somebody's account out of use."""
        self.tick()
        person = Person.objects.get(pk=self.actors[name].person_id)
        people.deactivate_person(Actor.installation(), person)

    # Records

    def import_rows(self, who: str, slug: str, rows: Mapping[str, Row]) -> None:
        """Import rows of one kind, each under its name, which is its key from then on."""
        kind, known = kinds.get(slug), {name: dict(row) for name, row in rows.items()}
        columns = sorted({column for row in known.values() for column in row})
        text = io.StringIO()
        sheet = csv.writer(text)
        sheet.writerow(["Key", *columns])
        for name, row in known.items():
            sheet.writerow([name, *(self._cell(kind, column, row.get(column)) for column in columns)])
        self.tick()
        planned = plan.plan_file(self.actors[who], slug, text.getvalue().encode(), _map(kind, columns))
        faults = [
            f"{slug} {row.title}: {fault.column}: {fault.message} {fault.text}"
            for row in planned.rows
            for fault in (*row.faults, *row.notices)
        ]
        if faults:
            raise Refused("\n".join(faults))
        done = imports.run(self.actors[who], planned)
        if done.written != len(known):
            raise Refused(f"{slug}: {done.written} of {len(known)} rows were written")
        found = Record.objects.filter(kind=slug, key__in=list(known)).values_list("key", "reference")
        self.references |= {str(key): str(reference) for key, reference in found}

    def _cell(self, kind: Kind, name: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, (list, tuple)):
            return BETWEEN.join(self._cell(kind, name, item) for item in value)
        shape = kind.field(name)
        if shape.related_model is Person:
            return self.addresses[value]
        return self.references.get(value, value) if shape.is_relation else str(value)

    def value(self, kind: Kind, name: str, value: Any) -> Any:
        """A value as `records.commands` takes it."""
        if isinstance(value, (list, tuple)):
            return [self.value(kind, name, item) for item in value]
        shape = kind.field(name)
        if shape.related_model is Person and value:
            return self.actors[value].id
        if isinstance(value, date):
            return value.isoformat()
        return self.references.get(value, value) if shape.is_relation else value

    def reference(self, name: str) -> str:
        """The reference of what is recorded under ``name``, which may be a reference already."""
        return self.references.get(name, name)

    def step(self, name: str, who: str, *moves: str, reason: str = "As agreed.", **values: Any) -> None:
        """Take steps with a record, ``values`` being filled in with the last one."""
        reference = self.reference(name)
        kind = kinds.of_reference(reference)
        for place, move in enumerate(moves, start=1):
            self.tick()
            given = {column: self.value(kind, column, value) for column, value in values.items()}
            commands.move(
                self.actors[who],
                reference,
                move,
                revision=revision_of(reference),
                reason=reason,
                values=(given or None) if place == len(moves) else None,
            )

    def amend(self, name: str, who: str, **values: Any) -> None:
        """Change fields of a record."""
        reference = self.reference(name)
        kind = kinds.of_reference(reference)
        given = {column: self.value(kind, column, value) for column, value in values.items()}
        self.tick()
        commands.amend(self.actors[who], reference, given, revision=revision_of(reference))

    def approve(self, who: str, second: str, *names: str) -> None:
        """Have records reviewed and approved by a second person."""
        for name in names:
            self.step(name, who, "submit")
            self.step(name, second, "approve", reason="Read as a whole; it is as we work.")

    def take_in(self, who: str, second: str, slug: str, rows: Mapping[str, Row]) -> None:
        """Import rows and have each approved by a second person."""
        self.import_rows(who, slug, rows)
        self.approve(who, second, *rows)

    def revise(self, name: str, who: str, second: str, **values: Any) -> None:
        """Revise an approved record and have it approved again."""
        self.step(name, who, "revise", reason="Looked at again.")
        self.amend(name, who, **values)
        self.approve(who, second, name)

    def retire(self, name: str, who: str, second: str, step: str = "retire") -> None:
        """Take an approved record out of force; ``step`` is *retire* or *abandon*."""
        noun = {"retire": "retirement", "abandon": "abandonment"}[step]
        self.step(name, who, f"propose-{noun}", reason="No longer needed.")
        self.step(name, second, step, reason="No longer needed.")


def _map(kind: Kind, columns: Iterable[str]) -> str:
    """The map of a file whose columns are called as the fields are."""
    fields: dict[str, Any] = {}
    for name in columns:
        rule: dict[str, Any] = {"column": name, "unreadable": "fault"}
        if matching.several(kind, name):
            rule["split"] = BETWEEN.strip()
        if kind.field(name).get_internal_type() in ("DecimalField", "FloatField"):
            rule["decimal"] = "point"
        if kind.field(name).get_internal_type() == "DateField":
            rule["dates"] = ["%Y-%m-%d"]
        fields[name] = rule
    words = {"kind": kind.slug, "key": {"columns": ["Key"]}, "delimiter": "comma", "fields": fields}
    return yaml.safe_dump(words)


def revision_of(reference: str) -> int:
    """The present revision of a record."""
    return int(Record.objects.values_list("revision", flat=True).get(reference=reference))
