"""The measured state of one requirement, from what its checks read; the rules are those of `posture`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from plumbline.controls.declare import Check
from plumbline.controls.limits import InForce
from plumbline.controls.models import Result
from plumbline.controls.queries import AttestationRow, LimitRow
from plumbline.controls.requirement_posture import Reason
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.kernel import states
from plumbline.kernel.messages import Message, Ref, Subject, Word, plain, say
from plumbline.kernel.states import CheckState, MeasuredState, Strength

_BEYOND = frozenset({CheckState.OVER, CheckState.UNDER})
SILENT_AFTER, STALE_AFTER = 2.0, 1.5
"""Cadences after which a check counts as silent, and its reading as stale."""


@dataclass(frozen=True)
class Part:
    """What one check on one subject contributes to the state of a requirement."""

    state: MeasuredState
    word: CheckState
    over: bool
    required: bool
    at: datetime | None
    reason: Reason


def parts_of(
    check: Check,
    live: Iterable[str],
    readings: Mapping[tuple[str, str], Result],
    in_force: InForce,
    now: datetime,
) -> Iterator[Part]:
    """What ``check`` contributes: once for the organization, or once for each live system that it reads."""
    for subject in live if check.on_telemetry else (ORGANIZATION,):
        result, pause = readings.get((check.slug, subject)), in_force.pause(check, subject)
        if pause is not None:
            yield _paused(check, subject, pause)
        elif result is not None:
            part = _read(check, result, now)
            if part is not None:
                yield part
        elif check.expected or not check.on_telemetry:
            yield _unreported(check, subject)


def _paused(check: Check, subject: str, pause: LimitRow) -> Part:
    message = say(
        "posture.paused", "{check}: paused by {limit} until {day}.",
        check=Word(check.title), limit=Ref(pause.reference), day=pause.valid_until,
    )  # fmt: skip
    state, reference = MeasuredState.NO_SIGNAL, pause.reference
    reason = Reason(message, state, reference, record=reference, check=check.slug, subject=subject)
    return Part(state, CheckState.PAUSED, False, check.required, None, reason)


def _unreported(check: Check, subject: str) -> Part:
    message = say("posture.unreported", "{check}: nothing was reported.", check=Word(check.title))
    if subject != ORGANIZATION:
        message = say(
            "posture.unreported-system", "{check}: nothing was reported for {system}.",
            check=Word(check.title), system=Subject(subject),
        )  # fmt: skip
    reason = Reason(message, MeasuredState.NO_SIGNAL, check.slug, check=check.slug, subject=subject)
    return Part(reason.state, CheckState.NO_SIGNAL, False, check.required, None, reason)


def _read(check: Check, result: Result, now: datetime) -> Part | None:
    """What one reading contributes; None for a check on records that found nothing to judge."""
    age, over = now - result.seen_until, result.word in _BEYOND
    word = CheckState(result.word)
    if not check.on_telemetry and (word is CheckState.NOTHING_TO_JUDGE or not result.population):
        return None
    silent = age > SILENT_AFTER * check.cadence
    if silent:
        # What was over its limit long ago says nothing of today; the silence is the graver news.
        state, word = MeasuredState.NO_SIGNAL, CheckState.NO_SIGNAL
    elif word in {CheckState.NO_SIGNAL, CheckState.PAUSED}:
        state = MeasuredState.NO_SIGNAL
    elif over:
        state = MeasuredState.DEGRADED
    elif age > STALE_AFTER * check.cadence:
        state = MeasuredState.STALE
    else:
        state = strength_of(check, result).state
    reason = Reason(
        _reading_message(check, result, silent=silent),
        state,
        check.slug,
        check=check.slug,
        subject=result.subject,
        result=result.pk,
        leaf=result.leaf,
    )
    return Part(state, word, over and not silent, check.required, min(result.seen_until, now), reason)


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
    if not silent:
        return message
    return say("posture.silent", "{reading} Nothing since {time}.", reading=message, time=result.seen_until)


def measured(
    requirement: str,
    parts: list[Part],
    *,
    has_checks: bool,
    exclusion: tuple[str, str] | None,
    attestation: AttestationRow | None,
    in_date: bool,
) -> tuple[MeasuredState, tuple[Reason, ...]]:
    """The state of a requirement, with its reasons, the one that decides first.

    ``exclusion`` is the reference and reason of the row by which it does not apply; ``in_date`` says whether
    the ``attestation`` is.
    """
    if exclusion is not None:
        reference, why = exclusion
        state = MeasuredState.NOT_APPLICABLE
        return state, (Reason(plain(why), state, reference, record=reference),)
    if not parts:
        reason = _unmeasured(requirement, has_checks, None if in_date else attestation)
        return reason.state, (reason,)
    over = [part for part in parts if part.over]
    if any(part.required for part in over) or 2 * len(over) > len(parts):
        state = MeasuredState.FAILING
    else:
        state = states.worst(part.state for part in parts)
    failing = state is MeasuredState.FAILING
    ordered = sorted(parts, key=lambda part: (not (part.over and failing), _place(part)))
    return state, tuple(part.reason for part in ordered)


def _unmeasured(requirement: str, has_checks: bool, ended: AttestationRow | None) -> Reason:
    """The reason of a requirement that nothing reads; ``ended`` is an attestation past its date."""
    if ended is not None:
        message = say(
            "posture.attestation-ended", "The attestation {attestation} ended on {day}.",
            attestation=Ref(ended.reference), day=ended.valid_until,
        )  # fmt: skip
        return Reason(message, MeasuredState.STALE, ended.reference, record=ended.reference)
    message = say("posture.no-check", "No check reads it.")
    if has_checks:
        message = say("posture.nothing-to-read", "There is nothing yet that its checks could read.")
    return Reason(message, MeasuredState.NOT_MEASURED, requirement)


def _place(part: Part) -> tuple[int, bool]:
    return states.SEVERITY[part.state], not part.required
