"""When something due is late: its day has passed, and what the day was set for is not done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from plumbline.clauses.workflows import PLANNED
from plumbline.kernel.workflow import ACTIONED, REVIEWED, Workflow

TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("workflow", "state", "late"),
    [
        (PLANNED, "draft", True),
        (PLANNED, "approved", True),
        (PLANNED, "carried out", False),
        (PLANNED, "verified", False),
        (PLANNED, "abandoned", False),
        (ACTIONED, "suspected", True),
        (ACTIONED, "open", True),
        (ACTIONED, "contained", True),
        (ACTIONED, "corrected", False),
        (ACTIONED, "verified", False),
        (ACTIONED, "closed", False),
        (REVIEWED, "approved", True),
        (REVIEWED, "retired", False),
    ],
)
def test_late_is_what_is_still_to_be_done(workflow: Workflow, state: str, late: bool) -> None:
    assert workflow.overdue(state, YESTERDAY, TODAY) is late
    assert not workflow.overdue(state, TODAY, TODAY), "the day itself is in time"
    assert not workflow.overdue(state, None, TODAY)
