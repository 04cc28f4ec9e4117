"""An authenticator in software: makes passkeys and signs with them as WebAuthn level 3 describes it.

Written from the standard (sections 6.1, 6.5 and 5.8.1) and not with the library that checks it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN = "http://localhost:8042"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def data(encoded: str) -> bytes:
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def cbor(value: Any) -> bytes:
    """The few types of CBOR (RFC 8949) that an attestation needs."""

    def head(major: int, number: int) -> bytes:
        if number < 24:
            return bytes([major << 5 | number])
        size = 0 if number < 256 else 1 if number < 65_536 else 2
        return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value)) + value.encode()
    assert isinstance(value, dict)
    return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


@dataclass
class Authenticator:
    """One device that keeps one passkey; what it says of itself can be bent for a test."""

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    uses: int = 0
    counts: bool = True
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: bytes = b""
    domain: str = ""

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _authenticator_data(self, flags: int, attested: bytes = b"") -> bytes:
        self.uses += self.counts
        digest = hashlib.sha256(self.domain.encode()).digest()
        return digest + struct.pack(">BI", flags, self.uses) + attested

    def make(self, options: dict[str, Any]) -> str:
        """The answer of a browser to the options of a registration."""
        wanted = options["publicKey"]
        self.user, self.domain = data(wanted["user"]["id"]), wanted["rp"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor(public)
        given = self._authenticator_data(self.flags | ATTESTED, attested)
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": given})
        client = self._client_data("webauthn.create", wanted["challenge"])
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def sign(self, options: dict[str, Any], *, with_user: bool = True) -> str:
        """The answer of a browser to the options of a sign-in."""
        client = self._client_data("webauthn.get", options["publicKey"]["challenge"])
        given = self._authenticator_data(self.flags)
        signature = self.key.sign(given + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": given, "signature": signature}
        return self._answer({**response, "userHandle": self.user} if with_user else response)

    def _answer(self, response: dict[str, bytes]) -> str:
        return json.dumps(
            {
                "id": text(self.credential_id),
                "rawId": text(self.credential_id),
                "type": "public-key",
                "response": {name: text(value) for name, value in response.items()},
                "clientExtensionResults": {},
            }
        )
