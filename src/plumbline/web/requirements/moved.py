"""Why a check on inputs reads what it reads: each input beside its reference, by day, and where it moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.controls import declare
from plumbline.controls.visibility import VisibleResult
from plumbline.kernel.messages import Message, say
from plumbline.kernel.number_format import format_number
from plumbline.kernel.problems import Unavailable
from plumbline.metrics import queries as metrics
from plumbline.metrics.comparisons import queries as comparisons
from plumbline.metrics.comparisons.queries import Comparison, Group
from plumbline.telemetry.store.port import Reader
from plumbline.telemetry.store.remote import RemoteStore
from plumbline.web import charts, distribution
from plumbline.web.charts import Limit
from plumbline.web.telemetry.samples import PATIENCE

GROUPS_SHOWN = 4


@dataclass(frozen=True)
class MovedFeature:
    """One input as the page shows it: the sentence, both distributions on one scale, and its own trend."""

    comparison: Comparison
    limit: float | None

    @property
    def name(self) -> str:
        """What the input is called."""
        return self.comparison.feature

    @property
    def index(self) -> str:
        """Its stability index; empty where there are too few values for one."""
        return "" if self.comparison.index is None else format_number(self.comparison.index, 2)

    @property
    def is_over(self) -> bool:
        """Whether its index is over the limit of the check."""
        return None not in (self.comparison.index, self.limit) and self.comparison.index > self.limit  # type: ignore[operator]

    @property
    def count(self) -> int:
        """How many values it has in the window."""
        return sum(self.comparison.now)

    @property
    def base(self) -> int:
        """How many values the reference has."""
        return sum(self.comparison.reference)

    @property
    def too_few(self) -> Message | None:
        """Why it has no index; None where it has one."""
        if self.comparison.index is not None:
            return None
        return say(
            "moved.too-few", "{count} values in the window; {needed} are needed.",
            count=self.count, needed=self.comparison.needed,
        )  # fmt: skip

    @property
    def bins(self) -> list[tuple[str, float, float]]:
        """Label of each bin with its share of the reference and of the window, small categories together."""
        rows = [
            (name, *pair) for name, pair in zip(_labels(self.comparison), self.comparison.shares, strict=True)
        ]
        if len(rows) <= distribution.MOST_BARS:
            return rows
        others = rows[-1]  # what is none of the categories stays last
        ordered = sorted(rows[:-1], key=lambda row: -max(row[1:]))
        kept, rest = ordered[: distribution.MOST_BARS - 1], ordered[distribution.MOST_BARS - 1 :]
        return [*kept, (others[0], others[1] + sum(r[1] for r in rest), others[2] + sum(r[2] for r in rest))]

    @property
    def sentence(self) -> Message:
        """Which bin changed most, with both figures."""
        name, before, now = max(
            # Of two that changed alike the one that grew, as floats differ in their last bits.
            self.bins,
            key=lambda row: (round(abs(row[2] - row[1]), 6), row[2] - row[1]),
        )
        return say(
            "moved.sentence", "{name} is {now} of the values, in the reference {before}.",
            name=name, now=f"{now:.0%}", before=f"{before:.0%}",
        )  # fmt: skip

    @property
    def drawing(self) -> SafeString:
        """The reference beside now."""
        rows = self.bins
        text = "; ".join(f"{name}: {before:.0%}, {now:.0%}" for name, before, now in rows)
        label = gettext("{feature}, reference and now: {shares}").format(feature=self.name, shares=text)
        return distribution.bars([row[0] for row in rows], [row[1:] for row in rows], label)

    @property
    def trend(self) -> SafeString:
        """Its index day by day; a day with too few values is a gap."""
        values = [day.index for day in self.comparison.days]
        known = [value for value in values if value is not None]
        label = gettext("{feature} by day: {known} of {days} days have enough values").format(
            feature=self.name, known=len(known), days=len(values)
        )
        limit = Limit(high=self.limit) if self.limit is not None else None
        return charts.sparkline(values, label, limit=limit, width=250, height=96)

    @property
    def days_known(self) -> int:
        """Of how many days there is a figure."""
        return sum(day.index is not None for day in self.comparison.days)

    @property
    def first_day(self) -> datetime:
        """Where its trend begins."""
        return self.comparison.days[0].start

    @property
    def days(self) -> int:
        """How many days its trend has."""
        return len(self.comparison.days)


def _labels(row: Comparison) -> list[str]:
    if row.categories:
        return [*row.categories, gettext("other")]
    edges = [format_number(edge, 3) for edge in row.edges]
    if not edges:
        return [gettext("all")]
    between = [f"{low}–{high}" for low, high in pairwise(edges)]
    return [f"<{edges[0]}", *between, f"≥{edges[-1]}"]


@dataclass(frozen=True)
class Moved:
    """What moved in the window of one result. ``groups`` are where the furthest input moved."""

    features: Sequence[MovedFeature]
    groups: Sequence[Group]
    period: tuple[datetime, datetime]
    least: int = comparisons.LEAST_IN_GROUP

    @property
    def furthest(self) -> MovedFeature:
        """The input that lies furthest from its reference."""
        return self.features[0]

    @property
    def over(self) -> int:
        """How many inputs are over the limit."""
        return sum(feature.is_over for feature in self.features)


def moved(check: declare.Check, result: VisibleResult, days: int) -> Moved | None:
    """What moved, counted now from the events of the window.

    None for a check that compares nothing, without a reference, and while the evidence store does not answer.
    """
    if not check.on_telemetry or not metrics.compare_with_reference(check.needed("metric")):
        return None
    store: Reader = RemoteStore(Path(settings.PLUMBLINE.data), timeout=PATIENCE)
    window = result.window_start, result.window_end
    try:
        rows, references = comparisons.compare(result.subject, *window, days, store)
        if not rows:
            return None
        groups = comparisons.groups(rows[0], references, result.subject, *window, store)
    except Unavailable:
        return None
    features = [MovedFeature(row, result.limit_value) for row in rows]
    return Moved(features, groups[:GROUPS_SHOWN], (references[0].start, references[0].end))
