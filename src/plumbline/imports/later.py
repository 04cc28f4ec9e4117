"""What a row says of records that come with it: written when all rows of the file are records.

A row may refer to one further down, and two may refer to each other. Such a field waits until the file is
through, and so do links. What waits is kept with the row as JSON and is emptied when it is done, so that an
import that was interrupted goes on there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.imports import queries
from plumbline.imports.judging import PlannedRow
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.notices import RowFault
from plumbline.imports.reading import fold
from plumbline.imports.rows import MappedRow
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Problem
from plumbline.records import commands, qualified
from plumbline.records.kinds import Kind
from plumbline.records.qualified import queries as homes
from plumbline.records.related import queries as related
from plumbline.trail import log


@dataclass(frozen=True)
class Waiting:
    """What waits: fields with the keys that they refer to, and links as relation and key."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    links: Sequence[tuple[str, str]] = ()

    def text(self) -> str:
        """As it is kept with the row; empty where nothing waits."""
        if not self.fields and not self.links:
            return ""
        return json.dumps({"fields": dict(self.fields), "links": list(self.links)}, ensure_ascii=False)


@dataclass(frozen=True)
class Became:
    """What became of what waited: the revision that the record has then, what was refused, by field, and the
    entries of the links that were made."""

    revision: int
    refused: tuple[tuple[str, Fault], ...]
    links: tuple[int, ...]


def stored(text: str) -> Waiting:
    """What `Waiting.text` has kept."""
    found = json.loads(text) if text else {"fields": {}, "links": []}
    return Waiting(found["fields"], [(relation, key) for relation, key in found["links"]])


class InFile:
    """The rows of one file as what others of it refer to, and the links that records here have already."""

    def __init__(self, actor: Actor, kind: Kind, register: RegisterMap, rows: Sequence[MappedRow]) -> None:
        self._actor, self._kind, self._register = actor, kind, register
        self._fields = [
            item.name for item in register.fields if kind.field(item.name).related_model is kind.model
        ]
        taken = [row for row in rows if row.key and not (row.skipped or row.repeats or row.faults)]
        referring = self._fields and any(row.values.get(name) for row in taken for name in self._fields)
        linking = any(row.links for row in taken)
        here = queries.references_of(kind, taken) if referring or linking else {}
        lead = f"{register.register}:" if register.register else ""
        known = homes.homes() if referring or linking else None
        self._new: dict[str, str] = {}
        self._here: dict[str, str] = {}
        for row in taken if referring or linking else ():
            names = (fold(row.key), fold(row.key.removeprefix(lead)))
            if row.key in here and known is not None:
                self._here |= dict.fromkeys(names, known.qualify(here[row.key], None))
            else:
                self._new |= dict.fromkeys(names, row.key)
        self._links = related.outgoing(actor, kind, known) if linking and known is not None else {}
        asked = {self._meant(key) for row in taken for _, key in row.links}
        self._known = queries.visible_keys(actor, list(asked)) if asked else {}

    def _meant(self, text: str) -> str:
        """The key that a link names: of a row of the file whose record is here, the reference of that."""
        key = qualified.tidied(text)
        return self._here.get(fold(key), key)

    def set_aside(self, row: MappedRow) -> dict[str, list[str]]:
        """Take the fields out of ``row`` that refer to a row of the file which is no record yet."""
        found: dict[str, list[str]] = {}
        for name in self._fields:
            value = row.values.get(name) or []
            texts = [value] if isinstance(value, str) else list(value)
            keys = [self._new.get(fold(qualified.tidied(text))) for text in texts]
            if any(keys):
                found[name] = [key or text for key, text in zip(keys, texts, strict=True)]
                del row.values[name]
        return found

    def links(self, row: MappedRow, record: Any) -> list[tuple[str, str]]:
        """The links of ``row`` that its record has not got; what names nothing gets a notice."""
        present = frozenset(self._links.get(record.pk, ())) if record is not None else frozenset()
        found = []
        for relation, text in row.links:
            key = self._meant(text)
            if fold(key) in self._new:
                found.append((relation, self._new[fold(key)]))
            elif key not in self._known:
                message = say(
                    "imports.link-to-nothing", "{key} is no record here; the link is left out", key=text
                )
                remedy = "import that record first, then this file again"
                row.notices.append(
                    RowFault(self._register.links, "", message, remedy, text, "not understood")
                )
            elif f"{relation}: {self._known[key]}" not in present:
                found.append((relation, self._known[key]))
        return found


def with_waiting(planned: PlannedRow, waiting: Waiting) -> PlannedRow:
    """``planned`` with what waits; a row that changes nothing else is an amendment then."""
    text = waiting.text()
    if not text or planned.outcome not in ("create", "amend", "unchanged"):
        return planned
    outcome = "amend" if planned.outcome == "unchanged" else planned.outcome
    return replace(planned, outcome=outcome, later=text)


def write(
    actor: Actor,
    kind: Kind,
    reference: str,
    revision: int,
    values: Mapping[str, Any],
    waiting: Waiting,
    note: str,
) -> Became:
    """Write what waits, with the other ``values`` of an amendment."""
    refused: list[tuple[str, Fault]] = []
    wanted = {**values, **{name: _meant(kind, name, texts) for name, texts in waiting.fields.items()}}
    if wanted:
        try:
            revision = commands.amend(actor, reference, wanted, revision=revision, note=note).revision
        except Problem as problem:
            refused += [(fault.field, fault) for fault in _faults(problem)]
    meant = homes.local_references([key for _, key in waiting.links])
    keyed = homes.by_keys(kind.slug, [key for _, key in waiting.links if key not in meant])
    links, before = [], log.size()
    for relation, key in waiting.links:
        try:
            leaf = commands.link(actor, reference, relation, meant.get(key) or keyed.get(key) or key).leaf
        except Problem as problem:
            refused += [("", fault) for fault in _faults(problem)]
        else:
            links += [leaf] if leaf >= before else []  # one that somebody has made before is theirs
    return Became(revision, tuple(refused), tuple(links))


def _meant(kind: Kind, name: str, texts: Sequence[str]) -> Any:
    """The references that ``texts`` mean, as the field takes them."""
    keyed = homes.by_keys(kind.slug, texts)
    found = [keyed.get(text, text) for text in texts]
    return found if kind.field(name).many_to_many else found[0]


def _faults(problem: Problem) -> Iterable[Fault]:
    return problem.faults or (Fault("", problem.detail),)
