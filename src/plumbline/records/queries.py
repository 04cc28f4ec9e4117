"""What can be asked of records: one, many, then and now. Nothing here writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import computed, kinds, read_log
from plumbline.records import reading as verified
from plumbline.records.approved.queries import claimed, in_force
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.list_index.queries import COUNT_CAP, Validity
from plumbline.records.models import Record, Revision
from plumbline.trail import log
from plumbline.trail.commitments.queries import CommittedEntry

__all__ = [
    "all_as_of",
    "as_of",
    "by_key",
    "claimed",
    "computed_texts",
    "counts_by_kind",
    "display",
    "due",
    "find",
    "history",
    "in_chunks",
    "in_force",
    "known_at",
    "list_records",
    "readable",
    "references",
    "revisions",
    "select",
    "validities",
    "visible",
]

PAGE_SIZE = 25
CHUNK = 500


@dataclass(frozen=True)
class Row:
    """One line of a list: the base columns and the kind's own, by field name, as display values.

    Another record is a list of one pair: its reference and its title, empty where it may not be seen.
    """

    reference: str
    title: str
    state: str
    revision: int
    updated_at: datetime
    owner: str
    cells: Mapping[str, Any]
    computed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """One page of a list. ``total`` counts at most `COUNT_CAP` rows; ``capped`` says there are more."""

    rows: tuple[Row, ...]
    total: int
    capped: bool
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages the counted rows fill (at least one)."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.number < self.pages or self.capped


@dataclass(frozen=True)
class Change:
    """One field that a revision changed, with the plain values before and after."""

    field: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True)
class HistoryEntry:
    """One revision as the history shows it."""

    number: int
    verb: str
    state: str
    actor: str
    actor_name: str
    note: str
    at: datetime
    leaf: int
    deputy_for: str
    """Who was away and in whose place it was done, by name; empty for what somebody did for themself."""
    changes: tuple[Change, ...]


def visible(actor: Actor, kind: Kind) -> QuerySet[Any]:
    """Rows of ``kind`` that ``actor`` may see. Raises `NotAllowed` when the role reads no such kind."""
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    return policy.visible(actor, kind.model._default_manager.all())


def in_chunks(keys: Sequence[int], rows: QuerySet[Any], many: Iterable[str] = ()) -> Iterator[Any]:
    """Those of ``rows`` with these ``keys``, in their order, `CHUNK` at a time, with the relations ``many``.

    No cursor stays open between two chunks, however slowly somebody downloads them.
    """
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        by_key = rows.order_by().prefetch_related(*many).in_bulk(part)
        yield from (by_key[key] for key in part if key in by_key)


def find(actor: Actor, reference: str) -> tuple[Record, Kind]:
    """The record with this reference, with owner and unit. Raises `NotFound` or `NotAllowed`."""
    kind = kinds.of_reference(reference)
    rows = visible(actor, kind).select_related("owner", "unit", *_foreign(kind, kind.own_fields))
    record = rows.filter(reference=reference.upper()).first()
    if record is None:
        raise NotFound(f"There is no {kind.name} with this reference that you may see.")
    verified.verify(record, kind)
    read_log.of_record(actor, kind, record)
    return record, kind


def readable(actor: Actor, kind_slugs: Iterable[str]) -> QuerySet[Record]:
    """Base rows of some kinds, those that ``actor`` may see."""
    allowed = [
        kind.slug
        for kind in map(kinds.get, kind_slugs)
        if policy.may(actor, "read", kind=kind.slug, anywhere=True)
    ]
    return policy.visible(actor, Record.objects.filter(kind__in=allowed))


def by_key(actor: Actor, kind: Kind, key: str) -> tuple[str, int] | None:
    """Reference and revision of the record with this key in its source, or ``None``."""
    rows = visible(actor, kind).filter(kind=kind.slug, key=key).values_list("reference", "revision")
    return rows.first()


def _foreign(kind: Kind, names: Iterable[str]) -> list[str]:
    fields = [kind.field(name) for name in names]
    return [field.name for field in fields if field.is_relation and not field.many_to_many]


def select(actor: Actor, kind: Kind) -> QuerySet[Any]:
    """All records of ``kind`` that ``actor`` may see as a query, newest first."""
    read_log.of_list(actor, kind, None)
    return visible(actor, kind).order_by("-id")


def list_records(
    actor: Actor,
    kind: Kind,
    *,
    filters: Mapping[str, str] | None = None,
    search: str = "",
    sort: str = "",
    where: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
    columns: Sequence[str] | None = None,
) -> Page:
    """One page of a list that ``actor`` may see, with ``columns`` (fields that are no lists of records; those
    of the kind by default). Raises `Invalid` for a wrong filter, column or page."""
    list_index.check_page(page, size)
    keys, counted = list_index.select(
        actor, kind, filters=filters, search=search, sort=sort, where=where
    ).page((page - 1) * size, size)
    derived = {one.name for one in computed.of(kind.slug)}
    shown = kind.columns if columns is None else [name for name in columns if name not in derived]
    related = dict.fromkeys(["owner", *_foreign(kind, shown)])
    named = {f"{TITLE_OF}{name}": _title_of(actor, kind, name) for name in _to_records(kind, shown)}
    rows = visible(actor, kind).select_related(*related).annotate(**named, **computed.parts(kind.slug))
    rows = rows.order_by().in_bulk(keys)
    read_log.of_list(actor, kind, len(rows))
    return Page(
        tuple(_row(rows[key], kind, shown) for key in keys if key in rows),
        min(counted, COUNT_CAP),
        counted > COUNT_CAP,
        page,
        size,
    )


def references(
    actor: Actor,
    kind: Kind,
    where: str = "",
    *,
    filters: Mapping[str, str] | None = None,
    search: str = "",
) -> list[str]:
    """References of all records of a list that ``actor`` sees, newest first. Raises `Invalid`."""
    rows = list_index.select(actor, kind, filters=filters, search=search, where=where).rows
    return list(rows.order_by("-record_id").values_list("reference", flat=True))


TITLE_OF = "title_of_"


def _to_records(kind: Kind, names: Iterable[str]) -> list[str]:
    models = {other.model for other in kinds.all_kinds()}
    return [name for name in _foreign(kind, names) if kind.field(name).related_model in models]


def _title_of(actor: Actor, kind: Kind, name: str) -> Subquery:
    """The title of the record that field ``name`` points to, empty where ``actor`` may not see that one."""
    target = kinds.of_model(kind.field(name).related_model)
    return Subquery(readable(actor, [target.slug]).filter(pk=OuterRef(name)).values("title")[:1])


def _row(record: Any, kind: Kind, columns: Sequence[str]) -> Row:
    cells = {name: display(record, kind, name) for name in columns}
    for name in _to_records(kind, columns):
        if cells[name]:
            cells[name] = [(cells[name], getattr(record, f"{TITLE_OF}{name}") or "")]
    owner = record.owner.full_name if record.owner else ""
    return Row(
        reference=record.reference,
        title=record.title,
        state=record.state,
        revision=record.revision,
        updated_at=record.updated_at,
        owner=owner,
        cells=cells,
        computed=computed.texts(kind.slug, record),
    )


def computed_texts(kind: Kind, references: Collection[str]) -> dict[str, dict[str, str]]:
    """What is computed for the records of ``kind`` with these references, by name and where there is
    anything; in one query at the most."""
    if not computed.of(kind.slug):
        return {}
    rows = kind.model._default_manager.filter(reference__in=references).annotate(**computed.parts(kind.slug))
    return {
        record.reference: {name: text for name, text in computed.texts(kind.slug, record).items() if text}
        for record in rows
    }


def display(record: Record, kind: Kind, name: str) -> Any:
    """The value of a field as a reader should see it: labels of choices, names of people, references."""
    field = kind.field(name)
    if field.many_to_many:
        return [(item.reference, item.title) for item in getattr(record, name).all()]
    value = getattr(record, name)
    if field.is_relation:
        if value is None:
            return ""
        return value.full_name if hasattr(value, "full_name") else getattr(value, "reference", str(value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return value


def history(actor: Actor, reference: str, *, limit: int = 100) -> tuple[HistoryEntry, ...]:
    """Revisions of a record, newest first, each with the fields it changed."""
    return revisions(*find(actor, reference), limit=limit)


def revisions(
    record: Record, kind: Kind, *, limit: int, until: datetime | None = None
) -> tuple[HistoryEntry, ...]:
    """As `history`, for a record that the reader was given by `find` already; those ``until`` an instant."""
    known = Revision.objects.filter(record_id=record.pk)
    if until is not None:
        known = known.filter(at__lte=until)
    rows = list(known.select_related("person", "deputy_for", "record").order_by("-number")[: limit + 1])
    committed = verified.verify_revisions(rows)
    bodies = [_values_of(committed.get(row.leaf)) for row in rows]
    entries = []
    for place, row in enumerate(rows[:limit]):
        before = bodies[place + 1] if place + 1 < len(rows) else {}
        entries.append(_history_entry(row, kind, before, bodies[place]))
    return tuple(entries)


def _history_entry(row: Revision, kind: Kind, before: dict[str, Any], after: dict[str, Any]) -> HistoryEntry:
    changes: tuple[Change, ...] = ()
    if before:
        names = [name for name in {**after, **before} if before.get(name) != after.get(name)]
        changes = tuple(Change(name, _label(kind, name), before.get(name), after.get(name)) for name in names)
    name = row.person.full_name if row.person else row.actor.removeprefix("stage:").capitalize()
    away = row.deputy_for.full_name if row.deputy_for else ""
    return HistoryEntry(
        row.number, row.verb, row.state, row.actor, name, row.note, row.at, row.leaf, away, changes
    )


def _label(kind: Kind, name: str) -> str:
    return str(kind.field(name).verbose_name)


def _values_of(entry: CommittedEntry | None) -> dict[str, Any]:
    snapshot = entry.json("revision") if entry is not None else None
    return dict(snapshot["values"]) if snapshot is not None else {}


def as_of(actor: Actor, reference: str, instant: datetime) -> dict[str, Any]:
    """The record as we knew it at ``instant``: its snapshot then. Raises `NotFound` before its recording."""
    record, _ = find(actor, reference)
    row = Revision.objects.filter(record_id=record.pk, at__lte=instant).order_by("-number").first()
    body = log.opening(row.leaf, "revision") if row else None
    if row is None or body is None:
        raise NotFound(f"{record.reference} was not recorded at that time.")
    return _as_known(body)


def _as_known(body: bytes) -> dict[str, Any]:
    """A revision as readers get it: without what the entry commits to for the sake of the scrub alone."""
    return {name: value for name, value in json.loads(body).items() if name != "system"}


def all_as_of(
    actor: Actor, instant: datetime, kind_slugs: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """Every record that ``actor`` may see, as we knew it at ``instant``, in order of reference.

    Raises `NotAllowed` for a kind that is asked for and that the role does not read.
    """
    wanted = [kinds.get(slug) for slug in kind_slugs] if kind_slugs is not None else list(kinds.all_kinds())
    found: list[dict[str, Any]] = []
    for kind in wanted:
        if kind_slugs is None and not policy.may(actor, "read", kind=kind.slug, anywhere=True):
            continue
        found += known_at(actor, kind, instant).values()
    return sorted(found, key=lambda item: str(item["reference"]))


def known_at(actor: Actor, kind: Kind, instant: datetime) -> dict[int, dict[str, Any]]:
    """The records of ``kind`` that ``actor`` may see, as we knew them at ``instant``, by the number of the
    entry that says so; what has been erased since is left out. Raises `NotAllowed`."""
    rows = Revision.objects.filter(record__in=visible(actor, kind).values("pk"), at__lte=instant)
    # The entries of one record are numbered in the order of its revisions.
    newest = rows.order_by().values("record_id").annotate(newest=Max("leaf"))
    leaves = list(newest.values_list("newest", flat=True))
    read_log.of_list(actor, kind, len(leaves))
    return {leaf: _as_known(body) for leaf, body in log.openings_at(leaves, "revision").items()}


def due(
    actor: Actor, until: date, *, limit: int = 20, owner_id: int | None = None
) -> list[tuple[date, Kind, str, str]]:
    """Records due up to ``until`` and not yet done: date, kind, reference, title; earliest first.

    With ``owner_id`` only those of that person.
    """
    readable = [
        kind for kind in kinds.all_kinds() if policy.may(actor, "read", kind=kind.slug, anywhere=True)
    ]
    rows = list_index.due(actor, readable, until, limit, owner_id=owner_id)
    for slug, count in Counter(slug for _, slug, _, _ in rows).items():
        read_log.of_list(actor, kinds.get(slug), count)
    # The index holds titles case-folded and cut, for sorting; a reader gets them as they were written.
    titles = dict(Record.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", "title"))
    return [(day, kinds.get(slug), reference, titles[key]) for key, slug, reference, day in rows]


def validities(actor: Actor, wanted: Iterable[Kind], most: int) -> list[Validity]:
    """From when until when records are valid: of each kind that ``actor`` may read, those that end first."""
    readable = [kind for kind in wanted if policy.may(actor, "read", kind=kind.slug, anywhere=True)]
    return list_index.validities(actor, readable, most)


def counts_by_kind(actor: Actor) -> dict[str, int]:
    """How many records of each kind ``actor`` may see, in one query."""
    return list_index.counts_by_kind(actor)
