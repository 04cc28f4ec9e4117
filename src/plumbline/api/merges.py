"""Merging two records of one kind over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, REFERENCE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, FLAG, INSTANT, TEXT, listed, thing
from plumbline.kernel import clock
from plumbline.records import queries as records
from plumbline.records.merging import commands, queries

TAG = "records"
PIECES = {"reference": REFERENCE}
MERGE = thing(
    source=TEXT, source_title=TEXT, target=TEXT, target_title=TEXT, actor=TEXT, at=INSTANT, leaf=COUNT,
    waits=FLAG, confirms=FLAG,
)  # fmt: skip
STATE = thing(reference=TEXT, revision=COUNT, state=TEXT, leaf=COUNT, merges=listed(MERGE))


def _merges(call: Call) -> list[dict[str, Any]]:
    record, _ = records.find(call.actor, call.pieces["reference"])
    found = queries.of_record(call.actor, record)
    return [{**asdict(one), "at": clock.rfc3339(one.at)} for one in found]


def _list(call: Call) -> Answer:
    return Answer(_merges(call))


def _merge(call: Call) -> Answer:
    sent = parsing.members(call.json, {"into": str, "revision": int, "reason": str}, {})
    reference = call.pieces["reference"]
    return _saved(
        call,
        commands.merge(call.actor, reference, sent["into"], revision=sent["revision"], reason=sent["reason"]),
    )


def _confirm(call: Call) -> Answer:
    return _saved(call, commands.confirm(call.actor, call.pieces["reference"]))


def _drop(call: Call) -> Answer:
    return _saved(call, commands.drop(call.actor, call.pieces["reference"]))


def _saved(call: Call, saved: Any) -> Answer:
    made = {
        "reference": saved.reference,
        "revision": saved.revision,
        "state": saved.state,
        "leaf": saved.leaf,
    }
    return Answer({**made, "merges": _merges(call)})


def operations() -> Iterator[Operation]:
    """What was merged, merging, the second person, and dropping what waits."""
    done = {200: Reply("The record, and its merges.", STATE)}
    yield Operation(
        "GET", "/merges/{reference}", "listMerges", "Records merged into this one, and this one into another",
        _list, tag=TAG, pieces=PIECES, replies={200: Reply("Its merges.", listed(MERGE))},
    )  # fmt: skip
    yield Operation(
        "POST", "/merges/{reference}", "mergeRecord", "Merge a record into another of its kind", _merge,
        tag=TAG, pieces=PIECES, body=Body({JSON_TYPE: thing(into=TEXT, revision=COUNT, reason=TEXT)}),
        problems=(400, 404, 409, 412, 413, 415, 422), replies=done,
        text="Where either was ever approved it waits for a second person.",
    )  # fmt: skip
    yield Operation(
        "POST", "/merges/{reference}/confirmation", "confirmMerge", "Confirm a merge as a second person",
        _confirm, tag=TAG, pieces=PIECES, problems=(404, 409, 422), replies=done,
    )  # fmt: skip
    yield Operation(
        "DELETE", "/merges/{reference}", "dropMerge", "Drop a merge that waits for a second person", _drop,
        tag=TAG, pieces=PIECES, problems=(404,), replies=done,
    )  # fmt: skip
