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
    """How a stage is doing.

    ``last_turn`` is when a process last had it in hand, ``last_success`` when that last went well. Since
    ``failing_since`` it has failed ``failures`` times in a row, lastly with ``error_class``. ``holder`` is
    the process that advances it, until ``until`` unless that renews its lease.
    """

    stage: str
    last_turn: datetime | None
    failures: int
    last_error: str
    last_success: datetime | None
    failing_since: datetime | None
    error_class: str
    holder: str
    until: datetime | None

    @property
    def is_failing(self) -> bool:
        """Whether its last turn failed."""
        return self.failures > 0


def health() -> list[StageHealth]:
    """Every stage that ever took a turn, by name."""
    return [StageHealth(*row) for row in Lease.objects.order_by("stage").values_list(*StageHealth._fields)]


def backlog() -> dict[str, int]:
    """How much waits for each stage that counts it: entries, windows or results."""
    newest = log.search(entry_type="telemetry.segment", limit=1)
    rolled = RollupCursor.objects.filter(name="rollup").values_list("leaf", flat=True).first()
    last = Result.objects.order_by("-id").values_list("id", flat=True).first() or 0
    dealt = ControlsCursor.objects.filter(name="triage").values_list("number", flat=True).first() or 0
    signed = log.latest_checkpoint()
    return {
        "publish": log.size() - (signed.size if signed else 0),
        "rollup": max(0, newest[0].index - (-1 if rolled is None else rolled)) if newest else 0,
        "judge": Due.objects.count(),
        "triage": max(0, last - dealt),
    }


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
