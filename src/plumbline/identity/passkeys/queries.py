"""Passkeys as they are stored: one row of the sign-in library's second factors for each."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator

from plumbline.identity.models import Person

_TYPE = Authenticator.Type.WEBAUTHN


@dataclass(frozen=True)
class Passkey:
    """A passkey: its opaque id, its owner's name for it, and its public half, by which it is recognized.

    ``credential`` is the attested credential data (WebAuthn, section 6.5.1): the id of the credential and its
    public key. ``uses`` is the signature counter; 0 where the authenticator does not count.
    """

    handle: str
    person: str
    name: str
    credential: bytes
    uses: int
    created_at: datetime
    last_used_at: datetime | None

    @property
    def digest(self) -> str:
        """What an entry commits to: SHA-256 of the credential, in hexadecimal figures."""
        return hashlib.sha256(self.credential).hexdigest()


def encode(data: bytes) -> str:
    """Base64url without padding, as WebAuthn writes bytes in JSON."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """What `encode` was given. Raises ``ValueError``."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def passkey(row: Authenticator) -> Passkey:
    """The passkey that a row keeps."""
    data: dict[str, Any] = row.data
    return Passkey(
        handle=data["handle"],
        person=row.user.handle,
        name=data["name"],
        credential=decode(data["credential"]),
        uses=data["uses"],
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def all_passkeys() -> list[Passkey]:
    """Every passkey of everybody."""
    return [passkey(row) for row in Authenticator.objects.filter(type=_TYPE).select_related("user")]


def passkeys_of(person_id: int) -> list[Passkey]:
    """The passkeys of a person, oldest first."""
    rows = Authenticator.objects.filter(type=_TYPE, user_id=person_id).select_related("user")
    return [passkey(row) for row in rows.order_by("created_at", "pk")]


def row_of(person: Person, handle: str) -> Authenticator | None:
    """The row of one of the passkeys of ``person``."""
    row: Authenticator | None = Authenticator.objects.filter(
        type=_TYPE, user_id=person.pk, data__handle=handle
    ).first()
    return row


def row_by_credential(credential_id: bytes) -> Authenticator | None:
    """The row of the passkey with this id of its credential, its owner with it."""
    row: Authenticator | None = (
        Authenticator.objects.filter(type=_TYPE, data__credential_id=encode(credential_id))
        .select_related("user")
        .first()
    )
    return row


def has_any(person_id: int, types: Iterable[str]) -> bool:
    """Whether a person has a second factor of one of these types."""
    return bool(Authenticator.objects.filter(user_id=person_id, type__in=list(types)).exists())
