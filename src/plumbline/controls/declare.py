"""What a check is: a pure function from frozen evidence to a frozen verdict.

It reads no clock, no database and no network; what it needs is declared and handed in, the present
included. The first paragraph of its docstring is the user's text, its decorator maps it to
requirements. A simple measure against a limit is a row of YAML that compiles to the same value.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

Window = Literal["hour", "day", "week", "month"]
Over = Literal["system", "organization"]
Side = Literal["over", "under"]
Severity = Literal["minor", "major"]

ORGANIZATION = "organization"
"""Subject of a check over the whole organization."""

SHOWN = 8
"""How many offenders a reason names; all of them are in `Verdict.named`."""

CADENCE: dict[str, timedelta] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
}
"""How often a check with this window is expected to report."""


@dataclass(frozen=True)
class Limit:
    """A limit in force: its value in ``unit``, the smallest population it is judged on, and where it is from.

    A value on its ``side`` of the limit fails: ``over`` or ``under``.
    ``source`` is the reference of the governing record, or ``default``; ``revision`` the approved
    revision of that record (0 for a default).
    """

    value: float
    unit: str = ""
    minimum: int = 1
    source: str = "default"
    revision: int = 0
    side: Side = "over"


@dataclass(frozen=True)
class Measure:
    """One metric of one subject (and feature) in one window, made of ``population`` values.

    ``base`` is how many values the reference has that it is compared with, ``bins`` into how many bins
    both are parted.
    """

    value: float | None
    population: int
    numerator: float | None = None
    denominator: float | None = None
    excluded: int = 0
    base: int | None = None
    bins: int | None = None

    @property
    def weight(self) -> float:
        """How many values it is worth: with a reference n·m / (n + m), as in every two-sample comparison."""
        if self.base is None:
            return float(self.population)
        return self.population * self.base / (self.population + self.base) if self.population else 0.0


@dataclass(frozen=True)
class Evidence:
    """Everything a check may look at, frozen.

    ``measures`` are by metric and feature (``""`` where the metric has none). ``records`` are the facts
    of whole kinds, ``facts`` whatever else was asked for by name. ``reference_period`` says that the
    window lies in the period that the system's reference set is taken from.
    """

    subject: str
    start: datetime
    end: datetime
    now: datetime
    measures: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)
    records: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    facts: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    reference_period: bool = False

    def limit(self, name: str) -> Limit:
        """The limit called ``name``. Raises ``KeyError`` when the check did not declare it."""
        return self.limits[name]

    def measure(self, metric: str, group: str = "") -> Measure | None:
        """The measure of ``metric`` for ``group``, or None."""
        return self.measures.get(metric, {}).get(group)


@dataclass(frozen=True)
class Verdict:
    """What a check says: ``passes``, ``fails`` or ``unknown``, why, and the figures it rests on.

    ``side`` says on which side of the limit a failing value lies. ``named`` are the references or
    names of what a reader should look at first. ``excluded`` counts what was left out of ``population``.
    ``against`` is what ``value`` is held against where that is not the limit (all of them: 1).
    """

    word: Literal["passes", "fails", "unknown"]
    reason: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    population: int | None = None
    excluded: int = 0
    unit: str = ""
    side: Side = "over"
    against: float | None = None
    named: tuple[str, ...] = ()


def passes(reason: str, **figures: Any) -> Verdict:
    """The subject is within the limit."""
    return Verdict("passes", reason, **figures)


def fails(reason: str, **figures: Any) -> Verdict:
    """The subject is beyond the limit."""
    return Verdict("fails", reason, **figures)


def unknown(reason: str, **figures: Any) -> Verdict:
    """The evidence does not admit a verdict."""
    return Verdict("unknown", reason, **figures)


def every(
    what: str, asked: str, population: Sequence[str], missing: Mapping[str, str], excluded: int = 0
) -> Verdict:
    """The verdict that all of ``population`` have what is ``asked``; ``missing`` gives each one's reason.

    ``what`` names the population in the plural. With an empty population nothing can be said.
    """
    if not population:
        return unknown(f"There are no {what}.", population=0, excluded=excluded, unit="ratio")
    have = len(population) - len(missing)
    figures: dict[str, Any] = {
        "value": have / len(population),
        "numerator": have,
        "denominator": len(population),
        "population": len(population),
        "excluded": excluded,
        "unit": "ratio",
        "against": 1.0,
    }
    sentence = f"{have} of {len(population)} {what} {asked}."
    if not missing:
        return passes(sentence, **figures)
    named = sorted(missing)
    reasons = "; ".join(f"{name} {missing[name]}" for name in named[:SHOWN])
    more = f"; and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return fails(f"{sentence} {reasons}{more}.", side="under", named=tuple(named), **figures)


def day_of(text: str | None) -> date | None:
    """The day that an ISO 8601 date or time of a record's facts names; None for none."""
    return date.fromisoformat(text[:10]) if text else None


@dataclass(frozen=True)
class Check:
    """A declared check.

    ``required`` marks one whose failing alone makes a control fail. ``expected`` says that every live
    system must report it; otherwise a system is expected to go on once it has begun; a ``quiet`` one says
    nothing at all until a window has given a verdict. ``beside`` is the check it is a second look of: what
    it finds is told under that one's nonconformity. ``limits`` names the limits it reads (the first one is
    its main limit). Over a system it needs ``metric:<name>``, over
    the organization ``records:<kind>`` and ``facts:<name>``.
    """

    slug: str
    title: str
    text: str
    requirements: tuple[str, ...]
    over: Over
    needs: tuple[str, ...]
    window: Window
    severity: Severity
    required: bool
    expected: bool
    limits: tuple[str, ...]
    function: Callable[[Evidence], Verdict]
    digest: str
    quiet: bool = False
    beside: str = ""

    def needed(self, what: str) -> tuple[str, ...]:
        """Names needed of one sort: ``metric``, ``records`` or ``facts``."""
        return tuple(need.partition(":")[2] for need in self.needs if need.startswith(what + ":"))

    @property
    def cadence(self) -> timedelta:
        """How often it is expected to report."""
        return CADENCE[self.window]

    @property
    def on_telemetry(self) -> bool:
        """Whether it reads measures of what AI systems did."""
        return self.over == "system"

    def judge(self, evidence: Evidence) -> Verdict:
        """The verdict on ``evidence``."""
        return self.function(evidence)


_checks: dict[str, Check] = {}


def register(made: Check) -> Check:
    """Make ``made`` known. Raises ``ValueError`` for a taken slug, no requirement, no need or no text."""
    if made.slug in _checks:
        raise ValueError(f"there is already a check called {made.slug}")
    if not made.requirements or not made.needs or not made.text:
        raise ValueError(f"check {made.slug} needs requirements, needs and a docstring")
    for need in made.needs:
        if need.partition(":")[0] not in ({"metric"} if made.over == "system" else {"records", "facts"}):
            raise ValueError(f"check {made.slug}: over a {made.over} it cannot need {need}")
    _checks[made.slug] = made
    return made


def check(
    *requirements: str,
    slug: str,
    title: str,
    over: Over,
    needs: Iterable[str],
    window: Window = "day",
    severity: Severity = "minor",
    required: bool = False,
    expected: bool = False,
    limits: Iterable[str] = (),
    quiet: bool = False,
    beside: str = "",
) -> Callable[[Callable[[Evidence], Verdict]], Check]:
    """Declare a pure function a check of ``requirements``. Raises as `register` does."""

    def declared(function: Callable[[Evidence], Verdict]) -> Check:
        text = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
        digest = hashlib.sha256(_source(function).encode()).hexdigest()
        return register(
            Check(
                slug,
                title,
                text,
                requirements,
                over,
                tuple(needs),
                window,
                severity,
                required,
                expected,
                tuple(limits),
                function,
                digest,
                quiet,
                beside,
            )
        )

    return declared


def _source(function: Callable[..., Any]) -> str:
    """The source that a verdict comes from: a function, its module, and what that takes from its package."""
    package = function.__module__.partition(".")[0]
    near = {function.__module__} | {
        value.__module__
        for value in function.__globals__.values()
        if inspect.isfunction(value) and value.__module__.partition(".")[0] == package
    }
    return "\n".join([inspect.getsource(function), *(_module_source(name) for name in sorted(near))])


@lru_cache
def _module_source(name: str) -> str:
    return inspect.getsource(sys.modules[name])


def all_checks() -> tuple[Check, ...]:
    """Every declared check, by slug."""
    return tuple(_checks[slug] for slug in sorted(_checks))


def get(slug: str) -> Check:
    """The check called ``slug``. Raises ``KeyError``."""
    return _checks[slug]


def for_requirement(requirement_id: str) -> tuple[Check, ...]:
    """The checks that read ``requirement_id``, by slug."""
    return tuple(made for made in all_checks() if requirement_id in made.requirements)


def floor(instant: datetime, window: Window) -> datetime:
    """The start of the calendar window (UTC) that ``instant`` lies in; a week starts on Monday (ISO 8601)."""
    start = instant.replace(minute=0, second=0, microsecond=0)
    if window != "hour":
        start = start.replace(hour=0)
    if window == "week":
        return start - timedelta(days=start.weekday())
    return start.replace(day=1) if window == "month" else start


def window_of(instant: datetime, window: Window) -> tuple[datetime, datetime]:
    """The calendar window (UTC) that ``instant`` lies in: its start and, exclusive, its end."""
    start = floor(instant, window)
    step = timedelta(days=32) if window == "month" else CADENCE[window]
    return start, floor(start + step, window)
