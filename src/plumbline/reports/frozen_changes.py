"""Two versions of what is frozen as a whole compared: what somebody who knows the earlier one reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, Word, say, to_json
from plumbline.kernel.problems import Conflict, Fault
from plumbline.reports import frozen_versions
from plumbline.reports.frozen_versions import Series, Version
from plumbline.wording import english

Row = Mapping[str, Any]
Judge = Callable[[Row | None, Row | None], Iterator[tuple[str, Message]]]


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


def compare(
    series: Series,
    changes: Callable[[Version, Version], Iterator[Change]],
    actor: Actor,
    earlier: str = "",
    later: str = "",
) -> Comparison:
    """What has changed from one version to another, each by its reference, a day, or `NOW`.

    Without ``later`` the newest approved version; without ``earlier`` the one that was approved before it.
    Raises `NotFound`, `NotAllowed`, `Invalid` for a day that has not begun, and `Conflict` when there are no
    two versions to compare.
    """
    approved = frozen_versions.approved_versions(series, actor)
    later = later or (approved[-1] if approved else "")
    if not later:
        remedy = "freeze a version and have it approved"
        raise Conflict("No version has been approved yet.", [Fault("later", "is not there", remedy)])
    second = frozen_versions.named(series, actor, later)
    earlier = earlier or str(second.content.get("earlier", ""))
    if not earlier:
        remedy = "name two versions or days, or compare one with what it is now"
        raise Conflict("There is no earlier version.", [Fault("earlier", "is not there", remedy)])
    first = frozen_versions.named(series, actor, earlier)
    for name, found in (("earlier", first), ("later", second)):
        if not found.content:
            raise Conflict(
                say("version.unfrozen", "{record} has no content yet.", record=Ref(found.reference)),
                [Fault(name, "is a draft", "ask for its review, which freezes it")],
            )
    return Comparison(first, second, tuple(changes(first, second)))


def paired(earlier: Version, later: Version, part: str, key: str, judge: Judge) -> Iterator[Change]:
    """What ``judge`` says of each row of one ``part`` of two versions, the rows paired by ``key``."""
    before, after = ({row[key]: row for row in found.content[part]} for found in (earlier, later))
    for name in (*after, *(gone for gone in before if gone not in after)):
        row = after.get(name) or before[name]
        for what, message in judge(before.get(name), after.get(name)):
            yield Change(row["number"], row["title"], what, message)


def of_states(before: Row | None, after: Row | None) -> Iterator[tuple[str, Message]]:
    """A requirement that only one of two catalogs has did not change its state."""
    if before is None or after is None:
        return
    if (before["measured"], before["share"]) != (after["measured"], after["share"]):
        message = say(
            "version.measured", "Measured: {before} before, {after} now.",
            before=_measured(before), after=_measured(after),
        )  # fmt: skip
        yield "measured", message
    if before["attested"] != after["attested"]:
        message = say(
            "version.attested", "Attested: {before} before, {after} now.",
            before=Word(before["attested"] or "Not attested"),
            after=Word(after["attested"] or "Not attested"),
        )  # fmt: skip
        yield "attested", message


def _measured(state: Row) -> str:
    return f"{state['measured']} ({state['share']})" if state["share"] else str(state["measured"])


def as_dict(found: Comparison) -> dict[str, Any]:
    """A comparison as plain values."""
    return {
        "earlier": frozen_versions.heading(found.earlier),
        "later": frozen_versions.heading(found.later),
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
