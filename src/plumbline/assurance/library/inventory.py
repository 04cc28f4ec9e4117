"""The inventory (A.4): parts that no system has, that come from nobody, or that nobody can stop."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.library.data import in_use
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say

OUTSIDE = (
    "vendor", "provider", "supplier", "third", "external", "bought", "licensed", "foundation", "pretrained",
    "hosted", "hugging", "openai", "anthropic", "google", "meta", "mistral", "microsoft", "aws", "azure",
)  # fmt: skip
"""Beginnings of words by which a part was made by somebody else."""


FLOATING = frozenset({"latest", "current", "newest", "main", "stable", "default", "nightly"})
"""What stands for a version, and is another one tomorrow."""


@rule(
    "part-of-no-system",
    "A.4.2 A.4.3 A.4.4",
    grade="minor",
    over="component dataset",
    repair=Word("Name the system that uses it, or retire it."),
)
def part_of_no_system(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A component or dataset is registered, and no system is said to use it."""
    if row.stands and not row.systems and not world.naming(row, "component", "release", "ai-system"):
        yield gap(
            say("predicted.part-of-no-system", "{part} belongs to no system.", part=Ref(row.reference)),
            row.seen("systems"),
        )


@rule(
    "part-from-nobody",
    "A.4.4 A.10.3",
    grade="minor",
    over="component",
    repair=Word("Name the supplier, who then is looked at like any other."),
)
def part_from_nobody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A part was made by somebody else, by its own words, and names no supplier."""
    said = f"{row.title} {row.text('origin', 'licence', 'purpose')}"
    bought = row["type"] in {"model", "service", "server"} and texts.says_any(said, OUTSIDE)
    if bought and not row["supplier"] and in_use(row, world):
        yield gap(
            say(
                "predicted.part-from-nobody",
                "{part} was made by somebody else, and names no supplier.",
                part=Ref(row.reference),
            ),
            row.seen("origin", "supplier"),
        )


@rule(
    "live-and-unknown",
    "A.4.2 4.3",
    grade="minor",
    over="ai-system",
    repair=Word("Find out what it is made of and where it comes from."),
)
def live_and_unknown(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system is in operation, and what technique it uses or where it comes from is entered as unknown."""
    bare = [name for name in ("technique", "sourcing") if row[name] == "unknown"]
    if row["lifecycle"] == "in operation" and bare:
        yield gap(
            say(
                "predicted.live-and-unknown",
                "{system} is in operation, and its entry says that nobody knows what it is.",
                system=Ref(row.reference),
            ),
            row.seen(*bare),
        )


@rule(
    "version-not-fixed",
    "A.10.3 A.6.2.6",
    grade="minor",
    over="component",
    repair=Word("Have the version fixed, or write how a change by the supplier is noticed and tested."),
)
def version_not_fixed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A part can change under a system in operation without anybody here deciding so."""
    floats = texts.folded(row.text("version")) in FLOATING
    if (row["pinned"] is False or floats) and in_use(row, world):
        yield gap(
            say(
                "predicted.version-not-fixed",
                "{part} changes when whoever makes it changes it.",
                part=Ref(row.reference),
            ),
            row.seen("pinned", "version", "supplier"),
        )


@rule(
    "agent-without-stop",
    "A.9.2 A.6.2.6 A.4.4",
    grade="major",
    over="component",
    repair=Word("Name who may stop it and how, and limit amounts and data before it goes on."),
)
def agent_without_stop(row: Row, world: Snapshot) -> Iterator[Gap]:
    """An agent is in use, and nobody can stop it, or nothing limits what it may do."""
    bare = [name for name in ("stop_how", "amount_limits", "data_limits") if texts.vague(row.text(name), 4)]
    bare += [] if row["stopped_by"] else ["stopped_by"]
    if row["type"] == "agent" and in_use(row, world) and bare:
        yield gap(
            say(
                "predicted.agent-without-stop",
                "{agent} is in use without what stops or limits it.",
                agent=Ref(row.reference),
            ),
            row.seen(*bare),
        )


@rule(
    "acts-alone-over-people",
    "A.9.2 A.9.3 8.1",
    grade="major",
    over="ai-system",
    repair=Word("Let a person decide, or write by whom and how decisions are watched and undone."),
)
def acts_alone_over_people(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system decides about people alone, and no overseer who could step in is described."""
    alone = row["autonomy"] == "acts alone" and row["lifecycle"] == "in operation" and touches_people(row)
    bare = [name for name in ("human_oversight", "stop_procedure") if texts.vague(row.text(name), 25)]
    if alone and bare:
        yield gap(
            say(
                "predicted.acts-alone-over-people",
                "{system} decides about people alone.",
                system=Ref(row.reference),
            ),
            row.seen("autonomy", "effect", *bare),
        )
