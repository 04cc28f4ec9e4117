"""Private notes of auditors over HTTP: that they are there, what is sealed to its author, and deleting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import COUNT, FLAG, HEX, INSTANT, TEXT, listed, maybe, thing
from plumbline.kernel.clock import rfc3339
from plumbline.reports.private_notes import commands, queries

TAG = "reports"
PIECES = {"id": "pvn_[0-9a-f]{20}"}
DAY = {"type": "string", "format": "date"}
LISTED = thing(
    id=TEXT, author=TEXT, person=TEXT, at=INSTANT, entry=COUNT, own=FLAG, deletable_from=maybe(DAY)
)
SEALED = thing(id=TEXT, author=TEXT, at=INSTANT, entry=COUNT, sha256=HEX, sealed=TEXT)


def _day(value: date) -> str | None:
    return None if value == queries.NEVER else value.isoformat()


def _list(call: Call) -> Answer:
    return Answer(
        [
            {
                "id": note.handle, "author": note.author, "person": note.person, "at": rfc3339(note.at),
                "entry": note.entry, "own": note.is_own, "deletable_from": _day(note.deletable_from),
            }
            for note in queries.listed(call.actor)
        ]
    )  # fmt: skip


def _read(call: Call) -> Answer:
    note = commands.sealed(call.actor, call.pieces["id"])
    return Answer(
        {
            "id": note.handle, "author": note.actor, "at": rfc3339(note.at), "entry": note.leaf,
            "sha256": note.digest, "sealed": note.sealed,
        }
    )  # fmt: skip


def _delete(call: Call) -> Answer:
    commands.delete(call.actor, call.pieces["id"])
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """Notes that only the auditor who wrote them can read."""
    one = "/private-notes/{id}"
    yield Operation(
        "GET", "/private-notes", "listPrivateNotes", "Private notes, without what they say", _list, tag=TAG,
        replies={200: Reply("Your own; for whoever gives roles, also those of others.", listed(LISTED))},
        text="`deletable_from` is the first day on which the organization may delete a note, unread; null "
        "while its author audits. Notes are written and opened on the page only, with the passphrase.",
    )  # fmt: skip
    yield Operation(
        "GET", one, "readSealedNote", "What is sealed of a note of your own", _read, tag=TAG, pieces=PIECES,
        replies={200: Reply("The ciphertext; the guide says how it is made.", SEALED)},
        text="Anybody but the author is refused, and an entry of the trail says that they asked.",
    )  # fmt: skip
    yield Operation(
        "DELETE", one, "deletePrivateNote", "Delete a private note", _delete, tag=TAG, pieces=PIECES,
        problems=(409,), replies={204: Reply("What was sealed is gone.")},
        text="Its author at any time; whoever gives roles 180 days after the author has last audited.",
    )  # fmt: skip
