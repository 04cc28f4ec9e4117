"""Two management reviews compared: what was put before the later one that was otherwise before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, Requirement, Word, say, to_json
from plumbline.kernel.problems import Conflict, Fault
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports import review
from plumbline.reports.review import KIND, Review
from plumbline.wording import english

_Row = Mapping[str, Any]


@dataclass(frozen=True)
class ReviewChange:
    """One difference: the section that it is in, and what of it.

    ``what`` is a word for programs: recorded, figure, added, removed, state. ``about`` is the record or
    requirement that it is about; empty for a figure.
    """

    section: str
    title: str
    what: str
    about: str
    message: Message


@dataclass(frozen=True)
class ReviewComparison:
    """Everything that is different between the inputs of two reviews, in the order of the sections."""

    earlier: Review
    later: Review
    changes: tuple[ReviewChange, ...]


def earlier_of(actor: Actor, later: Review) -> str:
    """The approved review whose period ended last before that of ``later``; empty where there is none."""
    seen = records.select(actor, kinds.get(KIND))
    before = seen.filter(state="approved", period_until__lt=later.period_until)
    newest = before.order_by("-period_until", "-pk").values_list("reference", flat=True).first()
    return newest or ""


def compare(actor: Actor, reference: str, earlier: str = "") -> ReviewComparison:
    """What has changed from an ``earlier`` review (the one approved before, by default) to this one.

    Raises `NotFound`, and `Conflict` where there is no earlier one or either has no inputs yet.
    """
    second = review.find(actor, reference)
    name = earlier or earlier_of(actor, second)
    if not name:
        raise Conflict(
            say(
                "review-change.no-earlier",
                "No review was approved before {review}.",
                review=Ref(reference),
            ),
            [Fault("earlier", "is not there", "name another review")],
        )
    first = review.find(actor, name)
    for found in (first, second):
        if not found.inputs:
            raise Conflict(
                say("review.no-inputs", "{review} has no inputs yet.", review=Ref(found.reference)),
                [Fault("inputs", "are not gathered", "gather them first")],
            )
    return ReviewComparison(first, second, tuple(_changes(first, second)))


def _changes(first: Review, second: Review) -> Iterator[ReviewChange]:
    before, after = ({row["slug"]: row for row in found.inputs["sections"]} for found in (first, second))
    for slug, row in after.items():
        was = before.get(slug)
        if was is None:
            continue
        for what, about, message in _of_section(was, row):
            yield ReviewChange(slug, row["title"], what, about, message)


def _of_section(was: _Row, row: _Row) -> Iterator[tuple[str, str, Message]]:
    if was["recorded"] != row["recorded"]:
        text = "Recorded here now." if row["recorded"] else "Not recorded here any more."
        yield "recorded", "", say(f"review.recorded-{str(row['recorded']).lower()}", text)
    yield from _of_figures(was, row)
    before, after = ({item["ref"]: item for item in section["items"]} for section in (was, row))
    for ref in (*after, *(gone for gone in before if gone not in after)):
        found = _of_item(ref, before.get(ref), after.get(ref))
        # A list that was cut off says nothing of what it leaves out.
        if found is not None and (found[0] == "state" or not (was["more"] or row["more"])):
            yield found[0], ref, found[1]


def _of_figures(was: _Row, row: _Row) -> Iterator[tuple[str, str, Message]]:
    before = {figure["label"]: figure for figure in was["figures"]}
    for figure in row["figures"]:
        old = before.get(figure["label"])
        if old is not None and (old["value"], old["of"]) != (figure["value"], figure["of"]):
            message = say(
                "review.figure", "{label}: {before} before, {after} now.",
                label=Word(figure["label"]), before=_figure(old), after=_figure(figure),
            )  # fmt: skip
            yield "figure", "", message


def _figure(figure: _Row) -> Message:
    if figure["of"] is None:
        return say("review-change.figure", "{value}", value=int(figure["value"]))
    return say("review.value-of", "{value} of {total}", value=int(figure["value"]), total=int(figure["of"]))


def _of_item(ref: str, before: _Row | None, after: _Row | None) -> tuple[str, Message] | None:
    name = Requirement(ref) if ":" in ref else Ref(ref)
    if before is None and after is not None:
        return "added", say("review.added", "New: {item}.", item=name)
    if after is None:
        return "removed", say("review.removed", "No longer listed: {item}.", item=name)
    if before is not None and before["state"] != after["state"]:
        message = say(
            "review.state", "{item}: {before} before, {after} now.",
            item=name, before=Word(before["state"]), after=Word(after["state"]),
        )  # fmt: skip
        return "state", message
    return None


def as_dict(found: ReviewComparison) -> dict[str, Any]:
    """A comparison as plain values."""
    return {
        "earlier": found.earlier.reference,
        "later": found.later.reference,
        "changes": [
            {
                "section": change.section,
                "title": change.title,
                "what": change.what,
                "about": change.about,
                "text": english(change.message),
                "message": to_json(change.message),
            }
            for change in found.changes
        ],
    }
