"""How predicted findings are held against planted faults. Pure: it knows no rules and no records.

A fault is *found* when a finding that the good organization did not raise cites a requirement that an auditor
would cite and names one of its subjects; or names none, where what is wrong is that something is missing. A
finding is a *false alarm* when the good organization raises it, or when it names only records that have to do
with the fault neither themselves nor directly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.assurance.outsider.planting import Fault


class Finding(Protocol):
    """What is read of a predicted finding."""

    rule: str
    requirements: Collection[str]
    subjects: Collection[Any]
    gap: Any


Key = tuple[str, frozenset[str], frozenset[str], str]


def subjects_of(finding: Finding) -> frozenset[str]:
    """The references that a finding names."""
    return frozenset(str(getattr(one, "reference", one)).partition("@")[0] for one in finding.subjects)


def key_of(finding: Finding) -> Key:
    """What makes a finding another one."""
    return finding.rule, frozenset(finding.requirements), subjects_of(finding), str(finding.gap)


def cites(finding: Finding, accepted: Collection[str]) -> bool:
    """Whether one of its requirements is an accepted one, a part of one, or has one as its part."""
    cited = {text.partition("/")[0] for text in finding.requirements}
    return any(
        one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
        for one in cited
        for other in accepted
    )


@dataclass(frozen=True)
class Verdict:
    """What came of one planted fault."""

    fault: Fault
    by: tuple[str, ...]
    """The rules that found it; empty: missed."""
    beyond: tuple[str, ...]
    """Findings that have nothing to do with it, as text."""
    new: int
    """Findings that the good organization does not raise."""


@dataclass
class Score:
    """What came of all of them."""

    good: tuple[str, ...]
    """What the good organization raises: each is a false alarm."""
    verdicts: list[Verdict] = field(default_factory=list)
    refused: list[tuple[Fault, str]] = field(default_factory=list)

    @property
    def found(self) -> float:
        """Share of planted faults that were found."""
        return sum(bool(one.by) for one in self.verdicts) / max(len(self.verdicts), 1)

    @property
    def false(self) -> float:
        """Share of false alarms among all different findings."""
        alarms = len(self.good) + sum(len(one.beyond) for one in self.verdicts)
        return alarms / max(len(self.good) + sum(one.new for one in self.verdicts), 1)

    def lines(self) -> Iterable[str]:
        """The score as text: figures, what was missed by family, false alarms, what the product refused."""
        found = sum(bool(one.by) for one in self.verdicts)
        yield f"found {found} of {len(self.verdicts)} ({self.found:.1%})"
        yield f"false alarms {self.false:.1%}; refused by the product {len(self.refused)}"
        every = Counter(one.fault.family for one in self.verdicts)
        missed = [one for one in self.verdicts if not one.by]
        for family, count in sorted(Counter(one.fault.family for one in missed).items()):
            yield f"missed in {family}: {count} of {every[family]}"
            yield from (
                f"    {one.fault.name} [{one.new} new]" for one in missed if one.fault.family == family
            )
        yield from (f"raised by the good organization: {text}" for text in self.good)
        for text, count in Counter(text for one in self.verdicts for text in one.beyond).most_common():
            yield f"beyond the fault, {count} times: {text}"
        yield from (f"refused: {fault.name}: {why}" for fault, why in self.refused)


def text_of(finding: Finding) -> str:
    """A finding in a line."""
    return f"{finding.rule} {', '.join(sorted(subjects_of(finding)))}: {finding.gap}"


def judge(
    fault: Fault,
    planted: Collection[str],
    near: Collection[str],
    raised: Iterable[Finding],
    before: Collection[Key],
) -> Verdict:
    """Whether a fault was found, and what else was raised.

    ``planted`` are the references of its subjects, ``near`` those and what is directly related to them;
    ``before`` is what the good organization raises.
    """
    new = [finding for finding in raised if key_of(finding) not in before]
    known = {(rule, name) for rule, _, names, _ in before for name in names}
    by, beyond = [], []
    for finding in new:
        names = subjects_of(finding)
        meets = cites(finding, fault.requirements)
        if meets and (names & set(planted) or (not names and fault.absence)):
            by.append(finding.rule)
        else:
            fresh = {name for name in names if (finding.rule, name) not in known}
            related = bool(fresh & set(near)) if names else meets
            if not related and not fault.wide and (fresh or not names):
                beyond.append(text_of(finding))
    return Verdict(fault, tuple(sorted(set(by))), tuple(beyond), len(new))
