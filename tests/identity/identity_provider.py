"""A small OpenID Connect provider on a free port of this machine, honest unless a test bends it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from plumbline.kernel import clock

CLIENT, SECRET = "plumbline", "s3cret/with:signs"


@dataclass
class IdentityProvider:
    """Who is signed in there (``subject``, ``claims``), its key, and what it is bent to say."""

    port: int = 0
    subject: str = "u-1"
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "noor@example.org", "email_verified": True}
    )
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    key_id: str = "k1"
    description: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    token: str = ""
    """The id token to answer with instead of an honest one."""
    replies: int = 0

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def public_key(self) -> dict[str, Any]:
        """The public key as JWK."""
        found: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {**found, "kid": self.key_id, "use": "sig", "alg": "ES256"}

    def described(self) -> dict[str, Any]:
        """What it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/out",
            "authorization_response_iss_parameter_supported": True,
            **self.description,
        }

    def authorize(self, address: str) -> dict[str, str]:
        """Somebody follows ``address`` and signs in: the query with which they are sent back."""
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query))
        assert (parts.path, query["response_type"], query["client_id"]) == ("/authorize", "code", CLIENT)
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return {"code": code, "state": query["state"], "iss": self.issuer}

    def content(self, nonce: str, /, **bent: Any) -> dict[str, Any]:
        """The claims of an honest id token, bent."""
        now = int(clock.now().timestamp())
        honest = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300}
        content = {**honest, "nonce": nonce, **self.claims, **bent}
        return {name: value for name, value in content.items() if value is not None}

    def sign(self, content: dict[str, Any]) -> str:
        """An id token with ``content``."""
        return jwt.encode(content, self.key, algorithm="ES256", headers={"kid": self.key_id})

    def exchanged(self, authorization: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """The token endpoint: a code is taken back once, from who began with it."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        pair = base64.b64encode(urlencode({CLIENT: SECRET}).replace("=", ":").encode()).decode()
        query = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            query is None
            or authorization != f"Basic {pair}"
            or challenge != query["code_challenge"]
            or form["redirect_uri"] != query["redirect_uri"]
            or form["grant_type"] != "authorization_code"
        ):
            return 400, {"error": "invalid_grant"}
        token = self.token or self.sign(self.content(query["nonce"]))
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": token}


@contextmanager
def running() -> Iterator[IdentityProvider]:
    """A provider that answers, until the end of the block."""
    made = IdentityProvider()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, status: int, content: Any) -> None:
            made.replies += 1
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            paths = {
                "/.well-known/openid-configuration": made.described(),
                "/keys": {"keys": [made.public_key()]},
            }
            self._answer(200 if self.path in paths else 404, paths.get(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*made.exchanged(self.headers.get("Authorization", ""), body))

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
