"""What checks read, as rows of a page: trend with limit, value with limit, word, age."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from plumbline.controls import declare, queries, registry
from plumbline.controls.rows import figure
from plumbline.kernel import clock
from plumbline.kernel.states import CheckWord
from plumbline.web import charts
from plumbline.web.charts import Limit
from plumbline.web.pages import cells

TREND_DAYS = 30
TREND_POINTS = 40
FAILING = frozenset({CheckWord.OVER, CheckWord.UNDER})


@dataclass(frozen=True)
class CheckRow:
    """One check on one subject as it reads today."""

    name: str
    title: str
    method: str
    href: str
    subject: str
    subject_href: str
    trend: SafeString
    small_trend: SafeString
    value: str
    limit: str
    word: CheckWord
    since: datetime | None
    read_at: datetime
    reason: str

    @property
    def hit(self) -> bool:
        """Whether the reading is beyond its limit."""
        return self.word in FAILING


def shown_value(value: float | None, unit: str) -> str:
    """A value as a reader sees it; shares as a percentage."""
    return "No value" if value is None else figure(value, unit)


def bounds(result: Any, history: Sequence[Any] = ()) -> Limit | None:
    """The limit of a result as bounds. Which side is good is read off the words, else off the values."""
    if result.limit_value is None:
        return None
    words = {row.word for row in (result, *history)}
    if CheckWord.UNDER in words and CheckWord.OVER not in words:
        return Limit(low=result.limit_value)
    if CheckWord.OVER not in words and result.value is not None and result.value > result.limit_value:
        return Limit(low=result.limit_value)
    return Limit(high=result.limit_value)


def limit_words(limit: Limit | None, unit: str) -> str:
    """A limit in words: ``at most 0.25``."""
    if limit is None:
        return ""
    if limit.high is not None:
        return f"at most {figure(limit.high, unit)}"
    return f"at least {figure(limit.low, unit)}" if limit.low is not None else ""


def sentence(title: str, subject: str, rows: Sequence[Any], limit: Limit | None, unit: str) -> str:
    """What a trend shows, for readers who do not see it."""
    values = [row.value for row in rows if row.value is not None]
    if not values:
        return f"{title} of {subject}: no value in the last {TREND_DAYS} days"
    first, last = shown_value(values[0], unit), shown_value(values[-1], unit)
    said = f"{title} of {subject} over {TREND_DAYS} days: from {first} to {last}"
    verdict = (
        "" if limit is None else ", within its limit" if limit.holds(values[-1]) else ", beyond its limit"
    )
    bound = f" of {limit_words(limit, unit)}" if limit else ""
    return said + verdict + bound


def _since(history: Sequence[Any], word: str) -> datetime | None:
    """Since when the word has held, among the windows of the history."""
    start: datetime | None = None
    for row in reversed(history):
        if row.word != word:
            break
        start = row.window_start
    return start


def spread(history: Sequence[Any]) -> list[float | None]:
    """Values of the windows in order of time; a window that is missing in between is a gap."""
    found: list[float | None] = []
    before: Any = None
    for row in history[-TREND_POINTS:]:
        length = row.window_end - row.window_start
        if before is not None and row.window_start - before.window_end >= length:
            found.append(None)
        found.append(row.value)
        before = row
    return found


def check_row(check: declare.Check, subject: str, result: Any, systems: dict[str, str]) -> CheckRow:
    """One row; its history comes from one query."""
    until = result.window_end
    start = until - timedelta(days=TREND_DAYS)
    history = queries.newest_of_windows(check.slug, subject, start, until)
    limit = bounds(result, history)
    label = sentence(check.title, subject, history, limit, result.unit)
    values = spread(history)
    word = CheckWord(result.word)
    whole = subject == declare.ORGANIZATION
    return CheckRow(
        name=check.slug,
        title=check.title,
        method=f"{len(result.names)} named, by {check.window}"
        if whole and result.names
        else f"by {check.window}",
        href=reverse("check", args=[check.slug, subject]),
        subject="Whole organization" if whole else subject,
        subject_href=cells.record_href(systems[subject]) if subject in systems else "",
        trend=charts.sparkline(values, label, limit=limit),
        small_trend=charts.sparkline(values, label, limit=limit, width=84, height=28),
        value=shown_value(result.value, result.unit),
        limit=limit_words(limit, result.unit),
        word=word,
        since=_since(history, result.word) if word in FAILING else None,
        read_at=result.recorded_at,
        reason=result.reason,
    )


def check_rows(
    names: Iterable[str] | None = None, *, subject: str = "", word: str = "", most: int = 200
) -> tuple[CheckRow, ...]:
    """The reading of every check (or those named) on every subject, gravest first, up to ``most``."""
    wanted = set(names) if names is not None else None
    checks = {check.slug: check for check in registry.load()}
    held = [
        (name, about, result)
        for (name, about), result in queries.readings().items()
        if name in checks
        and (wanted is None or name in wanted)
        and (not subject or about == subject)
        and (not word or result.word == word)
    ]
    held.sort(
        key=lambda item: (item[2].word not in FAILING, item[2].word == CheckWord.WITHIN, item[0], item[1])
    )
    systems = queries.live_systems() if held else {}
    return tuple(check_row(checks[name], about, result, systems) for name, about, result in held[:most])


def changed_since_yesterday(limit: int = 6) -> tuple[CheckRow, ...]:
    """Readings whose word differs from that of the window before and were recorded in the last day."""
    yesterday = clock.now() - timedelta(days=1)
    systems = queries.live_systems()
    checks = {check.slug: check for check in registry.load()}
    found = []
    recent = [item for item in queries.readings().items() if item[1].recorded_at >= yesterday]
    for (name, subject), result in sorted(recent, key=lambda item: item[1].recorded_at, reverse=True):
        if name not in checks:
            continue
        length = result.window_end - result.window_start
        span = (result.window_start - length * TREND_DAYS, result.window_end)
        held = queries.newest_of_windows(name, subject, *span)
        if len(held) > 1 and held[-2].word != held[-1].word:
            found.append(check_row(checks[name], subject, result, systems))
        if len(found) >= limit:
            break
    return tuple(found)


def newest() -> datetime | None:
    """When anything was last read."""
    return max((result.recorded_at for result in queries.readings().values()), default=None)


@dataclass(frozen=True)
class Tally:
    """How many readings there are, and how they stand."""

    total: int
    within: int
    beyond: int


def tally() -> Tally:
    """How the readings of today stand."""
    words = [result.word for result in queries.readings().values()]
    return Tally(len(words), words.count(CheckWord.WITHIN), sum(word in FAILING for word in words))
