"""What acts about comments and mentions follow from: their entries."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity import authors
from plumbline.kernel.clock import rfc3339
from plumbline.records.models import CommentAct, Mention
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

PREFIX = "comment-"
ACTS_TYPES = frozenset(f"record.{PREFIX}{verb}" for verb in ("edited", "resolved", "reopened", "seen"))
MENTION = "records.Mention"


def _act(entry: CommittedEntry) -> dict[str, object] | None:
    verb = entry.verb.removeprefix(PREFIX)
    if verb == "edited" and "comment" not in entry.openings:
        return None
    return {
        "comment": entry.facts["comment"],
        "verb": verb,
        "text": entry.text("comment") if verb == "edited" else "",
        "at": rfc3339(entry.view.time),
        **authors.of_actor(entry.view.actor),
    }


ACTS = EntryRows(
    table="records.CommentAct",
    rows=lambda: CommentAct.objects.select_related("comment", "person"),
    types=ACTS_TYPES,
    expected=_act,
    found=lambda row: {
        "comment": row.comment.leaf,
        "verb": row.verb,
        "text": row.text,
        "at": rfc3339(row.at),
        **authors.of_row(row),
    },
    row=lambda row: f"{row.verb} of comment {row.comment.leaf}",
)


def _expected_mentions() -> dict[tuple[int, str], dict[str, object]]:
    """Who is mentioned in which comment (by its entry), since which entry, and whether still."""
    comments: dict[int, dict[str, dict[str, object]]] = {}
    for entry in committed.of_types({"record.commented", "record.comment-edited"}):
        number = int(entry.facts.get("comment", entry.index))
        named = set(entry.facts.get("mentions", ()))
        mentions = comments.setdefault(number, {})
        for handle in mentions.keys() - named:
            mentions[handle]["is_current"] = False
        for handle in named:
            fields = mentions.setdefault(handle, {"is_current": False})
            if not fields["is_current"]:
                fields |= {"is_current": True, "leaf": entry.index}
    return {(number, handle): fields for number, each in comments.items() for handle, fields in each.items()}


def _check_mentions(start: int, stop: int) -> Iterator[Difference]:
    expected = _expected_mentions()
    rows = Mention.objects.select_related("comment", "person")
    found = {(row.comment.leaf, row.person.handle): row for row in rows}
    for key, fields in expected.items():
        name = f"{key[1]} in comment {key[0]}"
        leaf = int(str(fields["leaf"]))
        if key in found:
            row = found[key]
            yield from compare(MENTION, name, leaf, fields, {"is_current": row.is_current, "leaf": row.leaf})
        else:
            yield without_row(MENTION, name, leaf)
    for number, handle in found.keys() - expected.keys():
        yield without_entry(MENTION, f"{handle} in comment {number}")


def declarations() -> Iterator[Declaration]:
    """The tables of what happens to comments."""
    yield Proof(
        "records.CommentAct",
        "Follows from the entry whose number it has. The opening “comment” is the text after an edit.",
        ACTS.passes(),
    )
    yield Proof(
        MENTION,
        "Who is mentioned stands in the facts of the entries of a comment and of its edits.",
        (Pass("mentions", whole, _check_mentions),),
    )
