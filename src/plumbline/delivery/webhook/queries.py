"""What can be asked of webhooks. Nothing here writes; only `opened` answers an address or a secret."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from cryptography.fernet import InvalidToken
from django.conf import settings

from plumbline.delivery.models import Delivery, Endpoint
from plumbline.identity import encryption, policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound, Unavailable


@dataclass(frozen=True)
class EndpointView:
    """A webhook as an administrator sees it, with what became of its last message."""

    handle: str
    name: str
    host: str
    style: str
    style_label: str
    state: str
    state_label: str
    created_at: datetime
    waiting: int
    last_sent_at: datetime | None
    last_error: str


def may_manage(actor: Actor) -> policy.Answer:
    """Whether ``actor`` is an administrator, who may see and change webhooks."""
    # The scopes of a token say whether it reads or writes; that is asked for beside this.
    return policy.may_everywhere(replace(actor, scopes=None), "grant")


def endpoints(actor: Actor) -> list[EndpointView]:
    """Every webhook that was not removed, by name. Raises `NotAllowed`."""
    policy.require(actor, "read", anywhere=True)
    policy.require_everywhere(replace(actor, scopes=None), "grant")
    return [view(row) for row in Endpoint.objects.exclude(state=Endpoint.State.REMOVED)]


def view(row: Endpoint) -> EndpointView:
    """A webhook as an administrator sees it."""
    sent = Delivery.objects.filter(endpoint=row)
    last = sent.exclude(state=Delivery.State.WAITING, attempts=0).first()
    return EndpointView(
        handle=row.handle,
        name=row.name,
        host=row.host,
        style=row.style,
        style_label=str(Endpoint.Style(row.style).label),
        state=row.state,
        state_label=str(Endpoint.State(row.state).label),
        created_at=row.created_at,
        waiting=sent.filter(state=Delivery.State.WAITING).count(),
        last_sent_at=sent.filter(sent_at__isnull=False).values_list("sent_at", flat=True).first(),
        last_error=last.error if last is not None else "",
    )


def endpoint(handle: str) -> Endpoint:
    """The webhook with this id that was not removed. Raises `NotFound`."""
    row = Endpoint.objects.filter(handle=handle).exclude(state=Endpoint.State.REMOVED).first()
    if row is None:
        raise NotFound("There is no webhook with this id.")
    return row


def opened(text: str) -> str:
    """What ``text`` is without its encryption. Raises `Unavailable` when the key is another one."""
    try:
        return encryption.cipher(settings.PLUMBLINE.data).decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise Unavailable(
            "The key that decrypts webhooks is another one. Remove and add the webhook."
        ) from error


def digest(row: Endpoint) -> str:
    """What entries commit to of the address and the secret of a webhook, without telling them."""
    if not row.address:
        return ""
    return hashlib.sha256(f"{opened(row.address)}\n{opened(row.secret)}".encode()).hexdigest()
