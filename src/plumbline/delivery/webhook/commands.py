"""Adding, renewing, enabling and removing webhooks, each with an entry; and planning what is sent to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from plumbline.delivery import outgoing
from plumbline.delivery.models import Delivery, Endpoint, Notice
from plumbline.delivery.waiting.queries import WEBHOOK_DISABLED
from plumbline.delivery.webhook import queries, signature
from plumbline.identity import actors, encryption, policy
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed
from plumbline.trail import log

TASK = "task"
"""The code of the notice that a webhook gets."""
_KEY = "webhook|"
"""How the keys of notices about webhooks begin."""


@dataclass(frozen=True)
class NewEndpoint:
    """A webhook that was added or renewed. ``secret`` is shown this once; chats have no use for it."""

    endpoint: queries.EndpointView
    secret: str


def _require(actor: Actor) -> None:
    """Raise `NotAllowed` unless ``actor`` is an administrator, and no token that only reads."""
    policy.require_everywhere(replace(actor, scopes=None), "grant")
    if actor.scopes is not None and "write" not in actor.scopes:
        raise NotAllowed("This token only reads. Use one with the scope write.")


def add(actor: Actor, *, name: str, address: str, style: str) -> NewEndpoint:
    """Post what newly waits to ``address`` from now on.

    The address is checked again whenever something is sent: what its name leads to may change. Raises
    `NotAllowed`, `Invalid`, or `Conflict` for a name that is taken.
    """
    _require(actor)
    name, address = name.strip(), address.strip()
    faults = []
    if not 0 < len(name) <= 100:
        faults.append(Fault("name", "A name has 1 to 100 characters.", "Name the channel or the program."))
    if style not in Endpoint.Style.values:
        words = say("fault.one-of", "one of: {names}", names=", ".join(Endpoint.Style.values))
        faults.append(Fault("style", "is not a style of messages", words))
    host = ""
    try:
        host = (
            outgoing.check_address(address, allow_private=settings.PLUMBLINE.webhook_private).hostname or ""
        )
    except outgoing.RequestFailed as failure:
        faults.append(Fault("address", failure.reason, "Give a public address that begins with https://."))
    if len(address) > 2_000 or len(host) > 255:
        faults.append(Fault("address", "is longer than 2000 characters", "Give a shorter one."))
    if faults:
        raise Invalid("The webhook was not added.", faults)
    if Endpoint.objects.filter(name=name).exclude(state=Endpoint.State.REMOVED).exists():
        raise Conflict("There is a webhook of this name.", [Fault("name", "is taken", "choose another")])
    secret = signature.new_secret()
    row = Endpoint(
        name=name,
        host=host,
        style=style,
        address=_closed(address),
        secret=_closed(secret),
        created_by=actor.id,
        created_at=clock.now(),
    )
    with transaction.atomic():
        row.save()
        _append_entry(actor.id, "webhook.added", row)
    return NewEndpoint(queries.view(row), secret)


def renew(actor: Actor, handle: str) -> NewEndpoint:
    """Sign with a new secret from now on; the old one is forgotten. Raises `NotAllowed` or `NotFound`."""
    _require(actor)
    row, secret = queries.endpoint(handle), signature.new_secret()
    row.secret = _closed(secret)
    with transaction.atomic():
        row.save(update_fields=["secret"])
        _append_entry(actor.id, "webhook.renewed", row)
    return NewEndpoint(queries.view(row), secret)


def enable(actor: Actor, handle: str) -> queries.EndpointView:
    """Post again to a webhook that was disabled after failures. Raises `Conflict` when it is active."""
    _require(actor)
    row = queries.endpoint(handle)
    if row.state != Endpoint.State.DISABLED:
        raise Conflict("This webhook is active already.")
    row.state = Endpoint.State.ACTIVE
    with transaction.atomic():
        row.save(update_fields=["state"])
        _end_notices(row)
        _append_entry(actor.id, "webhook.enabled", row)
    return queries.view(row)


def remove(actor: Actor, handle: str) -> None:
    """Post no more to a webhook and forget its address and secret. Raises `NotAllowed` or `NotFound`."""
    _require(actor)
    row = queries.endpoint(handle)
    row.state, row.address, row.secret = Endpoint.State.REMOVED, "", ""
    with transaction.atomic():
        row.save(update_fields=["state", "address", "secret"])
        _drop_waiting(row)
        _end_notices(row)
        _append_entry(actor.id, "webhook.removed", row)


def disable(row: Endpoint) -> None:
    """Post nothing to a webhook that takes nothing, until somebody enables it again.

    Inside the caller's transaction, which gives up the message that failed.
    """
    if row.state != Endpoint.State.ACTIVE:
        return
    row.state = Endpoint.State.DISABLED
    row.save(update_fields=["state"])
    _drop_waiting(row)
    _append_entry("stage:delivery", "webhook.disabled", row)
    now = clock.now()
    Notice.objects.bulk_create(
        Notice(
            person_id=person_id,
            key=f"{_KEY}{row.handle}",
            kind=WEBHOOK_DISABLED,
            subject=row.name,
            is_record=False,
            created_at=now,
            mailed_at=now,
        )
        for person_id in _administrators()
    )


def _administrators() -> list[int]:
    people = [person for person in identity.people(active=True) if person.open_grants]  # type: ignore[attr-defined]
    return [person.pk for person in people if queries.may_manage(actors.actor_of_person(person))]


def _end_notices(row: Endpoint) -> None:
    """Nobody has to look at a webhook any more that works again or is gone."""
    rows = Notice.objects.filter(key=f"{_KEY}{row.handle}", ended_at__isnull=True)
    rows.update(ended_at=clock.now())


def _drop_waiting(row: Endpoint) -> None:
    Delivery.objects.filter(endpoint=row, state=Delivery.State.WAITING).delete()


def plan(new: Sequence[Notice], now: datetime) -> None:
    """Plan a message to every active webhook about each of these notices, once for all whom it waits for."""
    # What waits for a deputy waits for whoever is away as well, and is posted as theirs.
    own = [row for row in new if row.is_own]
    active = list(Endpoint.objects.filter(state=Endpoint.State.ACTIVE)) if own else []
    if not active:
        return
    others = Notice.objects.filter(key__in=[row.key for row in own], ended_at__isnull=True)
    known = set(others.exclude(pk__in=[row.pk for row in own]).values_list("key", flat=True))
    Delivery.objects.bulk_create(
        Delivery(
            channel="webhook",
            notice=TASK,
            endpoint=endpoint,
            about=row,
            actor="stage:notices",
            due_at=now,
            created_at=now,
        )
        for row in own
        if row.key not in known
        for endpoint in active
    )


def _closed(text: str) -> str:
    return encryption.cipher(settings.PLUMBLINE.data).encrypt(text.encode()).decode()


def _append_entry(actor: str, entry_type: str, row: Endpoint) -> None:
    facts: dict[str, JSON] = {"style": row.style}
    openings = {}
    if row.address:
        openings["webhook"] = canonical({"name": row.name, "host": row.host, "digest": queries.digest(row)})
    subject: dict[str, JSON] = {"kind": "webhook", "ref": row.handle}
    log.append(entry_type, actor=actor, subject=subject, facts=facts, openings=openings)
