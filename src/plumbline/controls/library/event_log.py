"""Checks on the event log: whether events arrive, and all of them (A.6.2.8)."""

from __future__ import annotations

from typing import Any

from plumbline.controls.declare import check
from plumbline.controls.library.cases import event_log as cases
from plumbline.controls.library.figures import of_measure
from plumbline.controls.library.population import LIVE_SYSTEMS
from plumbline.controls.library.reporting import COUNTING
from plumbline.controls.verdicts import Evidence, Verdict, fails, limit, passes, unknown
from plumbline.kernel.messages import Figure, say


@check(
    "iso42001:A.6.2.8",
    slug="log-present",
    title="Events arrive",
    finding="Too few events",
    over="system",
    needs=("metric:volume",),
    window="day",
    severity="major",
    required=True,
    limits=(
        limit("log-present", 1, "events", side="under", why="a live system leaves at least one event a day"),
    ),
    population=LIVE_SYSTEMS,
    cases=cases.LOG_PRESENT,
)
def log_present(evidence: Evidence) -> Verdict:
    """The live system recorded events in this window. A system that records nothing cannot be looked into."""
    bound, volume = evidence.limit("log-present"), evidence.measure("volume")
    if volume is None or not volume.population:
        reason = say("log.silent", "No event was received in this window.")
        return unknown(reason, population=0, unit="events")
    figures: dict[str, Any] = {"value": volume.value, "population": volume.population, "unit": "events"}
    if volume.population < bound.value:
        reason = say(
            "log.few", "{events} decisions and calls were recorded; at least {least} are expected.",
            events=volume.population, least=Figure(bound.value),
        )  # fmt: skip
        return fails(reason, side="under", **figures)
    reason = say("log.some", "{events} decisions and calls were recorded.", events=volume.population)
    return passes(reason, **figures)


@check(
    "iso42001:A.6.2.8",
    slug="log-complete",
    title="The event log has no gaps",
    finding="Gaps in the event log",
    over="system",
    needs=("metric:log-coverage",),
    window="day",
    severity="major",
    required=True,
    limits=(limit("log-complete", 1, "ratio", side="under", why="a gap-free log misses nothing"),),
    population=COUNTING,
    cases=cases.LOG_COMPLETE,
)
def log_complete(evidence: Evidence) -> Verdict:
    """Every event that the sources counted has arrived: their gap-free counters show no number missing."""
    bound, coverage = evidence.limit("log-complete"), evidence.measure("log-coverage")
    if coverage is None or coverage.value is None or not coverage.denominator:
        reason = say("log.uncounted", "No source of this system counts its events.")
        return unknown(reason, population=0, unit="ratio")
    figures = of_measure(coverage, bound)
    total = round(coverage.denominator)
    missing = round(coverage.denominator - (coverage.numerator or 0))
    if coverage.value < bound.value:
        reason = say(
            "log.gaps", "{missing} of {total} counted events are missing.", missing=missing, total=total
        )
        return fails(reason, side="under", **figures)
    if missing:
        reason = say(
            "log.allowed-gaps",
            "{missing} of {total} counted events are missing; at least {least} have to be here.",
            missing=missing,
            total=total,
            least=Figure(bound.value, "ratio"),
        )
        return passes(reason, **figures)
    return passes(say("log.complete", "All {total} counted events are here.", total=total), **figures)
