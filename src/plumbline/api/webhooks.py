"""Webhooks over HTTP, for administrators with a token that writes: the same acts as on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, INSTANT, TEXT, listed, maybe, thing, words
from plumbline.delivery.webhook import commands, queries
from plumbline.delivery.webhook.queries import EndpointView
from plumbline.kernel import clock

TAG = "people"
PIECES = {"id": "whk_[0-9a-f]{20}"}
STYLE = words("json", "slack", "teams")
MEMBERS = {
    "id": TEXT, "name": TEXT, "host": TEXT, "style": STYLE, "state": words("active", "disabled"),
    "created": INSTANT, "waiting": COUNT, "last_sent": maybe(INSTANT), "last_error": maybe(TEXT),
}  # fmt: skip
WEBHOOK = thing(**MEMBERS)
NEW = thing(**MEMBERS, secret=TEXT)


def as_dict(row: EndpointView) -> dict[str, Any]:
    """A webhook as JSON."""
    return {
        "id": row.handle,
        "name": row.name,
        "host": row.host,
        "style": row.style,
        "state": row.state,
        "created": clock.rfc3339(row.created_at),
        "waiting": row.waiting,
        "last_sent": clock.rfc3339(row.last_sent_at) if row.last_sent_at is not None else None,
        "last_error": row.last_error or None,
    }


def _list(call: Call) -> Answer:
    return Answer([as_dict(row) for row in queries.endpoints(call.actor)])


def _add(call: Call) -> Answer:
    sent = parsing.members(call.json, {"name": str, "address": str, "style": str}, {})
    new = commands.add(call.actor, **sent)
    return Answer({**as_dict(new.endpoint), "secret": new.secret}, 201)


def _renew(call: Call) -> Answer:
    new = commands.renew(call.actor, call.pieces["id"])
    return Answer({**as_dict(new.endpoint), "secret": new.secret})


def _enable(call: Call) -> Answer:
    return Answer(as_dict(commands.enable(call.actor, call.pieces["id"])))


def _remove(call: Call) -> Answer:
    commands.remove(call.actor, call.pieces["id"])
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """Webhooks: list, add, sign with a new secret, enable again, remove."""
    yield Operation(
        "GET", "/webhooks", "listWebhooks", "Webhooks, for administrators", _list, tag=TAG,
        replies={200: Reply("By name. Addresses and secrets are never answered.", listed(WEBHOOK))},
    )  # fmt: skip
    yield Operation(
        "POST", "/webhooks", "addWebhook", "Post what newly waits to an address", _add, tag=TAG,
        body=Body({JSON_TYPE: thing(name=TEXT, address=TEXT, style=STYLE)}),
        problems=(400, 409, 413, 415, 422),
        replies={201: Reply("It is active. The secret is answered this once.", NEW)},
    )  # fmt: skip
    yield Operation(
        "POST", "/webhooks/{id}/renew", "renewWebhook", "Sign with a new secret", _renew, tag=TAG,
        pieces=PIECES, replies={200: Reply("The secret is answered this once.", NEW)},
    )  # fmt: skip
    yield Operation(
        "POST", "/webhooks/{id}/enable", "enableWebhook", "Post again to a webhook that was disabled",
        _enable, tag=TAG, pieces=PIECES, problems=(409,), replies={200: Reply("It is active.", WEBHOOK)},
    )  # fmt: skip
    yield Operation(
        "POST", "/webhooks/{id}/remove", "removeWebhook", "Post nothing to a webhook any more", _remove,
        tag=TAG, pieces=PIECES, replies={204: Reply("Its address and secret are forgotten.")},
    )  # fmt: skip
