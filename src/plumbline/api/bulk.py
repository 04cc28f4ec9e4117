"""One change to many records over HTTP: planned, looked at, confirmed, watched, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Parameter, Reply
from plumbline.api.records import PAGE, SIZE
from plumbline.api.schemas import ANYTHING, COUNT, FLAG, INSTANT, TEXT, listed, maybe, page, thing, words
from plumbline.bulk import commands, queries
from plumbline.bulk.queries import BulkView
from plumbline.bulk.requests import ACTS, BulkRequest
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid
from plumbline.wording import english

TAG = "records"
HANDLE = {"handle": "blk_[0-9a-f]{20}"}
ACT = thing(
    ("values", "move", "reason", "relation", "target", "note"),
    act=words(*ACTS), values=ANYTHING, move=TEXT, reason=TEXT, relation=TEXT, target=TEXT, note=TEXT,
)  # fmt: skip
PLAN = thing(("references", "where"), kind=TEXT, change=ACT, references=listed(TEXT), where=TEXT)
JOB = thing(
    id=TEXT, kind=TEXT, change=maybe(ANYTHING), state=TEXT, error=TEXT,
    counts=thing(**dict.fromkeys(queries.OUTCOMES, COUNT)), done=COUNT, may_be_undone=FLAG,
    undoes=TEXT, undone_by=TEXT, created=INSTANT, confirmed=maybe(INSTANT), finished=maybe(INSTANT),
)  # fmt: skip
ROW = thing(
    reference=TEXT, title=TEXT, outcome=words(*queries.OUTCOMES), message=TEXT, remedy=TEXT, done=FLAG
)
_TEXTS = ("move", "reason", "relation", "target", "note")


def _job(view: BulkView) -> dict[str, Any]:
    request = view.request
    said = {} if request is None else {name: value for name, value in vars(request).items() if value}
    return {
        "id": view.handle,
        "kind": view.kind.slug,
        "change": said or None,
        "state": view.state,
        "error": english(view.error),
        "counts": view.counts,
        "done": view.done,
        "may_be_undone": view.may_be_undone,
        "undoes": view.undoes,
        "undone_by": view.undone_by,
        "created": clock.rfc3339(view.created_at),
        "confirmed": clock.rfc3339(view.confirmed_at) if view.confirmed_at else None,
        "finished": clock.rfc3339(view.finished_at) if view.finished_at else None,
    }


def _planned(view: BulkView, status: int) -> Answer:
    return Answer(_job(view), status, {"Location": f"/api/v1/bulk/{view.handle}"})


def _list(call: Call) -> Answer:
    return Answer([_job(view) for view in queries.jobs(call.actor)])


def _plan(call: Call) -> Answer:
    sent = parsing.members(call.json, {"kind": str, "change": dict}, {"references": list, "where": str})
    change = parsing.members(sent["change"], {"act": str}, {"values": dict, **dict.fromkeys(_TEXTS, str)})
    references, where = sent.get("references"), sent.get("where")
    if (references is None) == (where is None):
        remedy = "references, or conditions; empty conditions are all records"
        raise Invalid("Nothing was planned.", [Fault("references", "or where is needed, not both", remedy)])
    if references is not None and not all(isinstance(each, str) for each in references):
        raise Invalid("Nothing was planned.", [Fault("references", "are no texts", "such as RSK-0007")])
    if references == []:
        raise Invalid("Nothing was planned.", [Fault("references", "are none", "name at least one")])
    view = commands.plan(
        call.actor, sent["kind"], BulkRequest(**change), references=references or (), where=where or ""
    )
    return _planned(view, 201)


def _read(call: Call) -> Answer:
    return Answer(_job(queries.job(call.actor, call.pieces["handle"])))


def _rows(call: Call) -> Answer:
    number, size, outcome = call.number("page", 1), call.number("size", 25), call.query.get("outcome", "")
    if not 1 <= number <= 100_000 or not 1 <= size <= 1_000:
        remedy = "page from 1, size 1 to 1000"
        raise Invalid("There is no such page.", [Fault("page", "is out of range", remedy)])
    if outcome and outcome not in queries.OUTCOMES:
        remedy_ = say("fault.one-of", "one of: {names}", names=", ".join(queries.OUTCOMES))
        raise Invalid("The list was not made.", [Fault("outcome", "is not known", remedy_)])
    found, total = queries.rows(call.actor, call.pieces["handle"], outcome=outcome, page=number, size=size)
    items = [
        {
            "reference": row.reference,
            "title": row.title,
            "outcome": row.outcome,
            "message": english(row.message),
            "remedy": english(row.remedy),
            "done": row.done,
        }
        for row in found
    ]
    return Answer({"items": items, "page": number, "size": size, "total": total, "capped": False})


def _confirm(call: Call) -> Answer:
    return _planned(commands.confirm(call.actor, call.pieces["handle"]), 202)


def _undo(call: Call) -> Answer:
    return _planned(commands.undo(call.actor, call.pieces["handle"]), 201)


def _discard(call: Call) -> Answer:
    commands.discard(call.actor, call.pieces["handle"])
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """Plan, preview, confirm, progress and undo."""
    place, one = {"Location": "Its address."}, "/bulk/{handle}"
    outcome = Parameter("outcome", words(*queries.OUTCOMES), "Only rows with this outcome.")
    yield Operation(
        "GET", "/bulk", "listBulkChanges", "Changes to many records that you asked for", _list, tag=TAG,
        replies={200: Reply("Changes, newest first.", listed(JOB))},
    )  # fmt: skip
    yield Operation(
        "POST", "/bulk", "planBulkChange", "Plan one change to many records; nothing is changed yet", _plan,
        tag=TAG, body=Body({JSON_TYPE: PLAN}), problems=(400, 404, 413, 415, 422), repeatable=True,
        replies={201: Reply("What it would do.", JOB, headers=place)},
    )  # fmt: skip
    yield Operation(
        "GET", one, "readBulkChange", "How far a change to many records is", _read, tag=TAG, pieces=HANDLE,
        replies={200: Reply("The change.", JOB)},
    )  # fmt: skip
    yield Operation(
        "GET", f"{one}/rows", "listBulkRows", "What happens with each record, and why", _rows, tag=TAG,
        pieces=HANDLE, query=(PAGE, SIZE, outcome), problems=(422,),
        replies={200: Reply("One page.", page(ROW))},
    )  # fmt: skip
    yield Operation(
        "POST", f"{one}/confirmation", "confirmBulkChange", "Have a planned change done", _confirm, tag=TAG,
        pieces=HANDLE, problems=(409, 422),
        replies={202: Reply("It is being done.", JOB, headers=place)},
    )  # fmt: skip
    yield Operation(
        "POST", f"{one}/undo", "undoBulkChange", "Plan to put back what a change has replaced", _undo,
        tag=TAG, pieces=HANDLE, problems=(409, 422),
        replies={201: Reply("What that would do.", JOB, headers=place)},
    )  # fmt: skip
    yield Operation(
        "DELETE", one, "discardBulkChange", "Give up a change that was not confirmed", _discard, tag=TAG,
        pieces=HANDLE, problems=(409,), replies={204: Reply("It is gone.")},
    )  # fmt: skip
