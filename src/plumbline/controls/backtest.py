"""What a proposed limit would have made of the past, judged again from the same data.

The product computes it when a limit is submitted and again when it is approved, and writes it into the
record: what somebody types about the past is no evidence of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from plumbline.controls import evidence, limits, queries, registry
from plumbline.controls.declare import Check
from plumbline.controls.judged import queries as judged
from plumbline.controls.models import Result
from plumbline.controls.queries import LimitRow
from plumbline.controls.verdicts import MINIMUM, ORGANIZATION, SYSTEM_CADENCE, WINDOW_CLOSING, Limit
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.messages import Message, Name, Subject, Word, listing, say
from plumbline.kernel.number_format import format_number
from plumbline.kernel.problems import Fault, Invalid, Unavailable
from plumbline.kernel.states import BEYOND
from plumbline.metrics.models import Reference
from plumbline.records import steps
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.models import Record
from plumbline.telemetry.store.port import Reader
from plumbline.telemetry.store.remote import RemoteStore

FIELD = "back_test"
"""The field of a Limit record that the product writes."""
MOST_SUBJECTS, MOST_WINDOWS, MOST_NAMED = 25, 60, 100
"""How much of the past is judged again, and how many results a trail entry names: a person is waiting."""

CLOSING_LOOKS_BACK = timedelta(days=60)
"""How far back it is looked what another closing of windows would have made late, or in time."""


@dataclass(frozen=True)
class BackTest:
    """Past results that would read differently: those that would vanish and those that would be new."""

    judged: int
    failing: int
    vanish: tuple[Result, ...]
    appear: tuple[Result, ...]

    @property
    def message(self) -> Message:
        """The back-test as a sentence, for the record of the limit."""
        if not self.vanish and not self.appear:
            return say(
                "backtest.same",
                "It would have changed none of {windows} windows, of which {failing} failed.",
                windows=self.judged,
                failing=self.failing,
            )
        return say(
            "backtest.changes",
            "It would have silenced {vanish} of {failing} past alerts in {windows} windows; {appear} would "
            "have been new.",
            vanish=len(self.vanish), failing=self.failing, windows=self.judged, appear=len(self.appear),
        )  # fmt: skip


def _check(slug: str, values: Mapping[str, float]) -> Check:
    refused = say("backtest.none", "There was no back-test.")
    check = registry.by_slug().get(slug)
    if check is None:
        raise Invalid(refused, [Fault("check", "is unknown", "name a check")])
    if not check.on_telemetry:
        remedy = "only checks on telemetry can be judged again: records have changed since"
        raise Invalid(refused, [Fault("check", "reads records", remedy)])
    for name in values:
        if name.removesuffix(MINIMUM) not in check.limit_names:
            known = say("limit.one-of", "one of: {names}", names=listing(check.limit_names))
            raise Invalid(refused, [Fault("limit", "is unknown", known)])
    return check


def backtest(
    slug: str,
    subject: str,
    values: Mapping[str, float],
    store: Reader,
    most: int | None = None,
    references: Sequence[Reference] | None = None,
) -> BackTest:
    """Judge every past window of the check ``slug`` on ``subject`` (the newest ``most``) with the limits
    ``values``, by name, and with ``references`` in place of those by which it was judged, where given.

    Limits and minimum samples that are not named stay those in force while each window ran. Raises `Invalid`
    for an unknown check or limit and for a check on records.
    """
    check, then = _check(slug, values), limits.History()
    gatherer = evidence.Gatherer(store, clock.now(), references)
    results = judged.verdicts_of_windows(slug, subject)
    results = results if most is None else results[-most:]
    vanish, appear = [], []
    for result in results:
        bounds = _bounds(check, result, then, values)
        gathered = gatherer.of(check, subject, result.window_start, result.window_end, bounds)
        fails = check.judge(gathered).outcome == "fails"
        if result.word in BEYOND and not fails:
            vanish.append(result)
        if result.word not in BEYOND and fails:
            appear.append(result)
    failing = sum(result.word in BEYOND for result in results)
    return BackTest(len(results), failing, tuple(vanish), tuple(appear))


def _bounds(
    check: Check, result: Result, then: limits.History, values: Mapping[str, float]
) -> dict[str, Limit]:
    """The limits by which ``result`` was judged, with the governed ``values``, by name, in their place."""
    during = then.during(result.window_start, result.window_end, result.recorded_at)
    bounds = during.of_check(check, result.subject)
    for name, value in values.items():
        limit = bounds[name.removesuffix(MINIMUM)]
        sample = name.endswith(MINIMUM)
        bounds[limit.name] = replace(limit, minimum=int(value)) if sample else replace(limit, value=value)
    return bounds


def open_store() -> Reader:
    """The evidence store, as a process sees it that has not opened it itself."""
    store: Reader = RemoteStore(Path(settings.PLUMBLINE.data))
    return store


def effect(row: LimitRow, subjects: Iterable[str] | None = None) -> dict[str, BackTest]:
    """What a limit would have made of the newest windows of each subject that it is for and that has any.

    ``subjects`` narrows them. Raises `Unavailable` when the past cannot be judged again.
    """
    check = registry.by_slug().get(row.name.partition(".")[0])
    if check is None:
        return {}
    wanted = [row.system] if row.system and check.on_telemetry else judged.subjects(check.slug)
    if subjects is not None:
        wanted = [subject for subject in wanted if subject in set(subjects)]
    store = open_store()
    found = {}
    for subject in wanted[:MOST_SUBJECTS]:
        results = judged.verdicts_of_windows(check.slug, subject)[-MOST_WINDOWS:]
        if not results:
            continue
        if row.paused:
            failing = tuple(result for result in results if result.word in BEYOND)
            found[subject] = BackTest(len(results), len(failing), failing, ())
        elif check.on_telemetry:
            found[subject] = backtest(check.slug, subject, {row.name: row.value}, store, MOST_WINDOWS)
        else:
            found[subject] = _today(check, row, results[-1], store)
    return found


def _today(check: Check, row: LimitRow, reading: Result, store: Reader) -> BackTest:
    """The effect on the newest verdict alone: the records of earlier days have changed since."""
    bounds = _bounds(check, reading, limits.History(), {row.name: row.value})
    gatherer = evidence.Gatherer(store, clock.now())
    gathered = gatherer.of(check, reading.subject, reading.window_start, reading.window_end, bounds)
    fails, failed = check.judge(gathered).outcome == "fails", reading.word in BEYOND
    vanish, appear = (failed and not fails), (fails and not failed)
    return BackTest(1, int(failed), (reading,) if vanish else (), (reading,) if appear else ())


def gate_back_test(actor: Actor, record: Record, reason: str) -> GateResult | None:
    """Compute what a limit would have made of the past and write it into the record, for the second person.

    A limit that lets more pass is not submitted without it; any other one is when the store does not answer.
    """
    row = queries.limit_row(record.reference)
    try:
        tests = effect(row)
    except Unavailable:
        if row.paused or row.change == "looser":
            raise
        return None
    alone = OF_NO_CHECK.get(row.name)
    said = alone(row) if alone is not None else summary(tests)
    setattr(record, FIELD, str(said))
    record.save(update_fields=[FIELD])
    vanish = sorted(result.pk for test in tests.values() for result in test.vanish)
    facts: dict[str, JSON] = {
        "windows": sum(test.judged for test in tests.values()),
        "failing": sum(test.failing for test in tests.values()),
        "vanish": len(vanish),
        "appear": sum(len(test.appear) for test in tests.values()),
        "results": vanish[:MOST_NAMED],
    }
    return GateResult(str(said), {"back-test": facts})


def _of_cadence(row: LimitRow) -> Message:
    before = limits.in_force().limit(SYSTEM_CADENCE, row.system).value
    return say(
        "backtest.cadence",
        "Computed on {day}. It changes no verdict: a system would count as silent after {days} days, now "
        "after {before}.",
        day=clock.today(), days=format_number(2 * row.value), before=format_number(2 * before),
    )  # fmt: skip


def _of_closing(row: LimitRow) -> Message:
    """What another closing of windows would have made of what was received in the last windows."""
    before = limits.in_force().limit(WINDOW_CLOSING, row.system).value
    late, fewer, more = 0, 0, 0
    for result in judged.received_since(clock.now() - CLOSING_LOOKS_BACK, row.system):
        assert result.received_until is not None
        after = result.received_until - result.window_end
        was, would = after > timedelta(hours=before), after > timedelta(hours=row.value)
        late, fewer, more = late + was, fewer + (was and not would), more + (would and not was)
    return say(
        "backtest.closing",
        "Computed on {day}. Of {late} verdicts of the last {days} days on data that came late, {fewer} would "
        "have counted as in time, without a restatement; {more} others would have been late.",
        day=clock.today(), late=late, days=CLOSING_LOOKS_BACK.days, fewer=fewer, more=more,
    )  # fmt: skip


OF_NO_CHECK: Mapping[str, Callable[[LimitRow], Message]] = {
    SYSTEM_CADENCE.name: _of_cadence,
    WINDOW_CLOSING.name: _of_closing,
}
"""The back-test of a limit that no check declares, by its name."""


def summary(tests: Mapping[str, BackTest]) -> Message:
    """The back-test of a limit as its record keeps it: the day, and the effect on each subject."""
    if not tests:
        return say("backtest.none-yet", "Computed on {day}: there are no past results.", day=clock.today())
    rows = {_name(subject): test.message for subject, test in tests.items()}
    return say("backtest.summary", "Computed on {day}. {effect}.", day=clock.today(), effect=listing(rows))


def _name(subject: str) -> Name:
    return Word(subject) if subject == ORGANIZATION else Subject(subject)


def register_gates() -> None:
    """Compute the back-test when a limit is submitted, and again when it is approved."""
    steps.register_gate("limit", "submit", OnTaking(gate_back_test))
    steps.register_gate("limit", "approve", OnTaking(gate_back_test))
