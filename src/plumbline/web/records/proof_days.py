"""The days of proof of each corrective action against a nonconformity, as its page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from plumbline.clauses import queries as clauses
from plumbline.controls import queries as controls
from plumbline.controls.effectiveness import Effectiveness, effectiveness
from plumbline.controls.visibility import ResultVisibility, VisibleResult
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, say
from plumbline.kernel.number_format import format_number
from plumbline.kernel.states import BEYOND, CheckState
from plumbline.records.names import titles

MOST_DAYS = 31
"""Days drawn at once; of a longer period the days around the present one."""
MOST_ACTIONS = 4
SORTS = {CheckState.WITHIN: "passed"} | dict.fromkeys(BEYOND, "failed")
"""What a day is called whose result has such a word. Any other word proves nothing."""


@dataclass(frozen=True)
class ProofDay:
    """One day of the period: how it went (``passed``, ``failed``, ``silent`` where its result says nothing,
    ``none``, ``today`` or ``to-come``), what was counted, and the result."""

    day: date
    sort: str
    text: str = ""
    result: VisibleResult | None = None


@dataclass(frozen=True)
class ProofCard:
    """The proof of one corrective action: ``days`` are empty where no check proves it."""

    reference: str
    title: str
    state: str
    proof: Effectiveness
    days: Sequence[ProofDay]
    of: int
    passed: int
    """Days of the whole period whose result is within its limits, drawn or not."""
    action: str = ""
    """What is done, in its own words."""
    due: date | None = None
    measure: str = ""
    """What a person looks at, where no check proves it."""

    @property
    def counted(self) -> Message:
        """How many of the days of its period have passed the check."""
        return say("proof.days", "{passed} of {days} days passed", passed=self.passed, days=self.of)


def cards(actor: Actor, nonconformity: str) -> tuple[ProofCard, ...]:
    """The corrective actions against ``nonconformity`` that ``actor`` may see, each with its days."""
    states = clauses.actions_against(nonconformity)
    shown = titles(actor, list(states)[:MOST_ACTIONS])
    visible = ResultVisibility(actor) if shown else None
    found = []
    for reference, title in shown.items():
        proof, row = effectiveness(reference), controls.corrective_action(reference)
        hidden = visible is not None and bool(proof.subject) and not visible.covers(proof.subject)
        days = () if hidden or not proof.check else tuple(_days(row, proof))
        passed = sum(result.word == CheckState.WITHIN for result in proof.results)
        own = (row["action"], row["due"], row["effectiveness_measure"])
        found.append(
            ProofCard(reference, title, states[reference], proof, days, len(_period(row)), passed, *own)
        )
    return tuple(sorted(found, key=lambda card: card.reference))


def _period(row: dict[str, Any]) -> Sequence[date]:
    first, last = row["effectiveness_from"], row["effectiveness_until"]
    if first is None or last is None or last < first:
        return ()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _days(row: dict[str, Any], proof: Effectiveness) -> Iterator[ProofDay]:
    """Each day of the period with the result that counts for it; one of several days stands on its first."""
    by_day = {clock.day_of(result.window_start): result for result in proof.results}
    today = clock.today()
    period = _period(row)
    begins = max(0, min(len(period) - MOST_DAYS, sum(day < today for day in period) - MOST_DAYS // 2))
    for day in period[begins : begins + MOST_DAYS]:
        result = by_day.get(day)
        if result is not None:
            yield ProofDay(day, SORTS.get(CheckState(result.word), "silent"), _text(result), result)
        elif day == today:
            yield ProofDay(day, "today")
        else:
            yield ProofDay(day, "none" if day < today else "to-come")


def _text(result: VisibleResult) -> str:
    if CheckState(result.word) not in SORTS:
        return ""  # a share of nothing is no figure
    if result.numerator is not None and result.denominator is not None:
        return f"{format_number(result.numerator)}/{format_number(result.denominator)}"
    return "" if result.value is None else format_number(result.value, 2)
