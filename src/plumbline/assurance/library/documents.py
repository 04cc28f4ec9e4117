"""Documents, communication and resources (7.1, 7.4, 7.5): past their day, kept too long, too little."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.leadership import CADENCE
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


@rule(
    "communication-not-made",
    "7.4",
    grade="minor",
    over="communication",
    repair=Word("Say what is due, and write the day and where it is kept."),
)
def communication_not_made(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Something that is to be said regularly was not said by its day."""
    due, said = row.day("next_due"), row.day("said_on")
    late = said is not None and row["cadence"] in CADENCE and said < world.ago(CADENCE[row["cadence"]])
    if (due is not None and due < world.today) or late:
        yield gap(
            say("predicted.communication-not-made", "{communication} was not said when it was due.",
                communication=Ref(row.reference)),
            row.seen("cadence", "said_on", "next_due"),
        )  # fmt: skip


@rule(
    "document-past-review",
    "7.5.2 A.2.4",
    grade="minor",
    over="document policy",
    repair=Word("Review it, and record the review with its outcome and the next day."),
)
def document_past_review(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A policy or document is past the day of its review, and no review came since."""
    reviews = [one for one in world.naming(row, "document-review") if one.day("next_review")]
    looked = max((day for one in reviews if (day := one.day("reviewed_on")) is not None), default=None)
    # A version that was approved after the last review says itself when it is looked at next.
    newer = looked is not None and row.approved_on is not None and row.approved_on > looked
    days = [one.day("next_review") for one in ((row,) if newer else (*reviews, row))]
    last = max((day for day in days if day is not None), default=None)
    if last is not None and last < world.today and row.state != "retirement proposed":
        yield gap(
            say("predicted.document-past-review", "{document} was to be reviewed by {day}.",
                document=Ref(row.reference), day=last),
            row.seen("next_review", "version"),
            *(one.seen("reviewed_on", "next_review") for one in reviews),
        )  # fmt: skip


@rule(
    "context-past-review",
    "4.1 4.2 4.3 5.3",
    grade="minor",
    over="issue interested-party obligation scope responsibility committee",
    repair=Word("Look at it again, and write the next day."),
)
def context_past_review(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A part of the context, or a duty, was to be looked at again by a day that has passed."""
    due = row.day("next_review")
    if due is not None and due < world.today:
        yield gap(
            say("predicted.context-past-review", "{record} was to be looked at again by {day}.",
                record=Ref(row.reference), day=due),
            row.seen("next_review"),
        )  # fmt: skip


@rule(
    "withdrawn-and-in-force",
    "7.5.3 7.5.2",
    grade="minor",
    over="document-review",
    repair=Word("Retire it or change it, as the review decided."),
)
def withdrawn_and_in_force(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A review wanted a document changed or withdrawn by a day, and it stands unchanged."""
    due, about = row.day("next_review"), world.get(row["document"]) or world.get(row["policy"])
    if about is None or row["outcome"] not in {"to be changed", "to be withdrawn"} or about.ended:
        return
    later = any(
        (one.day("reviewed_on") or date.min) > (row.day("reviewed_on") or date.min)
        for one in world.naming(about, "document-review")
    )
    done = (about.approved_on or date.min) > (row.day("reviewed_on") or date.max)
    if due is not None and due < world.today and not later and not done:
        yield gap(
            say("predicted.withdrawn-and-in-force", "{document} is in force as it was, against {review}.",
                document=Ref(about.reference), review=Ref(row.reference)),
            row.seen("outcome", "reason", "next_review"),
            about.seen("version", "title"),
        )  # fmt: skip


@rule(
    "kept-too-long",
    "7.5.3",
    grade="minor",
    over="document",
    repair=Word("Dispose of it as its rule says, and retire the record."),
)
def kept_too_long(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A document is kept after the last day for which it may be."""
    last = row.day("dispose_on")
    if last is not None and last < world.today:
        yield gap(
            say("predicted.kept-too-long", "{document} was to be disposed of by {day}.",
                document=Ref(row.reference), day=last),
            row.seen("dispose_on", "retention_rule"),
        )  # fmt: skip


@rule(
    "confidential-and-for-everybody",
    "7.5.3",
    grade="minor",
    over="document",
    repair=Word("Correct whichever is wrong: who may see it, or whom it is given to."),
)
def confidential_for_everybody(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A document is confidential by its class and given to everybody."""
    given = texts.folded(row.text("distribution", "readers"))
    if row["classification"] in {"confidential", "restricted"} and texts.says_any(
        given, ("everybody", "everyone", "public", "all staff", "all employees")
    ):
        yield gap(
            say("predicted.confidential-and-for-everybody", "{document} is confidential and given to "
            "everybody.",
                document=Ref(row.reference)),
            row.seen("classification", "distribution", "readers"),
        )  # fmt: skip


@rule(
    "document-without-version",
    "7.5.2",
    grade="minor",
    repair=Word("Write version or edition, and for one from outside its issuer."),
)
def document_without_version(world: Snapshot) -> Iterator[Gap]:
    """Most documents have a version and this one has none, or nobody knows who issued it."""
    documents = world.of("document")
    with_version = [one for one in documents if one.text("version")]
    for row in documents:
        outside = row["origin"] == "external" and not row.text("issuer")
        if outside or (
            not row.text("version") and len(with_version) >= 3 and len(with_version) * 2 > len(documents)
        ):
            yield gap(
                say("predicted.document-without-version", "{document} has no version, or no issuer.",
                    document=Ref(row.reference)),
                row.seen("version", "issuer", "origin"),
            )  # fmt: skip


@rule(
    "enough-and-too-little",
    "7.1 A.4.2",
    grade="minor",
    over="resource",
    repair=Word("Say what is lacking and what is done about it, or correct the figures."),
)
def enough_too_little(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A resource is called enough, and less is there than is needed; or it lacks, and nothing says what
    follows."""
    needed, there = texts.number(row.text("needed")), texts.number(row.text("available"))
    less = needed is not None and there is not None and there < needed
    if (row["enough"] == "yes" and less) or (row["enough"] == "no" and texts.vague(row.text("gap"))):
        yield gap(
            say("predicted.enough-and-too-little", "{resource} is lacking, and its record does not deal "
            "with that.",
                resource=Ref(row.reference)),
            row.seen("needed", "available", "enough", "gap"),
        )  # fmt: skip
