"""Cases of a check: a table of evidence and the verdict it must give, without which no check registers.

A case is a few samples of the world and what the check says of it::

    case("fails", "has no owner", system(owner=None), named=("SYS-0001",))

The tables lie in ``library/cases``, beside the checks and not among them: the digest of a check covers the
source of its module, and a case more must not make every window be judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from plumbline.controls.verdicts import ORGANIZATION, Evidence, Limit, Measure, Outcome, Verdict
from plumbline.controls.windows import Window, window_of

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
"""The present of every case."""
SYSTEM = "claims"
"""The AI system that cases of checks over systems are about."""


@dataclass(frozen=True)
class Sample:
    """One piece of the world, under what a check needs it as: ``records:policy``, ``metric:volume``."""

    need: str
    value: Mapping[str, Any] | Measure
    group: str = ""


@dataclass(frozen=True)
class Case:
    """Samples of the world, the outcome, words that its reason holds, and fields of the verdict."""

    outcome: Outcome
    says: str
    world: tuple[Sample, ...]
    limits: Mapping[str, float] = field(default_factory=dict)
    reference_period: bool = False
    verdict: Mapping[str, Any] = field(default_factory=dict)

    def evidence(self, needs: Iterable[str], window: Window, limits: Iterable[Limit]) -> Evidence:
        """The evidence of this case for a check with these needs; limits are as declared or as set here."""
        start, end = window_of(NOW, window)
        measures: dict[str, dict[str, Measure]] = {}
        rows: dict[str, list[Mapping[str, Any]]] = {need: [] for need in needs}
        written = {(one.need, _reference(one)) for one in self.world if one.need.startswith("claims:")}
        for sample in self.world:
            if isinstance(sample.value, Measure):
                measures.setdefault(sample.need.partition(":")[2], {})[sample.group] = sample.value
                continue
            # What is in force is also what is written now, unless another sample says what is. What is only
            # written is not there for a check that reads what is in force.
            claim = sample.need.replace("records:", "claims:", 1)
            if sample.need.replace("claims:", "records:", 1) not in rows and claim not in rows:
                raise KeyError(f"a check that does not need {sample.need} has a case with a sample of it")
            read = {sample.need} if (claim, _reference(sample)) in written else {sample.need, claim}
            for need in read & rows.keys():
                rows[need].append(sample.value)
        facts = {need.partition(":")[2]: tuple(rows[need]) for need in rows if need.startswith("facts:")}
        records = {need.partition(":")[2]: tuple(rows[need]) for need in rows if need.startswith("records:")}
        claims = {need.partition(":")[2]: tuple(rows[need]) for need in rows if need.startswith("claims:")}
        held = {one.name: replace(one, value=self.limits.get(one.name, one.value)) for one in limits}
        subject = ORGANIZATION if facts or records or claims else SYSTEM
        return Evidence(
            subject,
            start,
            end,
            NOW,
            measures=measures,
            records=records,
            claims=claims,
            facts=facts,
            limits=held,
            reference_period=self.reference_period,
        )

    def differences(self, judged: Verdict) -> list[str]:
        """What ``judged`` says otherwise than this case; empty when they agree. Its words are in English."""
        found = [] if judged.outcome == self.outcome else [f"{judged.outcome}, not {self.outcome}"]
        if self.says not in str(judged.reason):
            found.append(f"{str(judged.reason)!r} does not say {self.says!r}")
        for name, expected in self.verdict.items():
            if getattr(judged, name) != expected:
                found.append(f"{name} is {getattr(judged, name)!r}, not {expected!r}")
        return found


def _reference(sample: Sample) -> str:
    """The reference of the record that a sample is of; empty for anything else."""
    return "" if isinstance(sample.value, Measure) else str(sample.value.get("reference", ""))


def case(
    outcome: Outcome,
    says: str,
    *world: Sample,
    limits: Mapping[str, float] | None = None,
    reference_period: bool = False,
    **verdict: Any,
) -> Case:
    """A case: ``says`` is part of the reason in English, ``verdict`` further fields that it must have."""
    return Case(outcome, says, world, limits or {}, reference_period, verdict)


def missing_outcomes(cases: tuple[Case, ...], outcomes: tuple[Outcome, ...]) -> list[str]:
    """Which of ``outcomes`` no case has, in that order."""
    return [outcome for outcome in outcomes if outcome not in {one.outcome for one in cases}]
