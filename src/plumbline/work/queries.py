"""How far the flow has come, read from the stages' own tables."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from plumbline.controls.models import Cursor as ControlsCursor
from plumbline.controls.models import Due, Result
from plumbline.metrics import queries as points
from plumbline.metrics.models import Cursor as RollupCursor
from plumbline.trail import log
from plumbline.work.models import Lease


class StageHealth(NamedTuple):
    """How a stage is doing: its name, the time of its last turn, failures in a row, the last error."""

    stage: str
    last_turn: datetime | None
    failures: int
    last_error: str


def health() -> list[StageHealth]:
    """Every stage that ever took a turn, by name."""
    rows = Lease.objects.order_by("stage").values_list("stage", "last_turn", "failures", "last_error")
    return [StageHealth(*row) for row in rows]


def is_noticed() -> bool:
    """Whether the judge has queued every window that the newest points and references touch."""
    seen = dict(ControlsCursor.objects.values_list("name", "number"))
    newest = {"points": points.newest(), "references": points.newest_reference()}
    return all(seen.get(name, 0) >= number for name, number in newest.items())


def is_settled() -> bool:
    """Whether everything that was sent is rolled up, judged and triaged.

    Asked in the order of the flow: a stage can only be behind the one before it, so work that moves on
    between two of the questions is never overlooked.
    """
    newest = log.search(entry_type="telemetry.segment", limit=1)
    rolled = RollupCursor.objects.filter(name="rollup").values_list("leaf", flat=True).first()
    if newest and (rolled is None or rolled < newest[0].index):
        return False
    if not is_noticed() or Due.objects.exists():
        return False
    last = Result.objects.order_by("-id").values_list("id", flat=True).first() or 0
    dealt = ControlsCursor.objects.filter(name="triage").values_list("number", flat=True).first() or 0
    return last > 0 and dealt >= last
