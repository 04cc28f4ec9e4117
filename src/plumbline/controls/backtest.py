"""What a proposed limit would have made of the past: judged again from the same data, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from plumbline.controls import evidence, queries, registry
from plumbline.controls.declare import Check
from plumbline.controls.limits import defaults
from plumbline.controls.models import Result
from plumbline.kernel import clock
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
    def sentence(self) -> str:
        """The back-test as one sentence, for the record of the limit."""
        return (
            f"{len(self.vanish)} of {self.failing} past alerts in {self.judged} windows would vanish; "
            f"{len(self.appear)} would be new."
        )


def _check(name: str, values: Mapping[str, float]) -> Check:
    made = next((one for one in registry.load() if one.slug == name), None)
    if made is None:
        raise Invalid("There was no back-test.", [Fault("check", "is unknown", "name a check")])
    if not made.on_telemetry:
        remedy = "only checks on telemetry can be judged again: records have changed since"
        raise Invalid("There was no back-test.", [Fault("check", "reads records", remedy)])
    for limit in values:
        if limit not in made.limits:
            known = ", ".join(made.limits)
            raise Invalid("There was no back-test.", [Fault("limit", "is unknown", f"one of: {known}")])
    return made


def backtest(check: str, subject: str, values: Mapping[str, float], store: Reader) -> BackTest:
    """Judge every past window of ``check`` on ``subject`` again with the limits ``values`` (by name).

    Limits that are not named stay what each result was judged with, or the default. Raises `Invalid`
    for an unknown check or limit and for a check on records.
    """
    made = _check(check, values)
    gatherer = evidence.Gatherer(store, clock.now())
    held = queries.newest_of_all_windows(check, subject)
    vanish, appear = [], []
    for result in held:
        limits = {name: defaults()[name] for name in made.limits}
        if result.limit_value is not None and made.limits:
            main = made.limits[0]
            limits[main] = replace(limits[main], value=result.limit_value)
        limits |= {name: replace(limits[name], value=value) for name, value in values.items()}
        gathered = gatherer.of(made, subject, result.window_start, result.window_end, limits)
        fails = made.judge(gathered).word == "fails"
        if result.word in _FAILING and not fails:
            vanish.append(result)
        if result.word not in _FAILING and fails:
            appear.append(result)
    failing = sum(result.word in _FAILING for result in held)
    return BackTest(len(held), failing, tuple(vanish), tuple(appear))
