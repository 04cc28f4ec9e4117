"""Rows that each follow from one entry, whose number they keep in a column ``leaf``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min, QuerySet

from plumbline.trail.commitments import queries
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.proofs import Difference, Pass, compare, without_entry, without_row


def span_of(rows: QuerySet[Any], column: str = "pk") -> tuple[int, int]:
    """The numbers of ``rows``: the first, and the one behind the last."""
    found = rows.order_by().aggregate(first=Min(column), last=Max(column))
    return (0, 0) if found["first"] is None else (int(found["first"]), int(found["last"]) + 1)


@dataclass(frozen=True)
class EntryRows:
    """How a table is compared whose every row has one entry, and whose entries have one row each.

    ``table`` is the name of the declaration, ``rows`` all rows with what ``found`` and ``row`` read of them,
    ``types`` the types of entries that make one, of those for which ``makes_row`` holds. ``expected`` is what
    an entry says that the fields are, ``found`` what they are, ``row`` how a reader finds the row.
    """

    table: str
    rows: Callable[[], QuerySet[Any]]
    types: frozenset[str]
    expected: Callable[[CommittedEntry], Mapping[str, object] | None]
    found: Callable[[Any], Mapping[str, object]]
    row: Callable[[Any], str]
    makes_row: Callable[[CommittedEntry], bool] | None = None

    def passes(self) -> tuple[Pass, ...]:
        """Both directions."""
        return (
            Pass("rows", lambda: span_of(self.rows()), self.check_rows),
            Pass("entries", queries.log_span, self.check_entries, step=2_000),
        )

    def check_rows(self, start: int, stop: int) -> Iterator[Difference]:
        """Rows of a range of primary keys, each with the entry that it names."""
        rows = list(self.rows().filter(pk__gte=start, pk__lt=stop).order_by("pk"))
        entries = queries.at([row.leaf for row in rows if row.leaf is not None])
        for row in rows:
            yield from self.differences(row, entries.get(row.leaf))

    def differences(self, row: Any, entry: CommittedEntry | None) -> Iterator[Difference]:
        """What a row says otherwise than its entry."""
        if entry is None or entry.view.entry_type not in self.types or not self._makes_row(entry):
            yield without_entry(self.table, self.row(row), row.leaf)
            return
        expected = self.expected(entry)
        # Without its opening nothing can be compared: that it is missing is a finding of its own.
        if expected is not None:
            yield from compare(self.table, self.row(row), entry.index, expected, self.found(row))

    def _makes_row(self, entry: CommittedEntry) -> bool:
        return self.makes_row is None or self.makes_row(entry)

    def check_entries(self, start: int, stop: int) -> Iterator[Difference]:
        """Entries of a range that should have a row each, and have none, or more than one."""
        views = queries.between(start, stop, self.types)
        if not views:
            return
        counted = Counter(
            self.rows().filter(leaf__gte=start, leaf__lt=stop).order_by().values_list("leaf", flat=True)
        )
        for view in views:
            count = counted[view.index]
            if count == 1 or not queries.is_readable(view) or not self._makes_row(CommittedEntry(view, {})):
                continue
            if count == 0:
                yield without_row(self.table, view.subject_ref or str(view.index), view.index)
            else:
                found = f"{count} rows"
                yield Difference(self.table, view.subject_ref, "row", "1 row", found, view.index)
