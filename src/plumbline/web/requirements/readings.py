"""What checks read, as rows of a page: trend with limit, value with limit, word, age."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from plumbline.controls import declare, limits, queries, registry, visibility
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.number_format import format_number
from plumbline.kernel.states import CheckState
from plumbline.web import charts, references
from plumbline.web.charts import Limit
from plumbline.web.dates import window
from plumbline.web.messages import VisibleNames
from plumbline.web.systems import Systems, system_names

TREND_POINTS = 48
UNSAID = frozenset({"index", "score", "statistic"})
"""Units of measures that have none; a reader needs only the number."""
COUNTED = frozenset({"days", "events", "hours"})
"""Units that are counted, in the plural."""
SPANS = {
    "hour": timedelta(days=2),
    "day": timedelta(days=30),
    "week": timedelta(days=182),
    "month": timedelta(days=400),
}
PACE = {"hour": "hourly", "day": "daily", "week": "weekly", "month": "monthly"}
FAILING = frozenset({CheckState.OVER, CheckState.UNDER})


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
    word: CheckState
    since: datetime | None
    read_at: datetime
    reason: str

    @property
    def hit(self) -> bool:
        """Whether the reading is beyond its limit."""
        return self.word in FAILING


@dataclass(frozen=True)
class ResultRow:
    """One result in a table."""

    href: str
    window: str
    value: str
    limit: str
    word: str
    population: str
    reason: SafeString


def amount(value: float, unit: str) -> str:
    """A value as a reader sees it: shares as a percentage, whole numbers whole, others to three digits."""
    if unit == "ratio":
        return f"{value:.2%}" if 0 < abs(value) < 0.01 else f"{value:.1%}"
    text = format_number(value, 3)
    unit = unit[:-1] if value == 1 and unit in COUNTED else unit
    return text if unit in UNSAID else f"{text} {unit}".rstrip()


def shown_value(value: float | None, unit: str) -> str:
    """A value, or the words for none."""
    return "No value" if value is None else amount(value, unit)


def bounds(result: Any) -> Limit | None:
    """What the value of a result is held against, as bounds."""
    if result.limit_value is None:
        return None
    check = registry.by_slug().get(result.check_name)
    if result.value is None and not _same_unit(check, result.unit):
        return None
    if limits.fails_under(check, result.unit, result.limit_value):
        return Limit(low=result.limit_value)
    return Limit(high=result.limit_value)


def _same_unit(check: declare.Check | None, unit: str) -> bool:
    """Whether the limit of a check is in the unit of a result; one of days says nothing about a share."""
    return check is None or not check.limits or check.limits[0].unit == unit


def limit_words(limit: Limit | None, unit: str) -> str:
    """A limit in words: ``at most 0.25``."""
    if limit is None:
        return ""
    if limit.high is not None:
        return f"at most {amount(limit.high, unit)}"
    return f"at least {amount(limit.low, unit)}" if limit.low is not None else ""


def result_rows(actor: Actor, rows: Iterable[Any]) -> tuple[ResultRow, ...]:
    """Those results that the reader sees as rows of a table, with titles of the records they name."""
    listed = visibility.redact_results(actor, rows)
    known = references.visible_names(actor, (row.reason for row in listed))
    return tuple(_result_row(row, known) for row in listed)


def _result_row(row: Any, known: VisibleNames) -> ResultRow:
    return ResultRow(
        href=reverse("result", args=[row.pk]),
        window=window(row.window_start, row.window_end),
        value=shown_value(row.value, row.unit),
        limit=limit_words(bounds(row), row.unit),
        word=row.word,
        population="" if row.population is None else f"{row.population:,}",
        reason=references.linkify_html(row.reason, known),
    )


def sentence(title: str, subject: str, rows: Sequence[Any], limit: Limit | None, unit: str) -> str:
    """What a trend shows, for readers who do not see it."""
    values = [row.value for row in rows if row.value is not None]
    if not values:
        return f"{title}, {subject}: no value in this period"
    first, last = shown_value(values[0], unit), shown_value(values[-1], unit)
    said = f"{title}, {subject}, over {len(rows)} windows: from {first} to {last}"
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


@dataclass(frozen=True)
class Windowed:
    """What a trend needs of one result."""

    window_start: datetime
    window_end: datetime
    value: float | None
    word: str


Key = tuple[str, str]


def histories(held: dict[Key, Any], spans: dict[Key, timedelta]) -> dict[Key, list[Windowed]]:
    """The results that hold for the windows before each reading, oldest first, in one query."""
    wanted = Q(pk__in=[])
    for (name, subject), result in held.items():
        start = result.window_end - spans[name, subject]
        wanted |= Q(check_name=name, subject=subject, window_start__gte=start)
    found: dict[Key, dict[datetime, Windowed]] = {key: {} for key in held}
    columns = ("check_name", "subject", "window_start", "window_end", "value", "word")
    for name, subject, *row in queries.select().filter(wanted).order_by("id").values_list(*columns):
        found[name, subject][row[0]] = Windowed(*row)
    return {key: [rows[start] for start in sorted(rows)] for key, rows in found.items()}


def check_row(
    check: declare.Check, subject: str, result: Any, history: Sequence[Any], systems: Systems
) -> CheckRow:
    """One row with its trend."""
    limit = bounds(result)
    named = systems.get(subject)
    whole = subject == ORGANIZATION
    shown = "Whole organization" if whole else named[0] if named else subject
    label = sentence(check.title, shown, history, limit, result.unit)
    values = spread(history)
    word = CheckState(result.word)
    return CheckRow(
        name=check.slug,
        title=check.title,
        method=f"Judged {PACE[check.window]}",
        href=reverse("check", args=[check.slug, subject]),
        subject=shown,
        subject_href=named[1] if named else "",
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
    actor: Actor,
    names: Iterable[str] | None = None,
    *,
    subject: str = "",
    word: str = "",
    most: int = 200,
) -> tuple[CheckRow, ...]:
    """The reading of every check (or those named) on every subject that the reader sees, gravest first.

    At the most ``most`` of them.
    """
    wanted = set(names) if names is not None else None
    checks = {check.slug: check for check in registry.all_checks()}
    held = [
        ((name, about), result)
        for (name, about), result in visibility.visible_results(actor).rows.items()
        if name in checks
        and (wanted is None or name in wanted)
        and (not subject or about == subject)
        and (not word or result.word == word)
    ]
    held.sort(key=lambda one: (one[1].word not in FAILING, one[1].word == CheckState.WITHIN, one[0]))
    return _rows(actor, checks, dict(held[:most]))


def _rows(actor: Actor, checks: dict[str, declare.Check], held: dict[Key, Any]) -> tuple[CheckRow, ...]:
    if not held:
        return ()
    spans = {key: SPANS[checks[key[0]].window] for key in held}
    past, systems = histories(held, spans), system_names(actor)
    return tuple(check_row(checks[key[0]], key[1], row, past[key], systems) for key, row in held.items())


def changed_since_yesterday(actor: Actor, limit: int = 6) -> tuple[CheckRow, ...]:
    """Readings recorded in the last day that say something else than the last window that said anything.

    What began to be beyond its limit comes first; a reading that is within after none says nothing new.
    """
    yesterday = clock.now() - timedelta(days=1)
    checks = {check.slug: check for check in registry.all_checks()}
    recent = {
        key: result
        for key, result in visibility.visible_results(actor).rows.items()
        if result.recorded_at >= yesterday and key[0] in checks
    }
    past = histories(recent, {key: 2 * checks[key[0]].cadence for key in recent}) if recent else {}
    said = {
        key: [row.word for row in rows if row.window_start <= recent[key].window_start]
        for key, rows in past.items()
    }
    turned = [key for key, words in said.items() if _turned(words)]
    turned.sort(key=lambda key: (recent[key].word not in FAILING, -recent[key].recorded_at.timestamp()))
    return _rows(actor, checks, {key: recent[key] for key in turned[:limit]})


def _turned(words: Sequence[str]) -> bool:
    """Whether the newest of the words of a check's windows is news."""
    if len(words) < 2 or words[-1] == words[-2]:
        return False
    said = [word for word in words[:-1] if word != CheckState.NO_SIGNAL]
    return words[-1] != (said[-1] if said else CheckState.WITHIN)


def newest() -> datetime | None:
    """When anything was last read."""
    return max((result.recorded_at for result in queries.readings().values()), default=None)


@dataclass(frozen=True)
class Tally:
    """How many readings a reader sees, how they stand, and how many there are besides."""

    total: int
    within: int
    beyond: int
    hidden: int


def tally(actor: Actor) -> Tally:
    """How the readings of today stand that the reader sees."""
    held = visibility.visible_results(actor)
    words = [result.word for result in held.rows.values()]
    beyond = sum(word in FAILING for word in words)
    return Tally(len(words), words.count(CheckState.WITHIN), beyond, held.hidden)
