"""Creating many records of one kind together, by the rules of `plumbline.records.commands.create`.

Each record is checked by itself, and a faulty one keeps no other back. What they have in common is done
once: the fields of the form are built once, unique values are asked for in blocks, references are taken as
one block, the head of the trail is locked once, and every table is written by one prepared statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import AutoField, JSONField, Model

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records import forms, kinds, writing
from plumbline.records import values as plain_values
from plumbline.records.commands import Saved
from plumbline.records.kinds import Kind
from plumbline.records.list_index import commands as list_index
from plumbline.records.models import Record, RecordIndex, Revision
from plumbline.trail import log


@dataclass(frozen=True)
class _Accepted:
    record: Record
    many: Mapping[str, list[Any]]
    note: str


class NewRecords:
    """Records of one kind that were accepted and are not written yet.

    It remembers what the database answered (see `forms.FormBatch`), so it is for one piece of work of some
    seconds. Raises `NotAllowed` when ``actor`` may create no record of this kind anywhere.
    """

    def __init__(self, actor: Actor, kind: Kind | str) -> None:
        self._actor = actor
        self._kind = kinds.get(kind) if isinstance(kind, str) else kind
        policy.require(actor, "create", kind=self._kind.slug, anywhere=True)
        self._forms = forms.FormBatch(self._kind, actor)
        self._accepted: list[_Accepted] = []
        self._keys: set[str] = set()

    def expect(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Name the values that `add` will get soon, so that unique ones are asked for at once."""
        self._forms.expect(rows)

    def add(self, values: Mapping[str, Any], *, note: str = "", key: str | None = None) -> None:
        """Accept one record. Raises `Invalid` naming every faulty field, `NotAllowed` or `Conflict`."""
        record, many, faults = self._forms.clean(values)
        if faults:
            raise Invalid(f"The new {self._kind.name} was not saved.", faults)
        if key is not None and key in self._keys:
            raise Conflict(f"There is already a {self._kind.name} with this key.", [Fault("key", "is taken")])
        writing.require(self._actor, "create", self._kind, record)
        record.key = key
        if key is not None:
            self._keys.add(key)
        self._accepted.append(_Accepted(record, many, note))

    def write(self) -> list[Saved]:
        """Write what was accepted, in that order, with an entry of the trail for each record.

        Raises `Conflict` when a key is taken, and ``IntegrityError`` when somebody took a unique value
        between the check and the writing. Either way nothing is written, and the caller may create the
        records one by one to learn which of them it was.
        """
        accepted, self._accepted = self._accepted, []
        keys, self._keys = self._keys, set()
        if not accepted:
            return []
        with writing.door():
            if keys and Record.objects.filter(kind=self._kind.slug, key__in=keys).exists():
                raise Conflict(f"There is already a {self._kind.name} with one of these keys.")
            self._complete([item.record for item in accepted])
            _insert_records(self._kind, accepted)
            return self._revise(accepted)

    def _complete(self, records: Sequence[Record]) -> None:
        """Give the records what only the system sets."""
        now = clock.now()
        references = writing.next_references(self._kind.prefix, len(records))
        for record, reference in zip(records, references, strict=True):
            record.reference = reference
            record.kind, record.state = self._kind.slug, self._kind.workflow.initial
            record.author = self._actor.id
            record.created_at = record.updated_at = now

    def _revise(self, accepted: Sequence[_Accepted]) -> list[Saved]:
        """Revisions, index rows and trail entries of the records just inserted."""
        actor, kind = self._actor, self._kind
        entries, index_rows = [], []
        for item in accepted:
            snapshot = plain_values.snapshot(item.record, kind, item.many)
            index_rows.append(list_index.index_row(kind, item.record, snapshot["values"]))
            entries.append(writing.revision_entry(actor, kind, item.record, "created", item.note, snapshot))
        _insert(RecordIndex, index_rows)
        leaves = [appended.index for appended in log.append_many(entries)]
        _insert(
            Revision,
            [
                writing.revision_row(actor, item.record, "created", item.note, leaf)
                for item, leaf in zip(accepted, leaves, strict=True)
            ],
        )
        return [
            Saved(item.record.reference, item.record.revision, item.record.state, leaf)
            for item, leaf in zip(accepted, leaves, strict=True)
        ]


def _insert_records(kind: Kind, accepted: Sequence[_Accepted]) -> None:
    """The base rows, then the rows of the kind, then what they relate to by many-valued fields."""
    records = [item.record for item in accepted]
    _insert(Record, records)
    # Read back by what is unique of them, not in the order of insertion: no database promises that order.
    rows = Record.objects.filter(reference__in=[record.reference for record in records])
    keys = dict(rows.values_list("reference", "pk"))
    for record in records:
        record.pk = record.id = keys[record.reference]  # the key of a kind's row is that of its base row
    _insert(kind.model, records)
    for field in kind.model._meta.local_many_to_many:
        source, target = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        through: Any = field.remote_field.through
        pairs = [(item.record.pk, row.pk) for item in accepted for row in item.many.get(field.name, ())]
        _insert(through, [through(**{source: own, target: other}) for own, other in pairs])


_AS_IT_IS = frozenset({type(None), str, int, bool})
"""Types whose values the drivers of both databases take without a conversion."""


def _insert(model: type[Model], rows: Iterable[Model]) -> None:
    """Insert ``rows`` into the table of ``model`` itself, by one prepared statement.

    Django's ``bulk_create`` refuses a table that extends another one, and builds a statement as long as its
    rows are many, which takes longer than running this one. Keys that the database gives out are not read
    back.
    """
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]
    quote = connection.ops.quote_name
    columns, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    # To JSON a text is a value like any other; every other field stores these types unchanged, and asking
    # each of fifty fields to convert what needs no conversion takes longer than the insertion.
    plain = [(field, field.attname, not isinstance(field, JSONField)) for field in fields]
    values = []
    for row in rows:
        found = ((field, getattr(row, name), is_plain) for field, name, is_plain in plain)
        values.append(
            [
                value if is_plain and type(value) in _AS_IT_IS else field.get_db_prep_save(value, connection)
                for field, value, is_plain in found
            ]
        )
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)
