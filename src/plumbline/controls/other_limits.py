"""What other limits would have said of the newest windows of a check, each judged again by its own rule.

Nothing is proposed or changed by asking: it is the back-test of a limit that nobody has written yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plumbline.controls import backtest, limits, registry
from plumbline.controls.declare import Check
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Result
from plumbline.controls.verdicts import Limit
from plumbline.kernel.messages import Message, Text, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.kernel.states import BEYOND
from plumbline.telemetry.store.port import Reader

STEP = 0.2
"""How much tighter and looser than the limit in force the two are that are shown beside it."""
MOST_ASKED = 4
"""Limits that are tried at once: each judges every window again."""
WHOLE = frozenset({"days", "events", "hours"})
"""Units of limits that are whole numbers."""


@dataclass(frozen=True)
class OtherLimit:
    """One value of a limit with the windows that would have been beyond it; ``is_in_force`` is the present
    one."""

    value: float
    is_in_force: bool
    beyond: tuple[Result, ...]


@dataclass(frozen=True)
class OtherLimits:
    """The limit of a check on a subject with other values of it, tightest first, over ``windows`` windows.

    Of them ``judged`` got a verdict; the others say nothing of any limit.
    """

    limit: Limit
    windows: int
    judged: int
    values: tuple[OtherLimit, ...]


def applies(check: Check) -> bool:
    """Whether the windows of ``check`` can be judged again: records of earlier days have changed since."""
    return check.on_telemetry and bool(check.limits)


def compare(
    slug: str, subject: str, store: Reader, asked: Iterable[float] = (), most: int = backtest.MOST_WINDOWS
) -> OtherLimits:
    """The newest ``most`` windows of a check on ``subject`` under the limit in force, one that is tighter,
    one that is looser, and those ``asked`` for. The other limits of the check stay what they were.

    Raises `Invalid` for a check whose windows cannot be judged again and for a value that is no limit,
    `Unavailable` when the evidence store does not answer.
    """
    check, wanted = registry.get(slug), tuple(asked)
    remedy: Text
    refused = say("other-limits.refused", "No window was judged again.")
    if not applies(check):
        remedy = "only checks on telemetry with a limit can be judged again: records have changed since"
        raise Invalid(refused, [Fault("check", "reads records or has no limit", remedy)])
    if len(wanted) > MOST_ASKED:
        remedy = say("other-limits.most", "at most {most} at once", most=MOST_ASKED)
        raise Invalid(refused, [Fault("limit", "are too many", remedy)])
    bound = limits.in_force().limit(check.limits[0], subject)
    results = judged.verdicts_of_windows(slug, subject)[-most:]
    values = sorted({bound.value, *_beside(bound), *wanted}, reverse=bound.side == "under")
    rows = tuple(_under(slug, subject, bound, value, store, results) for value in values)
    told = sum(result.word in BEYOND or result.word == "Within" for result in results)
    return OtherLimits(bound, len(results), told, rows)


def _under(
    slug: str, subject: str, bound: Limit, value: float, store: Reader, results: list[Result]
) -> OtherLimit:
    """One value: what failed and would vanish, what passed and would fail."""
    found = backtest.backtest(slug, subject, {bound.name: value}, store, len(results))
    gone = {row.pk for row in found.vanish}
    beyond = [row for row in results if row.word in BEYOND and row.pk not in gone] + list(found.appear)
    beyond.sort(key=lambda row: row.window_start)
    return OtherLimit(value, value == bound.value, tuple(beyond))


def _beside(bound: Limit) -> Iterable[float]:
    """A tighter and a looser value, rounded as somebody would write them; none beside a limit of nothing."""
    for factor in (1 - STEP, 1 + STEP):
        value = float(f"{bound.value * factor:.3g}")
        if bound.unit in WHOLE:
            value = float(round(value))
        if bound.unit == "ratio":
            value = min(value, 1.0)
        if value != bound.value:
            yield value


def direction(limit: Limit) -> str:
    """How a limit holds a value: ``at most`` or ``at least``."""
    return "at most" if limit.side == "over" else "at least"


def denominator(found: OtherLimits) -> Message:
    """Of how many windows the counts speak."""
    return say(
        "other-limits.of",
        "Of the newest {windows} windows {judged} have a verdict. Each was judged again by the rule of the "
        "check; nothing is changed by asking.",
        windows=found.windows, judged=found.judged,
    )  # fmt: skip
