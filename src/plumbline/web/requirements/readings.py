"""What checks read today: each with the windows before it, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString

from plumbline.controls import declare, queries, registry, visibility
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.controls.visibility import VisibleResult, VisibleResults
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Param, say
from plumbline.kernel.states import BEYOND, CheckState
from plumbline.web import charts
from plumbline.web.charts import Limit
from plumbline.web.requirements import figures
from plumbline.web.systems import Systems, system_names
from plumbline.wording import render

TREND_POINTS = 48
SPANS = {
    "hour": timedelta(days=2),
    "day": timedelta(days=30),
    "week": timedelta(days=182),
    "month": timedelta(days=400),
}
"""How far back the small trend of a check reaches, by its window."""
PACE = {
    "hour": say("reading.hourly", "Judged hourly"),
    "day": say("reading.daily", "Judged daily"),
    "week": say("reading.weekly", "Judged weekly"),
    "month": say("reading.monthly", "Judged monthly"),
}
WHOLE_ORGANIZATION = say("reading.organization", "Whole organization")
Key = tuple[str, str]
"""A check and a subject."""


@dataclass(frozen=True)
class Windowed:
    """What a trend needs of one result."""

    window_start: datetime
    window_end: datetime
    value: float | None
    word: str


@dataclass(frozen=True)
class Reading:
    """One check on one subject as it reads today; ``history`` are the windows up to it, oldest first."""

    check: declare.Check
    result: VisibleResult
    history: Sequence[Windowed | VisibleResult]
    systems: Systems

    @property
    def subject(self) -> Message | str:
        """What the check speaks about: the name of an AI system, or the organization."""
        return subject_name(self.result.subject, self.systems)

    @property
    def subject_href(self) -> str:
        """The page of the AI system; empty for the organization and for what has no record."""
        return self.systems.get(self.result.subject, ("", ""))[1]

    @property
    def href(self) -> str:
        """The page of this check on this subject."""
        return reverse("check", args=[self.check.slug, self.result.subject])

    @property
    def data_until(self) -> datetime:
        """Until when its data reach; the end of an hour that is still being counted has no age."""
        return min(self.result.seen_until, clock.now())

    @property
    def pace(self) -> Message:
        """How often the check is judged."""
        return PACE[self.check.window]

    @property
    def state(self) -> CheckState:
        """What the check found."""
        return CheckState(self.result.word)

    @property
    def is_beyond(self) -> bool:
        """Whether the value is beyond its limit."""
        return self.state in BEYOND

    @property
    def since(self) -> datetime | None:
        """Since when the value has been beyond its limit, as far as the history goes; None if it is not."""
        start: datetime | None = None
        if self.is_beyond:
            for row in reversed(self.history):
                if row.word != self.result.word:
                    break
                start = row.window_start
        return start

    @cached_property
    def limit(self) -> Limit | None:
        """What the value is compared with."""
        return figures.bounds(self.result)

    @property
    def value_text(self) -> Message | str:
        """The value in words."""
        return figures.value_text(self.result.value, self.result.unit)

    @property
    def covered(self) -> Message | None:
        """How many of a population have what is asked; None where the value is no part of a whole."""
        part, whole = self.result.numerator, self.result.denominator
        if part is None or whole is None:
            return None
        return say("reading.covered", "{part} of {whole}", part=int(part), whole=int(whole))

    @property
    def limit_text(self) -> Message | str:
        """The limit in words."""
        return figures.limit_text(self.limit, self.result.unit)

    @cached_property
    def description(self) -> str:
        """What the trend shows, for readers who do not see it."""
        return render(trend_message(self))

    @property
    def trend(self) -> SafeString:
        """The trend with its limit, for a table."""
        return charts.sparkline(values_with_gaps(self.history), self.description, limit=self.limit)

    @property
    def small_trend(self) -> SafeString:
        """The same, for a narrow list."""
        values = values_with_gaps(self.history)
        return charts.sparkline(values, self.description, limit=self.limit, width=84, height=28)


def subject_name(subject: str, systems: Systems) -> Message | str:
    """What a subject is called."""
    if subject == ORGANIZATION:
        return WHOLE_ORGANIZATION
    return systems[subject][0] if subject in systems else subject


def trend_message(reading: Reading) -> Message:
    """A trend as a sentence: from which value to which, and how it stands to its limit."""
    unit, limit = reading.result.unit, reading.limit
    values = [row.value for row in reading.history if row.value is not None]
    title, subject = reading.check.title, reading.subject
    if not values:
        return say(
            "reading.trend-empty", "{check}, {subject}: no value in this period", check=title, subject=subject
        )
    shown: dict[str, Param] = {
        "check": title,
        "subject": subject,
        "windows": len(reading.history),
        "first": figures.amount(values[0], unit),
        "last": figures.amount(values[-1], unit),
    }
    if limit is None:
        return say(
            "reading.trend",
            "{check}, {subject}, over {windows} windows: from {first} to {last}",
            plural="",
            **shown,
        )
    shown["limit"] = figures.limit_text(limit, unit)
    if limit.holds(values[-1]):
        return say(
            "reading.trend-within",
            "{check}, {subject}, over {windows} windows: from {first} to {last}, within its limit of {limit}",
            plural="",
            **shown,
        )
    return say(
        "reading.trend-beyond",
        "{check}, {subject}, over {windows} windows: from {first} to {last}, beyond its limit of {limit}",
        plural="",
        **shown,
    )


def values_with_gaps(history: Sequence[Windowed | VisibleResult]) -> list[float | None]:
    """Values of the windows in order of time; a window that is missing in between is a gap."""
    found: list[float | None] = []
    before: Windowed | VisibleResult | None = None
    for row in history[-TREND_POINTS:]:
        if before is not None and row.window_start - before.window_end >= row.window_end - row.window_start:
            found.append(None)
        found.append(row.value)
        before = row
    return found


def histories(
    results: Mapping[Key, VisibleResult], spans: Mapping[Key, timedelta], at: datetime | None = None
) -> dict[Key, list[Windowed]]:
    """The results that hold for the windows within a span before each result, oldest first, in one query;
    with ``at`` those that held then.

    Asked for by span and not by check and subject: a condition for each of a hundred pairs took longer to
    write down than the query to run. What comes besides is few rows, and left out below.
    """
    since: dict[timedelta, datetime] = {}
    names: dict[timedelta, set[str]] = {}
    for key, result in results.items():
        start = result.window_end - spans[key]
        since[spans[key]] = min(since.get(spans[key], start), start)
        names.setdefault(spans[key], set()).add(key[0])
    # Most checks share one span. Naming a hundred of them leaves out less than it costs.
    commonest = max(names, key=lambda span: len(names[span]), default=None)
    wanted = Q(pk__in=[])
    for span, start in since.items():
        checks = Q() if span == commonest else Q(check_name__in=sorted(names[span]))
        wanted |= Q(checks, window_start__gte=start)
    rows = queries.select().filter(wanted, subject__in=sorted({subject for _, subject in results}))
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    found: dict[Key, dict[datetime, Windowed]] = {key: {} for key in results}
    columns = ("check_name", "subject", "window_start", "window_end", "value", "word")
    for name, subject, *row in rows.order_by("id").values_list(*columns):
        key = (name, subject)
        if key in found and row[0] >= results[key].window_end - spans[key]:
            found[key][row[0]] = Windowed(*row)  # a restated window comes later and replaces the first
    return {key: [rows[start] for start in sorted(rows)] for key, rows in found.items()}


def readings(
    visible: VisibleResults,
    systems: Systems,
    names: Iterable[str] | None = None,
    *,
    subject: str = "",
    word: str = "",
    most: int = 200,
    at: datetime | None = None,
) -> tuple[Reading, ...]:
    """The reading of every check (or those named) on every subject that the reader sees, gravest first.

    ``most`` at most. ``at`` is the instant of what is ``visible``, if that is an earlier one.
    """
    wanted = set(names) if names is not None else None
    checks = registry.by_slug()
    chosen = [
        (key, result)
        for key, result in visible.rows.items()
        if key[0] in checks
        and (wanted is None or key[0] in wanted)
        and (not subject or key[1] == subject)
        and (not word or result.word == word)
    ]
    chosen.sort(key=lambda pair: (pair[1].word not in BEYOND, pair[1].word == CheckState.WITHIN, pair[0]))
    return _with_history(checks, dict(chosen[:most]), systems, at)


def of_actor(
    actor: Actor, names: Iterable[str] | None = None, *, subject: str = "", most: int = 200
) -> tuple[Reading, ...]:
    """`readings` as ``actor`` sees them, for a page that shows nothing else of them."""
    visible = visibility.visible_results(actor)
    return readings(visible, system_names(actor), names, subject=subject, most=most)


def _with_history(
    checks: Mapping[str, declare.Check],
    results: dict[Key, VisibleResult],
    systems: Systems,
    at: datetime | None = None,
) -> tuple[Reading, ...]:
    if not results:
        return ()
    past = histories(results, {key: SPANS[checks[key[0]].window] for key in results}, at)
    return tuple(Reading(checks[key[0]], result, past[key], systems) for key, result in results.items())


def changed_since_yesterday(visible: VisibleResults, systems: Systems, limit: int = 6) -> tuple[Reading, ...]:
    """Readings recorded in the last day that say something else than the last window that said anything.

    What has gone beyond its limit comes first; a reading that is within after none says nothing new.
    """
    yesterday = clock.now() - timedelta(days=1)
    checks = registry.by_slug()
    recent = {
        key: result
        for key, result in visible.rows.items()
        if result.recorded_at >= yesterday and key[0] in checks
    }
    past = histories(recent, {key: 2 * checks[key[0]].cadence for key in recent}) if recent else {}
    words = {
        key: [row.word for row in rows if row.window_start <= recent[key].window_start]
        for key, rows in past.items()
    }
    changed = [key for key, history in words.items() if _is_news(history)]
    changed.sort(key=lambda key: (recent[key].word not in BEYOND, -recent[key].recorded_at.timestamp()))
    return _with_history(checks, {key: recent[key] for key in changed[:limit]}, systems)


def _is_news(words: Sequence[str]) -> bool:
    """Whether the newest of the words of a check's windows differs from what was said before."""
    if len(words) < 2 or words[-1] == words[-2]:
        return False
    before = [word for word in words[:-1] if word != CheckState.NO_SIGNAL]
    return words[-1] != (before[-1] if before else CheckState.WITHIN)


@dataclass(frozen=True)
class Tally:
    """How many readings a reader sees, how many are within and beyond the limit, how many are hidden."""

    total: int
    within: int
    beyond: int
    hidden: int


def tally(visible: VisibleResults) -> Tally:
    """How the readings of today stand that the reader sees."""
    rows = visible.rows.values()
    words = [row.word for row in rows if row.word != CheckState.NOTHING_TO_JUDGE]
    beyond = sum(word in BEYOND for word in words)
    return Tally(len(words), words.count(CheckState.WITHIN), beyond, visible.hidden)


def newest(visible: VisibleResults) -> datetime | None:
    """Up to when the newest data reach that the reader sees."""
    return max((result.seen_until for result in visible.rows.values()), default=None)
