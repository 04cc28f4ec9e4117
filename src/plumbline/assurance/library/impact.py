"""Impact assessments (6.1.4, 8.4, A.5): missing, late, shallow, or of another release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.library.risks import released_on, repeated
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say


def assessments(system: Row, world: Snapshot) -> list[Row]:
    """The impact assessments of a system that have not ended, the newest last."""
    return [one for one in ever_assessed(system, world) if not one.ended]


def ever_assessed(system: Row, world: Snapshot) -> list[Row]:
    """All impact assessments of a system, those that others took the place of too, the newest last."""
    own = [one for one in world.ever_naming(system, "impact-assessment") if one["system"] == system.reference]
    return sorted(own, key=lambda one: one.day("assessed_on") or date.min)


@rule(
    "live-without-impact-assessment",
    "6.1.4 8.4 A.5.2",
    grade="major",
    repair=Word("Assess the impact of the system before it goes on; begin with whom its output touches."),
)
def live_without_impact_assessment(world: Snapshot) -> Iterator[Gap]:
    """A system is in operation, and nobody has assessed what it does to people, groups and society."""
    for system in world.live:
        if not assessments(system, world):
            yield gap(
                say("predicted.live-without-impact-assessment",
                    "{system} is in operation without an impact assessment.", system=Ref(system.reference)),
                system.seen("lifecycle", "effect", "eu_class", "affected_groups"),
                grade="major" if touches_people(system) else "minor",
            )  # fmt: skip


@rule(
    "impact-assessed-afterwards",
    "8.4 A.5.2",
    grade="minor",
    repair=Word("Show what was known before it went live, and let the next release wait for its assessment."),
)
def impact_assessed_afterwards(world: Snapshot) -> Iterator[Gap]:
    """The first impact assessment of a system is later than the day on which it went live."""
    for system in world.live:
        every = [one for one in ever_assessed(system, world) if one.day("assessed_on") is not None]
        days = [day for one in every if (day := one.day("assessed_on")) is not None]
        # One that was revised since says when it was done last; it was first approved when it was first done.
        days += [act.on for one in every for act in one.acts if act.approves]
        since = system.day("operating_since") or (system.day("released_on") if len(days) == 1 else None)
        if since is not None and days and min(days) > since:
            first = every[0]
            yield gap(
                say("predicted.impact-assessed-afterwards",
                    "{system} went live on {since}, and its impact was first assessed on {day}.",
                    system=Ref(system.reference), since=since, day=min(days)),
                first.seen("assessed_on", "trigger"),
                system.seen("operating_since", "released_on"),
            )  # fmt: skip


@rule(
    "impact-of-another-release",
    "8.4 6.1.4",
    grade="minor",
    repair=Word("Assess the release that is live, or write why nothing of the assessment changes."),
)
def impact_of_another_release(world: Snapshot) -> Iterator[Gap]:
    """The newest impact assessment of a system names another release than the live one, or names none and is
    older than that."""
    for system in world.live:
        own, released = assessments(system, world), released_on(system, world)
        if not own:
            continue
        newest, version = own[-1], system.text("version")
        day, looked_at = newest.day("assessed_on"), newest.text("version")
        earlier = released is not None and day is not None and day < released
        # One that names the release was made for it, and rightly before it went live.
        if (version and looked_at and version != looked_at) or (earlier and not looked_at):
            yield gap(
                say("predicted.impact-of-another-release",
                    "{system} runs another release than the one that {assessment} looked at.",
                    system=Ref(system.reference), assessment=Ref(newest.reference)),
                newest.seen("version", "assessed_on"),
                system.seen("version", "released_on"),
            )  # fmt: skip


@rule(
    "impact-shallow",
    "6.1.4 A.5.4 A.5.5",
    grade="minor",
    over="impact-assessment",
    repair=Word(
        "Write for individuals, groups and society what you looked at, also where you found nothing."
    ),
)
def impact_shallow(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An impact assessment says nothing of individuals, of groups or of society."""
    named = ("individuals", "society", "misuse", "safeguards", "groups")
    bare = [name for name in named if texts.vague(row.text(name), 8 if name != "groups" else 4)]
    system = world.get(row["system"])
    if system is not None and touches_people(system) and texts.vague(row.text("group_effects")):
        bare.append("group_effects")
    if bare:
        yield gap(
            say("predicted.impact-shallow", "{assessment} leaves open what it is for.",
                assessment=Ref(row.reference)),
            row.seen(*bare),
        )  # fmt: skip


@rule(
    "impacts-word-by-word",
    "6.1.4 A.5.2",
    grade="minor",
    repair=Word("Assess each system for itself; what they share can be named once."),
)
def impacts_word_by_word(world: Snapshot) -> Iterator[Gap]:
    """Impact assessments of different systems were copied from each other."""
    for alike in repeated(list(world.of("impact-assessment")), "individuals", "society"):
        yield gap(
            say("predicted.impacts-word-by-word", "{assessments} say the same of different systems.",
                assessments=listing(Ref(row.reference) for row in alike)),
            *(row.seen("individuals", "society", "system") for row in alike),
        )  # fmt: skip


@rule(
    "live-against-its-assessment",
    "8.4 A.6.2.5",
    grade="major",
    over="impact-assessment",
    repair=Word("Stop the system, or have the conclusion decided anew by whoever may."),
)
def live_against_its_assessment(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system is in operation although its newest assessment says no, or says nothing of what follows."""
    system = world.get(row["system"])
    if system is None or system["lifecycle"] != "in operation" or assessments(system, world)[-1] is not row:
        return
    bare = row["conclusion"] == "go ahead with conditions" and texts.vague(row.text("conditions"))
    if row["conclusion"] in {"do not go ahead", "not decided"} or bare:
        yield gap(
            say("predicted.live-against-its-assessment", "{system} is in operation, and {assessment} does "
            "not let it.",
                system=Ref(system.reference), assessment=Ref(row.reference)),
            row.seen("conclusion", "conditions"),
            system.seen("lifecycle"),
            grade="major" if row["conclusion"] == "do not go ahead" else "minor",
        )  # fmt: skip


@rule(
    "prohibited-and-live",
    "6.1.4 8.1",
    grade="major",
    over="ai-system",
    repair=Word("Stop the system; correct the class if it is wrong, with the facts that it rests on."),
)
def prohibited_and_live(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system classed as a prohibited practice is in operation."""
    if row["eu_class"] == "prohibited practice" and row["lifecycle"] == "in operation":
        yield gap(
            say("predicted.prohibited-and-live", "{system} is a prohibited practice by its class, and in "
            "operation.",
                system=Ref(row.reference)),
            row.seen("eu_class", "eu_basis", "lifecycle"),
        )  # fmt: skip


@rule(
    "impact-review-overdue",
    "8.4",
    grade="minor",
    over="impact-assessment",
    repair=Word("Assess again, and write the day of the next assessment."),
)
def impact_review_overdue(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The impact of a system was to be assessed again by a day that has passed."""
    due, system = row.day("next_review"), world.get(row["system"])
    if due is None or due >= world.today or system is None or assessments(system, world)[-1] is not row:
        return
    yield gap(
        say("predicted.impact-review-overdue", "{assessment} was to be done again by {day}.",
            assessment=Ref(row.reference), day=due),
        row.seen("next_review", "system"),
    )  # fmt: skip


@rule(
    "tier-not-told",
    "6.1.4 A.4.2 A.9.4",
    grade="minor",
    over="ai-system",
    repair=Word("Decide on effect, autonomy and class, with the facts that they rest on."),
)
def tier_not_told(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system is in operation, and what it does to people, how far it acts alone, or its class is not
    known."""
    open_now = [name for name, word in (("effect", "unknown"), ("autonomy", "unknown"), ("eu_class", "not "
    "decided"))
                if row[name] == word]  # fmt: skip
    if row["lifecycle"] == "in operation" and open_now:
        yield gap(
            say("predicted.tier-not-told", "{system} is in operation, and what it does to people is not "
            "decided.",
                system=Ref(row.reference)),
            row.seen(*open_now),
        )  # fmt: skip
