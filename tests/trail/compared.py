"""What the worker does when somebody asks for the record to be verified, in the process of the test."""

from __future__ import annotations

from plumbline.trail.compare_stage import CompareStage
from plumbline.trail.findings import queries


def by_the_stage(stage: CompareStage | None = None) -> None:
    """Turn the stage until nobody waits for a verification and none runs."""
    stage = stage or CompareStage()
    for _ in range(10_000):
        state = queries.scrub_state()
        if not state.is_wanted and state.started_at is None:
            return
        stage.advance()
    raise AssertionError("the verification did not end")
