"""What each check contributes to the state of a requirement; the rules are those of `posture`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plumbline.controls.declare import Check
from plumbline.controls.inventory import Members
from plumbline.controls.limits import InForce
from plumbline.controls.models import Result
from plumbline.controls.queries import LimitRow
from plumbline.controls.requirement_posture import Reason
from plumbline.controls.verdicts import ORGANIZATION, SYSTEM_CADENCE
from plumbline.kernel import states
from plumbline.kernel.messages import Message, Ref, Subject, Word, say
from plumbline.kernel.states import BEYOND, CheckState, MeasuredState, Strength

SILENT_AFTER, STALE_AFTER = 2.0, 1.5
"""Cadences after which a check counts as silent, and its reading as stale."""


@dataclass(frozen=True)
class Part:
    """What one check on one subject contributes.

    ``total`` members are spoken of, without the ``excluded`` ones: one system, or the population of a check
    over the organization. ``missing`` of them lack what is asked or are beyond the limit, ``silent`` ones
    give no signal, ``stale`` ones gave one too long ago. ``state`` is that of this subject alone.
    """

    state: MeasuredState
    word: CheckState
    at: datetime | None
    reason: Reason
    total: int = 1
    missing: int = 0
    silent: int = 0
    stale: int = 0
    excluded: int = 0


def parts_of(
    check: Check,
    systems: Members,
    readings: Mapping[tuple[str, str], Result],
    in_force: InForce,
    now: datetime,
    lapsed: Mapping[str, Message] | None = None,
) -> Iterator[Part]:
    """What ``check`` contributes: once for the organization, or once for each of the ``systems`` that have to
    be read. A system that has not begun to report counts, unless it is left out with a reason or the check is
    a quiet one. One of ``lapsed``, with what is said of it, gives no signal unless it is beyond its limit
    anyway: what its readings are judged by is accepted no longer."""
    lapsed = lapsed or {}
    for subject, excluded in systems.items() if check.on_telemetry else ((ORGANIZATION, None),):
        result, pause = readings.get((check.slug, subject)), in_force.pause(check, subject)
        if pause is not None:
            yield _paused(check, subject, pause, result)
        elif subject in lapsed and (result is None or result.word not in BEYOND):
            yield _not_confirmed(check, subject, lapsed[subject])
        elif excluded is not None:
            yield _left_out(check, subject, excluded)
        elif result is not None:
            yield _read(check, result, cadence_of(check, subject, in_force), now)
        elif must_report(check):
            yield _unreported(check, subject)


def must_report(check: Check) -> bool:
    """Whether silence of ``check`` counts before it has ever said anything of a system of its population."""
    return not check.quiet


def cadence_of(check: Check, subject: str, in_force: InForce) -> timedelta:
    """How often ``check`` can be expected to report on ``subject``."""
    if not check.on_telemetry:
        return check.cadence
    return max(check.cadence, timedelta(days=in_force.limit(SYSTEM_CADENCE, subject).value))


def _paused(check: Check, subject: str, pause: LimitRow, result: Result | None) -> Part:
    message = say(
        "posture.paused", "{check}: paused by {limit} until {day}.",
        check=Word(check.title), limit=Ref(pause.reference), day=pause.valid_until,
    )  # fmt: skip
    state, reference = MeasuredState.NO_SIGNAL, pause.reference
    reason = Reason(message, state, reference, record=reference, check=check.slug, subject=subject)
    total = members_of(result)[0] if result is not None else 1
    return Part(state, CheckState.PAUSED, None, reason, total or 1, silent=total or 1)


def _unreported(check: Check, subject: str) -> Part:
    message = say("posture.unreported", "{check}: nothing was reported.", check=Word(check.title))
    if subject != ORGANIZATION:
        message = say(
            "posture.unreported-system", "{check}: nothing was reported for {system}.",
            check=Word(check.title), system=Subject(subject),
        )  # fmt: skip
    reason = Reason(message, MeasuredState.NO_SIGNAL, check.slug, check=check.slug, subject=subject)
    return Part(reason.state, CheckState.NO_SIGNAL, None, reason, silent=1)


def _not_confirmed(check: Check, subject: str, lapsed: Message) -> Part:
    message = say(
        "posture.not-confirmed", "{check}: {system} {lapsed}.",
        check=Word(check.title), system=Subject(subject), lapsed=lapsed,
    )  # fmt: skip
    reason = Reason(message, MeasuredState.NO_SIGNAL, check.slug, check=check.slug, subject=subject)
    return Part(reason.state, CheckState.NO_SIGNAL, None, reason, silent=1)


def _left_out(check: Check, subject: str, reason: Message) -> Part:
    message = say(
        "posture.left-out", "{check}: {system} {reason}",
        check=Word(check.title), system=Subject(subject), reason=reason,
    )  # fmt: skip
    state, word = MeasuredState.NOTHING_TO_JUDGE, CheckState.NOTHING_TO_JUDGE
    named = Reason(message, state, check.slug, check=check.slug, subject=subject)
    return Part(state, word, None, named, total=0, excluded=1)


def members_of(result: Result) -> tuple[int, int]:
    """How many members a result speaks of, and how many of them miss something.

    A share of all says both. Any other verdict speaks of one thing, its subject, and that one fails or not.
    """
    beyond = result.word in BEYOND
    of_all = result.unit == "ratio" and result.limit_value == 1.0 and result.denominator
    if result.subject == ORGANIZATION and of_all and result.numerator is not None and result.denominator:
        total = int(result.denominator)
        return total, max(total - int(result.numerator), int(beyond))
    return 1, int(beyond)


def _read(check: Check, result: Result, cadence: timedelta, now: datetime) -> Part:
    """What one reading contributes."""
    age, word = now - result.seen_until, CheckState(result.word)
    total, missing = members_of(result)
    silent = stale = 0
    nothing = word is CheckState.NOTHING_TO_JUDGE
    if not check.on_telemetry and not missing and not result.population:
        nothing = True
    quiet = age > SILENT_AFTER * cadence
    if quiet and missing:
        # Whoever was beyond the limit and then stops reporting stays beyond it: silence mends nothing.
        state, word = MeasuredState.NO_SIGNAL, CheckState.NO_SIGNAL
    elif quiet:
        state, word, silent = MeasuredState.NO_SIGNAL, CheckState.NO_SIGNAL, total
    elif nothing:
        state, word, total, missing = MeasuredState.NOTHING_TO_JUDGE, CheckState.NOTHING_TO_JUDGE, 0, 0
    elif word in {CheckState.NO_SIGNAL, CheckState.PAUSED}:
        state, silent, missing = MeasuredState.NO_SIGNAL, total, 0
    elif word in BEYOND:
        state = MeasuredState.DEGRADED
    elif age > STALE_AFTER * cadence:
        state, stale = MeasuredState.STALE, total
    else:
        state = strength_of(check, result).state
    reason = Reason(
        _reading_message(check, result, silent=quiet),
        state,
        check.slug,
        check=check.slug,
        subject=result.subject,
        result=result.pk,
        leaf=result.leaf,
    )
    at = min(result.seen_until, now)
    return Part(state, word, at, reason, total, missing, silent, stale, excluded=int(result.excluded))


def strength_of(check: Check, result: Result) -> Strength:
    """What a result within its limit shows: what it was judged to show, at most what its check can."""
    # A result from before there were strengths says nothing of its limits: the weakest word is true of it.
    judged = Strength(result.strength) if result.strength else Strength.RECORDED
    return states.weaker(judged, check.strength)


def _reading_message(check: Check, result: Result, *, silent: bool) -> Message:
    title = Word(check.title)
    message = say("posture.reading", "{check}: {reason}", check=title, reason=result.reason)
    if result.subject != ORGANIZATION:
        message = say(
            "posture.reading-system", "{check} ({system}): {reason}",
            check=title, system=Subject(result.subject), reason=result.reason,
        )  # fmt: skip
    # "Nothing since" only where there has been nothing: a check that cannot tell has just said so.
    if not silent or result.word in {CheckState.NO_SIGNAL, CheckState.PAUSED}:
        return message
    return say("posture.silent", "{reading} Nothing since {time}.", reading=message, time=result.seen_until)
