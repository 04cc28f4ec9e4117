"""What stands in the way of being ready, as the first lines of the home page say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.controls.visibility import VisibleResult
from plumbline.kernel.messages import (
    Listing,
    Message,
    Param,
    Ref,
    Requirement,
    Subject,
    Text,
    Word,
    listing,
    plain,
    say,
)
from plumbline.kernel.states import AttestedState, MeasuredState, RequirementState
from plumbline.web.home.due import DueRow
from plumbline.web.requirements.readings import Key
from plumbline.web.words import Look, look

SHOWN = 5
_SAID = frozenset({MeasuredState.FAILING, MeasuredState.NO_SIGNAL})
_STEP = Look("none", "list-checks")
_NO_EVIDENCE = frozenset({RequirementState.MISSING, RequirementState.NOT_ASSESSED})


@dataclass(frozen=True)
class Blocker:
    """What is in the way, with its colour role and its icon; ``size`` is how many things it is."""

    message: Message
    role: str
    icon: str
    size: int = 1


@dataclass(frozen=True)
class Undone:
    """What nobody has done yet: controls without a decision, suspicions that wait for one, first steps."""

    controls: Sequence[str] = ()
    suspicions: Sequence[str] = ()
    steps: Sequence[str] = ()


NOTHING_UNDONE = Undone()


def blockers(
    postures: Iterable[RequirementPosture],
    results: Mapping[Key, VisibleResult],
    due: Iterable[DueRow],
    undone: Undone = NOTHING_UNDONE,
) -> tuple[Blocker, ...]:
    """What stands in the way: failing requirements, then what is overdue, then what is silent, then what
    nobody has decided, shown or done. An organization is ready when there is nothing of all this."""
    postures = [row for row in postures if row.measured is not MeasuredState.NOT_APPLICABLE]
    return (
        *_in_state(postures, MeasuredState.FAILING, results),
        *_overdue(due),
        *_in_state(postures, MeasuredState.NO_SIGNAL, results),
        *_suspected(undone.suspicions),
        *_not_effective(postures),
        *_without_evidence(postures),
        *_undecided(undone.controls),
        *_in_part(postures),
        *_steps(undone.steps),
    )


def _line(size: int, shown: Look, message: Message) -> tuple[Blocker, ...]:
    """One line about ``size`` things; none where there are none."""
    return (Blocker(message, shown.role, shown.icon, size),) if size else ()


def _suspected(references: Sequence[str]) -> tuple[Blocker, ...]:
    message = say(
        "home.suspected",
        "One suspicion waits for a decision: {suspicions}",
        plural="{count} suspicions wait for a decision: {suspicions}",
        count=len(references), suspicions=listing([Ref(one) for one in references], conjunction="and"),
    )  # fmt: skip
    return _line(len(references), look("suspected"), message)


def _not_effective(postures: Iterable[RequirementPosture]) -> tuple[Blocker, ...]:
    rows = [row.id for row in postures if row.attested is AttestedState.NOT_EFFECTIVE]
    message = say(
        "home.attested-not-effective",
        "{requirements} is attested as not effective",
        plural="{requirements} are attested as not effective",
        count=len(rows), requirements=_listed(rows),
    )  # fmt: skip
    return _line(len(rows), look("not effective"), message)


def _without_evidence(postures: Sequence[RequirementPosture]) -> tuple[Blocker, ...]:
    rows = [row.id for row in postures if row.word in _NO_EVIDENCE]
    message = say(
        "home.without-evidence",
        "{count} of {total} requirements is without evidence: {requirements}",
        plural="{count} of {total} requirements are without evidence: {requirements}",
        count=len(rows), total=len(postures), requirements=_listed(rows),
    )  # fmt: skip
    return _line(len(rows), look(RequirementState.MISSING), message)


def _undecided(controls: Sequence[str]) -> tuple[Blocker, ...]:
    message = say(
        "home.undecided",
        "One control is not decided in the statement of applicability: {controls}",
        plural="{count} controls are not decided in the statement of applicability: {controls}",
        count=len(controls), controls=_listed(controls),
    )  # fmt: skip
    return _line(len(controls), look("not decided"), message)


def _in_part(postures: Sequence[RequirementPosture]) -> tuple[Blocker, ...]:
    # Those that fail or are silent stand in lines of their own above.
    partial = (row for row in postures if row.word is RequirementState.PARTIAL)
    rows = [row.id for row in partial if row.measured not in _SAID]
    message = say(
        "home.in-part",
        "{count} of {total} requirements has part of its evidence: {requirements}",
        plural="{count} of {total} requirements have part of their evidence: {requirements}",
        count=len(rows), total=len(postures), requirements=_listed(rows),
    )  # fmt: skip
    return _line(len(rows), look(RequirementState.PARTIAL), message)


def _steps(labels: Sequence[str]) -> tuple[Blocker, ...]:
    message = say(
        "home.steps",
        "One first step is not done: {steps}",
        plural="{count} first steps are not done: {steps}",
        count=len(labels), steps=listing([Word(label) for label in labels]),
    )  # fmt: skip
    return _line(len(labels), _STEP, message)


def _listed(requirements: Iterable[str]) -> Listing:
    return listing([Requirement(name) for name in requirements], conjunction="and")


def _in_state(
    postures: Iterable[RequirementPosture], state: MeasuredState, results: Mapping[Key, VisibleResult]
) -> list[Blocker]:
    """One line for each reason: a check that several requirements rest on is one thing in the way."""
    grouped: dict[tuple[str, str] | str, list[RequirementPosture]] = {}
    for posture in postures:
        if posture.measured is state:
            reason = posture.reasons[0] if posture.reasons else None
            key = (reason.check, reason.subject) if reason is not None and reason.check else posture.id
            grouped.setdefault(key, []).append(posture)
    shown = look(state)
    return [
        Blocker(_message(state, rows, _found(rows[0], results)), shown.role, shown.icon)
        for rows in grouped.values()
    ]


def _found(posture: RequirementPosture, results: Mapping[Key, VisibleResult]) -> Text:
    """What the check behind a state found; the state's own reason where no check does."""
    if not posture.reasons:
        return ""
    reason = posture.reasons[0]
    result = results.get((reason.check, reason.subject))
    return result.reason if result is not None else reason.message


def _message(state: MeasuredState, rows: list[RequirementPosture], found: Text) -> Message:
    subject = rows[0].reasons[0].subject if rows[0].reasons else ""
    params: dict[str, Param] = {
        "count": len(rows),
        "requirements": _listed(row.id for row in rows),
        "found": plain(found) if isinstance(found, str) else found,
    }
    of_system = bool(subject) and subject != ORGANIZATION
    if of_system:
        params["system"] = Subject(subject)
    # The sentences stand in the calls, because catalogues of other languages are made from what stands there.
    if state is MeasuredState.FAILING and of_system:
        return say(
            "home.failing-for",
            "{requirements} is failing for {system}: {found}",
            plural="{requirements} are failing for {system}: {found}",
            **params,
        )
    if state is MeasuredState.FAILING:
        return say(
            "home.failing",
            "{requirements} is failing: {found}",
            plural="{requirements} are failing: {found}",
            **params,
        )
    if of_system:
        return say(
            "home.no-signal-for",
            "{requirements} gives no signal for {system}: {found}",
            plural="{requirements} give no signal for {system}: {found}",
            **params,
        )
    return say(
        "home.no-signal",
        "{requirements} gives no signal: {found}",
        plural="{requirements} give no signal: {found}",
        **params,
    )


def _overdue(due: Iterable[DueRow]) -> list[Blocker]:
    """One line for each kind of record that has something overdue, named by the oldest."""
    late: dict[str, list[DueRow]] = {}
    for row in due:
        if row.late:
            late.setdefault(row.kind.slug, []).append(row)
    return [Blocker(_overdue_message(rows), "bad", "clock-alert", len(rows)) for rows in late.values()]


def _overdue_message(rows: list[DueRow]) -> Message:
    oldest = rows[0]
    message = say(
        "home.overdue",
        "{record} is {count} day overdue",
        plural="{record} is {count} days overdue",
        record=Ref(oldest.reference),
        count=-oldest.days,
    )
    if len(rows) == 1:
        return message
    return say(
        "home.overdue-more",
        "{oldest}, and {count} more of its kind ({kind})",
        oldest=message,
        count=len(rows) - 1,
        kind=oldest.kind.name,
    )


def verdict(found: tuple[Blocker, ...], *, blank: bool, begins: bool = True) -> Message:
    """The first sentence of the page; of a blank one whether its reader has a first step to begin with."""
    if blank and not begins:
        return say("home.blank-for-others", "Nothing is recorded yet that you may see.")
    if blank:
        return say("home.blank", "Nothing is recorded yet. Begin with the first step.")
    if not found:
        return say("home.ready", "Ready: no open blocker.")
    return say(
        "home.not-ready",
        "Not ready yet. One thing stands in the way.",
        plural="Not ready yet. {count} things stand in the way.",
        count=sum(blocker.size for blocker in found),
    )
