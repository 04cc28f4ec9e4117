"""The library of starting points over HTTP: list it, and make drafts of some of it."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import FLAG, TEXT, listed, thing
from plumbline.clauses import starting_points
from plumbline.identity import policy
from plumbline.kernel.problems import Fault, Invalid

TAG = "records"
POINT = thing(
    id=TEXT, kind=TEXT, title=TEXT, text=TEXT, requirements=listed(TEXT), source=TEXT, taken=FLAG
)  # fmt: skip
DRAFT = thing(id=TEXT, reference=TEXT, state=TEXT)


def _list(call: Call) -> Answer:
    policy.require(call.actor, "read", anywhere=True)
    taken = starting_points.taken()
    items = [
        {
            "id": point.id,
            "kind": point.kind,
            "title": point.title,
            "text": point.text,
            "requirements": list(point.requirements),
            "source": point.source,
            "taken": point.id in taken,
        }
        for point in starting_points.starting_points()
    ]
    return Answer({"items": items})


def _take(call: Call) -> Answer:
    ids = parsing.members(call.json, {"ids": list}, {})["ids"]
    if not ids or not all(isinstance(name, str) for name in ids):
        raise Invalid("Nothing was picked.", [Fault("ids", "is not a list of ids", '["R-01", "P-01"]')])
    made = starting_points.take(call.actor, ids)
    items = [
        {"id": point.id, "reference": saved.reference, "state": str(saved.state)} for point, saved in made
    ]
    return Answer({"items": items}, status=201)


def operations() -> Iterator[Operation]:
    """List the starting points; make drafts of some of them."""
    yield Operation(
        "GET", "/starting-points", "listStartingPoints", "Risks, objectives and texts to start from", _list,
        tag=TAG,
        replies={200: Reply("All of them, and which are taken.", thing(items=listed(POINT)))},
    )  # fmt: skip
    yield Operation(
        "POST", "/starting-points", "takeStartingPoints", "Make drafts of some starting points", _take,
        tag=TAG,
        body=Body({JSON_TYPE: thing(ids=listed(TEXT))}), problems=(400, 404, 409, 413, 415, 422),
        replies={
            201: Reply("The drafts of the token's owner. None is evidence.", thing(items=listed(DRAFT))),
        },
    )  # fmt: skip
