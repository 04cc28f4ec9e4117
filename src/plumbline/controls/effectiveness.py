"""Whether a corrective action has proved itself: passing results over a period that was set beforehand.

A window counts when all of it happened after the action was carried out, when its data came in time, when it
was judged by a limit no looser than those that had been failed, and on the check that had failed. What was
received late, or dated back, proves nothing. A failing window counts in any case.

Where the action names no check, nothing is measured and a second person verifies; the door sees to that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plumbline.clauses import rules
from plumbline.controls import queries, registry
from plumbline.controls.declare import Check
from plumbline.controls.history import queries as history
from plumbline.controls.judged import queries as judged
from plumbline.controls.limits import History, is_looser
from plumbline.controls.models import Result
from plumbline.controls.verdicts import ORGANIZATION, Limit
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Message, Ref, Subject, Word, listing, say
from plumbline.kernel.problems import Conflict, Fault
from plumbline.kernel.states import CheckState
from plumbline.records import steps
from plumbline.records.gates import GateResult
from plumbline.records.models import Record

ENTRIES_SHOWN = 12
MOST_RESULTS = 400
"""Results named in the trail entry at the most; an entry has room for 16 KiB."""
FIELDS = ("effectiveness_check", "effectiveness_from", "effectiveness_until", "minimum_results")


@dataclass(frozen=True)
class Effectiveness:
    """Whether an action is proved, why, and the results that count; ``check`` is empty where none does.

    ``carried_out`` is when that was recorded; ``None`` while it was not.
    """

    proved: bool
    reason: Message
    check: str = ""
    subject: str = ""
    results: tuple[Result, ...] = ()
    set_at_leaf: int = -1
    carried_out: datetime | None = None


def effectiveness(reference: str) -> Effectiveness:
    """The proof of the corrective action ``reference`` as it stands now. Raises `NotFound`."""
    action = queries.corrective_action(reference)
    name = str(action["effectiveness_check"] or "")
    if not name and (raised_by := registry.by_slug().get(action["raised_by"])) is not None:
        return Effectiveness(False, _by_its_check(raised_by))
    if not name:
        reason = say("effectiveness.unmeasured", "No check measures it; a second person verifies.")
        return Effectiveness(True, reason)
    check = registry.by_slug().get(name)
    if check is None:
        reason = say("effectiveness.no-check", "There is no check called {name}.", name=name)
        return Effectiveness(False, reason, name)
    subject = action["system"] if check.on_telemetry else ORGANIZATION
    if not subject:
        reason = say(
            "effectiveness.no-system", "{check} reads one AI system; the nonconformity names none.",
            check=Word(check.title),
        )  # fmt: skip
        return Effectiveness(False, reason, name)
    carried_out = history.carried_out(reference)
    if carried_out is None:
        reason = say("effectiveness.not-carried-out", "It has not been carried out yet.")
        return Effectiveness(False, reason, name, subject)
    failed = _failed_before(action, check, subject, carried_out)
    if not failed:
        return Effectiveness(False, _never_failed(action, check), name, subject, carried_out=carried_out)
    leaf = entry_that_set_proof(list(history.revisions(reference)))
    return _over_period(action, _Proof(check, subject, carried_out, leaf, failed))


def _by_its_check(raised_by: Check) -> Message:
    return say(
        "effectiveness.by-its-check",
        "{check} raised the nonconformity. What a check found is proved by that check: name it, with a period"
        " to come.",
        check=Word(raised_by.title),
    )


def _failed_before(
    action: Mapping[str, Any], check: Check, subject: str, carried_out: datetime
) -> list[Result]:
    """The failing results that the action answers: of the check of its nonconformity, or one beside it.

    Where no check raised the nonconformity it is any result of this one that failed before.
    """
    raised_by = registry.by_slug().get(action["raised_by"])
    if raised_by is not None and check.slug not in registry.sharing(raised_by):
        return []
    names = registry.sharing(raised_by) if raised_by is not None else {check.slug}
    return judged.failing_before(names, subject, carried_out)


def _never_failed(action: Mapping[str, Any], check: Check) -> Message:
    raised_by = registry.by_slug().get(action["raised_by"])
    if raised_by is not None and check.slug not in registry.sharing(raised_by):
        return say(
            "effectiveness.other-check",
            "{check} did not raise the nonconformity. Only {raised_by}, or a check beside it, can prove it.",
            check=check.slug, raised_by=raised_by.slug,
        )  # fmt: skip
    return say(
        "effectiveness.never-failed",
        "{check} had not failed before it was carried out, so passing it now shows nothing.",
        check=check.slug,
    )


@dataclass(frozen=True)
class _Proof:
    """What the windows of a period are held against."""

    check: Check
    subject: str
    carried_out: datetime
    set_at_leaf: int
    failed: Sequence[Result]

    def doubts(self, verdict: Result, first: Result, bounds: Mapping[str, Limit], then: History) -> str:
        """Why a window shows nothing; empty where it counts."""
        if verdict.window_start < self.carried_out:
            return "before"
        if first.leaf <= self.set_at_leaf:
            return "early"
        if verdict.word != CheckState.WITHIN:
            return ""
        if first.late or first.word != CheckState.WITHIN:
            return "late"
        now = then.during(verdict.window_start, verdict.window_end, clock.now())
        limits = now.of_check(self.check, self.subject)
        return "looser" if any(is_looser(limits[name], bounds[name]) for name in limits) else ""

    def bounds(self, then: History) -> dict[str, Limit]:
        """The strictest limits by which the results that failed were judged, by name."""
        judged = [
            then.during(row.window_start, row.window_end, row.recorded_at).of_check(self.check, self.subject)
            for row in self.failed
        ]
        return {
            limit.name: (min if limit.side == "over" else max)(
                (limits[limit.name] for limits in judged), key=lambda bound: bound.value
            )
            for limit in self.check.limits
        }


def _over_period(action: Mapping[str, Any], proof: _Proof) -> Effectiveness:
    first, last = action["effectiveness_from"], action["effectiveness_until"]
    windows = judged.first_and_counting(
        proof.check.slug,
        proof.subject,
        clock.day_start(first),
        clock.day_start(last + timedelta(days=1)),
    )
    then = History()
    bounds = proof.bounds(then)
    doubts = [proof.doubts(verdict, initial, bounds, then) for initial, verdict in windows]
    counted = tuple(verdict for (_, verdict), doubt in zip(windows, doubts, strict=True) if not doubt)
    proved = rules.effectiveness(
        ((clock.day_of(row.window_start), CheckState(row.word)) for row in counted),
        first,
        last,
        action["minimum_results"] or 1,
        clock.today(),
    )
    reason = proved.reason
    for sentence in _discounted(doubts):
        reason = say("effectiveness.discounted", "{reason} {discounted}", reason=reason, discounted=sentence)
    return Effectiveness(
        proved.proved, reason, proof.check.slug, proof.subject, counted, proof.set_at_leaf, proof.carried_out
    )


def _discounted(doubts: Iterable[str]) -> Iterator[Message]:
    """For each reason for which windows do not count, a sentence that says how many."""
    found = list(doubts)
    if count := found.count("before"):
        yield say(
            "effectiveness.before",
            "{count} result is about a window that began before it was carried out and does not count.",
            plural="{count} results are about windows that began before it was carried out and do not count.",
            count=count,
        )
    if count := found.count("early"):
        yield say(
            "effectiveness.early",
            "{count} result was recorded before the period was set and does not count.",
            plural="{count} results were recorded before the period was set and do not count.", count=count,
        )  # fmt: skip
    if count := found.count("late"):
        yield say(
            "effectiveness.late", "{count} result rests on data that came late and does not count.",
            plural="{count} results rest on data that came late and do not count.", count=count,
        )  # fmt: skip
    if count := found.count("looser"):
        yield say(
            "effectiveness.looser",
            "{count} result was judged by a looser limit than was failed and does not count.",
            plural="{count} results were judged by a looser limit than was failed and do not count.",
            count=count,
        )


def entry_that_set_proof(revisions: list[tuple[int, Mapping[str, Any] | None]]) -> int:
    """Trail entry of the revision that set the present proof, from (entry, values), oldest first.

    A revision whose content was erased counts as a change: it may have been one.
    """
    current, leaf = None, -1
    for entry, values in revisions:
        proof = tuple(str(values.get(name)) for name in FIELDS) if values is not None else None
        if proof is None or proof != current:
            current, leaf = proof, entry
    return leaf


def gate_action(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """Refuse to verify a corrective action that is not proved; tie the results that prove it to the step."""
    proof = effectiveness(record.reference)
    if not proof.proved:
        fault = Fault(
            "effectiveness_check",
            say("effectiveness.not-passed", "is not passed over the period"),
            "wait for passing results over the period that was set, or open it again with another proof",
        )
        detail = say(
            "effectiveness.not-proved", "{action} is not proved: {reason}",
            action=Ref(record.reference), reason=proof.reason,
        )  # fmt: skip
        raise Conflict(detail, [fault])
    if not proof.check:
        return None
    entries = sorted({row.leaf for row in proof.results})
    numbers = sorted(row.pk for row in proof.results)
    note = say(
        "effectiveness.note", "Proof: {results} results of {check} on {subject}, trail entries {entries}.",
        results=len(numbers), check=proof.check, subject=Subject(proof.subject),
        entries=listing([str(entry) for entry in entries], shown=ENTRIES_SHOWN),
    )  # fmt: skip
    tied: dict[str, JSON] = {
        "check": proof.check,
        "results": numbers[:MOST_RESULTS],
        "entries": entries[:MOST_RESULTS],
    }
    return GateResult(str(note), {"proved-by": tied})


def gate_carry_out(actor: Actor, record: Record, reason: str) -> None:
    """Refuse to record that an action was carried out when the period that is to prove it is over."""
    last = queries.corrective_action(record.reference)["effectiveness_until"]
    if clock.passed(last):
        remedy = say("effectiveness.revise", "revise it and set a period that is still to come")
        fault = Fault("effectiveness_until", say("effectiveness.over", "is over already"), remedy)
        raise Conflict(
            say(
                "effectiveness.proof-after", "Only what happens after {action} is carried out can prove it.",
                action=Ref(record.reference),
            ),
            [fault],
        )  # fmt: skip


def register_gates() -> None:
    """Before it is carried out a proof must still be possible; before it is verified it must be there."""
    steps.register_gate("corrective-action", "carry-out", gate_carry_out)
    steps.register_gate("corrective-action", "verify", gate_action)
