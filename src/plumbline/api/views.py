"""Saved views of lists over HTTP: found, kept, shared and removed; a list is opened by its view."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Parameter, Reply
from plumbline.api.schemas import COUNT, FLAG, INSTANT, TEXT, listed, thing
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds
from plumbline.records.saved_views import commands, queries
from plumbline.records.saved_views.queries import View

TAG = "records"
HANDLE = {"handle": "viw_[0-9a-f]{20}"}
QUERY = {"type": "object", "additionalProperties": TEXT}
VIEW = thing(
    id=TEXT, kind=TEXT, name=TEXT, query=QUERY, shared_with=TEXT, owner=TEXT, owner_name=TEXT, revision=COUNT,
    changed=INSTANT, may_change=FLAG, records=TEXT,
)  # fmt: skip
NEW = thing(("query", "shared_with"), kind=TEXT, name=TEXT, query=QUERY, shared_with=TEXT)
CHANGED = thing(("query", "shared_with", "name"), name=TEXT, query=QUERY, shared_with=TEXT)


def _view(view: View) -> dict[str, Any]:
    return {
        "id": view.handle,
        "kind": view.kind.slug,
        "name": view.name,
        "query": view.parameters,
        "shared_with": view.shared_with,
        "owner": view.owner,
        "owner_name": view.owner_name,
        "revision": view.revision,
        "changed": clock.rfc3339(view.updated_at),
        "may_change": view.may_change,
        "records": f"/api/v1/{view.kind.plural}?view={view.handle}",
    }


def _query(value: dict[str, Any]) -> dict[str, str]:
    if not all(isinstance(each, str) for each in value.values()):
        raise Invalid(
            "The view was not saved.", [Fault("query", "has values that are no texts", "send texts")]
        )
    return value


def _list(call: Call) -> Answer:
    kind = kinds.get(call.query["kind"]) if "kind" in call.query else None
    return Answer({"items": [_view(view) for view in queries.views(call.actor, kind)]})


def _read(call: Call) -> Answer:
    return Answer(_view(queries.view(call.actor, call.pieces["handle"])))


def _save(call: Call) -> Answer:
    sent = parsing.members(call.json, {"kind": str, "name": str}, {"query": dict, "shared_with": str})
    query, shared = _query(sent.get("query", {})), sent.get("shared_with", "")
    view = commands.save(call.actor, sent["kind"], sent["name"], query, shared_with=shared)
    return Answer(_view(view), 201, {"Location": f"/api/v1/views/{view.handle}"})


def _change(call: Call) -> Answer:
    sent = parsing.members(call.json, {}, {"name": str, "query": dict, "shared_with": str})
    present = queries.view(call.actor, call.pieces["handle"])
    view = commands.change(
        call.actor,
        present.handle,
        name=sent.get("name", present.name),
        query=_query(sent.get("query", present.parameters)),
        shared_with=sent.get("shared_with", present.shared_with),
        revision=parsing.seen_revision(call.request),
    )
    return Answer(_view(view), headers={"ETag": parsing.entity_tag(view.revision)})


def _remove(call: Call) -> Answer:
    commands.remove(call.actor, call.pieces["handle"])
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """The views that somebody has, and keeping them."""
    one, place = "/views/{handle}", {"Location": "Its address."}
    yield Operation(
        "GET", "/views", "listViews", "Your views of lists and those shared with you", _list, tag=TAG,
        query=(Parameter("kind", TEXT, "Only views of this kind of record."),), problems=(404,),
        replies={200: Reply("By name, your own first.", thing(items=listed(VIEW)))},
    )  # fmt: skip
    yield Operation(
        "POST", "/views", "saveView", "Keep a list under a name", _save, tag=TAG,
        body=Body({JSON_TYPE: NEW}), problems=(400, 404, 413, 415, 422), repeatable=True,
        replies={201: Reply("It is saved.", VIEW, headers=place)},
        text="`query` has the parameters of a list: `where`, `q`, `sort`, filters, `columns` (names with "
        "commas) and `density`. `shared_with` is empty, `everybody` or the slug of a role. Whoever opens a "
        "view sees what they may see in that list anyway.",
    )  # fmt: skip
    yield Operation(
        "GET", one, "readView", "One view", _read, tag=TAG, pieces=HANDLE, replies={200: Reply("It.", VIEW)},
    )  # fmt: skip
    yield Operation(
        "PATCH", one, "changeView", "Change a view", _change, tag=TAG, pieces=HANDLE,
        body=Body({JSON_TYPE: CHANGED}), guarded=True, problems=(400, 412, 413, 415, 422, 428),
        replies={200: Reply("It is changed.", VIEW)},
    )  # fmt: skip
    yield Operation(
        "DELETE", one, "removeView", "Remove a view; records stay as they are", _remove, tag=TAG,
        pieces=HANDLE, replies={204: Reply("It is gone.")},
    )  # fmt: skip
