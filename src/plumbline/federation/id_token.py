"""The id token: whether the provider signed it, for us, now, and in answer to this very sign-in.

PyJWT checks signature, issuer, audience and times; the rest of OpenID Connect Core 1.0, section
3.1.3.7, is here.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from plumbline.config import Config
from plumbline.federation.provider import Provider
from plumbline.kernel import clock
from plumbline.kernel.problems import NotSignedIn

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""Signatures with a private key only: ``none`` is nobody's, and HMAC would take a public key for a secret."""
LEEWAY = 60
"""Seconds that the clocks of the two may differ by."""
LONGEST_SUBJECT = 255
NOT_ACCEPTED = "The identity provider's answer was not accepted. Begin again."


@dataclass(frozen=True)
class Claims:
    """Who somebody is to the provider; ``email`` is empty unless the provider vouches for it."""

    subject: str
    email: str


def key_of(token: str) -> str | None:
    """The id of the key that ``token`` says it is signed with. Raises `NotSignedIn`."""
    return _text(_header(token).get("kid"))


def claims(config: Config, found: Provider, token: str, *, nonce: str) -> Claims:
    """What ``token`` says, once all of it is checked. Raises `NotSignedIn`, without saying what failed."""
    header = _header(token)
    try:
        content: dict[str, Any] = jwt.decode(
            token,
            _key(found, header),
            algorithms=list(ALGORITHMS),
            audience=config.oidc_client_id,
            issuer=found.issuer,
            leeway=LEEWAY,
            # The times are compared below, by the clock of the product.
            options={
                "require": ["iss", "sub", "aud", "exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except (PyJWTError, ValueError, TypeError) as error:
        raise NotSignedIn(NOT_ACCEPTED) from error
    subject = _text(content.get("sub"))
    if not (
        subject
        and len(subject) <= LONGEST_SUBJECT
        and _is_for_us(config, content)
        and _is_now(content)
        # Binds the token to the browser that began: one that was got elsewhere has another one.
        and hmac.compare_digest((_text(content.get("nonce")) or "").encode(), nonce.encode())
    ):
        raise NotSignedIn(NOT_ACCEPTED)
    return Claims(subject, _verified_email(content))


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except (PyJWTError, ValueError) as error:
        raise NotSignedIn(NOT_ACCEPTED) from error


def _key(found: Provider, header: dict[str, Any]) -> jwt.PyJWK:
    """The key of the provider that the header names, for its algorithm and for signatures."""
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise ValueError("not an algorithm for id tokens")
    for key in found.keys:
        fits = key.get("alg") in (None, algorithm) and key.get("use") in (None, "sig")
        if fits and key.get("kty") != "oct" and (name is None or key.get("kid") == name):
            return jwt.PyJWK(key, algorithm=algorithm)
    raise ValueError("not a key of the provider")


def _is_for_us(config: Config, content: dict[str, Any]) -> bool:
    """Whether we are the party it was issued to, where it is for several or says so."""
    audience, party = content["aud"], content.get("azp")
    if isinstance(audience, list) and len(audience) > 1 and party is None:
        return False
    return party is None or party == config.oidc_client_id


def _is_now(content: dict[str, Any]) -> bool:
    now, issued, expires = clock.now().timestamp(), content["iat"], content["exp"]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (issued, expires)):
        return False
    return bool(issued <= now + LEEWAY and now - LEEWAY < expires)


def _verified_email(content: dict[str, Any]) -> str:
    """The address that the provider has verified; nothing for any other one.

    Entra ID sends no ``email_verified`` but, where asked to, ``xms_edov``: that the owner of the mail domain
    is the directory that the account is in.
    """
    is_verified = content.get("email_verified") is True or content.get("xms_edov") in (True, 1, "1")
    if content.get("email_verified", True) is not True:
        return ""
    return (_text(content.get("email")) or "") if is_verified else ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
