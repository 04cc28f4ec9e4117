"""Signatures of Standard Webhooks 1.0.0 (https://www.standardwebhooks.com), the symmetric kind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping

PREFIX = "whsec_"
BYTES = 32
"""Random bytes of a secret; the specification asks for 24 to 64."""


def new_secret() -> str:
    """A new secret, as it is handed over: ``whsec_`` and base 64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def headers(secret: str, message_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """The headers of a message. ``timestamp`` counts seconds since 1970; the id stays for a new attempt."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{digest}",
    }
