"""The roll-up of members over a check, and of checks over a requirement: counts, never an average.

Of one check over its members:

* *Failing*: it is required and somebody misses what it asks; or more than half do.
* *No signal*: more than half are silent.
* *Stale*: more than half reported too long ago.
* *Degraded*: anybody misses it, is beyond the limit, silent or stale; each is named.
* *Nothing to judge*: nobody is there.
* Otherwise the weakest strength among its members.

Of a requirement over its checks: the gravest bad state of any; *Nothing to judge* when all of them have
nothing; otherwise the strength of the strongest, since every one of them covers its whole population.
"""

from __future__ import annotations

from collections.abc import Sequence

from plumbline.controls.decisions.queries import AttestationRow
from plumbline.controls.declare import Check
from plumbline.controls.measured_state import Part
from plumbline.controls.models import Result
from plumbline.controls.requirement_posture import Coverage, Reason
from plumbline.kernel import states
from plumbline.kernel.messages import Message, Ref, Subject, Word, listing, plain, say
from plumbline.kernel.states import MeasuredState

_UNREAD = frozenset({MeasuredState.NOTHING_TO_JUDGE, MeasuredState.NOT_MEASURED})


def coverage(check: Check, parts: Sequence[Part]) -> Coverage:
    """How much of its population ``check`` covers, and the state that this makes."""
    total, missing = sum(part.total for part in parts), sum(part.missing for part in parts)
    silent, stale = sum(part.silent for part in parts), sum(part.stale for part in parts)
    if not total:
        state = MeasuredState.NOTHING_TO_JUDGE
    elif missing and (check.required or 2 * missing > total):
        state = MeasuredState.FAILING
    elif 2 * silent > total:
        state = MeasuredState.NO_SIGNAL
    elif 2 * stale > total:
        state = MeasuredState.STALE
    elif missing or silent or stale:
        state = MeasuredState.DEGRADED
    else:
        state = states.worst(part.state for part in parts if part.total)
    return Coverage(
        check=check.slug,
        title=check.title,
        state=state,
        total=total,
        missing=missing,
        silent=silent,
        stale=stale,
        excluded=sum(part.excluded for part in parts),
        strength=check.strength,
    )


def reasons_of(check: Check, parts: Sequence[Part], state: MeasuredState) -> tuple[Reason, ...]:
    """The reasons of a check, the graver first: over several systems how many of them, then each that is not
    in order."""
    ordered = sorted(parts, key=lambda part: (-bool(part.missing), states.SEVERITY[part.state]))
    if len(parts) < 2:
        return tuple(part.reason for part in ordered)
    summary = Reason(_summary(check, ordered), state, check.slug, check=check.slug)
    return (summary, *(part.reason for part in ordered if not part.state.good))


def _summary(check: Check, parts: Sequence[Part]) -> Message:
    title, total = Word(check.title), sum(not part.excluded for part in parts)
    missing = [Subject(part.reason.subject) for part in parts if part.missing]
    silent = [Subject(part.reason.subject) for part in parts if part.silent]
    stale = [Subject(part.reason.subject) for part in parts if part.stale]
    said = []
    if missing:
        said.append(
            say(
                "posture.systems-beyond",
                "{share} of {total} systems beyond the limit: {systems}.",
                share=len(missing),
                total=total,
                systems=listing(missing),
            )
        )
    if silent:
        said.append(
            say(
                "posture.systems-silent",
                "{share} of {total} systems without signal: {systems}.",
                share=len(silent),
                total=total,
                systems=listing(silent),
            )
        )
    if stale:
        said.append(
            say(
                "posture.systems-stale",
                "{share} of {total} systems with a stale reading: {systems}.",
                share=len(stale),
                total=total,
                systems=listing(stale),
            )
        )
    if not said:
        said.append(say("posture.systems-within", "all {total} systems within.", total=total))
    message = say("posture.check", "{check}: {found}", check=title, found=said[0])
    for more in said[1:]:
        message = say("posture.and", "{first} {second}", first=message, second=more)
    return message


def of_checks(
    judged: Sequence[tuple[MeasuredState, tuple[Reason, ...]]],
) -> tuple[MeasuredState, tuple[Reason, ...]]:
    """The state of a requirement from the state and the reasons of each check that reads it; the reasons that
    decide come first."""
    read = [one for one, _ in judged if one not in _UNREAD]
    if not read:
        state = MeasuredState.NOTHING_TO_JUDGE
    elif all(row.good for row in read):
        state = max(read, key=states.SEVERITY.__getitem__)
    else:
        state = states.worst(read)
    # What is in order explains a good state: then the strongest evidence comes first.
    place = 1 if not state.good else -1
    ordered = sorted(judged, key=lambda row: (row[0] in _UNREAD, place * states.SEVERITY[row[0]]))
    return state, tuple(reason for _, reasons in ordered for reason in reasons)


def not_applicable(reference: str, why: str) -> tuple[MeasuredState, tuple[Reason, ...]]:
    """The state of a requirement that an approved row excludes."""
    state = MeasuredState.NOT_APPLICABLE
    return state, (Reason(plain(why), state, reference, record=reference),)


def contradicted(against: Message, result: Result) -> tuple[MeasuredState, tuple[Reason, ...]]:
    """The state of a requirement that an approved row excludes and that the register shows to apply."""
    message = say("posture.exclusion-contradicted", "It {against}.", against=against)
    check, state = result.check_name, MeasuredState.FAILING
    return state, (
        Reason(
            message, state, check, check=check, subject=result.subject, result=result.pk, leaf=result.leaf
        ),
    )


def not_measured(requirement: str, ended: AttestationRow | None) -> tuple[MeasuredState, tuple[Reason, ...]]:
    """The state of a requirement that no check reads; ``ended`` is an attestation past its date."""
    if ended is not None:
        message = say(
            "posture.attestation-ended", "The attestation {attestation} ended on {day}.",
            attestation=Ref(ended.reference), day=ended.valid_until,
        )  # fmt: skip
        reason = Reason(message, MeasuredState.STALE, ended.reference, record=ended.reference)
    else:
        message = say("posture.no-check", "No check reads it.")
        reason = Reason(message, MeasuredState.NOT_MEASURED, requirement)
    return reason.state, (reason,)
