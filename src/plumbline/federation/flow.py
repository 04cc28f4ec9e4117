"""One sign-in through the provider: the code flow of OpenID Connect with state, nonce and PKCE (RFC 7636).

What binds the answer to the browser lies in its session and is gone with the first answer, right or wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from plumbline.config import Config
from plumbline.federation import id_token
from plumbline.federation.provider import exchange, provider
from plumbline.kernel import clock
from plumbline.kernel.problems import NotSignedIn

SESSION_KEY = "plumbline_federation"
CALLBACK = "/sign-in/provider/callback/"
BEGUN_SECONDS = 900
"""Seconds that somebody may take at the provider."""
LONGEST = 4_096
"""Characters of a code."""


@dataclass(frozen=True)
class Result:
    """Who came back, and what they had begun: the page to go to, or the account to link (its opaque id)."""

    issuer: str
    claims: id_token.Claims
    then: str
    link: str


def redirect_uri(config: Config) -> str:
    """The address to which the provider sends people back; it has to be registered there."""
    return config.public_address + CALLBACK


def begin(request: HttpRequest, config: Config, *, then: str = "/", link: str = "") -> str:
    """The address of the provider at which the sign-in goes on. Raises `ProviderFailed`.

    ``link`` is the opaque id of the account to link with whoever comes back; empty for a sign-in.
    """
    found = provider(config)
    begun = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    request.session[SESSION_KEY] = {**begun, "at": clock.now().timestamp(), "then": then, "link": link}
    challenge = hashlib.sha256(begun["verifier"].encode()).digest()
    query = {
        "response_type": "code",
        "client_id": config.oidc_client_id,
        "redirect_uri": redirect_uri(config),
        "scope": "openid email",
        "state": begun["state"],
        "nonce": begun["nonce"],
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in found.authorization_endpoint else "?"
    return f"{found.authorization_endpoint}{joint}{urlencode(query)}"


def complete(request: HttpRequest, config: Config, answer: Mapping[str, str]) -> Result:
    """Who came back with ``answer``, the query of the callback. Raises `NotSignedIn` or `ProviderFailed`."""
    begun = request.session.pop(SESSION_KEY, None)
    if not isinstance(begun, dict) or not hmac.compare_digest(
        answer.get("state", "").encode(), str(begun["state"]).encode()
    ):
        raise NotSignedIn("This sign-in was not begun in this browser, or was answered already. Begin again.")
    if not 0 <= clock.now().timestamp() - begun["at"] <= BEGUN_SECONDS:
        raise NotSignedIn("The sign-in took too long. Begin again.")
    found = provider(config)
    if answer.get("iss", "" if found.sends_issuer else found.issuer) != found.issuer:
        raise NotSignedIn(id_token.NOT_ACCEPTED)
    code = answer.get("code", "")
    if answer.get("error") or not code or len(code) > LONGEST:
        raise NotSignedIn("The identity provider did not let you in.")
    token = exchange(config, found, code=code, verifier=begun["verifier"], redirect_uri=redirect_uri(config))
    found = provider(config, with_key=id_token.key_of(token))
    claims = id_token.claims(config, found, token, nonce=begun["nonce"])
    return Result(found.issuer, claims, begun["then"], begun["link"])


def sign_out_address(config: Config, back: str) -> str:
    """Where somebody ends their session at the provider too; empty when it has no such place.

    Raises `ProviderFailed`.
    """
    found = provider(config)
    if not found.end_session_endpoint:
        return ""
    query = urlencode(
        {"client_id": config.oidc_client_id, "post_logout_redirect_uri": config.public_address + back}
    )
    return f"{found.end_session_endpoint}{'&' if '?' in found.end_session_endpoint else '?'}{query}"
