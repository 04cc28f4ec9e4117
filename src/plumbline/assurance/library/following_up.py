"""What should have followed (7.2, 9, 10): failed trainings, unanswered requests, effects nobody looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "training-failed-and-nothing-followed",
    "7.2",
    grade="minor",
    over="training",
    repair=Word("Train again in another way, or give the work to somebody else meanwhile."),
)
def training_failed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A training did not work, and nothing followed for whoever had it."""
    if row["result"] != "not effective":
        return
    on, taught = row.day("evaluated_on"), set(row.many("competences"))
    after = [
        one
        for one in world.of("training", "qualification")
        if one is not row
        and taught & {*one.many("competences"), *one.many("competence")}
        and (row["person"] or row.text("holder")) in {one["person"], one.text("holder")}
        and (one.day("held_on") or one.day("shown_on") or one.created) >= (on or row.created)
    ]
    if not after:
        yield gap(
            say(
                "predicted.training-failed-and-nothing-followed",
                "{training} did not work, and nothing followed.",
                training=Ref(row.reference),
            ),
            row.seen("result", "evaluated_on", "person"),
        )


@rule(
    "qualified-without-proof",
    "7.2 A.4.6",
    grade="minor",
    over="qualification",
    repair=Word("Attach what shows it: a record, a result, work that was watched."),
)
def qualified_without_proof(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Somebody is recorded as qualified, and nothing shows it."""
    if row.stands and texts.vague(row.text("evidence"), 8) and not row.files and not row.many("trainings"):
        yield gap(
            say(
                "predicted.qualified-without-proof",
                "{qualification} rests on nothing that shows it.",
                qualification=Ref(row.reference),
            ),
            row.seen("evidence", "trainings"),
        )


@rule(
    "nothing-asked-of-auditors",
    "7.2 9.2.2",
    grade="minor",
    repair=Word("Write what an internal auditor has to know and to have done."),
)
def nothing_asked_of_auditors(world: Snapshot) -> Iterator[Gap]:
    """Internal audits are held, and no competence is asked of those who audit."""
    audits = world.of("audit")
    if audits and not any("audit" in one.many("work") for one in world.of("competence")):
        yield gap(
            say(
                "predicted.nothing-asked-of-auditors",
                "Audits are held, and nothing says what an auditor has to know.",
            ),
            *(one.seen("lead") for one in audits[:3]),
            *(one.seen("work") for one in world.every("competence") if "audit" in one.many("work")),
        )


@rule(
    "audit-report-not-acknowledged",
    "9.2.2",
    grade="minor",
    over="audit",
    repair=Word("Put the report before those who answer for what was audited."),
)
def audit_not_acknowledged(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An audit was reported more than a month ago, and nobody who is responsible has taken note of it."""
    if row.state == "reported" and row.changed < world.ago(30):
        yield gap(
            say(
                "predicted.audit-report-not-acknowledged",
                "The report of {audit} was acknowledged by nobody.",
                audit=Ref(row.reference),
            ),
            row.seen("ended_on", "reported_to"),
        )


@rule(
    "request-not-answered",
    "9.2.2",
    grade="minor",
    over="audit-request",
    repair=Word("Answer it, or say in the answer why it cannot be."),
)
def request_not_answered(row: Row, world: Snapshot) -> Iterator[Gap]:
    """What an auditor asked for was not answered by its day."""
    due = row.day("due")
    if row.state in {"asked", "not sufficient"} and due is not None and due < world.today:
        yield gap(
            say(
                "predicted.request-not-answered",
                "{request} was not answered by its day.",
                request=Ref(row.reference),
            ),
            row.seen("due", "asked_of"),
        )


@rule(
    "no-programme-for-audits",
    "9.2.2",
    grade="minor",
    repair=Word("Approve a programme for the next twelve months."),
)
def no_programme(world: Snapshot) -> Iterator[Gap]:
    """No audit programme covers today."""
    programmes = [one for one in world.of("audit-programme") if one.stands]
    covers = [one for one in programmes if (one.day("period_until") or world.today) >= world.today]
    if world.live and not covers:
        yield gap(
            say(
                "predicted.no-programme-for-audits",
                "No audit programme covers today.",
            ),
            *(one.seen("period_from", "period_until") for one in world.every("audit-programme")[-3:]),
        )


@rule(
    "review-not-discussed",
    "9.3.2 9.3.3",
    grade="minor",
    over="management-review",
    repair=Word("Write what was said of each input, objections too."),
)
def review_not_discussed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A management review was held, and nothing shows that its inputs were discussed."""
    if row.stands and row.day("held_on") is not None and texts.vague(row.text("discussion"), 20):
        yield gap(
            say(
                "predicted.review-not-discussed",
                "{review} does not show what was discussed.",
                review=Ref(row.reference),
            ),
            row.seen("discussion"),
        )


@rule(
    "review-overdue",
    "9.3.1",
    grade="minor",
    repair=Word("Hold it, and write the day of the next one."),
)
def review_overdue(world: Snapshot) -> Iterator[Gap]:
    """The next management review was planned for a day that has passed."""
    held = [one for one in world.of("management-review") if one.day("held_on")]
    last = max(held, key=lambda one: str(one.day("held_on")), default=None)
    due = last.day("next_review") if last is not None else None
    if last is not None and due is not None and due < world.today:
        yield gap(
            say(
                "predicted.review-overdue",
                "{review} planned the next one for a day that has passed.",
                review=Ref(last.reference),
            ),
            last.seen("held_on", "next_review"),
            *(one.seen("held_on") for one in world.every("management-review") if one.ended),
        )


@rule(
    "objective-missed-without-consequence",
    "6.2 9.1 10.1",
    grade="minor",
    over="objective",
    repair=Word("Decide what follows: an action, another plan, or another objective with its reason."),
)
def objective_missed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An objective was missed, and nothing followed."""
    followed = world.naming(row, "action", "nonconformity", "corrective-action", "opportunity") or row.links
    if row["outcome"] == "missed" and not followed and texts.vague(row.text("outcome_note"), 30):
        yield gap(
            say(
                "predicted.objective-missed-without-consequence",
                "{objective} was missed, and nothing followed.",
                objective=Ref(row.reference),
            ),
            row.seen("outcome", "outcome_note", "judged_on"),
        )


@rule(
    "objective-not-made-known",
    "6.2 7.3 7.4",
    grade="minor",
    over="objective",
    repair=Word("Tell those whose work it is, and write whom and how."),
)
def objective_not_made_known(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An objective is in force, and nobody is said to have been told of it."""
    if row.stands and row["outcome"] in {"open", "", None} and texts.vague(row.text("communicated_to"), 4):
        yield gap(
            say(
                "predicted.objective-not-made-known",
                "Nobody is said to know {objective}.",
                objective=Ref(row.reference),
            ),
            row.seen("communicated_to"),
        )


@rule(
    "effect-never-looked-at",
    "10.2",
    grade="minor",
    over="corrective-action",
    repair=Word("Look at it now, with results from after the action."),
)
def effect_never_looked_at(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A corrective action was carried out, and its effect was not looked at within a month of the time for
    that, or three months where none was set."""
    done, end = row.on("carry-out"), row.day("effectiveness_until")
    wait = (
        end + timedelta(days=30)
        if end is not None
        else done + timedelta(days=90)
        if done is not None
        else None
    )
    if row.state == "carried out" and wait is not None and wait < world.today:
        yield gap(
            say(
                "predicted.effect-never-looked-at",
                "Nobody has looked at the effect of {action}.",
                action=Ref(row.reference),
            ),
            row.seen("effectiveness_until", "effectiveness_measure"),
        )


@rule(
    "minutes-written-late",
    "7.5.3 5.3 9.3.3",
    grade="minor",
    over="committee-meeting management-review",
    repair=Word("Write minutes within days, and say in these when they were written."),
)
def minutes_written_late(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A meeting was written down more than two months after it was held."""
    held = row.day("held_on")
    late = held is not None and not row.imported and row.created > held + timedelta(days=60)
    if held is not None and late and world.recorded_days > 120 and held > world.ago(world.recorded_days - 30):
        yield gap(
            say(
                "predicted.minutes-written-late",
                "{meeting} was written down more than two months after it was held.",
                meeting=Ref(row.reference),
            ),
            row.seen("held_on"),
        )
