"""What goes into a check and what comes out: limits and measures in frozen evidence, a frozen verdict.

Reasons are messages (`plumbline.kernel.messages`): what a verdict names is a parameter of its reason, so that
it can be linked, translated, and kept from readers who may not know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from plumbline.kernel import clock
from plumbline.kernel.messages import (
    Listing,
    Message,
    Name,
    Ref,
    Requirement,
    Subject,
    Word,
)
from plumbline.kernel.states import MemberState

Side = Literal["over", "under"]
Outcome = Literal["passes", "fails", "unknown", "nothing"]
"""``unknown``: the evidence does not allow a verdict. ``nothing``: there is nothing there to judge."""

ORGANIZATION = "organization"
"""Subject of a check over the whole organization."""
DEFAULT = "default"
"""Source of a limit that came with the package and that no record has replaced."""


@dataclass(frozen=True)
class Limit:
    """A limit: its value in ``unit``, the smallest population it is judged on, and where it is from.

    A value on its ``side`` of the limit fails: ``over`` or ``under``. ``source`` is the reference of the
    governing record, or ``default``; ``revision`` the approved revision of that record (0 for a default).
    ``why`` says why a default is what it is; ``set_before`` whether it was in force when the window began.
    """

    value: float
    unit: str = ""
    minimum: int = 1
    source: str = DEFAULT
    revision: int = 0
    side: Side = "over"
    name: str = ""
    why: str = ""
    set_before: bool = True


def limit(name: str, value: float, unit: str, *, why: str, minimum: int = 1, side: Side = "over") -> Limit:
    """Declare a limit with its default, beside the check that reads it.

    The first part of ``name`` is the slug of that check. The default holds until a governed Limit record
    replaces it.
    """
    return Limit(value, unit, minimum, side=side, name=name, why=why)


MINIMUM = ".minimum"
"""What follows the name of a limit in the name of its minimum sample."""


def minimum_of(limit: Limit) -> Limit:
    """The smallest sample that ``limit`` is judged on, as a governed value of its own.

    A larger one makes a check easier: what it would have failed it then does not judge at all.
    """
    why = "fewer values would decide by chance"
    return Limit(limit.minimum, "values", name=f"{limit.name}{MINIMUM}", why=why)


SYSTEM_CADENCE = limit(
    "cadence", 1, "days", why="a system that is in use is used every day unless somebody says how seldom"
)
"""How often a system is in use: a governed limit of its own, since a looser one hides silence.

A check is silent on a system after two cadences, of the check or of the system, whichever is the longer: a
system that is used once a week is not silent on Thursday.
"""

WINDOW_CLOSING = limit(
    "window-closing", 1, "hours", why="senders queue, retry and send in batches; an hour is enough for that"
)
"""How long after its end a window stays open: governed, since what comes while it is open changes its verdict
without a restatement that somebody would have to look at."""


@dataclass(frozen=True)
class Measure:
    """One metric of one subject (and feature) in one window, made of ``population`` values.

    ``base`` is how many values the reference has that it is compared with, ``bins`` how many bins both are
    divided into. An approximation says ``between`` what the true value lies; its upper end may be open.
    """

    value: float | None
    population: int
    numerator: float | None = None
    denominator: float | None = None
    excluded: int = 0
    base: int | None = None
    bins: int | None = None
    between: tuple[float, float] | None = None

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
    of whole kinds as they are in force, ``claims`` those of whole kinds as they are written now, drafts
    included: only a population reads them, since a claim may add to what is judged and never to what counts
    in its favour. ``facts`` are whatever else was asked for by name. ``reference_period`` says that the
    window lies in the period that the system's reference set is taken from.
    """

    subject: str
    start: datetime
    end: datetime
    now: datetime
    measures: Mapping[str, Mapping[str, Measure]] = field(default_factory=dict)
    records: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    claims: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    facts: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    reference_period: bool = False

    @property
    def today(self) -> date:
        """The present day, in the organization's time zone."""
        return clock.day_of(self.now)

    @property
    def judged_by_day(self) -> bool:
        """Whether it holds records or facts, of which the day alone can change what is to be said."""
        return bool(self.records or self.claims or self.facts)

    def limit(self, name: str) -> Limit:
        """The limit called ``name``. Raises ``KeyError`` when the check did not declare it."""
        return self.limits[name]

    def measure(self, metric: str, group: str = "") -> Measure | None:
        """The measure of ``metric`` for ``group``, or None."""
        return self.measures.get(metric, {}).get(group)


@dataclass(frozen=True)
class MemberVerdict:
    """What a check says of one member of its population: covered, missing something, or excluded and why.

    ``system`` is the reference of the AI system that the member belongs to, ``owner`` the handle of whoever
    answers for it; both may be empty. ``systems`` are all that a shared member stands behind: it counts for
    each of them and for no other one.
    """

    name: Name
    state: MemberState
    message: Message | None = None
    system: str = ""
    owner: str = ""
    systems: tuple[str, ...] = ()

    @property
    def naming(self) -> Message:
        """Its name as something to be said, with its link."""
        return Message("", "{name}", {"name": self.name})


@dataclass(frozen=True)
class Verdict:
    """What a check says: ``passes``, ``fails``, ``unknown`` or ``nothing``, why, and the figures behind it.

    ``side`` says on which side of the limit a failing value lies. ``excluded`` counts what was left out of
    ``population``. ``against`` is what ``value`` is compared with where that is not the limit (of a share
    of all: 1). ``members`` are those of the population, each with what is said of it.
    """

    outcome: Outcome
    reason: Message
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    population: int | None = None
    excluded: int = 0
    unit: str = ""
    side: Side = "over"
    against: float | None = None
    members: tuple[MemberVerdict, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """What a reader should look at first, as `leading_names` reads it off the reason."""
        return leading_names(self.reason)


def passes(reason: Message, **figures: Any) -> Verdict:
    """The subject is within the limit."""
    return Verdict("passes", reason, **figures)


def fails(reason: Message, **figures: Any) -> Verdict:
    """The subject is beyond the limit."""
    return Verdict("fails", reason, **figures)


def unknown(reason: Message, **figures: Any) -> Verdict:
    """The evidence does not allow a verdict."""
    return Verdict("unknown", reason, **figures)


def nothing(reason: Message, **figures: Any) -> Verdict:
    """There is nothing there to judge: never a pass."""
    return Verdict("nothing", reason, **figures)


def name_text(name: Name) -> str:
    """A name as a list of plain texts holds it: reference, slug, requirement id or the word itself."""
    match name:
        case Ref():
            return name.reference
        case Subject():
            return name.slug
        case Requirement():
            return name.id
        case Word():
            return name.text
        case str():
            return name


def leading_names(message: Message) -> tuple[str, ...]:
    """What a message itself is about, as plain texts: what it enumerates or, where it enumerates nothing, the
    records it names. Messages inside it are left out, and so is the system that a sentence is said of."""
    params = [message.params[name] for name in sorted(message.params)]
    names: list[Name] = [item.name for param in params if isinstance(param, Listing) for item in param.items]
    if not names:
        names = [param for param in params if isinstance(param, Ref)]
    return tuple(dict.fromkeys(map(name_text, names)))


def day_of(text: str | None) -> date | None:
    """The day that an ISO 8601 date or time of a record's facts names; None for none."""
    return date.fromisoformat(text[:10]) if text else None
