"""Backups over HTTP: when the last one was made and what it covers, and asking for one."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api.operations import Answer, Call, Operation, Reply
from plumbline.api.schemas import COUNT, INSTANT, TEXT, maybe, thing
from plumbline.portability import requests

TAG = "backups"
FLAG = {"type": "boolean"}
STATE = thing(
    last=maybe(thing(id=TEXT, at=INSTANT, entries=COUNT, bytes=COUNT, signing_keys=FLAG, entry=COUNT)),
    stale=FLAG,
    entries_since=COUNT,
    folder=FLAG,
    request=maybe(thing(id=TEXT, by=TEXT, at=INSTANT, state=TEXT, failure=maybe(TEXT))),
    restore=TEXT,
)


def _state(call: Call) -> Answer:
    requests.require(call.actor)
    return Answer(requests.as_dict(requests.state()))


def _ask(call: Call) -> Answer:
    requests.ask(call.actor)
    return Answer(requests.as_dict(requests.state()), 202)


def operations() -> Iterator[Operation]:
    """The state of backups, and asking for one."""
    yield Operation(
        "GET", "/backups", "readBackups", "When the last backup was made, and what became of one asked for",
        _state, tag=TAG, replies={200: Reply("The state; restore names the command.", STATE)},
    )  # fmt: skip
    yield Operation(
        "POST", "/backups", "makeBackup", "Ask for a backup in the folder of the settings", _ask, tag=TAG,
        text="The worker makes it and checks it, one at a time. Without PLUMBLINE_BACKUP_FOLDER, or while "
        "one is made, the answer is 409. Restoring stays a command on the server, since it makes a data "
        "folder that no server may have open: `plumbline restore DIR --to NEW_FOLDER`.",
        problems=(409, 503), replies={202: Reply("It was asked for.", STATE)},
    )  # fmt: skip
