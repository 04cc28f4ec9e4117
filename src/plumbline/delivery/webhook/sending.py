"""Posting one message: composed when it is sent, signed, to the address that was checked, no redirects."""

from __future__ import annotations

from django.utils.translation import override

from plumbline.config import Config
from plumbline.delivery import outgoing
from plumbline.delivery.channel import NothingToSay, SendFailed
from plumbline.delivery.models import Delivery, Endpoint
from plumbline.delivery.waiting.queries import path_of
from plumbline.delivery.webhook import payload, queries, signature
from plumbline.kernel import clock
from plumbline.wording import english

GONE = 410
"""The status by which a receiver says that it wants nothing any more (Standard Webhooks)."""


def send(config: Config, delivery: Delivery) -> None:
    """Post ``delivery`` to its webhook. Raises `SendFailed`, and `NothingToSay` for what no longer waits."""
    endpoint, about = delivery.endpoint, delivery.about
    if endpoint is None or about is None or about.ended_at or endpoint.state != Endpoint.State.ACTIVE:
        raise NothingToSay
    waiting = payload.Waiting(
        kind=about.kind,
        subject=about.subject,
        due=about.due,
        address=config.public_address + path_of(about.subject, is_record=about.is_record),
        since=about.created_at,
        organization=config.organization,
    )
    with override(config.mail_language):
        body = payload.body(endpoint.style, waiting)
    timestamp = int(clock.now().timestamp())
    signed = signature.headers(queries.opened(endpoint.secret), delivery.handle, timestamp, body)
    headers = {"Content-Type": "application/json", "User-Agent": "Plumbline", **signed}
    private_setting = "" if config.webhook_private else "PLUMBLINE_WEBHOOK_PRIVATE"
    try:
        answer = outgoing.post(
            queries.opened(endpoint.address), body, headers, private_setting=private_setting
        )
    except outgoing.RequestFailed as failure:
        # An address that may not be used today may be put right tomorrow, in the settings or by its owner.
        raise SendFailed(english(failure.reason)) from failure
    if not 200 <= answer.status < 300:
        raise SendFailed(
            f"The webhook answered with status {answer.status}.", permanent=answer.status == GONE
        )
