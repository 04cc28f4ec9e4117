"""Which verdict of a window counts when there is more than one.

While a window is open its verdict follows the data. Once it is closed, the verdict stays: whatever is judged
later restates it and stands beside it, with its cause. The graver of the two counts, until a person who has
no part in it has accepted the restatement. Late data can thus make a past window worse at once, and better
only through somebody who answers for it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from plumbline.controls.models import Result
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.kernel.messages import Listing, Word, listing
from plumbline.kernel.states import CheckState


class Cause(StrEnum):
    """Why a closed window was judged again. The words are what a reader is shown."""

    LATE_DATA = "late data"
    NEW_LIMIT = "new limit"
    CHANGED_CHECK = "changed check"
    CHANGED_REFERENCE = "changed reference"


_GRAVITY: Mapping[str, int] = {
    CheckState.OVER: 0,
    CheckState.UNDER: 0,
    CheckState.NO_SIGNAL: 1,
    CheckState.PAUSED: 1,
}
"""Graver is smaller; a word that is not here says nothing bad."""


def graver(first: Result, second: Result) -> Result:
    """The graver of two verdicts on one window; of two alike the second, which knows more."""
    worse = _GRAVITY.get(first.word, 2) < _GRAVITY.get(second.word, 2)
    return first if worse else second


def counting(results: Iterable[Result], accepted: Container[int]) -> Result | None:
    """The verdict that counts among the results of one window, oldest first; None for none.

    ``accepted`` are the numbers of the restatements that somebody accepted.
    """
    verdict: Result | None = None
    for result in results:
        if verdict is None or result.restates_id is None or result.pk in accepted:
            verdict = result
        else:
            verdict = graver(verdict, result)
    return verdict


def rank(word: str, subject: str, window_start: datetime) -> tuple[bool, datetime]:
    """Of two windows of a check and subject, the one with the higher rank is what the check reads."""
    # A month that has begun with too little data must not hide the verdict on the one before.
    return word != CheckState.NO_SIGNAL or subject == ORGANIZATION, window_start


def first(results: Sequence[Result]) -> Result:
    """The first verdict of a window: the last that restates none, since an open window follows its data."""
    return [result for result in results if result.restates_id is None][-1]


def verdicts(results: Sequence[Result]) -> list[Result]:
    """The first verdict of a window and what restated it, oldest first."""
    return [first(results), *(result for result in results if result.restates_id is not None)]


def causes(before: Result, after: Result) -> list[Cause]:
    """Why ``after`` says something else of a window than ``before``."""
    found = []
    if before.source_digest != after.source_digest:
        found.append(Cause.CHANGED_CHECK)
    if _limit(before) != _limit(after):
        found.append(Cause.NEW_LIMIT)
    if before.reference_period != after.reference_period:
        found.append(Cause.CHANGED_REFERENCE)
    late = after.received_until is not None and after.received_until > before.recorded_at
    # Whatever else may have moved the evidence, it was not there when the window was judged.
    if late or not found:
        found.insert(0, Cause.LATE_DATA)
    return found


def _limit(result: Result) -> tuple[float | None, str, int]:
    return result.limit_value, result.limit_source, result.limit_revision


def cause_text(cause: str) -> Listing:
    """The causes that a result keeps, for a sentence."""
    return listing([Word(word) for word in cause.split(", ")], conjunction="and")
