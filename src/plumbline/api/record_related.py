"""Links, comments, attachments and the history of a record over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from plumbline.api import parsing
from plumbline.api.operations import (
    JSON_TYPE,
    REFERENCE,
    Answer,
    Body,
    Call,
    Handler,
    Operation,
    Parameter,
    Reply,
)
from plumbline.api.records import component, own_kind, saved_answer
from plumbline.api.schemas import TEXT, listed, ref, thing
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import commands, queries
from plumbline.records.attachments import dates
from plumbline.records.attachments.dates import Dates
from plumbline.records.discussion.queries import CommentView
from plumbline.records.kinds import Kind
from plumbline.records.related import queries as related

BYTES_TYPE = "application/octet-stream"
FILENAME = Parameter(
    "filename", {"type": "string", "minLength": 1, "maxLength": 200}, "Name of the file.", required=True
)

_DAY_TEXT = {"type": "string", "maxLength": 10}
DATES = (
    Parameter("document_date", _DAY_TEXT, "The day that stands on the document, YYYY-MM-DD."),
    Parameter("valid_until", _DAY_TEXT, "The last day on which it is valid, YYYY-MM-DD."),
)
REPLACES = Parameter("replaces", {"type": "string", "pattern": "^[0-9]{1,15}$"}, "The file that it replaces.")


def plain(view: Any) -> dict[str, Any]:
    """The fields of a view, instants as RFC 3339 texts."""
    return {
        name: clock.rfc3339(value)
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in asdict(view).items()
    }


def _links(kind: Kind) -> Handler:
    return lambda call: Answer([plain(view) for view in related.links(call.actor, own_kind(call, kind))])


def _link(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        sent = parsing.members(call.json, {"relation": str, "target": str}, {"note": str})
        note = sent.get("note", "")
        return saved_answer(
            commands.link(call.actor, own_kind(call, kind), sent["relation"], sent["target"], note)
        )

    return act


def _comments(kind: Kind) -> Handler:
    return lambda call: Answer(
        [comment_row(view) for view in related.comments(call.actor, own_kind(call, kind))]
    )


def comment_row(view: CommentView) -> dict[str, Any]:
    """A comment with what it said before."""
    earlier = [plain(text) for text in view.earlier]
    return {**plain(view), "earlier": earlier, "mentions": list(view.mentions)}


def _comment(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        sent = parsing.members(call.json, {"text": str}, {})
        return saved_answer(commands.comment(call.actor, own_kind(call, kind), sent["text"]))

    return act


def _attachments(kind: Kind) -> Handler:
    return lambda call: Answer(
        [plain(view) for view in related.attachments(call.actor, own_kind(call, kind))]
    )


def _attach(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        media_type = (call.request.content_type or BYTES_TYPE).lower()
        name = call.query.get("filename", "")
        if not name:
            remedy = "name the file in the address, such as ?filename=card.md"
            raise Invalid("The file was not saved.", [Fault("filename", "is missing", remedy)])
        found = _dates(call.query, "The file was not saved.")
        replaces = call.query.get("replaces", "")
        if replaces and not (replaces.isdecimal() and len(replaces) <= 15):
            remedy = "give the id of a file of the record"
            raise Invalid("The file was not saved.", [Fault("replaces", "is no number of a file", remedy)])
        return saved_answer(
            commands.attach(
                call.actor,
                own_kind(call, kind),
                name,
                call.body,
                media_type,
                dates=found,
                replaces=int(replaces) if replaces else None,
            )
        )

    return act


def _dates(sent: Mapping[str, str], refused: str) -> Dates:
    """The dates that were sent. Raises `Invalid` for a text that is no day."""
    found, faults = dates.from_texts(sent.get("document_date", ""), sent.get("valid_until", ""))
    if faults:
        raise Invalid(refused, faults)
    return found


def _set_dates(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        sent = parsing.members(call.json, {}, {"document_date": str, "valid_until": str})
        found = _dates(sent, "The dates were not saved.")
        reference = own_kind(call, kind)
        return saved_answer(commands.set_dates(call.actor, reference, _number(call), found))

    return act


def _number(call: Call) -> int:
    number = call.pieces["number"]
    if len(number) > 15:
        raise NotFound("The record has no file with this number.")
    return int(number)


def download(name: str, content: bytes) -> HttpResponse:
    """Bytes that a browser saves and never shows, whatever they are (RFC 6266)."""
    response = HttpResponse(content, content_type=BYTES_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _attachment(kind: Kind) -> Handler:
    def act(call: Call) -> Answer:
        view, content = related.attachment(call.actor, own_kind(call, kind), _number(call))
        return Answer(response=download(view.name, content))

    return act


def _history(kind: Kind) -> Handler:
    return lambda call: Answer([plain(entry) for entry in queries.history(call.actor, own_kind(call, kind))])


def operations(kind: Kind) -> Iterator[Operation]:
    """What hangs on a record of ``kind``."""
    one, named = f"/{kind.plural}/{{reference}}", component(kind)
    pieces = {"reference": REFERENCE}
    etag = {"ETag": "The revision, in quotes."}
    saved = {201: Reply("It was saved.", ref("Saved"), headers=etag)}
    link = thing(("note",), relation=TEXT, target=TEXT, note=TEXT)

    def made(method: str, path: str, name: str, text: str, act: Handler, **more: Any) -> Operation:
        more.setdefault("pieces", pieces)
        return Operation(method, f"{one}/{path}", f"{name}{named}", text, act, tag=kind.names, **more)

    writes: dict[str, Any] = {"replies": saved, "repeatable": True, "problems": (400, 409, 413, 415, 422)}
    yield made(
        "GET", "links", "listLinksOf", f"Links of a {kind.name}", _links(kind),
        replies={200: Reply("Links, out first.", listed(ref("Link")))},
    )  # fmt: skip
    yield made(
        "POST", "links", "link", f"Say that a {kind.name} relates to another record", _link(kind),
        body=Body({JSON_TYPE: link}), **writes,
    )  # fmt: skip
    yield made(
        "GET", "comments", "listCommentsOn", f"Comments on a {kind.name}", _comments(kind),
        replies={200: Reply("Comments, oldest first.", listed(ref("Comment")))},
    )  # fmt: skip
    yield made(
        "POST", "comments", "commentOn", f"Comment on a {kind.name}", _comment(kind),
        body=Body({JSON_TYPE: thing(text=TEXT)}), **writes,
    )  # fmt: skip
    yield from _file_operations(kind, made, writes)
    yield made(
        "GET", "history", "readHistoryOf", f"History of a {kind.name}", _history(kind),
        replies={200: Reply("Revisions, newest first.", listed(ref("HistoryEntry")))},
    )  # fmt: skip


def _file_operations(
    kind: Kind, made: Callable[..., Operation], writes: Mapping[str, Any]
) -> Iterator[Operation]:
    numbered = {"reference": REFERENCE, "number": "[0-9]+"}
    yield made(
        "GET", "attachments", "listAttachmentsOf", f"Files of a {kind.name}", _attachments(kind),
        replies={200: Reply("Files, oldest first.", listed(ref("Attachment")))},
    )  # fmt: skip
    yield made(
        "POST", "attachments", "attachTo", f"Add a file to a {kind.name}", _attach(kind),
        query=(FILENAME, *DATES, REPLACES),
        body=Body({BYTES_TYPE: {"type": "string", "format": "binary"}}, required=False), large=True, **writes,
    )  # fmt: skip
    yield made(
        "GET", "attachments/{number}", "downloadAttachmentOf", f"A file of a {kind.name}", _attachment(kind),
        pieces=numbered,
        replies={200: Reply("The bytes, to be saved.", {"type": "string", "format": "binary"}, BYTES_TYPE)},
    )  # fmt: skip
    yield made(
        "POST", "attachments/{number}/dates", "setDatesOfAttachmentOf",
        f"Say of when a file of a {kind.name} is and until when it is valid", _set_dates(kind),
        body=Body({JSON_TYPE: thing(("document_date", "valid_until"), document_date=TEXT, valid_until=TEXT)}),
        pieces=numbered, **writes,
    )  # fmt: skip
