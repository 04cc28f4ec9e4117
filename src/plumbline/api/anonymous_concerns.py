"""Concerns without a name over HTTP, with no token: as on the public page, under the same rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import DAY, TEXT, listed, maybe, thing, words
from plumbline.clauses.improvement.anonymous import commands, limits, queries
from plumbline.telemetry.redaction import redact_text

TAG = "records"
RECEIPT = thing(receipt=TEXT)
FOLLOWED = thing(
    state=TEXT, received_on=DAY, concern=TEXT, additions=listed(thing(text=TEXT, on=DAY)), answer=TEXT,
    answered_on=maybe(DAY),
)  # fmt: skip


def _address(call: Call) -> str:
    return str(call.request.META.get("REMOTE_ADDR", ""))


def _raise(call: Call) -> Answer:
    sent = parsing.members(call.json, {"channel": str, "concern": str}, {})
    queries.require_open(sent["channel"])
    limits.count_writing(_address(call))
    raised = commands.raise_concern(sent["channel"], sent["concern"], redact_text)
    return Answer({"receipt": raised.receipt}, 201)


def _read(receipt: str) -> dict[str, Any]:
    found = queries.follow(receipt)
    return {
        "state": found.state,
        "received_on": found.received_on.isoformat(),
        "concern": found.concern,
        "additions": [{"text": one.text, "on": one.on.isoformat()} for one in found.additions],
        "answer": found.answer,
        "answered_on": found.answered_on.isoformat() if found.answered_on is not None else None,
    }


def _follow(call: Call) -> Answer:
    sent = parsing.members(call.json, {"receipt": str}, {})
    queries.require_open()
    limits.count_reading(_address(call))
    return Answer(_read(sent["receipt"]))


def _add(call: Call) -> Answer:
    sent = parsing.members(call.json, {"receipt": str, "addition": str}, {})
    queries.require_open()
    limits.count_reading(_address(call))
    queries.follow(sent["receipt"])
    limits.count_writing(_address(call))
    commands.add(sent["receipt"], sent["addition"], redact_text)
    return Answer(_read(sent["receipt"]))


def operations() -> Iterator[Operation]:
    """Raising, following and adding to a concern without a name."""
    raising, adding = (
        thing(channel=words("inside", "outside"), concern=TEXT),
        thing(receipt=TEXT, addition=TEXT),
    )
    off = " Not found unless the setting concern_channels opens it."
    yield Operation(
        "POST", "/anonymous-concerns", "raiseAnonymousConcern", "Raise a concern without a name", _raise,
        tag=TAG, open=True, body=Body({JSON_TYPE: raising}),
        problems=(400, 404, 413, 415, 422, 429), replies={201: Reply("It came in.", RECEIPT)},
        text="Needs no token, and none that is sent is read: nothing is kept of who sent it. The receipt is "
        "shown here once; only its digest is stored. Personal data with a pattern is taken out." + off,
    )  # fmt: skip
    yield Operation(
        "POST", "/anonymous-concerns/follow", "followAnonymousConcern", "State and answer, by the receipt",
        _follow, tag=TAG, open=True, body=Body({JSON_TYPE: RECEIPT}), problems=(400, 404, 413, 415, 429),
        replies={200: Reply("Where it stands.", FOLLOWED)},
        text="A receipt travels in the body, so that no log of addresses has it." + off,
    )  # fmt: skip
    yield Operation(
        "POST", "/anonymous-concerns/additions", "addToAnonymousConcern", "Add to it, by the receipt", _add,
        tag=TAG, open=True, body=Body({JSON_TYPE: adding}),
        problems=(400, 404, 413, 415, 422, 429), replies={200: Reply("Where it stands.", FOLLOWED)},
        text=off.strip(),
    )  # fmt: skip
