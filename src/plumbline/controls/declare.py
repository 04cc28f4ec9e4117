"""What a check is: a pure function from frozen evidence to a frozen verdict, with its needs and its cases.

It reads no clock, no database and no network; what it needs is declared and handed in, the present
included. The first paragraph of its docstring is the user's text, its decorator maps it to
requirements. A simple measure against a limit is a row of YAML that compiles to the same value.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

from plumbline.controls.cases import Case, missing_outcomes
from plumbline.controls.verdicts import Evidence, Limit, Outcome, Verdict
from plumbline.controls.windows import CADENCE, Window

Over = Literal["system", "organization"]
Severity = Literal["minor", "major"]


@dataclass(frozen=True)
class Check:
    """A declared check.

    ``finding`` is what a suspicion that it raises is called: a noun phrase such as *Input drift*.
    ``required`` marks a check whose failing alone makes a control fail. ``expected`` says that every live
    system must report it; otherwise a system is expected to go on once it has begun; a ``quiet`` one says
    nothing at all until a window has given a verdict. ``beside`` is the check that it is a second look of:
    what it finds goes under that one's nonconformity. ``limits`` are the limits it reads, the main one first;
    two checks may share a limit. Over a system it needs ``metric:<name>``, over the organization
    ``records:<kind>``, ``claims:<kind>`` and ``facts:<name>``. ``decides`` says that it reaches a verdict on
    any evidence: it has no unknown case.
    """

    slug: str
    title: str
    finding: str
    text: str
    requirements: tuple[str, ...]
    over: Over
    needs: tuple[str, ...]
    window: Window
    severity: Severity
    required: bool
    expected: bool
    limits: tuple[Limit, ...]
    function: Callable[[Evidence], Verdict]
    digest: str
    cases: tuple[Case, ...]
    quiet: bool = False
    beside: str = ""
    decides: bool = False

    def needed(self, what: str) -> tuple[str, ...]:
        """Names needed of one sort: ``metric``, ``records``, ``claims`` or ``facts``."""
        return tuple(need.partition(":")[2] for need in self.needs if need.startswith(what + ":"))

    @property
    def limit_names(self) -> tuple[str, ...]:
        """The names of the limits it reads, the main one first."""
        return tuple(limit.name for limit in self.limits)

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


REGISTERED: dict[str, Check] = {}
"""Every check declared so far, by slug. Ask `plumbline.controls.registry`, which has loaded them all."""


def register(check: Check) -> Check:
    """Make ``check`` known.

    Raises ``ValueError`` for a taken slug, a missing requirement, need, text or finding, a need of the wrong
    sort, a limit that is declared otherwise elsewhere, or cases that do not show each outcome. Cases are
    asked for here and not in the tests alone, so that a plugin's check cannot come without them either.
    """
    if check.slug in REGISTERED:
        raise ValueError(f"there is already a check called {check.slug}")
    if not (check.requirements and check.needs and check.text and check.finding):
        raise ValueError(f"check {check.slug} needs requirements, needs, a finding and a docstring")
    sorts = {"metric"} if check.over == "system" else {"records", "claims", "facts"}
    for need in check.needs:
        if need.partition(":")[0] not in sorts:
            raise ValueError(f"check {check.slug}: over a {check.over} it cannot need {need}")
    declared = {limit.name: limit for other in REGISTERED.values() for limit in other.limits}
    for limit in check.limits:
        if declared.get(limit.name, limit) != limit:
            raise ValueError(f"check {check.slug}: the limit {limit.name} is declared otherwise elsewhere")
    wanted: tuple[Outcome, ...] = ("passes", "fails") if check.decides else ("passes", "fails", "unknown")
    missing = missing_outcomes(check.cases, wanted)
    if missing:
        raise ValueError(f"check {check.slug} needs a case in which it gives: {', '.join(missing)}")
    REGISTERED[check.slug] = check
    return check


def check(
    *requirements: str,
    slug: str,
    title: str,
    finding: str,
    over: Over,
    needs: Iterable[str],
    cases: Iterable[Case],
    window: Window = "day",
    severity: Severity = "minor",
    required: bool = False,
    expected: bool = False,
    limits: Iterable[Limit] = (),
    quiet: bool = False,
    beside: str = "",
    decides: bool = False,
) -> Callable[[Callable[[Evidence], Verdict]], Check]:
    """Declare a pure function a check of ``requirements``. Raises as `register` does."""

    def declared(function: Callable[[Evidence], Verdict]) -> Check:
        return register(
            Check(
                slug=slug,
                title=title,
                finding=finding,
                text=" ".join((inspect.getdoc(function) or "").split("\n\n")[0].split()),
                requirements=requirements,
                over=over,
                needs=tuple(needs),
                window=window,
                severity=severity,
                required=required,
                expected=expected,
                limits=tuple(limits),
                function=function,
                digest=hashlib.sha256(_source(function).encode()).hexdigest(),
                cases=tuple(cases),
                quiet=quiet,
                beside=beside,
                decides=decides,
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
