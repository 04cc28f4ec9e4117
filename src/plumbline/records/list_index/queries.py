"""Which records a list shows, read off the list index: searched, filtered, in order. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet, Subquery

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person, Unit
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
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
        found = self.keys(start, start + size)
        if found and len(found) < size:
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
        remedy = f"page from 1, size 1 to {LARGEST_PAGE}"
        raise Invalid("There is no such page.", [Fault("page", "is out of range", remedy)])


def select(
    actor: Actor, kind: Kind, *, filters: Mapping[str, str] | None = None, search: str = "", sort: str = ""
) -> Selection:
    """What a list of ``kind`` shows ``actor``, newest first unless sorted. Raises `Invalid`.

    From the largest with a minus in front of ``sort``; records alike in it stand in the order in which
    they were made, or the other way round with the minus.
    """
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    whole = RecordIndex.objects.filter(kind=kind.slug)
    seen = policy.visible(actor, whole)
    rows = _searched(kind, _filtered(kind, seen, filters or {}), search)
    name = sort.removeprefix("-")
    columns = index_columns.sorts(kind)
    if name and name not in columns:
        remedy = f"one of: {', '.join(columns)}"
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
            faults.append(Fault(name, "is not a filter of this list", f"one of: {known}"))
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
