"""Creating many records of one kind together, by the rules of `plumbline.records.commands.create`.

Each record is checked by itself, and a faulty one keeps no other back. What they have in common is done
once: the fields of the form are built once, unique values are asked for in blocks, references are taken as
one block, the head of the trail is locked once, and every table is written by one prepared statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Word, say
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records import forms, kinds, writing
from plumbline.records.kinds import Kind
from plumbline.records.models import Record
from plumbline.records.units import rules as units
from plumbline.records.writing import Saved, Written


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
        self._accepted: list[Written] = []
        self._keys: set[str] = set()

    def expect(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Name the values that `add` will get soon, so that unique ones are asked for at once."""
        self._forms.expect(rows)

    def add(self, values: Mapping[str, Any], *, note: str = "", key: str | None = None) -> None:
        """Accept one record. Raises `Invalid` naming every faulty field, `NotAllowed` or `Conflict`."""
        record, many_valued, faults = self._forms.clean(values)
        name = Word(self._kind.name)
        if faults:
            raise Invalid(say("record.not-saved", "The new {kind} was not saved.", kind=name), faults)
        if key is not None and key in self._keys:
            text = "There is already a {kind} with this key."
            raise Conflict(say("record.key-taken", text, kind=name), [Fault("key", "is taken")])
        writing.require(self._actor, "create", self._kind, record)
        units.place_new(record, self._kind, many_valued)
        writing.require(self._actor, "create", self._kind, record)
        written = Written(record, many_valued, note)
        writing.pass_create_gates(self._actor, self._kind, written)
        record.key = key
        if key is not None:
            self._keys.add(key)
        self._accepted.append(written)

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
                text = "There is already a {kind} with one of these keys."
                raise Conflict(say("record.keys-taken", text, kind=Word(self._kind.name)))
            return writing.create(self._actor, self._kind, accepted)
