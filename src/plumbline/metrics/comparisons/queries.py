"""How each input of a system lies beside its reference: bins of both, day by day, and the groups that moved.

Everything is counted in the evidence store when it is asked for; nothing here is a verdict. A day or a group
with too few values for its bins has no figure, since chance alone would move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from plumbline.metrics.library.drift import stability_index
from plumbline.metrics.models import Reference
from plumbline.metrics.queries import references_at
from plumbline.telemetry.store.port import Reader

VALUES_A_BIN = 10
"""Values that a bin must stand for on average before a stability index says anything; that of the checks."""
LEAST_IN_GROUP = 50
"""Values that a group must have in the window, and as many in the reference, before its distance is shown."""
MOST_FEATURES = 12
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """The stability index of one run of 24 hours; None where it has too few values."""

    start: datetime
    index: float | None
    count: int


@dataclass(frozen=True)
class Comparison:
    """One input in the window beside its reference.

    ``edges`` part its numbers into bins, or ``categories`` its texts, the last bin being none of them.
    ``index`` is None where one side has too few values; ``needed`` is how many it takes.
    """

    feature: str
    edges: tuple[float, ...]
    categories: tuple[str, ...]
    reference: tuple[int, ...]
    now: tuple[int, ...]
    index: float | None
    needed: int
    days: tuple[Day, ...]

    @property
    def shares(self) -> tuple[tuple[float, float], ...]:
        """Of each bin, its share of the reference and of the window, both from 0 to 1."""
        before, now = max(sum(self.reference), 1), max(sum(self.now), 1)
        return tuple((a / before, b / now) for a, b in zip(self.reference, self.now, strict=True))


@dataclass(frozen=True)
class Group:
    """The values of an input that came with one text of another, beside the same group of the reference.

    ``index`` is how far they lie from the whole reference of the input; ``share`` and ``share_before`` how
    much of all values the group is in the window and was in the reference.
    """

    by: str
    text: str
    count: int
    share: float
    share_before: float
    index: float


def _index(now: Sequence[int], reference: Sequence[int], needed: int) -> float | None:
    return stability_index.computed((tuple(now), tuple(reference))) if sum(now) >= needed else None


def compare(
    system: str, start: datetime, end: datetime, days: int, store: Reader
) -> tuple[list[Comparison], list[Reference]]:
    """Every input of the reference by which a window that begins at ``start`` is judged, the furthest first,
    with its ``days`` before the end of the window; and the references themselves.

    Raises `Unavailable` while the store does not answer.
    """
    references = references_at(system, start)[:MOST_FEATURES]
    found = [_compared(system, row, start, end, days, store) for row in references]
    return sorted(found, key=lambda row: -(row.index or -1.0)), references


def _compared(
    system: str, row: Reference, start: datetime, end: datetime, days: int, store: Reader
) -> Comparison:
    edges, categories, counts = row.inner_edges, row.category_names, row.counts
    needed = VALUES_A_BIN * len(counts)
    if categories:
        now = store.category_bins(system, row.feature, categories, start, end)
    else:
        now = store.feature_bins(system, row.feature, edges, start, end) if edges else [0] * len(counts)
    first = end - days * DAY
    by_day = (
        dict(store.bins_by_day(system, row.feature, edges, categories, first, end)) if len(counts) > 1 else {}
    )
    series = tuple(
        Day(
            first + number * DAY,
            _index(by_day[number], counts, needed) if number in by_day else None,
            sum(by_day.get(number, ())),
        )
        for number in range(days)
    )
    return Comparison(
        row.feature, edges, categories, counts, tuple(now), _index(now, counts, needed), needed, series
    )


def groups(
    comparison: Comparison,
    references: Sequence[Reference],
    system: str,
    start: datetime,
    end: datetime,
    store: Reader,
) -> list[Group]:
    """The groups in which an input lies furthest from its reference, by the texts of the other inputs.

    Groups overlap: one value stands in a group of every other input. One of fewer than `LEAST_IN_GROUP`
    values has no distance and is left out.
    """
    total, before = sum(comparison.now), sum(comparison.reference)
    found = []
    for row in references:
        if row.feature == comparison.feature or not row.category_names:
            continue
        asked = (system, comparison.feature, comparison.edges, comparison.categories, row.feature)
        now = store.bins_by_group(*asked, start, end)
        then = store.bins_by_group(*asked, row.start, row.end)
        for text, bins in now.items():
            index = _index(bins, comparison.reference, max(LEAST_IN_GROUP, comparison.needed))
            if index is not None:
                share = sum(bins) / max(total, 1)
                usual = sum(then.get(text, ())) / max(before, 1)
                found.append(Group(row.feature, text, sum(bins), share, usual, index))
    return sorted(found, key=lambda group: -group.index)
