"""Monitoring and evaluation (9.1): thin, of late only, of models only, or without consequence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.leadership import CADENCE
from plumbline.assurance.library.objectives import missed
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "plan-without-results",
    "9.1",
    grade="minor",
    over="monitoring-plan",
    repair=Word("Take and evaluate the results that are due, or set an interval that is kept."),
)
def plan_without_results(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A monitoring plan was not evaluated for longer than it says, or its results by hand were not taken."""
    evaluated, measured = row.day("evaluated_on"), row.day("measured_on")
    late = world.ago(CADENCE.get(row["evaluated"], 400))
    begun = row["evaluated"] and (row.created <= late or row.imported)
    by_hand = bool(row.text("source") or measured)
    old = evaluated is not None and evaluated < late
    stale = by_hand and measured is not None and measured < world.ago(CADENCE.get(row["cadence"], 400))
    if old or stale or evaluated is None:
        yield gap(
            say("predicted.plan-without-results", "{plan} has no results of late, or nobody said what "
            "they mean.",
                plan=Ref(row.reference)),
            row.seen("evaluated", "evaluated_on", "measured_on", "cadence"),
            grade="minor" if old or stale or begun else "opportunity",
        )  # fmt: skip


@rule(
    "indicator-not-measured",
    "9.1",
    grade="minor",
    over="indicator",
    repair=Word("Measure it, or retire it if nobody needs the figure."),
)
def indicator_not_measured(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An indicator that is measured by hand has no figure, or none for longer than it says."""
    if row["metric"] or row["cadence"] == "on event":
        return
    last = row.day("measured_on")
    if last is None or last < world.ago(CADENCE.get(row["cadence"], 400)):
        yield gap(
            say("predicted.indicator-not-measured", "{indicator} is measured {cadence} by its record, and "
            "was not.",
                indicator=Ref(row.reference), cadence=Word(row["cadence"] or "yearly")),
            row.seen("cadence", "measured_on", "value"),
        )  # fmt: skip


@rule(
    "missed-and-nothing-followed",
    "9.1 10.2",
    grade="minor",
    over="indicator",
    repair=Word("Say what the figure means, and record the action or the nonconformity."),
)
def missed_nothing_followed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An indicator misses its target, and neither action nor nonconformity followed."""
    day = row.day("measured_on") or row.created
    found = world.of("nonconformity")
    followed = [
        *world.naming(row, "action"),
        *(one for one in found if row.reference in texts.references(one.text("description"))),
        *(
            one
            for one in found
            if row["system"]
            and one["system"] == row["system"]
            and (one.day("detected_on") or one.created) >= day
        ),
    ]
    if missed(row) and not followed:
        yield gap(
            say("predicted.missed-and-nothing-followed", "{indicator} misses its target, and nothing "
            "followed.",
                indicator=Ref(row.reference)),
            row.seen("value", "target", "direction", "analysis"),
        )  # fmt: skip


@rule(
    "live-and-not-watched",
    "9.1 A.6.2.6",
    grade="minor",
    repair=Word("Take the system into a monitoring plan or give it an indicator."),
)
def live_not_watched(world: Snapshot) -> Iterator[Gap]:
    """A system is in operation, and no monitoring plan and no indicator is about it."""
    plans = world.of("monitoring-plan")
    if any(not one.systems and one.many("checks") for one in plans):
        return
    for system in world.live:
        if not world.naming(system, "monitoring-plan", "indicator"):
            yield gap(
                say("predicted.live-and-not-watched", "{system} is in operation, and nothing watches it.",
                    system=Ref(system.reference)),
                system.seen("lifecycle", "effect"),
                grade="major" if len(world.live) >= 3 and not plans and not world.of("indicator") else "",
            )  # fmt: skip


@rule(
    "watches-models-only",
    "9.1",
    grade="minor",
    repair=Word("Measure the management system too: actions in time, trainings, reviews held."),
)
def watches_models_only(world: Snapshot) -> Iterator[Gap]:
    """All that is watched is AI systems: nothing tells whether the management system itself works."""
    watched = world.of("monitoring-plan", "indicator")
    if len(watched) >= 3 and all(one.systems for one in watched) and not world.of("objective"):
        yield gap(
            say("predicted.watches-models-only", "{count} measures are about systems, and none about the "
            "AIMS.",
                plural="{count} measures are about systems, and none about the AIMS.", count=len(watched)),
            *(one.seen("title") for one in watched[:5]),
        )  # fmt: skip


@rule(
    "measured-only-of-late",
    "9.1 8.1",
    grade="minor",
    repair=Word("Show the results of the whole period, or say plainly since when they are taken."),
)
def measured_only_of_late(world: Snapshot) -> Iterator[Gap]:
    """All that was measured and evaluated lies in the fortnight before an audit began or is to begin."""
    for audit in world.of("audit"):
        began, start = audit.day("began_on") or audit.day("planned_from"), audit.day("period_from")
        if began is None or start is None or (began - start).days < 60:
            continue
        days = [(one, day) for one in world.of("monitoring-plan", "indicator", "attestation", "validation")
                for name in ("measured_on", "evaluated_on", "period_until")
                if (day := one.day(name)) is not None and start <= day <= began]  # fmt: skip
        late = [pair for pair in days if pair[1] >= began - timedelta(days=14)]
        if len(days) >= 5 and len(late) == len(days):
            yield gap(
                say("predicted.measured-only-of-late",
                    "All {all} results of the period that {audit} looks at are of the fortnight before it.",
                    all=len(days), audit=Ref(audit.reference)),
                audit.seen("began_on", "planned_from", "period_from"),
                *(one.seen("measured_on", "evaluated_on") for one, _ in late),
                grade="major",
            )  # fmt: skip


@rule(
    "made-just-before-the-audit",
    "7.5.3 8.1",
    grade="minor",
    repair=Word("Show what there was before, with its days; what was written afterwards should say so."),
)
def made_just_before(world: Snapshot) -> Iterator[Gap]:
    """Nearly all assessments, trainings and validations of an audited period are of the fortnight before
    it."""
    names = ("assessed_on", "held_on", "shown_on", "reviewed_on", "told_on", "done_on")
    kinds = ("risk", "impact-assessment", "risk-assessment", "training", "qualification", "document-review",
             "supplier-assessment", "awareness", "committee-meeting")  # fmt: skip
    for audit in world.of("audit"):
        began, start = audit.day("began_on") or audit.day("planned_from"), audit.day("period_from")
        if began is None or start is None or (began - start).days < 60:
            continue
        days = [(one, day) for one in world.of(*kinds) for name in names
                if (day := one.day(name)) is not None and start <= day <= began]  # fmt: skip
        late = [pair for pair in days if pair[1] >= began - timedelta(days=14)]
        if len(days) >= 8 and len(late) >= 0.9 * len(days):
            yield gap(
                say("predicted.made-just-before-the-audit", "{late} of {all} records that {audit} looks "
                "at are of the "
                    "fortnight before it.", late=len(late), all=len(days), audit=Ref(audit.reference)),
                audit.seen("began_on", "planned_from", "period_from"),
                *(one.seen(*(name for name in names if one.day(name))) for one, _ in late),
            )  # fmt: skip
