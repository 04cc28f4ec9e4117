"""The code of a second factor (RFC 6238) from an authenticator app, and recovery codes.

django-allauth keeps and checks them; setting up, taking away and showing are here, each with its leaf.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from plumbline.identity import commands, one_time_codes, queries
from plumbline.identity.allauth_private import (
    TOTP,
    generate_totp_secret,
)
from plumbline.identity.models import Person
from plumbline.kernel.problems import Conflict, Fault, Invalid

SESSION_KEY = "plumbline_factor_secret"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator app needs: the secret (base 32) and the same as an ``otpauth:`` address."""

    secret: str
    address: str


def is_enabled(person: Person) -> bool:
    """Whether this person has an authenticator app whose code sign-in takes."""
    return bool(get_adapter().is_mfa_enabled(person, ["totp"]))


def begin_enrolment(request: HttpRequest, person: Person) -> Enrolment:
    """The enrolment of this session, kept in it until it is confirmed or the session ends."""
    secret = request.session.get(SESSION_KEY)
    if not isinstance(secret, str):
        secret = request.session[SESSION_KEY] = generate_totp_secret()
    return Enrolment(secret, get_adapter().build_totp_url(person, secret))


def enable(request: HttpRequest, person: Person, *, code: str, password: str) -> list[str]:
    """Turn the second factor on after a right code; returns the recovery codes, shown this once.

    Raises `Invalid` for a wrong code or password and `Conflict` when it is on already.
    """
    if is_enabled(person):
        raise Conflict("The second factor is on already.")
    secret = begin_enrolment(request, person).secret
    check_password(person, password)
    step = one_time_codes.matching_step(secret, one_time_codes.normalize(code))
    if step is None:
        raise Invalid(
            "The second factor was not turned on.",
            [Fault("code", "The code is not right.", "Check your device's clock and use the next code.")],
        )
    with commands.change_with_leaf(person, "factor.added", "totp"):
        TOTP.activate(person, secret)
        one_time_codes.begin(person, step)
        codes = one_time_codes.first_recovery_codes(person)
    del request.session[SESSION_KEY]
    return codes


def disable(person: Person, *, password: str) -> None:
    """Turn the second factor off. Raises `Invalid` for a wrong password, `Conflict` when it is off."""
    if not is_enabled(person):
        raise Conflict("The second factor is off already.")
    check_password(person, password)
    with commands.change_with_leaf(person, "factor.removed", "totp"):
        queries.authenticators(person.pk).filter(type=Authenticator.Type.TOTP).delete()
        one_time_codes.remove_dangling(person)


def check_password(person: Person, password: str) -> None:
    """People who sign in by one-time link only have no password to ask for."""
    if person.has_usable_password() and not person.check_password(password):
        raise Invalid(
            "Nothing was changed.",
            [Fault("password", "The password is not right.", "Give the password you sign in with.")],
        )
