"""Erasure over HTTP: what would go, requests and their decisions, legal holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, INSTANT, TEXT, listed, maybe, thing
from plumbline.erasure import commands, queries, values
from plumbline.identity import policy
from plumbline.kernel.problems import Fault, Invalid
from plumbline.telemetry.store.remote import open_reader

TAG = "erasure"
HANDLE = "era_[0-9a-f]{20}"
RECIPIENT = thing(pack=TEXT, recipient=TEXT, purpose=TEXT, expires=TEXT)
REQUEST = thing(
    id=TEXT, of=TEXT, target=TEXT, before=maybe(TEXT), ground=TEXT, reason=TEXT, state=TEXT, asked_by=TEXT,
    asked_at=INSTANT, decided_by=maybe(TEXT), decided_at=maybe(INSTANT), openings=COUNT, events=COUNT,
    entry=maybe(COUNT), error=maybe(TEXT), recipients=listed(RECIPIENT),
)  # fmt: skip
PREVIEW = thing(
    openings=COUNT, events=COUNT, records=listed(TEXT), people=listed(TEXT), files=COUNT, import_files=COUNT,
    recipients=listed(RECIPIENT), hold=maybe(COUNT), text=listed(TEXT),
)  # fmt: skip
HOLD = thing(id=TEXT, of=TEXT, target=TEXT, ground=TEXT, entry=COUNT, released=maybe(INSTANT))
PERIOD = thing(
    **{"class": TEXT}, months=COUNT, approved=maybe(COUNT), least=COUNT, source=TEXT, proposed=maybe(COUNT),
    proposal=maybe(COUNT),
)  # fmt: skip
PROPOSED = thing(months=COUNT, reason=TEXT)
APPROVED = thing(proposal=COUNT)
ASKED = thing(("before",), of=TEXT, target=TEXT, ground=TEXT, reason=TEXT, before=TEXT)
REFUSED = thing(ground=TEXT, reason=TEXT)
PLACED = thing(("of", "target"), of=TEXT, target=TEXT, ground=TEXT)


def _sent(call: Call) -> dict[str, Any]:
    needed = {"of": str, "target": str, "ground": str, "reason": str}
    sent = parsing.members(call.json, needed, {"before": str})
    try:
        before = date.fromisoformat(sent["before"]) if "before" in sent else None
    except ValueError:
        fault = Fault("before", "is no day", "write 2026-03-31")
        raise Invalid("The request was not made.", [fault]) from None
    return {
        "kind": sent["of"],
        "target": sent["target"],
        "ground": sent["ground"],
        "reason": sent["reason"],
        "before": before,
    }


def _preview(call: Call) -> Answer:
    draft = commands.draft(call.actor, **_sent(call))
    with open_reader(settings.PLUMBLINE.data) as reader:
        return Answer(values.of_preview(queries.preview(call.actor, draft, reader)))


def _ask(call: Call) -> Answer:
    row = commands.request(call.actor, **_sent(call))
    return Answer(values.of_request(row, []), 201, {"Location": f"/api/v1/erasures/{row.handle}"})


def _list(call: Call) -> Answer:
    rows = queries.requests(call.actor)
    return Answer([values.of_request(row, queries.packs_of(row)) for row in rows])


def _one(call: Call) -> Answer:
    row = queries.request(call.actor, call.pieces["id"])
    return Answer(values.of_request(row, queries.packs_of(row)))


def _approve(call: Call) -> Answer:
    return Answer(values.of_request(commands.approve(call.actor, call.pieces["id"]), []))


def _refuse(call: Call) -> Answer:
    sent = parsing.members(call.json, {"ground": str, "reason": str}, {})
    row = commands.refuse(call.actor, call.pieces["id"], sent["ground"], sent["reason"])
    return Answer(values.of_request(row, []))


def _holds(call: Call) -> Answer:
    return Answer([values.of_hold(row) for row in queries.holds(call.actor)])


def _place(call: Call) -> Answer:
    sent = parsing.members(call.json, {"ground": str}, {"of": str, "target": str})
    row = commands.place_hold(
        call.actor, kind=sent.get("of", ""), target=sent.get("target", ""), ground=sent["ground"]
    )
    return Answer(values.of_hold(row), 201)


def _release(call: Call) -> Answer:
    return Answer(values.of_hold(commands.release_hold(call.actor, call.pieces["id"])))


def _periods(call: Call) -> Answer:
    policy.require_everywhere(call.actor, queries.VERB)
    return Answer(values.of_periods())


def _period(name: str) -> dict[str, Any]:
    return next(row for row in values.of_periods() if row["class"] == name)


def _propose_period(call: Call) -> Answer:
    sent, name = parsing.members(call.json, {"months": int, "reason": str}, {}), call.pieces["class"]
    commands.propose_retention(call.actor, retention=name, months=sent["months"], reason=sent["reason"])
    return Answer(_period(name))


def _approve_period(call: Call) -> Answer:
    sent, name = parsing.members(call.json, {"proposal": int}, {}), call.pieces["class"]
    commands.approve_retention(call.actor, name, sent["proposal"])
    return Answer(_period(name))


def operations() -> Iterator[Operation]:
    """Requests for erasure, legal holds and retention periods."""
    yield from _requests_and_holds()
    pieces, answer = {"class": "[a-z][a-z-]{0,31}"}, {200: Reply("The class.", PERIOD)}
    yield Operation(
        "GET", "/retention-periods", "listRetentionPeriods", "For how long each class is kept, and why",
        _periods, tag=TAG, replies={200: Reply("Classes.", listed(PERIOD))},
    )  # fmt: skip
    yield Operation(
        "POST", "/retention-periods/{class}/proposal", "proposeRetentionPeriod", "Propose another period",
        _propose_period, tag=TAG, pieces=pieces, body=Body({JSON_TYPE: PROPOSED}),
        problems=(400, 413, 415, 422), replies=answer,
    )  # fmt: skip
    yield Operation(
        "POST", "/retention-periods/{class}/approval", "approveRetentionPeriod",
        "Approve what somebody else proposed", _approve_period, tag=TAG, pieces=pieces,
        body=Body({JSON_TYPE: APPROVED}), problems=(400, 404, 409, 413, 415, 422), replies=answer,
    )  # fmt: skip


def _requests_and_holds() -> Iterator[Operation]:
    pieces, asked = {"id": HANDLE}, Body({JSON_TYPE: ASKED})
    one = {200: Reply("The request.", REQUEST)}
    yield Operation(
        "POST", "/erasures/preview", "previewErasure", "What an erasure would reach", _preview, tag=TAG,
        body=asked, problems=(400, 404, 413, 415, 422, 503), replies={200: Reply("A dry run.", PREVIEW)},
    )  # fmt: skip
    yield Operation(
        "POST", "/erasures", "requestErasure", "Ask for an erasure", _ask, tag=TAG,
        body=asked, problems=(400, 404, 409, 413, 415, 422), repeatable=True,
        replies={201: Reply("It waits to be decided.", REQUEST, headers={"Location": "Where to look."})},
    )  # fmt: skip
    yield Operation(
        "GET", "/erasures", "listErasures", "Requests for erasure, newest first", _list, tag=TAG,
        replies={200: Reply("Requests.", listed(REQUEST))},
    )  # fmt: skip
    yield Operation(
        "GET", "/erasures/{id}", "readErasure", "One request, and who has to be told", _one, tag=TAG,
        pieces=pieces, replies=one,
    )  # fmt: skip
    yield Operation(
        "POST", "/erasures/{id}/approve", "approveErasure", "Approve a request of somebody else", _approve,
        tag=TAG, pieces=pieces, problems=(409,), replies=one,
    )  # fmt: skip
    yield Operation(
        "POST", "/erasures/{id}/refuse", "refuseErasure", "Refuse a request, with its ground", _refuse,
        tag=TAG, pieces=pieces, body=Body({JSON_TYPE: REFUSED}), problems=(400, 409, 413, 415, 422),
        replies=one,
    )  # fmt: skip
    yield Operation(
        "GET", "/legal-holds", "listLegalHolds", "Legal holds, those in force first", _holds, tag=TAG,
        replies={200: Reply("Holds.", listed(HOLD))},
    )  # fmt: skip
    yield Operation(
        "POST", "/legal-holds", "placeLegalHold", "Put something under a legal hold", _place, tag=TAG,
        body=Body({JSON_TYPE: PLACED}), problems=(400, 413, 415, 422), repeatable=True,
        replies={201: Reply("It is in force.", HOLD)},
    )  # fmt: skip
    yield Operation(
        "POST", "/legal-holds/{id}/release", "releaseLegalHold", "Release a hold of somebody else", _release,
        tag=TAG, pieces={"id": "hld_[0-9a-f]{20}"}, problems=(409,),
        replies={200: Reply("It is released.", HOLD)},
    )  # fmt: skip
