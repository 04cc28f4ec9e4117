"""What can be asked of the flow."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

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
