"""Validation and release (A.6.2): tests without limits, limits after results, approval after the fact."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say

_LIMIT = re.compile(
    r"^(?P<name>.+?)\s*(?P<sign><=|>=|<|>|=)\s*(?P<value>-?\d+(?:[.,]\d+)?)\s*(?P<unit>%?)", re.M
)
_CLAIMS = re.compile(
    r"\b(?:bias|fairness)[- ](?:test|check|audit)|\btested for (?:bias|fairness)|\bno bias\b|"
    r"\bfree of bias\b|\b(?:bias|fairness) (?:is|was|has been) (?:tested|checked|ruled out)",
    re.I,
)


@rule(
    "limits-after-results",
    "A.6.2.4",
    grade="major",
    over="validation",
    repair=Word("Validate anew with limits that are set before there are results."),
)
def limits_after_results(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The limits of a validation were set after its results were there."""
    limits, measured = row.on("set-limits"), row.day("measured_on")
    if limits is not None and measured is not None and measured < limits and not row.imported:
        yield gap(
            say("predicted.limits-after-results", "{validation} was measured on {measured}, and its "
            "limits set on {limits}.",
                validation=Ref(row.reference), measured=measured, limits=limits),
            row.seen("measured_on", "limits", "results"),
        )  # fmt: skip


@rule(
    "validated-without-figures",
    "A.6.2.4",
    grade="minor",
    over="validation",
    repair=Word("Set a figure for each limit, and write the result beside it."),
)
def validated_without_figures(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A validation names no figure as a limit, or none as a result."""
    measured = row.state in {"measured", "confirmed"} or row.day("measured_on") is not None
    bare = texts.number(row.text("limits")) is None or (
        measured and texts.number(row.text("results")) is None
    )
    if bare:
        yield gap(
            say("predicted.validated-without-figures", "{validation} has no figure to be judged by.",
                validation=Ref(row.reference)),
            row.seen("type", "limits", "results"),
            grade="major" if row["type"] == "bias" and touches(row, world) else "",
        )  # fmt: skip


def touches(row: Row, world: Snapshot) -> bool:
    """Whether the system that a record is about affects people."""
    system = world.get(row["system"])
    return system is not None and touches_people(system)


@rule(
    "bias-tested-by-word",
    "A.6.2.4 A.5.4",
    grade="minor",
    over="ai-system impact-assessment risk dataset",
    repair=Word("Record the test of bias: measure, limit, groups and result."),
)
def bias_tested_by_word(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A record claims that bias was tested, and no validation of bias with figures is there."""
    said = " ".join(value for value in row.values.values() if isinstance(value, str))
    systems = [row.reference] if row.kind == "ai-system" else list(row.systems)
    tested = [
        one
        for one in world.of("validation")
        if one["type"] == "bias" and one["system"] in systems and texts.number(one.text("limits")) is not None
    ]
    if systems and _CLAIMS.search(said) and not tested:
        yield gap(
            say("predicted.bias-tested-by-word", "{record} claims a test of bias, and no validation shows "
            "one.",
                record=Ref(row.reference)),
            row.seen(*(name for name, value in row.values.items() if isinstance(value, str) and
            _CLAIMS.search(value))),
        )  # fmt: skip


@rule(
    "tested-on-what-it-learned-from",
    "A.6.2.4 A.7.4",
    grade="minor",
    over="validation",
    repair=Word("Test with data that it was not made with, and say where they are from."),
)
def tested_on_training(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A release was tested with data that it was trained with."""
    release = world.get(row["release"])
    if release is None:
        return
    for dataset in world.all(release.many("datasets")):
        uses = set(dataset.many("uses"))
        named = dataset.reference in texts.references(row.text("data")) or dataset.title in row.text("data")
        if "training" in uses and not uses & {"test", "validation"} and named:
            yield gap(
                say("predicted.tested-on-what-it-learned-from", "{validation} tests with {dataset}, which "
                "{release} learned from.",
                    validation=Ref(row.reference), dataset=Ref(dataset.reference),
                    release=Ref(release.reference)),
                row.seen("data"), dataset.seen("uses"), release.seen("datasets"),
            )  # fmt: skip


def _failed(row: Row) -> list[str]:
    """The limits of a validation, by name, that its results do not keep."""
    found = {one["name"].strip().casefold(): one for one in _LIMIT.finditer(row.text("results"))}
    missed = []
    for limit in _LIMIT.finditer(row.text("limits")):
        name, sign = limit["name"].strip().casefold(), limit["sign"]
        result = found.get(name)
        if result is None or result["unit"] != limit["unit"]:
            continue
        value, bound = (float(one["value"].replace(",", ".")) for one in (result, limit))
        kept = {">=": value >= bound, ">": value > bound, "<=": value <= bound, "<": value < bound}
        if not kept.get(sign, True):
            missed.append(name)
    return missed


@rule(
    "live-after-a-failed-test",
    "A.6.2.4 A.6.2.5",
    grade="major",
    over="validation",
    repair=Word("Roll back, or have the deviation decided by whoever may, with a day on which it ends."),
)
def live_after_failed_test(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A release is live although its validation missed a limit."""
    release, system = world.get(row["release"]), world.get(row["system"])
    live = [
        one
        for one in world.of("deployment")
        if one["release"] == row["release"] and one.state in {"live", "staged"}
    ]
    running = system is not None and release is not None and system["lifecycle"] == "in operation" and (
        release.text("version") != "" and release.text("version") == system.text("version"))  # fmt: skip
    missed = _failed(row)
    if missed and (live or running) and release is not None:
        yield gap(
            say("predicted.live-after-a-failed-test", "{release} is live, and {validation} missed “{limit}”.",
                release=Ref(release.reference), validation=Ref(row.reference), limit=missed[0]),
            row.seen("limits", "results"), release.seen("version"),
            *(one.seen("state") for one in live),
        )  # fmt: skip


@rule(
    "live-without-a-test",
    "A.6.2.4 A.6.2.5",
    grade="minor",
    over="deployment",
    repair=Word("Validate the release that is live, and hold back the next one until that is done."),
)
def live_without_test(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A release is live, and no validation of it was confirmed."""
    release = world.get(row["release"])
    done = [
        one for one in world.of("validation") if one["release"] == row["release"] and one.day("measured_on")
    ]
    if row.state in {"live", "staged"} and release is not None and not done:
        yield gap(
            say("predicted.live-without-a-test", "{release} is live, and was not validated.",
                release=Ref(release.reference)),
            row.seen("release", "place"), release.seen("version"),
            grade="major" if touches(row, world) else "",
        )  # fmt: skip


@rule(
    "approved-after-it-was-live",
    "A.6.2.5 8.1",
    grade="major",
    over="release",
    repair=Word("Say how it could go live without approval, and close that way."),
)
def approved_after_live(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A release was approved after it had gone live, or is live without an approval."""
    system, approved = world.get(row["system"]), row.approved_on
    days = [one.on("go-live", "stage") for one in world.of("deployment") if one["release"] == row.reference]
    if system is not None and row.text("version") and system.text("version") == row.text("version"):
        days.append(system.day("released_on"))
    live = min((day for day in days if day is not None and day <= world.today), default=None)
    if live is None or row.imported:
        return
    late = approved is not None and row.created <= live < approved
    never = approved is None and row.draft and live < world.today
    if late or never:
        yield gap(
            say("predicted.approved-after-it-was-live", "{release} went live on {day}, before anybody had "
            "approved it.",
                release=Ref(row.reference), day=live),
            row.seen("version", "state"),
            *([system.seen("version", "released_on")] if system is not None else []),
        )  # fmt: skip
