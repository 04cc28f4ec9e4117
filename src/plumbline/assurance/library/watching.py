"""Watching (9.1, A.10.3): no plan, of availability alone, or of suppliers by nobody."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.suppliers import used_by
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say

UP = ("uptime", "availab", "latency", "response time", "outage", "downtime")
GOOD = (
    "accura", "wrong", "error", "drift", "bias", "fair", "overrid", "complain", "quality", "precision",
    "recall", "hallucin", "refus", "correct", "harm", "group", "score", "calibrat", "limit", "incident",
)  # fmt: skip
"""Beginnings of words for whether a system is there, and for whether it is right."""


@rule(
    "live-in-no-plan",
    "9.1 A.6.2.6",
    grade="minor",
    repair=Word("Take it into a monitoring plan: what is watched, how often, and who judges it."),
)
def live_in_no_plan(world: Snapshot) -> Iterator[Gap]:
    """A system is in operation, and no monitoring plan in force names it, although others are named."""
    plans = [one for one in world.of("monitoring-plan") if one.stands]
    if not any(one.systems for one in plans):
        return
    for system in world.live:
        if not any(system.reference in one.systems for one in plans):
            yield gap(
                say(
                    "predicted.live-in-no-plan",
                    "{system} is in operation, and no plan says how it is watched.",
                    system=Ref(system.reference),
                ),
                system.seen("lifecycle"),
                *(
                    one.seen("systems")
                    for one in world.every("monitoring-plan")
                    if system.reference in one.systems
                ),
            )


@rule(
    "plan-review-overdue",
    "9.1",
    grade="minor",
    over="monitoring-plan indicator",
    repair=Word("Look at it again, and write the next day."),
)
def plan_review_overdue(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A monitoring plan was to be looked at again by a day that has passed."""
    due = row.day("next_review") if "next_review" in row.values else None
    if due is not None and due < world.today:
        yield gap(
            say(
                "predicted.plan-review-overdue", "{plan} was to be looked at again.", plan=Ref(row.reference)
            ),
            row.seen("next_review"),
        )


@rule(
    "watches-uptime-only",
    "9.1 A.6.2.6",
    grade="minor",
    over="monitoring-plan",
    repair=Word("Watch whether it is right too: errors, drift, overrides, complaints."),
)
def watches_uptime_only(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A plan watches whether a system is there, and not whether it is right."""
    said = f"{row.title} {row.text('subject', 'purpose', 'methods', 'source')}"
    others = (*row.many("checks"), *row.many("objectives"), *row.many("indicators"))
    if row.systems and texts.says_any(said, UP) and not texts.says_any(said, GOOD) and not others:
        yield gap(
            say(
                "predicted.watches-uptime-only",
                "{plan} watches whether the system is there, and not whether it is right.",
                plan=Ref(row.reference),
            ),
            row.seen("methods", "purpose"),
        )


@rule(
    "nothing-measures-the-system",
    "9.1",
    grade="minor",
    repair=Word("Measure the management system too: actions in time, trainings, reviews held."),
)
def nothing_measures_the_aims(world: Snapshot) -> Iterator[Gap]:
    """Plans watch AI systems, and none is about the management system itself."""
    plans = [one for one in world.of("monitoring-plan") if one.stands]
    if len(plans) >= 2 and all(one.systems for one in plans):
        yield gap(
            say(
                "predicted.nothing-measures-the-system",
                "No plan is about the management system itself.",
            ),
            *(one.seen("systems") for one in plans[:5]),
            *(one.seen("systems") for one in world.every("monitoring-plan") if not one.systems),
        )


@rule(
    "supplier-assessed-no-more",
    "A.10.3",
    grade="minor",
    over="supplier",
    repair=Word("Assess it, as the others are."),
)
def supplier_assessed_no_more(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Systems in operation rest on a supplier of which no assessment is in force, although others have
    one."""
    used = used_by(row, world)
    held = {one["supplier"] for one in world.of("supplier-assessment") if one.stands}
    if used and held and row.reference not in held:
        yield gap(
            say(
                "predicted.supplier-assessed-no-more",
                "{supplier} is relied on, and no assessment of it is in force.",
                supplier=Ref(row.reference),
            ),
            row.seen("diligence", "assessed_on"),
            used[0].seen("lifecycle"),
        )


@rule(
    "no-watch-and-no-way-out",
    "A.10.3 A.10.2",
    grade="minor",
    over="supplier",
    repair=Word("Write what is watched, and what you would do without them."),
)
def no_watch_no_way_out(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Nobody watches what a supplier delivers, and there is no way out."""
    bare = [name for name in ("monitoring", "exit_plan") if texts.vague(row.text(name), 6)]
    if row.stands and (len(bare) == 2 or (bare and row["importance"] == "high")):
        yield gap(
            say(
                "predicted.no-watch-and-no-way-out",
                "{supplier} is watched by nobody, or could not be left.",
                supplier=Ref(row.reference),
            ),
            row.seen(*bare),
        )
