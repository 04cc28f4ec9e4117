"""Competence and awareness (7.2, 7.3): ticked, judged by its trainer, run out, or not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say


@rule(
    "training-judged-by-its-trainer",
    "7.2",
    grade="minor",
    over="training",
    repair=Word("Let somebody evaluate it who neither taught nor took part."),
)
def training_judged_by_trainer(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Whoever taught, or took part, evaluated whether the training worked."""
    judge = world.who(row["evaluator"])
    if judge and judge in {world.who(row["trainer"]), world.who(row["person"])}:
        yield gap(
            say("predicted.training-judged-by-its-trainer", "{person} taught or took {training}, and "
            "evaluated it.",
                person=world.name(row["evaluator"]), training=Ref(row.reference)),
            row.seen("trainer", "person", "evaluator"),
        )  # fmt: skip


@rule(
    "training-judged-at-once",
    "7.2",
    grade="minor",
    over="training",
    repair=Word("Look again some weeks later at what people do, and write that."),
)
def training_judged_at_once(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A training was evaluated on the day on which it was held, or before."""
    held, judged = row.day("held_on"), row.day("evaluated_on")
    if held is not None and judged is not None and judged <= held:
        yield gap(
            say("predicted.training-judged-at-once", "{training} was held and evaluated on the same day.",
                training=Ref(row.reference)),
            row.seen("held_on", "evaluated_on", "method"),
        )  # fmt: skip


@rule(
    "trainings-ticked",
    "7.2",
    grade="minor",
    repair=Word("Evaluate each for itself: what this person can do now."),
)
def trainings_ticked(world: Snapshot) -> Iterator[Gap]:
    """The trainings of several people were ticked on one day with the same words, or without any."""
    by_day: dict[tuple[date, str], list[Row]] = {}
    for row in world.of("training"):
        judged = row.day("evaluated_on")
        if judged is not None:
            by_day.setdefault((judged, texts.folded(row.text("findings"))), []).append(row)
    for (day, _), rows in by_day.items():
        if len({row["person"] or row["holder"] for row in rows}) >= 3:
            yield gap(
                say("predicted.trainings-ticked", "{count} people were evaluated on {day} in the same words.",
                    plural="{count} people were evaluated on {day} in the same "
                    "words.", count=len(rows), day=day),
                *(row.seen("evaluated_on", "findings", "result") for row in rows),
            )  # fmt: skip


@rule(
    "training-not-judged",
    "7.2",
    grade="minor",
    over="training",
    repair=Word("Evaluate whether it worked, or say when that is possible."),
)
def training_not_judged(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A training was held, and nobody has found out whether it worked."""
    held, due = row.day("held_on"), row.day("evaluate_on")
    late = (due is not None and due < world.ago(14)) or (
        due is None and held is not None and held < world.ago(120)
    )
    bare = row.day("evaluated_on") is not None and texts.vague(row.text("findings"), 8)
    if held is not None and ((row.day("evaluated_on") is None and late) or bare):
        yield gap(
            say("predicted.training-not-judged", "{training} was held, and what it brought is not known.",
                training=Ref(row.reference)),
            row.seen("held_on", "evaluate_on", "result", "findings"),
        )  # fmt: skip


@rule(
    "qualified-by-what-did-not-work",
    "7.2",
    grade="minor",
    over="qualification",
    repair=Word("Show the competence in another way, or repeat the training."),
)
def qualified_by_failed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A qualification rests on a training that did not work."""
    failed = [one for one in world.all(row.many("trainings")) if one["result"] == "not effective"]
    if failed:
        yield gap(
            say("predicted.qualified-by-what-did-not-work", "{qualification} rests on {training}, which "
            "did not work.",
                qualification=Ref(row.reference), training=Ref(failed[0].reference)),
            row.seen("evidence", "trainings"),
            *(one.seen("result", "findings") for one in failed),
        )  # fmt: skip


@rule(
    "qualification-ran-out",
    "7.2",
    grade="minor",
    over="qualification",
    repair=Word("Show the competence anew, or take the work off the person until then."),
)
def qualification_ran_out(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Somebody's qualification has run out, and no later one is there."""
    until = row.day("valid_until")
    later = [
        one
        for one in world.of("qualification")
        if one["competence"] == row["competence"]
        and (one["person"], one["holder"]) == (row["person"], row["holder"])
        and (one.day("valid_until") or date.min) >= world.today
    ]
    person = world.people.get(row["person"] or "")
    if until is not None and until < world.today and not later and (person is None or person.active):
        yield gap(
            say("predicted.qualification-ran-out", "{qualification} ran out on {day}.",
                qualification=Ref(row.reference), day=until),
            row.seen("person", "valid_until"),
        )  # fmt: skip


@rule(
    "qualified-by-presence",
    "7.2",
    grade="minor",
    over="qualification",
    repair=Word("Write what was seen that shows the competence, where it is, and who saw it."),
)
def qualified_by_presence(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A qualification rests on nothing that shows what the person can do."""
    if texts.vague(row.text("evidence")):
        yield gap(
            say("predicted.qualified-by-presence", "{qualification} shows nothing that the person can do.",
                qualification=Ref(row.reference)),
            row.seen("evidence", "ways"),
        )  # fmt: skip


@rule(
    "role-without-competence",
    "7.2",
    grade="minor",
    over="competence",
    repair=Word("Show the competence of each holder, or give the role to somebody who has it."),
)
def role_without_competence(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Somebody holds a role, and does not have a competence that each of its holders needs."""
    if not row["position"] or row.draft:
        return
    have = {
        world.who(one["person"])
        for one in world.of("qualification")
        if one["competence"] == row.reference and (one.day("valid_until") or world.today) >= world.today
    }
    lacking = [
        person
        for handle, person in world.people.items()
        if person.active and row["position"] in person.roles(world.today) and world.who(handle) not in have
    ]
    if lacking:
        yield gap(
            say("predicted.role-without-competence", "{people} hold the role and are not shown to have "
            "{competence}.",
                people=listing(person.name for person in lacking), competence=Ref(row.reference)),
            row.seen("position", "needed"),
        )  # fmt: skip


@rule(
    "nobody-can-oversee",
    "7.2 A.9.2 A.4.6",
    grade="minor",
    repair=Word("Train those who watch the systems and show that they can overrule them."),
)
def nobody_can_oversee(world: Snapshot) -> Iterator[Gap]:
    """Systems that affect people are watched by people, and nobody is shown to be able to oversee them."""
    watched = [one for one in world.live if touches_people(one) and one.text("human_oversight")]
    asked = [one for one in world.of("competence") if one["work"] == "oversight"]
    able = [one for one in world.of("qualification") if one["competence"] in {row.reference for row in asked}]
    if watched and world.of("competence", "qualification", "training") and not able:
        yield gap(
            say("predicted.nobody-can-oversee", "Nobody is shown to be able to oversee {systems}.",
                systems=listing(Ref(one.reference) for one in watched)),
            *(one.seen("human_oversight") for one in watched),
            *(one.seen("work", "needed") for one in asked),
        )  # fmt: skip


@rule(
    "awareness-reached-few",
    "7.3",
    grade="minor",
    over="awareness",
    repair=Word("Repeat it for those whom it did not reach."),
)
def awareness_reached_few(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An awareness measure reached less than four of five, few of those asked knew, or it was to be
    repeated."""
    invited, reached, asked, knew = (row[name] for name in ("invited", "reached", "asked", "knew"))
    few = bool(invited and reached is not None and reached < 0.8 * invited)
    unknown = bool(asked and knew is not None and knew < 0.6 * asked)
    due = row.day("next_due")
    again = any(
        (one.day("done_on") or date.min) > (row.day("done_on") or date.max) for one in world.of("awareness")
    )
    if few or unknown or (due is not None and due < world.today and not again):
        yield gap(
            say("predicted.awareness-reached-few", "{measure} did not reach its people, or was not repeated.",
                measure=Ref(row.reference)),
            row.seen("invited", "reached", "asked", "knew", "next_due"),
        )  # fmt: skip
