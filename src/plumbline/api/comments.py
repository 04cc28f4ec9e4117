"""What is done about a comment after it was written, over HTTP; comments are beside their records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.records import saved_answer
from plumbline.api.schemas import TEXT, ref, thing, words
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records.discussion import commands
from plumbline.records.writing import Saved

ACTS: Final[Mapping[str, Callable[[Actor, int], Saved]]] = {
    "resolve": commands.resolve,
    "reopen": commands.reopen,
    "seen": commands.mark_seen,
}


def _number(call: Call) -> int:
    text = call.pieces["number"]
    if len(text) > 15:
        raise NotFound("There is no comment with this number that you may see.")
    return int(text)


def _edit(call: Call) -> Answer:
    sent = parsing.members(call.json, {"text": str}, {})
    return saved_answer(commands.edit(call.actor, _number(call), sent["text"]))


def _act(call: Call) -> Answer:
    sent = parsing.members(call.json, {"act": str}, {})
    act = ACTS.get(sent["act"])
    if act is None:
        known = say("fault.one-of", "one of: {names}", names=listing(list(ACTS)))
        raise Invalid("Nothing was done.", [Fault("act", "is not known", known)])
    return saved_answer(act(call.actor, _number(call)))


def operations() -> Iterator[Operation]:
    """Edit a comment; resolve it, reopen it, or mark a mention in it as seen."""
    pieces = {"number": "[0-9]+"}
    saved = {201: Reply("It is entered.", ref("Saved"), headers={"ETag": "The revision, in quotes."})}
    yield Operation(
        "POST", "/comments/{number}/text", "editComment", "Give a comment another text", _edit,
        tag="records", pieces=pieces, problems=(400, 404, 409, 413, 415, 422),
        body=Body({JSON_TYPE: thing(text=TEXT)}), replies=saved,
    )  # fmt: skip
    yield Operation(
        "POST", "/comments/{number}/acts", "actOnComment", "Resolve or reopen a comment, or mark it as seen",
        _act, tag="records", pieces=pieces, problems=(400, 404, 409, 413, 415, 422),
        body=Body({JSON_TYPE: thing(act=words(*ACTS))}), replies=saved,
    )  # fmt: skip
