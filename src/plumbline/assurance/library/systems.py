"""Systems in use (clause 8, A.4, A.8, A.9): oversight on paper, people not told, ends left open."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import HIGH, touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say


@rule(
    "oversight-on-paper",
    "A.9.2 A.6.2.6 8.1",
    grade="minor",
    over="ai-system",
    repair=Word("Write who watches it, what they see, how they overrule it, and how it is stopped."),
)
def oversight_on_paper(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system in operation affects people or acts alone, and nothing says who watches it and how it is
    stopped."""
    if row["lifecycle"] != "in operation" or not (touches_people(row) or row["autonomy"] == "acts alone"):
        return
    bare = [name for name in ("human_oversight", "stop_procedure") if texts.vague(row.text(name))]
    if bare:
        yield gap(
            say("predicted.oversight-on-paper", "{system} affects people, and nothing says how it is "
            "watched or stopped.",
                system=Ref(row.reference)),
            row.seen(*bare, "effect", "autonomy"),
            grade="major" if len(bare) == 2 and row["eu_class"] in HIGH else "",
        )  # fmt: skip


@rule(
    "says-a-person-decides",
    "A.9.2",
    grade="minor",
    over="ai-system",
    repair=Word("Correct whichever is wrong: its autonomy, or what is said of oversight."),
)
def says_a_person_decides(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system acts alone by its record, and the text says that a person decides each case."""
    said = texts.folded(row.text("human_oversight"))
    claims = ("person decides", "human decides", "decides each", "decides every", "approves "
    "each", "approves every",
              "confirms each", "confirms every", "each case is reviewed", "every case is "
              "reviewed")  # fmt: skip
    if row["autonomy"] == "acts alone" and any(one in said for one in claims):
        yield gap(
            say("predicted.says-a-person-decides", "{system} acts alone, and is said to leave each case "
            "to a person.",
                system=Ref(row.reference)),
            row.seen("autonomy", "human_oversight"),
        )  # fmt: skip


@rule(
    "system-not-described",
    "A.4.2 A.6.2.2 A.9.4",
    grade="minor",
    over="ai-system",
    repair=Word("Write what it is for, and whom its output touches."),
)
def system_not_described(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system in operation has no purpose, or affects people of whom nothing is said."""
    people = (
        touches_people(row) and not row.many("affected_groups") and texts.vague(row.text("affected_note"))
    )
    if row["lifecycle"] == "in operation" and (texts.vague(row.text("purpose")) or people):
        yield gap(
            say("predicted.system-not-described", "{system} is in operation, and its record says not what "
            "for or for whom.",
                system=Ref(row.reference)),
            row.seen("purpose", "affected_groups", "affected_note"),
        )  # fmt: skip


@rule(
    "systems-twice",
    "A.4.2 4.3",
    grade="minor",
    repair=Word("Merge the two, or say in their titles what tells them apart."),
)
def systems_twice(world: Snapshot) -> Iterator[Gap]:
    """Two AI systems of the inventory seem to be one."""
    systems = [one for one in world.of("ai-system") if one["lifecycle"] != "retired"]
    by_name: dict[str, list[Row]] = {}
    for row in systems:
        by_name.setdefault(texts.folded(row.title), []).append(row)
    for purpose in {texts.folded(row.text("purpose")) for row in systems}:
        alike = [row for row in systems if texts.folded(row.text("purpose")) == purpose]
        if len(purpose) >= 30 and len({row["supplier"] for row in alike}) < len(alike):
            by_name.setdefault(f"purpose {purpose}", []).extend(alike)
    told: set[frozenset[str]] = set()
    for rows in by_name.values():
        pair = frozenset(row.reference for row in rows)
        if len(pair) > 1 and pair not in told:
            told.add(pair)
            yield gap(
                say("predicted.systems-twice", "{systems} seem to be one system.",
                    systems=listing(Ref(row.reference) for row in rows)),
                *(row.seen("title", "purpose", "supplier") for row in rows),
            )  # fmt: skip


@rule(
    "off-and-not-ended",
    "A.6.2.6 6.1.2",
    grade="minor",
    over="ai-system",
    repair=Word("Close its risks and treatments, end its deployments, and record its retirement."),
)
def off_not_ended(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system was switched off, and its risks, treatments or deployments go on, or nobody planned its
    end."""
    planned = [one for one in world.of("retirement") if one["system"] == row.reference]
    if row["lifecycle"] != "retired" and not any(one.state in {"carried out", "verified"} for one in planned):
        return
    open_now = [
        one for one in world.naming(row, "risk", "deployment") if one.state not in {"ended", "rolled back"}
    ]
    if (
        open_now
        or (row["lifecycle"] == "retired" and not planned)
        or (planned and row["lifecycle"] == "in operation")
    ):
        yield gap(
            say("predicted.off-and-not-ended", "{system} is off, and not all that belongs to it has ended.",
                system=Ref(row.reference)),
            row.seen("lifecycle", "retired_on"),
            *(one.seen("title", "state") for one in (*open_now, *planned)),
        )  # fmt: skip


@rule(
    "part-without-support",
    "A.4.5 A.6.2.6",
    grade="minor",
    over="component",
    repair=Word("Replace it, or record the risk of going on without support."),
)
def part_without_support(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A part of a system in operation is no longer supported by its maker."""
    until, live = row.day("supported_until"), {one.reference for one in world.live}
    used = [name for name in row.systems if name in live]
    if until is not None and until < world.today and used:
        yield gap(
            say("predicted.part-without-support", "{component} is in use and without support since {day}.",
                component=Ref(row.reference), day=until),
            row.seen("version", "supported_until"),
            *(one.seen("lifecycle") for one in world.all(used)),
        )  # fmt: skip


TOUCHED = frozenset({"affected", "public", "customers"})
"""Audiences among which the people are whom a system touches."""


@rule(
    "people-not-told-of-the-system",
    "A.8.2 A.8.5",
    grade="minor",
    repair=Word("Write the notice, have it approved, and record since when it is given."),
)
def people_not_told(world: Snapshot) -> Iterator[Gap]:
    """A system in operation affects people, and no notice in force that was given tells them."""
    for system in world.live:
        every = world.ever_naming(system, "information-notice")
        notices = [
            one
            for one in every
            if one["about"] in {"system", "change"} and TOUCHED & set(one.many("audience"))
        ]
        given = [one for one in notices if one.day("delivered_on") and one.stands and not one.ended]
        if touches_people(system) and not given:
            yield gap(
                say("predicted.people-not-told-of-the-system", "{system} affects people, and no notice "
                "was given to them.",
                    system=Ref(system.reference)),
                system.seen("effect", "affected_groups"),
                *(one.seen("audience", "delivered_on") for one in notices),
            )  # fmt: skip


@rule(
    "notice-of-another-time",
    "A.8.2",
    grade="minor",
    over="information-notice",
    repair=Word("Read the notice against the system as it is, and record a new version or review."),
)
def notice_of_another_time(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A notice was to be looked at again by a day that has passed."""
    due = row.day("next_review")
    if due is not None and due < world.today:
        yield gap(
            say("predicted.notice-of-another-time", "{notice} was to be looked at again by {day}.",
                notice=Ref(row.reference), day=due),
            row.seen("next_review", "version"),
        )  # fmt: skip


@rule(
    "deviation-that-ended",
    "8.1 5.2",
    grade="minor",
    over="deviation",
    repair=Word("Go back to the rule, or have the deviation decided anew."),
)
def deviation_that_ended(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A deviation from an own rule goes on after its last day."""
    end = row.day("expires_on")
    if end is not None and end < world.today:
        yield gap(
            say("predicted.deviation-that-ended", "{deviation} was allowed until {day} and still stands.",
                deviation=Ref(row.reference), day=end),
            row.seen("expires_on", "rule"),
        )  # fmt: skip


@rule(
    "changed-before-it-was-planned",
    "6.3 8.1",
    grade="minor",
    over="change",
    repair=Word("Say why it could not wait, review what followed, and plan the next one first."),
)
def changed_before_planned(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A change of the AIMS was carried out before it was approved or begun, or is past its day."""
    done, begins, due = row.day("done_on"), row.day("begins_on"), row.day("due")
    early = done is not None and begins is not None and done < begins
    late = (
        due is not None
        and due < world.today
        and done is None
        and row.state not in {"carried out", "reviewed"}
    )
    if early or late:
        yield gap(
            say("predicted.changed-before-it-was-planned", "{change} did not go as it was planned.",
                change=Ref(row.reference)),
            row.seen("begins_on", "due", "done_on", "result"),
        )  # fmt: skip
