"""Over whom a check speaks: the population that has to be there, and the verdict over all of it.

A population comes from the inventory, or from what must exist (an AI policy, the documents that are asked
for), never from the rows that somebody happened to record: otherwise a check passes by recording less. What
is only *claimed* counts too: a draft that says its system is live, a system that sends telemetry and is not
registered. A claim may add to what is judged; it takes nothing out.

A check on records says of *one* member what it misses. The engine makes the verdict of all of them here, so
that no check can pass over nobody, leave somebody out without a reason, or state a share without its size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from plumbline.controls.cases import Sample
from plumbline.controls.dated_files import (
    Row,
    ended_file,
    ended_rows,
    no_younger_than_files,
    old_file,
    without,
)
from plumbline.controls.verdicts import (
    Evidence,
    MemberVerdict,
    Verdict,
    fails,
    name_text,
    nothing,
    passes,
)
from plumbline.kernel.messages import Message, Name, Ref, Word, listing, say
from plumbline.kernel.states import MemberState

__all__ = [
    "Member",
    "MemberCheck",
    "Population",
    "Share",
    "ended_file",
    "judge_members",
    "no_younger_than_files",
    "old_file",
    "share",
    "verdicts_of",
]


@dataclass(frozen=True)
class Member:
    """One of a population: its name, the AI system it belongs to, who answers for it, and its row.

    ``system`` is a reference and ``owner`` a handle; both may be empty. ``systems`` are all that it stands
    behind, in a ``shared`` population: a supplier of several systems, say. ``excluded`` is the approved
    reason for which it is left out: it stays a member and is shown as left out. ``row`` is whatever the
    population knows of it, for the check.
    """

    name: Name
    system: str = ""
    owner: str = ""
    excluded: Message | None = None
    row: Mapping[str, Any] = field(default_factory=dict)
    systems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Population:
    """Everything that a check has to be true of.

    ``text`` is what a reader sees, in the plural: *live AI systems that touch people*. ``needs`` is what
    ``members`` reads: ``claims:<kind>``, ``records:<kind>``, ``facts:<name>``. ``bare`` are samples that add
    one member of which nothing else is recorded: from them the broken world of every check over this
    population is made. They are empty where the members exist even if nothing is recorded at all. ``beside``
    are those of ``needs`` by which it is only known whether there is anything: no member is a record of them.
    """

    slug: str
    text: Word
    needs: tuple[str, ...]
    members: Callable[[Evidence], Iterable[Member]]
    bare: tuple[Sample, ...] = ()
    shared: bool = False
    beside: tuple[str, ...] = ()

    @property
    def speaks_of(self) -> frozenset[str]:
        """What of ``needs`` its members are."""
        return frozenset(self.needs) - frozenset(self.beside)


MemberCheck: TypeAlias = Callable[[Member, Evidence], "Message | None"]
"""What one member misses; None when it has what is asked."""


@dataclass(frozen=True)
class Share:
    """The sentence of a verdict over a population, with the placeholders ``{have}`` and ``{total}``."""

    code: str
    text: str

    def message(self, have: int, total: int) -> Message:
        """The sentence with its figures."""
        return say(self.code, self.text, have=have, total=total)


def share(code: str, text: str) -> Share:
    """Declare the sentence of a check: ``{have} of {total} live systems have an owner.``"""
    return Share(code, text)


def judge_members(
    population: Population,
    sentence: Share,
    function: MemberCheck,
    evidence: Evidence,
    lapsed: Iterable[MemberVerdict] = (),
    accepted: Iterable[MemberVerdict] = (),
) -> Verdict:
    """The verdict over all of ``population``: passes only if there is somebody and nobody misses anything.

    The denominator is the size of the population without those that are excluded with a reason. ``lapsed``
    are members whatever the population says: what left them out, or let them pass, is accepted no longer.
    ``accepted`` are those of which that still is: they are left out by name.
    """
    judged = _with(_with(verdicts_of(population, function, evidence), accepted), lapsed)
    excluded = sum(member.state is MemberState.EXCLUDED for member in judged)
    members, total = tuple(judged), len(judged) - excluded
    if not total:
        reason = _nobody(population, excluded)
        return nothing(reason, population=0, excluded=excluded, unit="ratio", members=members)
    missing = {
        member.name: member.message
        for member in judged
        if member.state is MemberState.MISSING and member.message is not None
    }
    have = total - len(missing)
    figures: dict[str, Any] = {
        "value": have / total,
        "numerator": have,
        "denominator": total,
        "population": total,
        "excluded": excluded,
        "unit": "ratio",
        "against": 1.0,
        "members": members,
    }
    if not missing:
        return passes(sentence.message(have, total), **figures)
    ordered = {name: missing[name] for name in sorted(missing, key=name_text)}
    reason = say(
        "check.missing", "{share} {missing}.", share=sentence.message(have, total), missing=listing(ordered)
    )
    return fails(reason, side="under", **figures)


def verdicts_of(population: Population, function: MemberCheck, evidence: Evidence) -> list[MemberVerdict]:
    """What is said of each member of ``population``."""
    ended = ended_rows(evidence)
    resting = _Resting(population, function, evidence, ended) if ended else None
    return [_judge(member, function, evidence, resting) for member in _distinct(population.members(evidence))]


def _judge(
    member: Member, function: MemberCheck, evidence: Evidence, resting: _Resting | None
) -> MemberVerdict:
    message, state = member.excluded, MemberState.EXCLUDED
    if message is None:
        message = function(member, evidence) or _ended(member, evidence)
        if message is None and resting is not None:
            message = resting.fault(member)
        state = MemberState.COVERED if message is None else MemberState.MISSING
    return MemberVerdict(member.name, state, message, member.system, member.owner, member.systems)


def _ended(member: Member, evidence: Evidence) -> Message | None:
    """That a member which is a record rests on a file that has ended.

    Of an AI system its files say something, and it rests on none: what shows that it is in order are
    records of their own.
    """
    if member.system and member.system == member.row.get("reference"):
        return None
    return ended_file(member.row, evidence.today)


_MOST_TRIED = 20
"""Of how many records it is tried whether a member has what is asked by that one alone."""


class _Resting:
    """What a member has only by records that rest on files past their last valid day.

    Such a record shows nothing any more, whichever check reads it: what a member would miss without it, it
    misses. Judged here, since a check that has to ask for itself would be forgotten.
    """

    def __init__(
        self,
        population: Population,
        function: MemberCheck,
        evidence: Evidence,
        ended: list[tuple[str, Row]],
    ) -> None:
        self._population, self._function, self._evidence = population, function, evidence
        self._ended = ended
        self._alone: dict[str, tuple[Evidence, dict[str, Member]]] = {}
        self._without = self._world(ended)

    def _world(self, ended: list[tuple[str, Row]]) -> tuple[Evidence, dict[str, Member]]:
        evidence = without(self._evidence, ended)
        return evidence, {name_text(one.name): one for one in self._population.members(evidence)}

    def _fault(self, member: Member, world: tuple[Evidence, dict[str, Member]]) -> Message | None:
        evidence, members = world
        known = members.get(name_text(member.name), member)
        return None if known.excluded is not None else self._function(known, evidence)

    def fault(self, member: Member) -> Message | None:
        """That ``member`` would miss something without the records that rest on ended files; None if not."""
        if self._fault(member, self._without) is None:
            return None
        names = {name_text(member.name), member.system} - {""}
        near = [one for one in self._ended if names.intersection(_named_in(one[1]))]
        for kind, row in [*near, *(one for one in self._ended if one not in near)][:_MOST_TRIED]:
            reference = row["reference"]
            if reference not in self._alone:
                self._alone[reference] = self._world([(kind, row)])
            if self._fault(member, self._alone[reference]) is None:
                continue
            fault = ended_file(row, self._evidence.today)
            if fault is None or reference == name_text(member.name):
                return fault
            return say(
                "record.only-ended", "has only {record}, which {fault}", record=Ref(reference), fault=fault
            )
        return say("record.only-ended-files", "has only records that rest on files past their last valid day")


def _named_in(row: Row) -> Iterator[str]:
    """Every name that stands in a row: of systems, records and requirements."""
    for value in row.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from (one for one in value if isinstance(one, str))


def _with(judged: Iterable[MemberVerdict], eased: Iterable[MemberVerdict]) -> list[MemberVerdict]:
    """What a member misses anyway is said rather than that it is asked for less, or was until some day."""
    known = {name_text(member.name): member for member in judged}
    for member in eased:
        found = known.get(name_text(member.name))
        if found is None or found.state is not MemberState.MISSING:
            known[name_text(member.name)] = member
    return list(known.values())


def _distinct(members: Iterable[Member]) -> list[Member]:
    """Each name once. Of two of one name the one that is not excluded stays: an exclusion hides nobody."""
    distinct: dict[str, Member] = {}
    for member in members:
        known = distinct.get(name_text(member.name))
        if known is None or known.excluded is not None:
            distinct[name_text(member.name)] = member
    return list(distinct.values())


def _nobody(population: Population, excluded: int) -> Message:
    if excluded:
        return say(
            "check.all-excluded", "All {count} are excluded with a reason: {population}.",
            count=excluded, population=population.text,
        )  # fmt: skip
    return say("check.nobody", "There are none: {population}.", population=population.text)
