"""Versions to be acknowledged over HTTP: how far each is, one of them, and the act."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, REFERENCE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, HEX, INSTANT, TEXT, listed, maybe, thing
from plumbline.clauses.acknowledging import commands, queries
from plumbline.identity import policy
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound
from plumbline.records import csv_export

TAG = "records"
ACKNOWLEDGED = thing(acknowledged=INSTANT, entry=COUNT)
READER = thing(person=TEXT, name=TEXT, acknowledged=maybe(INSTANT), entry=maybe(COUNT))
STATUS = thing(
    ("readers",), reference=TEXT, kind=TEXT, title=TEXT, revision=COUNT, sha256=HEX, groups=listed(TEXT),
    asked=COUNT, done=COUNT, own=maybe(READER), readers=listed(READER),
)  # fmt: skip


def _reader(reader: queries.Reader) -> dict[str, Any]:
    given = reader.acknowledged
    return {
        "person": reader.handle,
        "name": reader.name,
        "acknowledged": clock.rfc3339(given.at) if given is not None else None,
        "entry": given.entry if given is not None else None,
    }


def _status(one: queries.Status) -> dict[str, Any]:
    version = one.version
    said: dict[str, Any] = {
        "reference": version.reference,
        "kind": version.kind,
        "title": version.title,
        "revision": version.revision,
        "sha256": version.digest,
        "groups": [str(group) for group in version.groups],
        "asked": len(one.readers),
        "done": one.done,
        "own": _reader(one.own) if one.own is not None else None,
    }
    return said | ({"readers": [_reader(reader) for reader in one.readers]} if one.may_see else {})


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    return Answer({"items": [_status(one) for one in queries.statuses(call.actor)]})


def _one(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    found = queries.status(call.actor, call.pieces["reference"])
    if found is None:
        raise NotFound("No version in force of this record asks anybody.")
    return Answer(_status(found))


def _csv(call: Call) -> Answer:
    policy.require(call.actor, "export", anywhere=True)
    chunks = csv_export.csv_file(queries.lines(call.actor), queries.HEADER)
    return Answer(response=StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8"))


def _acknowledge(call: Call) -> Answer:
    sent = parsing.members(call.json, {"sha256": str}, {})
    given = commands.acknowledge(call.actor, call.pieces["reference"], sent["sha256"])
    return Answer({"acknowledged": clock.rfc3339(given.at), "entry": given.entry}, 201)


def operations() -> Iterator[Operation]:
    """Reading how far versions are acknowledged, and acknowledging one."""
    one, piece = "/acknowledgements/{reference}", {"reference": REFERENCE}
    yield Operation(
        "GET", "/acknowledgements", "listAcknowledgements", "How far each version is acknowledged", _list,
        tag=TAG, replies={200: Reply("Versions in force that name groups.", thing(items=listed(STATUS)))},
        text="`readers` is there for whoever reads what is sensitive of the kind, and for the owner.",
    )  # fmt: skip
    yield Operation(
        "GET", "/acknowledgements.csv", "exportAcknowledgements", "Who has and who has not, as CSV", _csv,
        tag=TAG, replies={200: Reply("A line for each person who is asked.", TEXT, "text/csv")},
    )  # fmt: skip
    yield Operation(
        "GET", one, "readAcknowledgements", "How far one version is acknowledged", _one, tag=TAG,
        pieces=piece, problems=(404,),
        replies={200: Reply("The version in force.", STATUS)},
    )  # fmt: skip
    yield Operation(
        "POST", one, "acknowledge", "Acknowledge a version that you have read", _acknowledge, tag=TAG,
        pieces=piece, body=Body({JSON_TYPE: thing(sha256=HEX)}), problems=(400, 404, 409, 413, 415, 422),
        repeatable=True, replies={201: Reply("It is acknowledged.", ACKNOWLEDGED)},
        text="For the owner of the token alone. `sha256` is that of the version that was read; another "
        "version in force by now refuses it.",
    )  # fmt: skip
