"""Objectives (6.2): what cannot be measured, was not judged, or is called reached and is not."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


def missed(row: Row) -> bool:
    """Whether the last figure of an indicator lies on the wrong side of its target."""
    value, target = row["value"], row["target"]
    if value is None or target is None or row["direction"] not in {"at most", "at least"}:
        return False
    return bool(value > target if row["direction"] == "at most" else value < target)


@rule(
    "objective-not-measurable",
    "6.2",
    grade="minor",
    over="objective",
    repair=Word("Set a figure or an observation by which somebody else sees that it is reached."),
)
def objective_not_measurable(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An objective has no measure, or none by which anybody could say that it is reached."""
    shown = any(one["target"] is not None for one in world.naming(row, "indicator"))
    said = row.text("measure")
    if row["target"] is not None or shown:
        figure = True
    else:
        figure = texts.measurable(f"{said} {row.text('statement')}")
    if texts.vague(said, 6) or not figure:
        yield gap(
            say("predicted.objective-not-measurable", "{objective} has no measure by which it could be "
            "judged.",
                objective=Ref(row.reference)),
            row.seen("statement", "measure", "target"),
        )  # fmt: skip


@rule(
    "objective-late",
    "6.2 9.1",
    grade="minor",
    over="objective",
    repair=Word("Judge it: reached, in part or missed, with the figures; or have another day approved."),
)
def objective_late(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The day of an objective has passed, and nobody has judged how it ended."""
    due = row.day("due")
    if due is not None and due < world.today and row["outcome"] in {"open", "", None}:
        yield gap(
            say("predicted.objective-late", "{objective} was due on {day}, and its outcome is open.",
                objective=Ref(row.reference), day=due),
            row.seen("due", "outcome"),
        )  # fmt: skip


@rule(
    "objective-without-plan",
    "6.2",
    grade="minor",
    over="objective",
    repair=Word("Write what will be done, by whom, with what, and by when."),
)
def objective_without_plan(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An objective says nothing of what will be done, has no day or nobody who answers for it."""
    if texts.vague(row.text("actions")) or row.day("due") is None or not row.owner:
        yield gap(
            say("predicted.objective-without-plan", "{objective} has no plan, no day or no owner.",
                objective=Ref(row.reference)),
            row.seen("actions", "due", "owner"),
        )  # fmt: skip


@rule(
    "objective-reached-and-missed",
    "6.2 9.1",
    grade="minor",
    over="objective",
    repair=Word("Correct the outcome, or the figure that speaks against it."),
)
def objective_reached_andmissed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An objective is called reached, and its indicator misses the target or nothing says what was found."""
    against = [one for one in world.naming(row, "indicator") if missed(one)]
    bare = texts.vague(row.text("outcome_note"))
    if row["outcome"] == "reached" and (against or bare):
        yield gap(
            say("predicted.objective-reached-and-missed", "{objective} is called reached, and no figure "
            "shows it.",
                objective=Ref(row.reference)),
            row.seen("outcome", "outcome_note", "target"),
            *(one.seen("value", "target", "direction") for one in against),
        )  # fmt: skip


@rule(
    "objective-nobody-watches",
    "6.2 9.1",
    grade="minor",
    over="objective",
    repair=Word("Give it an indicator, or take it into a monitoring plan."),
)
def objective_nobody_watches(row: Row, world: Snapshot) -> Iterator[Gap]:
    """No indicator and no monitoring plan belongs to an objective, and nobody has judged it."""
    if not world.naming(row, "indicator", "monitoring-plan") and row["outcome"] in {"open", "", None}:
        yield gap(
            say("predicted.objective-nobody-watches", "{objective} is evaluated by nothing.",
                objective=Ref(row.reference)),
            row.seen("measure", "cadence", "outcome"),
        )  # fmt: skip


@rule(
    "evaluates-own-objective",
    "9.1 6.2",
    grade="minor",
    over="monitoring-plan",
    repair=Word("Let somebody evaluate it who does not answer for the result."),
)
def evaluates_own_objective(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Whoever answers for an objective says themself what its results mean."""
    for objective in world.all(row.many("objectives")):
        if row["evaluator"] and world.who(row["evaluator"]) == world.who(objective.owner):
            yield gap(
                say("predicted.evaluates-own-objective", "{person} answers for {objective} and evaluates "
                "it by {plan}.",
                    person=world.name(objective.owner), objective=Ref(objective.reference),
                    plan=Ref(row.reference)),
                row.seen("evaluator", "evaluation"),
                objective.seen("owner", "outcome"),
            )  # fmt: skip


@rule(
    "objectives-without-guides",
    "6.2 A.6.1.2",
    grade="opportunity",
    repair=Word("Say on each objective which policy it follows from."),
)
def objectives_without_policy(world: Snapshot) -> Iterator[Gap]:
    """None of the objectives follows from the AI policy by what they say."""
    objectives = world.of("objective")
    if len(objectives) >= 2 and world.of("policy") and not any(one["policy"] for one in objectives):
        yield gap(
            say("predicted.objectives-without-guides", "No objective says from which policy it follows."),
            *(one.seen("policy", "statement") for one in objectives),
        )
