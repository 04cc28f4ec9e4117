"""What other limits would have said, on the page of a check: on request, since windows are judged again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from plumbline.controls import backtest, other_limits
from plumbline.controls.other_limits import OtherLimit, OtherLimits
from plumbline.controls.visibility import VisibleResult
from plumbline.kernel.messages import Message, Text
from plumbline.kernel.problems import Fault, Invalid, Unavailable
from plumbline.web.requirements import figures

ASK, VALUE = "others", "limit"
"""Parameters of the address: that other limits are asked for, and one value of the reader's own."""
NAMED = 6
"""Windows that are named of each limit."""


@dataclass(frozen=True)
class LimitRow:
    """One limit: its words, of which sort it is, how many windows were beyond it, and the newest of them."""

    text: Text
    sort: str
    count: int
    results: Sequence[VisibleResult]

    @property
    def more(self) -> int:
        """How many windows are not named."""
        return self.count - len(self.results)


@dataclass(frozen=True)
class OtherLimitsCard:
    """The card: ``rows`` are empty until they are asked for; ``problem`` says why there are none."""

    name: str
    typed: str
    rows: Sequence[LimitRow] = ()
    population: Message | None = None
    problem: Text = ""


def card(result: VisibleResult, name: str, query: Mapping[str, str]) -> OtherLimitsCard:
    """What the card of a check on the subject of ``result`` shows for the address of the page."""
    typed = str(query.get(VALUE, "")).strip()
    if not typed and not query.get(ASK):
        return OtherLimitsCard(name, typed)
    try:
        asked = [number(typed)] if typed else []
        found = other_limits.compare(result.check_name, result.subject, backtest.open_store(), asked)
    except Invalid as problem:
        fault = problem.faults[0]
        return OtherLimitsCard(name, typed, problem=fault.message)
    except Unavailable as problem:
        return OtherLimitsCard(name, typed, problem=problem.detail)
    rows = [_row(found, value, asked) for value in found.values]
    return OtherLimitsCard(name, typed, rows, other_limits.denominator(found))


def number(text: str) -> float:
    """A limit as somebody types it. Raises `Invalid`."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Invalid("No window was judged again.", [Fault(VALUE, "That is no number.", "such as 0.25")])
    return value


def _row(found: OtherLimits, value: OtherLimit, asked: Sequence[float]) -> LimitRow:
    tighter = (
        value.value < found.limit.value if found.limit.side == "over" else value.value > found.limit.value
    )
    if value.is_in_force:
        sort = gettext("in force")
    elif value.value in asked:
        sort = gettext("asked for, tighter") if tighter else gettext("asked for, looser")
    else:
        sort = gettext("tighter") if tighter else gettext("looser")
    text = figures.limit_text(figures.bound(value.value, found.limit), found.limit.unit)
    return LimitRow(text, sort, len(value.beyond), value.beyond[::-1][:NAMED])
