"""The path of states on a record's page: who took each step, and nothing that has not happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plumbline.kernel import workflow
from plumbline.records.queries import HistoryEntry
from plumbline.web.records import path
from plumbline.web.records.history import ShownRevision

AT = datetime(2026, 3, 2, tzinfo=UTC)


def history(*steps: tuple[str, str]) -> list[ShownRevision]:
    """Revisions by verb and state, oldest first as given, newest first as pages have them."""
    rows = [
        ShownRevision(
            HistoryEntry(
                number=number,
                verb=verb,
                state=state,
                actor="",
                actor_name=f"Person {number}",
                note="",
                at=AT + timedelta(days=number),
                leaf=number,
                deputy_for="",
                changes=(),
            ),
            (),
        )
        for number, (verb, state) in enumerate(steps, 1)
    ]
    return rows[::-1]


def test_the_usual_path_follows_the_first_of_the_steps_that_come_next() -> None:
    assert path.usual(workflow.ACTIONED) == (
        *("suspected", "open", "contained", "corrected", "verified", "closed"),
    )
    assert path.usual(workflow.REVIEWED) == ("draft", "in review", "approved")


def test_each_state_has_who_brought_the_record_there() -> None:
    rows = history(("created", "suspected"), ("moved", "open"), ("amended", "open"), ("moved", "contained"))
    stages = path.of_record(workflow.ACTIONED, "contained", rows)
    assert [(one.state, one.who) for one in stages if one.is_reached] == [
        ("suspected", "Person 1"),
        ("open", "Person 2"),
        ("contained", "Person 4"),
    ]
    assert [one.state for one in stages if one.is_current] == ["contained"]


def test_what_was_reached_before_it_was_opened_again_is_ahead_once_more() -> None:
    rows = history(("created", "suspected"), ("moved", "open"), ("moved", "corrected"), ("moved", "open"))
    stages = {one.state: one for one in path.of_record(workflow.ACTIONED, "open", rows)}
    assert not stages["corrected"].is_reached
    assert stages["open"].who == "Person 4"


def test_a_state_that_was_passed_over_is_not_shown_as_reached() -> None:
    rows = history(("created", "suspected"), ("moved", "open"), ("moved", "corrected"))
    stages = {one.state: one for one in path.of_record(workflow.ACTIONED, "corrected", rows)}
    assert not stages["contained"].is_reached


def test_a_dismissed_one_ends_where_it_was_dismissed() -> None:
    rows = history(("created", "suspected"), ("moved", "dismissal proposed"), ("moved", "dismissed"))
    stages = path.of_record(workflow.ACTIONED, "dismissed", rows)
    assert [one.state for one in stages] == ["suspected", "dismissed"]
