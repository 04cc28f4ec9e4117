"""Nonconformity and corrective action (10.2): copied causes, closed too early, back again."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say

PUT_RIGHT = frozenset({"verified", "closed"})
SETTLED = frozenset({"corrected", "verified", "closed"})
DONE = frozenset({"carried out", "verified"})


@rule(
    "cause-repeats-the-event",
    "10.2",
    grade="minor",
    over="nonconformity corrective-action incident",
    repair=Word("Ask why until the answer is something that can be changed."),
)
def cause_repeats_event(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The cause of something repeats what was seen, or is an empty phrase."""
    about = world.get(row.values.get("nonconformity"))
    seen = row.text("description") or (about.text("description") if about is not None else "")
    cause = row.text("cause")
    empty = bool(cause) and texts.vague(cause, 10)
    if texts.same(cause, seen) or empty:
        yield gap(
            say("predicted.cause-repeats-the-event", "{record} gives as the cause what was seen, or nothing.",
                record=Ref(row.reference)),
            row.seen("description", "cause"),
            *([about.seen("description")] if about is not None else []),
        )  # fmt: skip


@rule(
    "corrected-without-a-cause",
    "10.2",
    grade="minor",
    over="nonconformity",
    repair=Word("Find the cause, and plan the action that removes it; or write why none is needed."),
)
def corrected_without_cause(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A nonconformity was corrected or closed without a cause, or without anything that removes it."""
    actions = [one for one in world.of("corrective-action") if one["nonconformity"] == row.reference]
    bare = not actions and texts.vague(row.text("no_action"))
    if row.state in SETTLED and (not row.text("cause") or bare):
        yield gap(
            say("predicted.corrected-without-a-cause", "{nonconformity} was put right, and its cause was "
            "not.",
                nonconformity=Ref(row.reference)),
            row.seen("state", "cause", "no_action"),
            *(one.seen("action") for one in actions),
        )  # fmt: skip


@rule(
    "closed-before-it-was-done",
    "10.2",
    grade="major",
    over="nonconformity",
    repair=Word("Reopen it until the action is carried out and shown to work."),
)
def closed_before_done(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A nonconformity was verified or closed before its corrective action was carried out or shown to
    work."""
    wanted = DONE if row.state == "verified" else {"verified"}
    open_now = [
        one
        for one in world.of("corrective-action")
        if one["nonconformity"] == row.reference and one.state not in wanted
    ]
    if row.state in PUT_RIGHT and open_now:
        yield gap(
            say("predicted.closed-before-it-was-done", "{nonconformity} is {state}, and {action} is not.",
                nonconformity=Ref(row.reference), state=Word(row.state), action=Ref(open_now[0].reference)),
            row.seen("state"),
            *(one.seen("state", "due") for one in open_now),
        )  # fmt: skip


@rule(
    "effect-judged-too-early",
    "10.2",
    grade="minor",
    over="corrective-action",
    repair=Word("Look again after enough time, at results from after the action."),
)
def effect_judged_too_early(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The effect of a corrective action was judged by results from before it was carried out, or on the day
    itself."""
    done, judged = row.on("carry-out"), row.on("verify")
    # That it was carried out may be recorded some days late, so that a part of the time may lie before.
    end = row.day("effectiveness_until")
    before = end is not None and done is not None and end <= done
    at_once = done is not None and judged is not None and judged <= done and world.recorded_days > 7
    if before or at_once:
        yield gap(
            say("predicted.effect-judged-too-early", "The effect of {action} was judged before it could "
            "show.",
                action=Ref(row.reference)),
            row.seen("effectiveness_from", "effectiveness_until", "state"),
        )  # fmt: skip


@rule(
    "judged-by-its-doer",
    "10.2",
    grade="minor",
    over="corrective-action nonconformity",
    repair=Word("Let somebody judge the effect who did not do it."),
)
def judged_by_doer(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Whoever carried out an action, or answers for it, judged that it works."""
    did = {world.who(one) for one in (*row.by("carry-out", "correct"), row.owner)} - {""}
    judged = {world.who(one) for one in row.by("verify")}
    if did & judged:
        yield gap(
            say("predicted.judged-by-its-doer", "{person} did {record} or answers for it, and judged it.",
                person=world.name(min(did & judged)), record=Ref(row.reference)),
            row.seen("owner", "state"),
        )  # fmt: skip


@rule(
    "nothing-shows-the-effect",
    "10.2",
    grade="minor",
    over="corrective-action",
    repair=Word("Name the check, or write what is looked at and when."),
)
def nothing_shows_effect(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A corrective action names neither a check nor anything else that would show that it worked."""
    if not row.text("effectiveness_check") and texts.vague(row.text("effectiveness_measure")):
        yield gap(
            say("predicted.nothing-shows-the-effect", "{action} names nothing that would show its effect.",
                action=Ref(row.reference)),
            row.seen("effectiveness_check", "effectiveness_measure"),
        )  # fmt: skip


@rule(
    "correction-late",
    "10.2",
    grade="minor",
    over="nonconformity corrective-action",
    repair=Word("Do what is due, or have another day approved with the reason."),
)
def correction_late(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A nonconformity or its action is past its day, or waits undecided for a month."""
    due, seen = row.day("due"), row.day("detected_on")
    over = SETTLED | DONE
    late = due is not None and due < world.today and row.state not in over
    waits = row.state in {"suspected", "open"} and due is None and seen is not None and seen < world.ago(90)
    if late or waits or (row.state == "suspected" and seen is not None and seen < world.ago(30)):
        yield gap(
            say(
                "predicted.correction-late",
                "{record} is not done, and its day has passed.",
                record=Ref(row.reference),
            ),
            row.seen("due", "detected_on", "state"),
        )


@rule(
    "again-and-again",
    "10.2 10.1",
    grade="major",
    repair=Word("Treat them as one: find the cause that they share."),
)
def again_and_again(world: Snapshot) -> Iterator[Gap]:
    """Three or more nonconformities in a year are about the same requirement: together they are one grave
    one."""
    by_requirement: dict[str, list[Row]] = {}
    for row in world.of("nonconformity"):
        seen = row.day("detected_on")
        if (
            row.state != "suspected"
            and row["grade"] != "major"
            and seen is not None
            and seen >= world.ago(365)
        ):
            for name in row.many("requirements"):
                by_requirement.setdefault(name, []).append(row)
    told: set[frozenset[str]] = set()
    for rows in by_requirement.values():
        key = frozenset(row.reference for row in rows)
        if len(rows) >= 3 and key not in told:
            told.add(key)
            yield gap(
                say("predicted.again-and-again", "{nonconformities} are about one requirement, within a "
                "year.",
                    nonconformities=listing(Ref(row.reference) for row in rows)),
                *(row.seen("requirements", "detected_on", "cause") for row in rows),
            )  # fmt: skip


@rule(
    "back-after-it-was-closed",
    "10.2",
    grade="minor",
    over="nonconformity",
    repair=Word("Open the first one again: what was done did not remove the cause."),
)
def back_after_closed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A nonconformity was closed, and the same came up again afterwards."""
    closed = row.on("close", "verify")
    for other in world.of("nonconformity"):
        seen = other.day("detected_on")
        same = other["system"] == row["system"] and set(other.many("requirements")) & set(
            row.many("requirements")
        )
        alike = texts.same(other.text("description"), row.text("description"))
        if other is row or row.state not in PUT_RIGHT or closed is None or seen is None or seen <= closed:
            continue
        if (same and row["system"]) or alike:
            yield gap(
                say("predicted.back-after-it-was-closed", "{earlier} was closed, and {later} came up of "
                "the same.",
                    earlier=Ref(row.reference), later=Ref(other.reference)),
                row.seen("requirements", "cause"),
                other.seen("requirements", "detected_on"),
            )  # fmt: skip


@rule(
    "grave-and-only-here",
    "10.2",
    grade="opportunity",
    over="nonconformity",
    repair=Word("Look where else it could happen, and write where you looked."),
)
def grave_only_here(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A major nonconformity was put right, and nobody looked whether it exists elsewhere."""
    if row["grade"] == "major" and row.state in SETTLED and texts.vague(row.text("similar")):
        yield gap(
            say("predicted.grave-and-only-here", "{nonconformity} is major, and nobody looked for others "
            "like it.",
                nonconformity=Ref(row.reference)),
            row.seen("grade", "similar"),
        )  # fmt: skip
