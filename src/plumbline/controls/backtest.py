"""What a proposed limit would have made of the past: judged again from the same data, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from plumbline.controls import evidence, registry
from plumbline.controls.declare import Check
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Result
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, listing, say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.kernel.states import CheckState
from plumbline.telemetry.store.port import Reader

_FAILING = frozenset({CheckState.OVER, CheckState.UNDER})


@dataclass(frozen=True)
class BackTest:
    """Past results that would read differently: those that would vanish and those that would be new."""

    judged: int
    failing: int
    vanish: tuple[Result, ...]
    appear: tuple[Result, ...]

    @property
    def message(self) -> Message:
        """The back-test as a sentence, for the record of the limit."""
        if not self.vanish and not self.appear:
            return say(
                "backtest.same",
                "This limit would have changed none of {windows} windows, of which {failing} failed.",
                windows=self.judged,
                failing=self.failing,
            )
        return say(
            "backtest.changes",
            "{vanish} of {failing} past alerts in {windows} windows would vanish; {appear} would be new.",
            vanish=len(self.vanish), failing=self.failing, windows=self.judged, appear=len(self.appear),
        )  # fmt: skip


def _check(slug: str, values: Mapping[str, float]) -> Check:
    refused = say("backtest.none", "There was no back-test.")
    check = registry.by_slug().get(slug)
    if check is None:
        raise Invalid(refused, [Fault("check", "is unknown", "name a check")])
    if not check.on_telemetry:
        remedy = "only checks on telemetry can be judged again: records have changed since"
        raise Invalid(refused, [Fault("check", "reads records", remedy)])
    for name in values:
        if name not in check.limit_names:
            known = say("limit.one-of", "one of: {names}", names=listing(check.limit_names))
            raise Invalid(refused, [Fault("limit", "is unknown", known)])
    return check


def backtest(slug: str, subject: str, values: Mapping[str, float], store: Reader) -> BackTest:
    """Judge every past window of the check ``slug`` on ``subject`` with the limits ``values``, by name.

    Limits that are not named stay what each result was judged with, or the default. Raises `Invalid`
    for an unknown check or limit and for a check on records.
    """
    check = _check(slug, values)
    gatherer = evidence.Gatherer(store, clock.now())
    results = judged.verdicts_of_windows(slug, subject)
    vanish, appear = [], []
    for result in results:
        limits = {limit.name: limit for limit in check.limits}
        if result.limit_value is not None and check.limits:
            main = check.limits[0]
            limits[main.name] = replace(main, value=result.limit_value)
        limits |= {name: replace(limits[name], value=value) for name, value in values.items()}
        gathered = gatherer.of(check, subject, result.window_start, result.window_end, limits)
        fails = check.judge(gathered).outcome == "fails"
        if result.word in _FAILING and not fails:
            vanish.append(result)
        if result.word not in _FAILING and fails:
            appear.append(result)
    failing = sum(result.word in _FAILING for result in results)
    return BackTest(len(results), failing, tuple(vanish), tuple(appear))
