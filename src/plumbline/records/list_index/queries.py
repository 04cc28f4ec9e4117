"""Which records a list shows, read off the list index: searched, filtered, in order. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Unit
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import values as plain_values
from plumbline.records.conditions import queries as conditions
from plumbline.records.kinds import Kind, all_kinds
from plumbline.records.list_index import index_columns
from plumbline.records.models import TITLE_BYTES, RecordIndex

COUNT_CAP = 10_000
"""Rows counted at the most; a longer list says "more than"."""
LARGEST_PAGE = 1_000
"""Rows of one page at the most."""
_DEEPEST = 10_000_000
_FAR = 1_000
"""From this row on the list is counted first, and reached from its nearer end."""


@dataclass(frozen=True)
class Selection:
    """The records of a list. ``narrowed``: a search, a filter or the reader's reach leaves some out."""

    rows: QuerySet[RecordIndex]
    column: str
    descending: bool
    narrowed: bool

    def keys(self, start: int = 0, stop: int | None = None) -> list[int]:
        """Primary keys from place ``start`` up to ``stop``, in order; those without a value come last.

        Both parts of the order are read off an index: the values, then the rows that have none.
        """
        valued, rest = self._parts()
        found = _slice(valued, start, stop)
        if rest is None or (stop is not None and len(found) == stop - start):
            return found
        have = start + len(found) if found or not start else valued.order_by().count()
        return found + _slice(rest, max(start - have, 0), None if stop is None else max(stop - have, 0))

    def page(self, start: int, size: int) -> tuple[list[int], int]:
        """The keys of one page, and how many records there are, counted up to one over `COUNT_CAP`."""
        if self.narrowed and start + size <= COUNT_CAP:  # whoever counts has seen the page already
            found = self.keys(0, COUNT_CAP + 1)
            return found[start : start + size], len(found)
        if start >= _FAR:
            return self._far(start, size)
        valued, rest = self._parts()
        counted = valued.annotate(
            counted=_Count(Subquery(self.rows.order_by().values("pk")[: COUNT_CAP + 1]))
        )
        rows = list(counted.values_list("record_id", "counted")[start : start + size])
        if len(rows) == size:
            return [key for key, _ in rows], rows[0][1]
        # A first page that is not full is the whole list; a later one without rows may lie behind its end.
        found = [key for key, _ in rows] if rest is None else self.keys(start, start + size)
        if len(found) < size and (found or not start):
            return found, start + len(found)
        return found, self.rows.order_by()[: COUNT_CAP + 1].count()

    def _far(self, start: int, size: int) -> tuple[list[int], int]:
        """A page deep in the list: counted first, then reached from whichever end is nearer."""
        total = self.rows.order_by().count()
        stop = min(start + size, total)
        if start >= stop:
            return [], min(total, COUNT_CAP + 1)
        valued, rest = self._parts()
        have = total if rest is None else total - rest.order_by().count()
        found = _slice_from_nearer_end(valued, start, min(stop, have), have)
        if rest is not None:
            found += _slice_from_nearer_end(rest, max(start - have, 0), stop - have, total - have)
        return found, min(total, COUNT_CAP + 1)

    def _parts(self) -> tuple[QuerySet[RecordIndex], QuerySet[RecordIndex] | None]:
        """The rows in order: those that have a value, and those that have none (a title all have)."""
        sign = "-" if self.descending else ""
        if not self.column.startswith("sort_"):
            return self.rows.order_by(*dict.fromkeys((sign + self.column, f"{sign}record_id"))), None
        valued = self.rows.filter(**{f"{self.column}__gt": ""})
        rest = self.rows.filter(**{f"{self.column}__isnull": True})
        return valued.order_by(sign + self.column, f"{sign}record_id"), rest.order_by(f"{sign}record_id")


class _Count(Func):
    """How many rows a limited query has, asked beside the rows of a page instead of in a query of its own."""

    template = "(SELECT COUNT(*) FROM %(expressions)s AS counted)"
    output_field = IntegerField()


def _slice(rows: QuerySet[RecordIndex], start: int, stop: int | None) -> list[int]:
    return list(rows.values_list("record_id", flat=True)[start:stop])


def _slice_from_nearer_end(rows: QuerySet[RecordIndex], start: int, stop: int, count: int) -> list[int]:
    if start >= stop:
        return []
    if start < count // 2:
        return _slice(rows, start, stop)
    return _slice(rows.reverse(), count - stop, count - start)[::-1]


def check_page(number: int, size: int) -> None:
    """Raise `Invalid` for a page that no list has."""
    if number < 1 or not 1 <= size <= LARGEST_PAGE or number * size > _DEEPEST:
        remedy = say(
            "records.page-from-1-size-1-to",
            "page from 1, size 1 to {largest_page}",
            largest_page=LARGEST_PAGE,
        )
        raise Invalid("There is no such page.", [Fault("page", "is out of range", remedy)])


def select(
    actor: Actor,
    kind: Kind,
    *,
    filters: Mapping[str, str] | None = None,
    search: str = "",
    sort: str = "",
    where: str = "",
) -> Selection:
    """What a list of ``kind`` shows ``actor``, newest first unless sorted. Raises `Invalid`.

    ``where`` are conditions as text (`plumbline.records.conditions`).

    From the largest with a minus in front of ``sort``; records alike in it stand in the order in which
    they were made, or the other way round with the minus.
    """
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    whole = RecordIndex.objects.filter(kind=kind.slug)
    seen = policy.visible(actor, whole)
    rows = _searched(kind, _filtered(kind, seen, filters or {}), search)
    if where.strip():
        rows = rows.filter(record_id__in=conditions.matching(actor, kind, where).order_by().values("pk"))
    name = sort.removeprefix("-")
    columns = index_columns.sorts(kind)
    if name and name not in columns:
        remedy = say("fault.one-of", "one of: {names}", names=", ".join(columns))
        raise Invalid("The list was not sorted.", [Fault("sort", "is not a column of this list", remedy)])
    narrowed = rows is not whole
    return Selection(rows, columns[name] if name else "record_id", sort.startswith("-") or not name, narrowed)


def _filtered(kind: Kind, rows: QuerySet[RecordIndex], filters: Mapping[str, str]) -> QuerySet[RecordIndex]:
    faults = []
    columns = index_columns.filters(kind)
    for name, value in filters.items():
        if name == "state":
            rows = rows.filter(state=value)
        elif name == "owner":
            people = Person.objects.filter(Q(handle=value) | Q(email__iexact=value[:TITLE_BYTES]))
            rows = rows.filter(owner_id=_one(people))
        elif name == "unit":
            rows = rows.filter(unit_id=_one(Unit.objects.filter(slug=value)))
        elif name in columns:
            try:
                wanted = index_columns.filtered(_plain(kind, name, value))
            except ValidationError:
                faults.append(Fault(name, "is not a value of this field", "choose one of the list"))
                continue
            rows = rows.filter(**{columns[name]: wanted})
        else:
            known = ", ".join(("state", "owner", "unit", *columns))
            faults.append(
                Fault(
                    name,
                    "is not a filter of this list",
                    say("fault.one-of", "one of: {names}", names=known),
                )
            )
    if faults:
        raise Invalid("The list was not filtered.", faults)
    return rows


def _one(rows: QuerySet[Any]) -> Subquery:
    """The key of the one row, found out once and not joined."""
    return Subquery(rows.order_by("pk").values("pk")[:1])


def _plain(kind: Kind, name: str, value: str) -> Any:
    field = kind.field(name)
    return value.upper() if field.is_relation else plain_values.plain(field.to_python(value))


def _searched(kind: Kind, rows: QuerySet[RecordIndex], search: str) -> QuerySet[RecordIndex]:
    """Cards whose title has the text, or whose reference begins with it, whatever their capitals."""
    text = search.strip()
    lead = f"{kind.prefix}-"
    if not text or lead.startswith(text.upper()):
        return rows
    return rows.filter(_named(text, also=text.upper().startswith(lead)))


def _named(text: str, *, also: bool = True) -> Q:
    """Titles with ``text``, and ``also`` references that begin so.

    One letter more than a title has finds nothing either; SQLite takes no pattern of over 50,000 bytes.
    """
    text = text[: TITLE_BYTES + 1]
    named = Q(title__contains=text.casefold())
    return named | Q(reference__startswith=text.upper()) if also else named


def search(actor: Actor, kinds: list[str], text: str, limit: int) -> list[int]:
    """Keys of records of ``kinds`` whose title has ``text`` or whose reference begins so, newest first."""
    rows = policy.visible(actor, RecordIndex.objects.filter(kind__in=kinds)).filter(_named(text))
    return list(rows.order_by("-record_id").values_list("record_id", flat=True)[:limit])


def counts_by_kind(actor: Actor) -> dict[str, int]:
    """How many records of each kind ``actor`` may see, in one query."""
    rows = policy.visible(actor, RecordIndex.objects.all()).order_by()
    return {row["kind"]: row["n"] for row in rows.values("kind").annotate(n=Count("pk"))}


# Dates by which records want attention, of all kinds at once. Each kind keeps its date in a field of its own,
# and the index keeps that field in whichever of its columns the kind's list sorts by. One query with a
# condition for each column answers for every kind; a query a kind would cost the home page thirty.


@dataclass(frozen=True)
class Validity:
    """The dates between which a record is valid: when it was recorded or took effect, and its end."""

    kind: str
    recorded_at: datetime
    effective_from: date | None
    ends: date


def due(
    actor: Actor, kinds: Iterable[Kind], until: date, limit: int, *, owner_id: int | None = None
) -> list[tuple[int, str, str, date]]:
    """Records whose date is ``until`` or earlier and asks for something: key, kind, reference, date.

    At most ``limit`` of them, earliest first; with ``owner_id`` only those of that person.
    """
    rows = _dated(actor, kinds, lambda kind: kind.workflow.settled, until).exclude(_renewed("day"))
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    found = rows.order_by("day", "reference").values_list("record_id", "kind", "reference", "day")[:limit]
    return [(key, kind, reference, date.fromisoformat(day)) for key, kind, reference, day in found]


def validities(actor: Actor, kinds: Iterable[Kind], most: int) -> list[Validity]:
    """The validity of records that are not closed, for each kind of the ``most`` that end first."""
    kinds = list(kinds)
    rows = _dated(actor, kinds, lambda kind: kind.workflow.final).annotate(
        effective=_column_of((kind.slug, index_columns.sorts(kind)["effective_from"]) for kind in kinds),
        place=Window(RowNumber(), partition_by="kind", order_by=["day", "record_id"]),
    )
    found = rows.filter(place__lte=most).values_list("kind", "updated_at", "effective", "day")
    return [
        Validity(kind, at, date.fromisoformat(effective) if effective else None, date.fromisoformat(day))
        for kind, at, effective, day in found
    ]


def _dated(
    actor: Actor, kinds: Iterable[Kind], done: Callable[[Kind], frozenset[str]], until: date | None = None
) -> QuerySet[Any]:
    """The index rows that ``actor`` sees with a date, as ``day`` in ISO 8601, without those that are done."""
    groups: dict[tuple[str, frozenset[str]], list[str]] = {}
    for kind in kinds:
        if kind.due:
            group = index_columns.sorts(kind)[kind.due], done(kind)
            groups.setdefault(group, []).append(kind.slug)
    wanted = Q(pk__in=[])
    for (column, states), slugs in groups.items():
        range_ = {f"{column}__gt": ""} | ({f"{column}__lte": until.isoformat()} if until else {})
        wanted |= Q(kind__in=slugs, **range_) & ~Q(state__in=states)
    columns = ((slug, column) for (column, _), slugs in groups.items() for slug in slugs)
    return policy.visible(actor, RecordIndex.objects.filter(wanted)).annotate(day=_column_of(columns))


def dated(rows: QuerySet[Any], kinds: Iterable[Kind]) -> QuerySet[Any]:
    """Index rows with the date of each, whichever column its kind keeps that in, as ``day`` in ISO 8601.

    What another record has renewed has none."""
    columns = ((kind.slug, index_columns.sorts(kind)[kind.due]) for kind in kinds if kind.due)
    found: QuerySet[Any] = rows.annotate(own_day=_column_of(columns)).annotate(
        day=Case(When(_renewed("own_day"), then=Value(None)), default=F("own_day"), output_field=CharField())
    )
    return found


def _renewed(day: str) -> Q:
    """Index rows whose date (in the annotation ``day``) is earlier than that of an approved record of another
    kind that renews them, such as a review: that one is due in their place."""
    found = Q(pk__in=[])
    for kind in all_kinds():
        for name in kind.renews:
            other = kind.field(name).related_model
            slugs = [one.slug for one in all_kinds() if one.model is other]
            given = RecordIndex.objects.filter(
                **{
                    "kind": kind.slug,
                    "state__in": kind.workflow.approved,
                    index_columns.filters(kind)[name]: OuterRef("reference"),
                    f"{index_columns.sorts(kind)[kind.due]}__gt": OuterRef(day),
                }
            )
            found |= Q(kind__in=slugs) & Q(Exists(given))
    return found


def _column_of(columns: Iterable[tuple[str, str]]) -> Case:
    """The value of the column in which each kind (given by its slug) keeps a field."""
    slugs: dict[str, list[str]] = {}
    for slug, column in columns:
        slugs.setdefault(column, []).append(slug)
    return Case(
        *(When(kind__in=names, then=F(column)) for column, names in slugs.items()),
        default=Value(None),
        output_field=CharField(),
    )
