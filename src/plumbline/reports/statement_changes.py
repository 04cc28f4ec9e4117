"""Two versions of the statement of applicability compared: what somebody who knows the earlier one reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, Word, say, to_json
from plumbline.kernel.problems import Conflict, Fault
from plumbline.reports import statement_versions
from plumbline.reports.statement_versions import Version
from plumbline.wording import english

NOW = "now"
"""What stands in place of a reference for the statement as it is now."""
_Row = Mapping[str, Any]
_Judge = Callable[[_Row | None, _Row | None], Iterator[tuple[str, Message]]]
_WORDING = ("reasons", "justification", "exclusion_reason")
_CARRYING_OUT = ("how", "risks", "systems", "documents")


@dataclass(frozen=True)
class Change:
    """One thing that is different: ``number`` and ``title`` of the control or sub-clause, and what of it.

    ``what`` is a word for programs: added, removed, included, excluded, reason,
    implementation, revised, measured, attested.
    """

    number: str
    title: str
    what: str
    message: Message


@dataclass(frozen=True)
class Comparison:
    """Everything that is different between two versions, in the order of the catalog."""

    earlier: Version
    later: Version
    changes: tuple[Change, ...]


def compare(actor: Actor, earlier: str = "", later: str = "") -> Comparison:
    """What has changed from one version to another, each by its reference or `NOW`.

    Without ``later`` the newest approved version; without ``earlier`` the one that was approved before it.
    Raises `NotFound`, `NotAllowed`, and `Conflict` when there are no two versions to compare.
    """
    approved = list(statement_versions.approved_versions(actor))
    later = later or (approved[-1] if approved else "")
    if not later:
        remedy = "freeze a version and have it approved"
        raise Conflict("No version has been approved yet.", [Fault("later", "is not there", remedy)])
    second = statement_versions.present(actor) if later == NOW else statement_versions.version(actor, later)
    earlier = earlier or str(second.content.get("earlier", ""))
    if not earlier:
        remedy = "name two versions, or compare it with the statement as it is now"
        raise Conflict("There is no earlier version.", [Fault("earlier", "is not there", remedy)])
    first = (
        statement_versions.present(actor) if earlier == NOW else statement_versions.version(actor, earlier)
    )
    for name, found in (("earlier", first), ("later", second)):
        if not found.content:
            raise Conflict(
                say("statement.unfrozen", "{record} has no content yet.", record=Ref(found.reference)),
                [Fault(name, "is a draft", "ask for its review, which freezes it")],
            )
    return Comparison(first, second, tuple(changes(first, second)))


def changes(earlier: Version, later: Version) -> Iterator[Change]:
    """What is different, decisions first, then states."""
    yield from _paired(earlier, later, "rows", "control", _of_rows)
    yield from _paired(earlier, later, "posture", "requirement", _of_states)


def _paired(earlier: Version, later: Version, part: str, key: str, judge: _Judge) -> Iterator[Change]:
    before, after = ({row[key]: row for row in found.content[part]} for found in (earlier, later))
    for name in (*after, *(gone for gone in before if gone not in after)):
        row = after.get(name) or before[name]
        for what, message in judge(before.get(name), after.get(name)):
            yield Change(row["number"], row["title"], what, message)


def _of_rows(before: _Row | None, after: _Row | None) -> Iterator[tuple[str, Message]]:
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


def _added(row: _Row) -> Message:
    if row["applicable"] == "no":
        return say("statement.added-out", "New, and left out: “{reason}”.", reason=_reason(row))
    return say("statement.added", "New, and applies: “{reason}”.", reason=_reason(row))


def _decided(before: _Row, after: _Row) -> tuple[str, Message] | None:
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


def _carried_out(before: _Row, after: _Row) -> tuple[str, Message] | None:
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


def _reason(row: _Row) -> str | Message:
    if row["withheld"]:
        return say(
            "statement.withheld", "see {record}, which only its unit reads", record=Ref(row["reference"])
        )
    text = row["exclusion_reason"] if row["applicable"] == "no" else row["justification"]
    kinds_of_reason = ", ".join(row["reasons"])
    return f"{text} ({kinds_of_reason})" if kinds_of_reason else str(text)


def _of_states(before: _Row | None, after: _Row | None) -> Iterator[tuple[str, Message]]:
    """A requirement that only one of two catalogs has did not change its state."""
    if before is None or after is None:
        return
    if (before["measured"], before["share"]) != (after["measured"], after["share"]):
        message = say(
            "statement.measured", "Measured: {before} before, {after} now.",
            before=_measured(before), after=_measured(after),
        )  # fmt: skip
        yield "measured", message
    if before["attested"] != after["attested"]:
        message = say(
            "statement.attested", "Attested: {before} before, {after} now.",
            before=Word(before["attested"] or "Not attested"),
            after=Word(after["attested"] or "Not attested"),
        )  # fmt: skip
        yield "attested", message


def _measured(state: _Row) -> str:
    return f"{state['measured']} ({state['share']})" if state["share"] else str(state["measured"])


def as_dict(found: Comparison) -> dict[str, Any]:
    """A comparison as plain values."""
    return {
        "earlier": _named(found.earlier),
        "later": _named(found.later),
        "changes": [
            {
                "number": change.number,
                "title": change.title,
                "what": change.what,
                "text": english(change.message),
                "message": to_json(change.message),
            }
            for change in found.changes
        ],
    }


def _named(found: Version) -> dict[str, Any]:
    return {name: value for name, value in statement_versions.as_dict(found).items() if name != "content"}
