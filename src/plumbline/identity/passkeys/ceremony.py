"""The two ceremonies of WebAuthn: making a passkey, and signing a challenge with one.

The library `fido2` checks what a browser sends, in the order of the standard (sections 7.1 and 7.2). What it
is asked for here: the origin exactly as configured, the user verified (PIN, finger, face) every time, and a
challenge that this session was given at most five minutes ago, for this very purpose, and that is used up by
the first answer whether or not that was right. fido2 is imported when a ceremony begins: few requests do.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from cryptography.exceptions import UnsupportedAlgorithm
from django.http import HttpRequest

from plumbline.identity.models import Person
from plumbline.identity.organization import queries as organization
from plumbline.identity.passkeys.queries import Passkey
from plumbline.identity.passkeys.relying_party import relying_party
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Problem

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

Purpose = Literal["register", "sign-in", "second-step"]
SESSION_KEY = "plumbline_passkey"
CHALLENGE_SECONDS = 300
LARGEST_ANSWER = 16_384
"""Characters of an answer of a browser; without an attestation it has about a thousand."""
_MALFORMED = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError,
    NotImplementedError, UnsupportedAlgorithm, struct.error,
)  # fmt: skip
"""What fido2 raises for an answer that is none: it parses nested JSON, CBOR and keys and checks no shape."""


class WrongAnswer(Exception):
    """The answer of a browser does not fit the challenge, or is none at all."""


def _server() -> Fido2Server:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestationConveyancePreference, PublicKeyCredentialRpEntity

    party = relying_party()
    if party is None:
        raise Conflict("Passkeys need an address with a domain and TLS. Ask whoever runs the server for one.")
    entity = PublicKeyCredentialRpEntity(name=organization.current().organization, id=party.id)
    origin = party.origin
    # Without a comparison of our own any port and any subdomain of the domain would do.
    return Fido2Server(
        entity,
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda given: given == origin,
    )


def _credential(data: bytes) -> AttestedCredentialData:
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(data)


def begin_registration(request: HttpRequest, person: Person, existing: Sequence[Passkey]) -> dict[str, Any]:
    """What the browser needs to make a passkey that none of the ``existing`` ones is made again for."""
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    # The handle and not the address: authenticators show and keep the name, and the id is in every answer.
    user = PublicKeyCredentialUserEntity(
        id=person.handle.encode(), name=person.email, display_name=person.full_name
    )
    options, state = _server().register_begin(
        user,
        credentials=[_credential(each.credential) for each in existing],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(request, "register", state)
    return dict(options)


def complete_registration(request: HttpRequest, answer: str) -> tuple[bytes, bytes, int]:
    """The id of the new credential, its attested data and its counter. Raises `WrongAnswer`."""
    state = _take(request, "register")
    try:
        data = _server().register_complete(state, _parsed(answer))
        credential = data.credential_data
    except Problem:
        raise
    except _MALFORMED as error:
        raise WrongAnswer from error
    if credential is None:
        raise WrongAnswer
    return credential.credential_id, bytes(credential), data.counter


def begin_authentication(
    request: HttpRequest, purpose: Purpose, credentials: Sequence[Passkey] | None
) -> dict[str, Any]:
    """What the browser needs to sign with one of ``credentials``; ``None``: with any it keeps for us."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server().authenticate_begin(
        None if credentials is None else [_credential(each.credential) for each in credentials],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(request, purpose, state)
    return dict(options)


def claimed_credential(answer: str) -> tuple[bytes, bytes | None]:
    """The id of the credential and the user handle that an answer names, before anything of it is checked.

    Raises `WrongAnswer`.
    """
    from fido2.webauthn import AuthenticationResponse

    try:
        parsed = AuthenticationResponse.from_dict(_parsed(answer))
        return parsed.raw_id, parsed.response.user_handle
    except _MALFORMED as error:
        raise WrongAnswer from error


def complete_authentication(request: HttpRequest, purpose: Purpose, answer: str, key: Passkey) -> int:
    """The counter of the authenticator after it signed our challenge with ``key``. Raises `WrongAnswer`."""
    from fido2.webauthn import AuthenticationResponse

    state = _take(request, purpose)
    try:
        parsed = AuthenticationResponse.from_dict(_parsed(answer))
        _server().authenticate_complete(state, [_credential(key.credential)], parsed)
        uses: int = parsed.response.authenticator_data.counter
    except Problem:
        raise
    except _MALFORMED as error:
        raise WrongAnswer from error
    # A counter that stands still or falls back is that of a copy (WebAuthn, section 6.1.1).
    if (uses or key.uses) and uses <= key.uses:
        raise WrongAnswer
    return uses


def _parsed(answer: str) -> dict[str, Any]:
    parsed = json.loads(answer) if len(answer) <= LARGEST_ANSWER else None
    if not isinstance(parsed, dict):
        raise ValueError("not an answer of a browser")
    return parsed


def _keep(request: HttpRequest, purpose: Purpose, state: Any) -> None:
    request.session[SESSION_KEY] = {
        "purpose": purpose,
        "at": clock.now().timestamp(),
        "challenge": state["challenge"],
        "user_verification": str(state["user_verification"].value),
    }


def _take(request: HttpRequest, purpose: Purpose) -> dict[str, Any]:
    """The challenge of this session, which is gone from it now. Raises `WrongAnswer`."""
    state = request.session.pop(SESSION_KEY, None)
    if not isinstance(state, dict) or state.get("purpose") != purpose:
        raise WrongAnswer
    if not 0 <= clock.now().timestamp() - state["at"] <= CHALLENGE_SECONDS:
        raise WrongAnswer
    return state
