"""The gate over HTTP: whether a release may go live, with the entry and the receipt of the answer."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, FLAG, TEXT, listed, maybe, thing
from plumbline.reports.gate import commands

TAG = "reports"
NEED = thing(name=TEXT, met=FLAG, text=TEXT, message={"type": "object"})
CHANGE = thing(part=TEXT, name=TEXT, before=TEXT, after=TEXT)
STALE = thing(kind=TEXT, record=TEXT, fields=listed(TEXT), parts=listed(TEXT))
REPORT = thing(
    system=TEXT, slug=TEXT, release=TEXT, version=TEXT, digest=TEXT, state=TEXT, day=TEXT, open=FLAG,
    tier=TEXT, needs=listed(NEED), before=TEXT, changes=listed(CHANGE), stale=listed(STALE),
)  # fmt: skip


def _ask(call: Call) -> Answer:
    sent = parsing.members(call.json, {"system": str, "release": str}, {})
    asked = commands.ask(call.actor, sent["system"], sent["release"])
    return Answer(
        {"report": asked.said, "sha256": asked.sha256, "entry": asked.entry, "receipt": asked.receipt}
    )


def operations() -> Iterator[Operation]:
    """Ask the gate."""
    yield Operation(
        "POST", "/gate", "askGate", "Whether a release may go live, and what is missing", _ask, tag=TAG,
        body=Body({JSON_TYPE: thing(system=TEXT, release=TEXT)}), problems=(400, 403, 404, 415, 422),
        replies={
            200: Reply(
                "What the gate says; entry is the trail entry that holds it, receipt its signed proof.",
                thing(report=REPORT, sha256=TEXT, entry=COUNT, receipt=maybe(TEXT)),
            )
        },
    )  # fmt: skip
