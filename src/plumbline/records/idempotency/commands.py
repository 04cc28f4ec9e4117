"""Answer a request once (draft-ietf-httpapi-idempotency-key-header): same key, same answer, one effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Fault, Invalid
from plumbline.records.models import IdempotencyKey

KEPT = timedelta(days=7)
KEY_LENGTH = 255


@dataclass(frozen=True)
class Reply:
    """The answer to a request, as it is kept: status, headers and body text."""

    status: int
    headers: dict[str, str]
    body: str
    repeated: bool = False


def once(sender: str, address: str, key: str, body: bytes, act: Callable[[], Reply]) -> Reply:
    """Do ``act`` unless ``sender`` has sent the same ``key`` to ``address`` before; then answer as then.

    The act and its answer are kept in one transaction, for seven days. A refused act keeps nothing and
    may be tried again under its key. Raises `Invalid` when the key came with another body, `Conflict`
    while the first request is still under way.
    """
    if not key or len(key) > KEY_LENGTH or not key.isprintable():
        remedy = say(
            "records.1-to-printable-characters",
            "1 to {key_length} printable characters",
            key_length=KEY_LENGTH,
        )
        raise Invalid("The request was not done.", [Fault("Idempotency-Key", "cannot be used", remedy)])
    digest = hashlib.sha256("\n".join((sender, address, key)).encode()).hexdigest()
    body_digest = hashlib.sha256(body).hexdigest()
    kept = _kept(digest, body_digest)
    if kept is not None:
        return kept
    try:
        with transaction.atomic():
            now = clock.now()
            IdempotencyKey.objects.filter(at__lt=now - KEPT).delete()
            row = IdempotencyKey(key=digest, body_sha256=body_digest, at=now)
            row.save(force_insert=True)
            reply = act()
            row.status, row.headers, row.body = reply.status, json.dumps(reply.headers), reply.body
            row.save(update_fields=["status", "headers", "body"])
            return reply
    except IntegrityError:
        kept = _kept(digest, body_digest)
        if kept is None:
            raise
        return kept


def _kept(digest: str, body_digest: str) -> Reply | None:
    row = IdempotencyKey.objects.filter(key=digest).first()
    if row is None:
        return None
    if row.body_sha256 != body_digest:
        fault = Fault("Idempotency-Key", "came before with another body", "use a new key for a new request")
        raise Invalid("The request was not done.", [fault])
    if not row.status:
        raise Conflict("The same request is being done at this moment. Ask again in a second.")
    return Reply(row.status, dict(json.loads(row.headers)), row.body, repeated=True)
