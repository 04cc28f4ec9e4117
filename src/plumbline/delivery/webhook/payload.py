"""How a message looks: signed JSON for programs, or the form that a chat takes. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plumbline.delivery.models import Endpoint
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Word, say
from plumbline.wording import render

TYPE = "task.waiting"
"""The type of event: something began to wait for somebody."""


@dataclass(frozen=True)
class Waiting:
    """What a message says: why something waits, of what (a reference or slug), by when, and where to look."""

    kind: str
    subject: str
    due: date | None
    address: str
    since: datetime
    organization: str


def _text(waiting: Waiting) -> Message:
    kind = Word(waiting.kind)
    if waiting.due is None:
        return say(
            "webhook.waiting",
            "{organization}: {subject} newly waits for somebody ({kind}).",
            organization=waiting.organization, subject=waiting.subject, kind=kind,
        )  # fmt: skip
    return say(
        "webhook.waiting-due",
        "{organization}: {subject} newly waits for somebody ({kind}), by {day}.",
        organization=waiting.organization, subject=waiting.subject, kind=kind, day=waiting.due,
    )  # fmt: skip


def _json(waiting: Waiting) -> Mapping[str, Any]:
    return {
        "type": TYPE,
        "timestamp": clock.rfc3339(waiting.since),
        "data": {
            "kind": waiting.kind,
            "subject": waiting.subject,
            "due": waiting.due.isoformat() if waiting.due is not None else None,
            "address": waiting.address,
        },
    }


def _slack(waiting: Waiting) -> Mapping[str, Any]:
    """The form of Slack's incoming webhooks, in which three characters have to be written as entities."""
    text = render(_text(waiting)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": f"{text} <{waiting.address}>"}


def _teams(waiting: Waiting) -> Mapping[str, Any]:
    """An Adaptive Card, as the webhooks of Teams' workflows take it."""
    # The text of a card is Markdown: what somebody named an organization must not become a link in it.
    text = "".join(
        f"\\{letter}" if letter in "\\`*_[]()#<>!|~" else letter for letter in render(_text(waiting))
    )
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text, "wrap": True}],
        "actions": [
            {
                "type": "Action.OpenUrl",
                "title": render(say("webhook.open", "Open")),
                "url": waiting.address,
            }
        ],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


_STYLES: Mapping[str, Callable[[Waiting], Mapping[str, Any]]] = {
    Endpoint.Style.JSON: _json,
    Endpoint.Style.SLACK: _slack,
    Endpoint.Style.TEAMS: _teams,
}


def body(style: str, waiting: Waiting) -> bytes:
    """The body of a message in ``style``, as JSON in UTF-8."""
    return json.dumps(_STYLES[style](waiting), ensure_ascii=False, separators=(",", ":")).encode()
