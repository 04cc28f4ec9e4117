"""The identity provider: what it says of itself (OpenID Connect Discovery 1.0), its keys, its token endpoint.

Everything is fetched by the rules of `plumbline.delivery.outgoing`: encrypted, to the address that was
checked, without following a redirect. What was read is kept for ten minutes in each process.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from plumbline.config import Config
from plumbline.delivery import outgoing
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Unavailable

AGE = 600.0
"""Seconds for which the description and the keys of the provider are used."""
SHORTEST_AGE = 30.0
"""Seconds before the keys are asked for again, when a token names one that is not known."""


class ProviderFailed(Unavailable):
    """The provider cannot be reached, or says something that cannot be right."""


@dataclass(frozen=True)
class Provider:
    """What the provider says of itself, as far as it is used, and its public keys."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    end_session_endpoint: str
    sends_issuer: bool
    """Whether its answers name it, so that one of another provider shows (RFC 9207)."""
    takes_secret_in_header: bool
    keys: tuple[dict[str, Any], ...]
    read_at: float

    def has_key(self, name: str) -> bool:
        """Whether it has a key with this id."""
        return any(key.get("kid") == name for key in self.keys)


_known: dict[str, Provider] = {}


def is_configured(config: Config) -> bool:
    """Whether sign-in through a provider is set up."""
    return bool(config.oidc_issuer and config.oidc_client_id)


def forget() -> None:
    """Read everything anew at the next question."""
    _known.clear()


def provider(config: Config, *, with_key: str | None = None) -> Provider:
    """The provider of the settings. Raises `ProviderFailed`.

    ``with_key`` is the id of a key that a token was signed with: where it is not among those that are known,
    the provider may have a new one, and is asked again.
    """
    known = _known.get(config.oidc_issuer)
    age = time.monotonic() - known.read_at if known else AGE
    lacks = with_key is not None and known is not None and not known.has_key(with_key)
    if known is None or age >= AGE or (lacks and age >= SHORTEST_AGE):
        known = _known[config.oidc_issuer] = _read(config)
    return known


def _read(config: Config) -> Provider:
    issuer = config.oidc_issuer
    found = _json(config, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        # Section 4.3 of Discovery: otherwise one provider could speak for another.
        raise ProviderFailed("The identity provider calls itself something else than PLUMBLINE_OIDC_ISSUER.")
    authorization = _endpoint(config, found, "authorization_endpoint")
    token = _endpoint(config, found, "token_endpoint")
    keys = _json(config, _endpoint(config, found, "jwks_uri")).get("keys")
    if not isinstance(keys, list):
        raise ProviderFailed("The identity provider gives no keys.")
    methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Provider(
        issuer=issuer,
        authorization_endpoint=authorization,
        token_endpoint=token,
        end_session_endpoint=_endpoint(config, found, "end_session_endpoint", needed=False),
        sends_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        takes_secret_in_header=isinstance(methods, list) and "client_secret_basic" in methods,
        keys=tuple(key for key in keys if isinstance(key, dict)),
        read_at=time.monotonic(),
    )


def _endpoint(config: Config, found: dict[str, Any], name: str, *, needed: bool = True) -> str:
    """An address of the provider that may be used. Raises `ProviderFailed`."""
    url = found.get(name)
    if url is None and not needed:
        return ""
    try:
        if not isinstance(url, str):
            text = "The identity provider gives no {name}."
            raise ProviderFailed(say("provider.no-address", text, name=name))
        outgoing.check_address(url, allow_private=config.oidc_private)
    except outgoing.RequestFailed as failure:
        unusable = "The {name} of the identity provider cannot be used."
        raise ProviderFailed(say("provider.unusable-address", unusable, name=name)) from failure
    return url


def exchange(config: Config, found: Provider, *, code: str, verifier: str, redirect_uri: str) -> str:
    """The id token for which the provider takes ``code`` back, once. Raises `ProviderFailed`."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if config.oidc_client_secret and found.takes_secret_in_header:
        # RFC 6749, section 2.3.1: both are form-encoded before they are joined.
        pair = f"{quote(config.oidc_client_id, safe='')}:{quote(config.oidc_client_secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        fields["client_id"] = config.oidc_client_id
        if config.oidc_client_secret:
            fields["client_secret"] = config.oidc_client_secret
    try:
        answer = outgoing.post(
            found.token_endpoint,
            urlencode(fields).encode(),
            headers,
            private_setting=_private_setting(config),
        )
    except outgoing.RequestFailed as failure:
        raise ProviderFailed(failure.reason) from failure
    token = _object(answer).get("id_token") if answer.status == 200 else None
    if not isinstance(token, str):
        raise ProviderFailed("The identity provider did not take the sign-in. Begin again.")
    return token


def _private_setting(config: Config) -> str:
    return "" if config.oidc_private else "PLUMBLINE_OIDC_PRIVATE"


def _json(config: Config, url: str) -> dict[str, Any]:
    headers = {"Accept": "application/json"}
    try:
        answer = outgoing.get(url, headers, private_setting=_private_setting(config))
    except outgoing.RequestFailed as failure:
        raise ProviderFailed(failure.reason) from failure
    if answer.status != 200:
        raise ProviderFailed("The identity provider does not describe itself at its address.")
    return _object(answer)


def _object(answer: outgoing.Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise ProviderFailed("The identity provider answers with something else than JSON.") from error
    if not isinstance(found, dict):
        raise ProviderFailed("The identity provider answers with something else than JSON.")
    return found
