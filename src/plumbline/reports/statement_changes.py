"""Two versions of the statement of applicability compared: decisions first, then states."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.reports import frozen_changes
from plumbline.reports.frozen_changes import Change, Comparison, Row
from plumbline.reports.frozen_versions import Version
from plumbline.reports.statement_versions import SERIES

_WORDING = ("reasons", "justification", "exclusion_reason")
_CARRYING_OUT = ("how", "risks", "systems", "documents")


def compare(actor: Actor, earlier: str = "", later: str = "") -> Comparison:
    """What has changed from one version of the statement to another (`frozen_changes.compare`)."""
    return frozen_changes.compare(SERIES, changes, actor, earlier, later)


def changes(earlier: Version, later: Version) -> Iterator[Change]:
    """What is different, decisions first, then states."""
    yield from frozen_changes.paired(earlier, later, "rows", "control", _of_rows)
    yield from frozen_changes.paired(earlier, later, "posture", "requirement", frozen_changes.of_states)


def _of_rows(before: Row | None, after: Row | None) -> Iterator[tuple[str, Message]]:
    if before is None:
        if after is not None:
            yield "added", _added(after)
        return
    if after is None:
        yield (
            "removed",
            say("statement.removed", "The row {record} is gone.", record=Ref(before["reference"])),
        )
        return
    found = [_decided(before, after), _carried_out(before, after)]
    yield from (change for change in found if change is not None)
    if found == [None, None] and (before["reference"], before["revision"]) != (
        after["reference"],
        after["revision"],
    ):
        message = say(
            "statement.revised", "Approved anew as revision {after} of {record}; it was revision {before}.",
            after=after["revision"], record=Ref(after["reference"]), before=before["revision"],
        )  # fmt: skip
        yield "revised", message


def _added(row: Row) -> Message:
    if row["applicable"] == "no":
        return say("statement.added-out", "New, and left out: “{reason}”.", reason=_reason(row))
    return say("statement.added", "New, and applies: “{reason}”.", reason=_reason(row))


def _decided(before: Row, after: Row) -> tuple[str, Message] | None:
    if before["applicable"] == after["applicable"]:
        if all(before[name] == after[name] for name in _WORDING):
            return None
        message = say(
            "statement.reason", "The reason changed, from “{before}” to “{after}”.",
            before=_reason(before), after=_reason(after),
        )  # fmt: skip
        return "reason", message
    if after["applicable"] == "no":
        return "excluded", say("statement.excluded", "Is now left out: “{reason}”.", reason=_reason(after))
    return "included", say("statement.included", "Applies now: “{reason}”.", reason=_reason(after))


def _carried_out(before: Row, after: Row) -> tuple[str, Message] | None:
    if before["implementation"] != after["implementation"]:
        message = say(
            "statement.implementation", "Implementation: {before} before, {after} now.",
            before=Word(before["implementation"]), after=Word(after["implementation"]),
        )  # fmt: skip
        return "implementation", message
    if all(before[name] == after[name] for name in _CARRYING_OUT):
        return None
    text = "How it is carried out, or what it rests on, is written anew in {record}."
    return "implementation", say("statement.carried-out", text, record=Ref(after["reference"]))


def _reason(row: Row) -> str | Message:
    if row["withheld"]:
        return say(
            "statement.withheld", "see {record}, which only its unit reads", record=Ref(row["reference"])
        )
    text = row["exclusion_reason"] if row["applicable"] == "no" else row["justification"]
    kinds_of_reason = ", ".join(row["reasons"])
    return f"{text} ({kinds_of_reason})" if kinds_of_reason else str(text)
