"""What a check is: a pure function, the population it speaks of, how strong its evidence is, and its cases.

It reads no clock, no database and no network; what it needs is declared and handed in, the present
included. Over the organization it is asked of one member of its population at a time, and the engine makes
the verdict (`populations`); over an AI system it judges what was measured of that system. The first paragraph
of its docstring is the user's text, its decorator maps it to requirements. A simple measure against a limit
is a row of YAML that compiles to the same value.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache, partial
from typing import Any, Literal, TypeAlias, cast

from plumbline.controls.cases import Case, Sample, missing_outcomes
from plumbline.controls.easings import accepted_members, as_before, lapsed_members
from plumbline.controls.populations import MemberCheck, Population, Share, judge_members, verdicts_of
from plumbline.controls.verdicts import Evidence, Limit, MemberVerdict, Outcome, Verdict
from plumbline.controls.windows import CADENCE, Window
from plumbline.kernel.states import Strength

Over = Literal["system", "organization"]
Severity = Literal["minor", "major"]
Judging: TypeAlias = "Callable[[Evidence], Verdict] | MemberCheck"
"""The function of a check: of the evidence on a system, or of one member of a population."""


@dataclass(frozen=True)
class Check:
    """A declared check.

    ``finding`` is what a suspicion that it raises is called: a noun phrase such as *Input drift*.
    ``required`` marks a check whose failing alone makes a control fail. A ``quiet`` one says nothing at all
    of a system until a window has given a verdict. ``beside`` is the check that it is a second look of:
    what it finds goes under that one's nonconformity. ``limits`` are the limits it reads, the main one first;
    two checks may share a limit. Over a system it needs ``metric:<name>``, over the organization
    ``records:<kind>``, ``claims:<kind>`` and ``facts:<name>``.
    ``population`` is everything that it has to be true of: over a system, the live ones that have to report
    what it reads. ``share`` is the sentence of its verdict over it; ``broken`` are samples that add a member
    which misses what this check asks, where the population's ``bare`` one would not. ``strength`` is the
    strongest word that its evidence can show. ``source`` reads the text that its verdicts come from.
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
    limits: tuple[Limit, ...]
    function: Judging
    source: Callable[[], str]
    cases: tuple[Case, ...]
    strength: Strength
    quiet: bool = False
    beside: str = ""
    population: Population | None = None
    share: Share | None = None
    broken: tuple[Sample, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what its verdicts come from, in hex.

        Taken when it is asked for: reading the source of every check cost each process a tenth of its start.
        """
        return hashlib.sha256(self.source().encode()).hexdigest()

    def needed(self, what: str) -> tuple[str, ...]:
        """Names needed of one sort: ``metric``, ``records``, ``claims`` or ``facts``."""
        return tuple(need.partition(":")[2] for need in self.needs if need.startswith(what + ":"))

    @cached_property
    def kinds_needed(self) -> tuple[str, ...]:
        """The kinds of record (slugs) without which it cannot be asked."""
        return (*self.needed("records"), *self.needed("claims"))

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
        if self.over == "organization" and self.population is not None and self.share is not None:
            function, lapsed = cast("MemberCheck", self.function), lapsed_members(self.slug, evidence)
            accepted, before = list[MemberVerdict](), as_before(self.slug, evidence)
            if before is not None:
                without = verdicts_of(self.population, function, before)
                accepted = accepted_members(self.slug, evidence, without)
            return judge_members(self.population, self.share, function, evidence, lapsed, accepted)
        return cast("Callable[[Evidence], Verdict]", self.function)(evidence)


REGISTERED: dict[str, Check] = {}
"""Every check declared so far, by slug. Ask `plumbline.controls.registry`, which has loaded them all."""


def register(check: Check) -> Check:
    """Make ``check`` known.

    Raises ``ValueError`` for a taken slug, a missing requirement, need, text or finding, a need of the wrong
    sort, a limit that is declared otherwise elsewhere, a strength that its evidence cannot have, or cases
    that do not show each outcome. Cases are asked for here and not in the tests alone, so that a plugin's
    check cannot come without them either. Whether it fails in a broken world is tried by the registry, once
    the module that it is written in is loaded as a whole.
    """
    if check.slug in REGISTERED:
        raise ValueError(f"there is already a check called {check.slug}")
    if not (check.requirements and check.needs and check.text and check.finding):
        raise ValueError(f"check {check.slug} needs requirements, needs, a finding and a docstring")
    if check.population is None:
        raise ValueError(f"check {check.slug} needs a population: everything that it has to be true of")
    sorts = {"metric"} if check.over == "system" else {"records", "claims", "facts"}
    for need in check.needs:
        if need.partition(":")[0] not in sorts:
            raise ValueError(f"check {check.slug}: over a {check.over} it cannot need {need}")
    declared = {limit.name: limit for other in REGISTERED.values() for limit in other.limits}
    for limit in check.limits:
        if declared.get(limit.name, limit) != limit:
            raise ValueError(f"check {check.slug}: the limit {limit.name} is declared otherwise elsewhere")
    if check.strength is Strength.EFFECTIVE and not check.limits:
        raise ValueError(
            f"check {check.slug}: without a limit nothing lies within one; it is operating at most"
        )
    # Of a member it either misses something or not; only what is measured can be too little to tell.
    wanted: tuple[Outcome, ...] = (
        ("passes", "fails", "unknown") if check.on_telemetry else ("passes", "fails")
    )
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
    limits: Iterable[Limit] = (),
    quiet: bool = False,
    beside: str = "",
    strength: Strength | None = None,
    population: Population | None = None,
    share: Share | None = None,
    broken: Iterable[Sample] = (),
) -> Callable[[Judging], Check]:
    """Declare a pure function a check of ``requirements``. Raises as `register` does, and for claims among
    its own needs.

    What its population needs it needs too. Over a system the strength follows from what it reads, unless it
    is given: results lie within a limit, or acts are seen.
    """
    read = (*needs, *(population.needs if population is not None and over == "organization" else ()))
    if population is None or (over == "organization" and (share is None or strength is None)):
        raise ValueError(f"check {slug} needs a population, the sentence of its share, and a strength")
    if any(need.startswith("claims:") for need in needs):
        # A claim adds to a population and shows nothing: what counts in favour of a member is in force.
        raise ValueError(f"check {slug}: only its population may read what is merely claimed")

    def declared(function: Judging) -> Check:
        return register(
            Check(
                slug=slug, title=title, finding=finding, requirements=requirements, over=over, window=window,
                text=" ".join((inspect.getdoc(function) or "").split("\n\n")[0].split()),
                needs=tuple(dict.fromkeys(read)), limits=tuple(limits), cases=tuple(cases),
                function=function, source=partial(_source, function, population),
                severity=severity, required=required, quiet=quiet, beside=beside,
                strength=strength or _of_measures(limits), population=population,
                share=share, broken=tuple(broken),
            )
        )  # fmt: skip

    return declared


def _of_measures(limits: Iterable[Limit]) -> Strength:
    return Strength.EFFECTIVE if tuple(limits) else Strength.OPERATING


def _source(function: Callable[..., Any], population: Population | None) -> str:
    """The source that a verdict comes from: a function and its population, their modules, and what those take
    from their package."""
    functions = [function] if population is None else [function, population.members]
    package = function.__module__.partition(".")[0]
    near = {one.__module__ for one in functions} | {
        value.__module__
        for one in functions
        for value in getattr(one, "__globals__", {}).values()
        if inspect.isfunction(value) and value.__module__.partition(".")[0] == package
    }
    return "\n".join([inspect.getsource(function), *(_module_source(name) for name in sorted(near))])


@lru_cache
def _module_source(name: str) -> str:
    return inspect.getsource(sys.modules[name])
