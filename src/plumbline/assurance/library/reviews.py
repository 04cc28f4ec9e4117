"""Management reviews (9.3): before the audit, without decisions, without top management."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.audits import ended
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "reviewed-before-audited",
    "9.3.2 9.2.2",
    grade="minor",
    over="management-review",
    repair=Word("Put the report of the audit before the next review, or hold one more."),
)
def reviewed_before_audited(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Management reviewed before the internal audit was complete that it should have considered."""
    held = row.day("held_on")
    if held is None or any(
        (one.day("held_on") or date.min) > held for one in world.of("management-review") if one is not row
    ):
        return
    done = [(day, one) for one in world.of("audit") if (day := ended(one)) is not None]
    after = [one for day, one in done if day > held]
    before = [one for day, one in done if held - timedelta(days=400) <= day <= held]
    if after and not before:
        yield gap(
            say("predicted.reviewed-before-audited", "{review} was held before {audit} was complete.",
                review=Ref(row.reference), audit=Ref(after[0].reference)),
            row.seen("held_on"),
            *(one.seen("ended_on") for one in after),
        )  # fmt: skip


@rule(
    "no-review-held",
    "9.3.1",
    grade="major",
    repair=Word("Hold the management review, with all of its inputs and top management."),
)
def no_review_held(world: Snapshot) -> Iterator[Gap]:
    """Top management has not reviewed the management system in the last twelve months."""
    held = [
        day for one in world.of("management-review") if (day := one.day("held_on")) and day <= world.today
    ]
    if world.live and max(held, default=date.min) < world.ago(400):
        yield gap(
            say("predicted.no-review-held", "No management review was held in the last twelve months."),
            *(one.seen("held_on", "next_review") for one in world.every("management-review")[-5:]),
        )


@rule(
    "review-decides-nothing",
    "9.3.3",
    grade="minor",
    over="management-review",
    repair=Word("Write what was decided; that nothing changes is a decision with a reason."),
)
def review_decides_nothing(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A management review was held, and nothing was decided."""
    if (
        row.day("held_on") is not None
        and texts.vague(row.text("decisions"))
        and texts.vague(row.text("changes"))
    ):
        yield gap(
            say("predicted.review-decides-nothing", "{review} was held and decided nothing.",
                review=Ref(row.reference)),
            row.seen("decisions", "changes"),
        )  # fmt: skip


@rule(
    "review-acts-of-nobody",
    "9.3.3",
    grade="minor",
    over="management-review",
    repair=Word("Name for each action a person and a day, and record it as an action."),
)
def review_acts_of_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """What a management review decided has no owner or no day."""
    if row.day("held_on") is None or world.naming(row, "action"):
        return
    lines = [line for line in row.text("actions").splitlines() if line.strip()]
    bare = [line for line in lines if not texts.dated(line)]
    if bare or (not lines and not texts.vague(row.text("decisions"))):
        yield gap(
            say("predicted.review-acts-of-nobody", "{review} decided what nobody is to do by any day.",
                review=Ref(row.reference)),
            row.seen("decisions", "actions"),
        )  # fmt: skip


@rule(
    "review-without-top-management",
    "9.3.1 5.1",
    grade="minor",
    over="management-review",
    repair=Word("Hold it with top management, and write who was there."),
)
def review_without_top(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A management review was held without top management."""
    said = texts.folded(row.text("top_management"))
    if row.day("held_on") is not None and (
        texts.vague(said, 4) or said.startswith(("absent", "excused", "not present", "apologies", "none"))
    ):
        yield gap(
            say("predicted.review-without-top-management", "{review} was held, and top management was not "
            "there.",
                review=Ref(row.reference)),
            row.seen("top_management", "attendees"),
        )  # fmt: skip


@rule(
    "review-calls-it-effective",
    "9.3.2 9.3.3",
    grade="minor",
    over="management-review",
    repair=Word("Say in the review what the open nonconformity means for the judgement."),
)
def review_calls_effective(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Management calls the system effective while a major nonconformity is open, or inputs were missing."""
    held = row.day("held_on")
    grave = [
        one
        for one in world.of("nonconformity")
        if one["grade"] == "major" and held is not None and (one.day("detected_on") or held) <= held
        and one.state not in {"closed", "verified"}
    ]  # fmt: skip
    said = texts.folded(row.text("inputs_missing"))
    missing = said.startswith(("no ", "not ")) or "not yet" in said
    if row["effective"] == "yes" and (grave or missing):
        yield gap(
            say("predicted.review-calls-it-effective", "{review} calls the AIMS effective against what "
            "was before it.",
                review=Ref(row.reference)),
            row.seen("effective", "inputs_missing"),
            *(one.seen("grade", "detected_on") for one in grave),
        )  # fmt: skip


@rule(
    "action-not-done",
    "9.3.3 10.1",
    grade="minor",
    over="action opportunity",
    repair=Word("Do it and write what came of it, or give it up with a reason."),
)
def action_not_done(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An action that was decided is past its day, or its result repeats what was expected."""
    due, done = row.day("due"), row.day("done_on") or row.day("evaluated_on")
    late = (
        due is not None
        and due < world.today
        and done is None
        and row.state not in {"carried out", "reviewed"}
    )
    copied = row.kind == "action" and texts.same(row.text("result"), row.text("expected"))
    if late or copied:
        yield gap(
            say("predicted.action-not-done", "{action} is past its day, or says nothing of what came of it.",
                action=Ref(row.reference)),
            row.seen("due", "expected", "result"),
        )  # fmt: skip
