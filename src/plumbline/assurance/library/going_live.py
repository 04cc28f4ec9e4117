"""Life cycle and notices (A.6, A.8): nothing specified, no way back, people told too little."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "live-without-specification",
    "A.6.2.2",
    grade="minor",
    repair=Word("Specify it: what it is for, and figures by which it is judged."),
)
def live_without_specification(world: Snapshot) -> Iterator[Gap]:
    """A system is in operation without a specification in force."""
    for system in world.live:
        made = system["sourcing"] in {"own", "contracted", "mixed"}
        every = world.ever_naming(system, "specification")
        if not any(one.stands and not one.ended for one in every):
            yield gap(
                say(
                    "predicted.live-without-specification",
                    "{system} is in operation without a specification.",
                    system=Ref(system.reference),
                ),
                system.seen("sourcing", "lifecycle"),
                *(one.seen("need") for one in every),
                grade="" if made else "opportunity",
            )


@rule(
    "deployed-without-way-back",
    "A.6.2.5",
    grade="minor",
    over="deployment",
    repair=Word("Write how to go back, and what is watched in the first days."),
)
def deployed_without_way_back(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A release went live, and nothing says how to go back or what is watched."""
    bare = [name for name in ("way_back", "watched") if texts.vague(row.text(name), 6)]
    if row.state in {"staged", "live"} and bare:
        yield gap(
            say(
                "predicted.deployed-without-way-back",
                "{deployment} leaves open what is watched, or how to go back.",
                deployment=Ref(row.reference),
            ),
            row.seen(*bare),
        )


@rule(
    "release-says-nothing",
    "A.6.2.5 A.6.2.3",
    grade="minor",
    over="release",
    repair=Word("Write what changed, for whoever has to judge the release."),
)
def release_says_nothing(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A release is approved, and what changed in it is not described."""
    if row.stands and row["previous"] and texts.vague(row.text("changes", "notes")):
        yield gap(
            say(
                "predicted.release-says-nothing",
                "{release} does not say what changed.",
                release=Ref(row.reference),
            ),
            row.seen("changes", "notes"),
        )


@rule(
    "notice-tells-too-little",
    "A.8.2 A.8.5",
    grade="minor",
    over="information-notice",
    repair=Word("Tell it in a new version, and give that."),
)
def notice_tells_too_little(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A notice about a system that touches people leaves out that it is AI, what it is for, its limits, or
    how to contest a result."""
    system = world.get(row["system"])
    absent = {"ai", "purpose", "limits", "contest"} - set(row.many("covers"))
    if (
        system is not None
        and row.stands
        and row["about"] in {"system", "change"}
        and touches_people(system)
        and (absent or texts.vague(row.text("text"), 30))
    ):
        yield gap(
            say(
                "predicted.notice-tells-too-little",
                "{notice} leaves out what people have to know.",
                notice=Ref(row.reference),
            ),
            row.seen("covers", "text"),
            system.seen("effect"),
        )


@rule(
    "notice-not-given",
    "A.8.2 A.8.5",
    grade="minor",
    over="information-notice",
    repair=Word("Give it, and record since when, and what shows that."),
)
def notice_not_given(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A notice was approved more than a month ago, and nothing shows that it reached anybody."""
    since = row.approved_on
    bare = row.day("delivered_on") is None or texts.vague(row.text("delivery_evidence", "delivery"), 6)
    if row.stands and since is not None and since < world.ago(30) and bare:
        yield gap(
            say(
                "predicted.notice-not-given",
                "{notice} is approved, and nothing shows that it was given.",
                notice=Ref(row.reference),
            ),
            row.seen("delivered_on", "delivery_evidence"),
        )
