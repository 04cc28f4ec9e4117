"""Whether everything that the sources counted has arrived."""

from __future__ import annotations

from plumbline.metrics.declare import Tally, answer, metric


@metric(
    "log-coverage",
    title="Logging coverage",
    unit="ratio",
    over="log",
    answers=[answer(0.98, 98, 2, source="by hand: 98 of 98 + 2")],
)
def log_coverage(received: int, missing: int) -> Tally:
    """Share of the events that a source numbered which have arrived, by the hour of their receipt.

    A sender that numbers its events without gaps shows what is missing: a number that was skipped is
    missing from the hour in which a later one came, until it is sent after all. What a sender never
    counted cannot be seen this way.
    """
    return Tally(count=received, numerator=received, denominator=received + missing)
