"""People and units of a confirmed import, written through the doors of `plumbline.identity` row by row.

Every row is whole or not at all: an account with its roles, each with its own entry in the trail. Nobody gets
a password, an invitation or a mail by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from plumbline.identity import commands as identity
from plumbline.identity import queries as here
from plumbline.identity.actors import Actor
from plumbline.imports import queries as imports
from plumbline.imports.chunks import commands as chunks
from plumbline.imports.directory import queries
from plumbline.imports.directory.declarations import PERSON, Directory
from plumbline.imports.models import ImportJob, ImportRow
from plumbline.kernel.problems import Fault, Problem

ROWS = 25
"""Rows in one transaction: each is several entries."""


class DirectoryWriter:
    """Writes rows of one import of people or units, chunk after chunk."""

    def __init__(self, job: ImportJob, actor: Actor, directory: Directory) -> None:
        self._job, self._actor, self._directory = job, actor, directory

    def write_chunk(self, *, in_turn: bool) -> bool:
        """Write some rows in one transaction; whether there are more."""
        rows = self._next()
        with transaction.atomic():
            renewed = chunks.renewed(self._job)
            for row in rows:
                self._write(row)
            chunks.mark(rows)
        self._job.leased_until = renewed
        return bool(self._open().exists())

    def _open(self) -> Any:
        rows = ImportRow.objects.filter(job_id=self._job.pk, outcome__in=imports.WRITING, written=False)
        return rows.order_by("line")

    def _next(self) -> Sequence[ImportRow]:
        """The next rows; of units those whose parent is here first, whatever their lines."""
        if self._directory is PERSON:
            return list(self._open()[:ROWS])
        rows, known = list(self._open()), {unit.slug for unit in here.units()}
        ready = [row for row in rows if not row.values["parent"] or row.values["parent"] in known]
        # Without any that is ready the rest is refused, each with the parent that it lacks.
        return (ready or rows)[:ROWS]

    def _write(self, row: ImportRow) -> None:
        try:
            with transaction.atomic():
                if self._directory is PERSON:
                    row.reference = self._person(row)
                else:
                    self._unit(row.values)
                row.written = True
        except Problem as problem:
            chunks.refuse(row, problem.faults or (Fault("", problem.detail),))

    def _person(self, row: ImportRow) -> str:
        """The opaque id of the person of a row, who is made or changed as the row says."""
        values = row.values
        if row.outcome == ImportRow.Outcome.CREATE:
            person = identity.create_person(self._actor, email=values["email"], full_name=values["full_name"])
        else:
            person = here.person(row.reference)
        held = queries.held(person)
        for role in queries.meant_roles(values) if "roles" in row.fields.split() else ():
            if role.known_by not in held:
                unit = here.unit(role.unit) if role.unit else None
                identity.give_grant(
                    self._actor, person, role.role,
                    unit=unit, scope=role.scope, starts=role.starts, ends=role.ends,
                )  # fmt: skip
        if values["left"] and person.is_active and "left" in row.fields.split():
            identity.deactivate_person(self._actor, person)
        return person.handle

    def _unit(self, values: Mapping[str, Any]) -> None:
        parent = here.unit(values["parent"]) if values["parent"] else None
        identity.create_unit(self._actor, name=values["name"], slug=values["slug"], parent=parent)
